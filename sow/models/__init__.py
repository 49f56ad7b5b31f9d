"""What statements of work are kept in."""

from sow.models.booking import BookingDeed, Done
from sow.models.clause import Clause, ClauseVersion, Template, TemplateVersion
from sow.models.comment import ClauseComment
from sow.models.document import Document, Purpose, Stamp
from sow.models.handoff import Handoff, HandoffTask, Meets, Readiness, Ready, Stand
from sow.models.legal import LegalCase, LegalTurn
from sow.models.pen import Pen, PenRequest, Proposal, Side
from sow.models.redline import OutsideComment, Redline, RedlineChange
from sow.models.review import ReviewLink, ReviewVisit
from sow.models.statement import StatementOfWork, Version

__all__ = [
    "BookingDeed",
    "Clause",
    "ClauseComment",
    "ClauseVersion",
    "Document",
    "Done",
    "Handoff",
    "HandoffTask",
    "LegalCase",
    "LegalTurn",
    "Meets",
    "OutsideComment",
    "Pen",
    "PenRequest",
    "Proposal",
    "Purpose",
    "Readiness",
    "Ready",
    "Redline",
    "RedlineChange",
    "ReviewLink",
    "ReviewVisit",
    "Side",
    "Stamp",
    "Stand",
    "StatementOfWork",
    "Template",
    "TemplateVersion",
    "Version",
]
