"""What statements of work are kept in."""

from sow.models.booking import BookingDeed, Done
from sow.models.clause import Clause, ClauseVersion, Template, TemplateVersion
from sow.models.comment import ClauseComment
from sow.models.delivery import EnvelopeDelivery, Outcome
from sow.models.document import Document, Purpose, Stamp
from sow.models.handoff import Handoff, HandoffTask, Meets, Readiness, Ready, Stand
from sow.models.legal import LegalCase, LegalTurn
from sow.models.order import Case, ChangeConfirmation, ChangeOrder, Touch
from sow.models.pen import Pen, PenRequest, Proposal, Side
from sow.models.redline import OutsideComment, Redline, RedlineChange
from sow.models.review import ReviewLink, ReviewVisit
from sow.models.risk import RiskEntry, RiskTerm, Word, WorkAtRisk
from sow.models.signing import Place, Progress, Signer, SignerLink, SignerTurn, Signing, SigningSide
from sow.models.statement import StatementOfWork, Version

__all__ = [
    "BookingDeed",
    "Case",
    "ChangeConfirmation",
    "ChangeOrder",
    "Clause",
    "ClauseComment",
    "ClauseVersion",
    "Document",
    "Done",
    "EnvelopeDelivery",
    "Handoff",
    "HandoffTask",
    "LegalCase",
    "LegalTurn",
    "Meets",
    "Outcome",
    "OutsideComment",
    "Pen",
    "PenRequest",
    "Place",
    "Progress",
    "Proposal",
    "Purpose",
    "Readiness",
    "Ready",
    "Redline",
    "RedlineChange",
    "ReviewLink",
    "ReviewVisit",
    "RiskEntry",
    "RiskTerm",
    "Side",
    "Signer",
    "SignerLink",
    "SignerTurn",
    "Signing",
    "SigningSide",
    "Stamp",
    "Stand",
    "StatementOfWork",
    "Template",
    "TemplateVersion",
    "Touch",
    "Version",
    "Word",
    "WorkAtRisk",
]
