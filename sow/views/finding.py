"""Statements of work as the pages find them."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from emdesk.web import SignedIn
from sow.exposure import in_brief
from sow.models import StatementOfWork


def find(request: SignedIn, pk: int) -> StatementOfWork:
    """That of an issue this person sees, by the issue's number."""
    rows = StatementOfWork.objects.visible_to(request.user)
    rows = rows.select_related("issue__account", "amends").annotate(at_risk=in_brief("issue"))
    found: StatementOfWork = get_object_or_404(rows, issue=pk)
    return found
