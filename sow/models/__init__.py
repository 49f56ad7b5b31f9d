"""What statements of work are kept in."""

from sow.models.clause import Clause, ClauseVersion, Template, TemplateVersion
from sow.models.delivery import EnvelopeDelivery, Outcome
from sow.models.document import Document, Purpose, Stamp
from sow.models.pen import Pen, PenRequest, Proposal, Side
from sow.models.signing import (
    Place,
    Progress,
    Signer,
    SignerLink,
    SignerTurn,
    Signing,
    SigningSide,
)
from sow.models.statement import StatementOfWork, Version

__all__ = [
    "Clause",
    "ClauseVersion",
    "Document",
    "EnvelopeDelivery",
    "Outcome",
    "Pen",
    "PenRequest",
    "Place",
    "Progress",
    "Proposal",
    "Purpose",
    "Side",
    "Signer",
    "SignerLink",
    "SignerTurn",
    "Signing",
    "SigningSide",
    "Stamp",
    "StatementOfWork",
    "Template",
    "TemplateVersion",
    "Version",
]
