"""Statements of work as the pages find them."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from emdesk.web import SignedIn
from sow.models import StatementOfWork


def find(request: SignedIn, pk: int) -> StatementOfWork:
    """That of an issue this person sees, by the issue's number."""
    rows = StatementOfWork.objects.visible_to(request.user)
    found: StatementOfWork = get_object_or_404(
        rows.select_related("issue__account", "amends"), issue=pk
    )
    return found
