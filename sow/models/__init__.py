"""What statements of work are kept in."""

from sow.models.clause import Clause, ClauseVersion, Template, TemplateVersion
from sow.models.document import Document, Purpose, Stamp
from sow.models.pen import Pen, PenRequest, Proposal, Side
from sow.models.statement import StatementOfWork, Version

__all__ = [
    "Clause",
    "ClauseVersion",
    "Document",
    "Pen",
    "PenRequest",
    "Proposal",
    "Purpose",
    "Side",
    "Stamp",
    "StatementOfWork",
    "Template",
    "TemplateVersion",
    "Version",
]
