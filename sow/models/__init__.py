"""What statements of work are kept in."""

from sow.models.clause import Clause, ClauseVersion, Template, TemplateVersion
from sow.models.comment import ClauseComment
from sow.models.pen import Pen, PenRequest, Proposal, Side
from sow.models.redline import OutsideComment, Redline, RedlineChange
from sow.models.review import ReviewLink, ReviewVisit
from sow.models.statement import StatementOfWork, Version

__all__ = [
    "Clause",
    "ClauseComment",
    "ClauseVersion",
    "OutsideComment",
    "Pen",
    "PenRequest",
    "Proposal",
    "Redline",
    "RedlineChange",
    "ReviewLink",
    "ReviewVisit",
    "Side",
    "StatementOfWork",
    "Template",
    "TemplateVersion",
    "Version",
]
