"""What statements of work are kept in."""

from sow.models.booking import BookingDeed, Done
from sow.models.clause import Clause, ClauseVersion, Template, TemplateVersion
from sow.models.handoff import Handoff, HandoffTask, Meets, Readiness, Ready, Stand
from sow.models.legal import LegalCase, LegalTurn
from sow.models.pen import Pen, PenRequest, Proposal, Side
from sow.models.statement import StatementOfWork, Version

__all__ = [
    "BookingDeed",
    "Clause",
    "ClauseVersion",
    "Done",
    "Handoff",
    "HandoffTask",
    "LegalCase",
    "LegalTurn",
    "Meets",
    "Pen",
    "PenRequest",
    "Proposal",
    "Readiness",
    "Ready",
    "Side",
    "Stand",
    "StatementOfWork",
    "Template",
    "TemplateVersion",
    "Version",
]
