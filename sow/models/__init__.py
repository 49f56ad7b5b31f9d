"""What statements of work are kept in."""

from sow.models.clause import Clause, ClauseVersion, Template, TemplateVersion
from sow.models.comment import ClauseComment
from sow.models.document import Document, Purpose, Stamp
from sow.models.pen import Pen, PenRequest, Proposal, Side
from sow.models.redline import OutsideComment, Redline, RedlineChange
from sow.models.review import ReviewLink, ReviewVisit
from sow.models.statement import StatementOfWork, Version

__all__ = [
    "Clause",
    "ClauseComment",
    "ClauseVersion",
    "Document",
    "OutsideComment",
    "Pen",
    "PenRequest",
    "Proposal",
    "Purpose",
    "Redline",
    "RedlineChange",
    "ReviewLink",
    "ReviewVisit",
    "Side",
    "Stamp",
    "StatementOfWork",
    "Template",
    "TemplateVersion",
    "Version",
]
