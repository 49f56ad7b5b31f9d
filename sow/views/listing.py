"""All statements of work one may see: counted by how they stand, filtered and sorted."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.web import SignedIn
from sow.listing import STANDS, StatementFilter, StatementTable, counts, listed

PAGE = 50


@require_safe
def statements(request: SignedIn) -> HttpResponse:
    at, said = now(), request.GET
    form = StatementFilter(request.user, said)
    every = listed(request.user, at)
    sort = said.get("sort", "")
    narrowed = form.narrowed(every)
    table = StatementTable(narrowed, at, sort)
    table.turn_to(_page(said.get("page", "")), PAGE, narrowed.count())
    found = counts(form.narrowed(every, "stands"))
    context = {
        "form": form,
        "narrowed": bool(form.said),
        "shown": table.page,
        "heads": table.heads,
        "lines": table.lines,
        "query": form.address(),
        "here": f"?{form.address(sort=sort)}",
        "counts": [
            (STANDS[stands], count, form.address(stands=stands)) for stands, count in found.items()
        ],
    }
    return render(request, "sow/statements.html", context)


def _page(said: str) -> int:
    """What is no page is the first."""
    return max(int(said), 1) if said.isascii() and said.isdigit() and len(said) < 9 else 1
