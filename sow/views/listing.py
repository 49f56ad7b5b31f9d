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
    table = StatementTable(form.narrowed(every), at, sort)
    page = said.get("page", "")
    table.paginate(
        page=page if page.isascii() and page.isdigit() and len(page) < 9 else 1, per_page=PAGE
    )
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
