"""The stamped file goes to the customer: the deed that ends the promise names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emdesk.workflow import Refused
from scoping.models import ScopingIssue
from scoping.promises import knows
from sow.models import StatementOfWork
from sow.stamping import standing


def stamped_file(issue: ScopingIssue) -> Mapping[str, Any]:
    """An issue whose SOW is written elsewhere is nobody's to hold back."""
    statement = StatementOfWork.objects.filter(issue=issue).first()
    if statement is None:
        return {}
    found = standing(statement)
    if found is None:
        raise Refused(f"{statement.number} is not stamped. Legal stamps it on its page first.")
    return {"sow": statement.number, "version": found.version.number, "sha256": found.sha256}


knows["stamped_sow_sent"] = stamped_file
