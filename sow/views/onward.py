"""What comes after the text, on the SOW's page: a part that is loaded when it is opened."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.web import SignedIn
from sow.booking import standing
from sow.legal import case_of, out_of_step
from sow.models import Done, Handoff
from sow.package import package
from sow.views.finding import find


@require_safe
def onward(request: SignedIn, pk: int) -> HttpResponse:
    """Legal case, booking package and hand-off, each in a line."""
    found, at = find(request, pk), now()
    done, case = standing(found), case_of(found)
    context = {
        "issue": found.issue,
        "statement": found,
        "case": case,
        "turn": case.turns.filter(until=None).first() if case else None,
        "flag": out_of_step(found, at),
        "open": sum(not point.met for point in package(found, found.head, done)),
        "booked": Done.BOOKED in done,
        "handoff": Handoff.objects.filter(statement=found).first(),
    }
    return render(request, "sow/_onward_told.html", context)
