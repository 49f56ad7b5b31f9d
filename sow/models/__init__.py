"""What statements of work are kept in."""

from sow.models.clause import Clause, ClauseVersion, Template, TemplateVersion
from sow.models.statement import StatementOfWork, Version

__all__ = [
    "Clause",
    "ClauseVersion",
    "StatementOfWork",
    "Template",
    "TemplateVersion",
    "Version",
]
