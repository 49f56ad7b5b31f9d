"""Taking the pen, giving it away, asking for it; and what came of words that were left outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping.views.editing import only_if
from sow import pen as pens
from sow import rules
from sow.forms.library import one_line
from sow.views.finding import find

LONGEST = 300


@require_POST
def pen(request: SignedIn, pk: int) -> HttpResponse:
    """``do`` says what; ``reason`` why, or what whoever comes next should know."""
    found = find(request, pk)
    do = request.POST.get("do", "")
    only_if(rules.breaks_pen(request.user) or rules.edits(found.issue, request.user))
    said: dict[str, Any] = {"by": request.user, "at": now()}
    reason = one_line(request.POST.get("reason", ""), LONGEST)
    acts: dict[str, Callable[[], object]] = {
        "take": lambda: pens.hold(found, reason=reason, **said),
        "over": lambda: pens.take_over(found, reason=reason, **said),
        "ask": lambda: pens.ask(found, reason=reason, **said),
        "back": lambda: pens.hand_back(found, note=reason, **said),
        "give": lambda: pens.give(found, request.POST.get("side", ""), reason=reason, **said),
    }
    try:
        acts.get(do, _unknown)()
    except NotAllowed:
        raise
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return redirect(found)


@require_POST
def settle(request: SignedIn, pk: int, proposal: int) -> HttpResponse:
    """A proposal was read, and taken in or not."""
    found = find(request, pk)
    only_if(rules.edits(found.issue, request.user))
    try:
        pens.settle(found, proposal, by=request.user, at=now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    return redirect(found)


def _unknown() -> None:
    raise Refused("Choose what to do with the pen.")
