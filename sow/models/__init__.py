"""What statements of work are kept in."""

from sow.models.clause import Clause, ClauseVersion, Template, TemplateVersion
from sow.models.legal import LegalCase, LegalTurn
from sow.models.pen import Pen, PenRequest, Proposal, Side
from sow.models.statement import StatementOfWork, Version

__all__ = [
    "Clause",
    "ClauseVersion",
    "LegalCase",
    "LegalTurn",
    "Pen",
    "PenRequest",
    "Proposal",
    "Side",
    "StatementOfWork",
    "Template",
    "TemplateVersion",
    "Version",
]
