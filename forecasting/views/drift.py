"""Where desk and CRM disagree, by account owner; and what was mended, and how fast."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.configuration.rules import may_change
from emdesk.people.models import Role
from emdesk.web import SignedIn
from forecasting.drift_lines import conditions
from forecasting.drift_page import LATELY, Look
from forecasting.spelling import lasting
from scoping import rules

OWNERS, ROWS = 10, 50


@require_safe
def page(request: SignedIn) -> HttpResponse:
    look = _look(request)
    shown = Paginator(look.owners(), OWNERS).get_page(request.GET.get("page"))
    owners = look.of([row["opportunity__owner"] for row in shown.object_list])
    context = _context(look, "drift") | {
        "shown": shown,
        "owners": owners,
        "lines": [
            (
                *(line, "; ".join(conditions(line.rule._asdict()))),
                *(lasting(line.median), lasting(line.most)),
                *(_address(look, each, rule=line.rule.name) for each in ("drift", "mended")),
            )
            for line in look.lines()
        ],
        "may_change": may_change(request.user),
    }
    return render(request, "forecasting/drift.html", context)


@require_safe
def mended(request: SignedIn) -> HttpResponse:
    """The pairs behind the times, latest first."""
    look = _look(request)
    found = look.mended().filter(**{"rule": look.rule} if look.rule else {})
    rows = found.select_related("issue", "issue__account", "opportunity").order_by(
        "-ended_at", "pk"
    )
    shown = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    shown.object_list = [(row, lasting(row.ended_at - row.began_at)) for row in shown.object_list]
    context = _context(look, "mended") | {"shown": shown}
    return render(request, "forecasting/drift_mended.html", context)


def _look(request: SignedIn) -> Look:
    user = request.user
    if not rules.reads_deals(user):
        raise Http404
    said = request.GET.get("view", "mine" if user.has(Role.EM) else "team")
    rule = request.GET.get("rule", "").replace("\0", "")[:60]
    return Look(user, now(), mine=said == "mine" and user.has(Role.EM), rule=rule)


def _context(look: Look, here: str) -> dict[str, Any]:
    sides = [("mine", "Mine"), ("team", "Team")] if look.user.has(Role.EM) else []
    return {
        "look": look,
        "days": LATELY.days,
        "views": [
            (name, _address(look, here, view=key), (key == "mine") == look.mine)
            for key, name in sides
        ],
        "every_rule": _address(look, here, rule=""),
        "here": _address(look, here),
        "back": _address(look, "drift", rule=""),
    }


def _address(look: Look, page: str, **changes: str) -> str:
    said = {"view": "mine" if look.mine else "team", "rule": look.rule} | changes
    told = urlencode({name: value for name, value in said.items() if value})
    return f"{reverse(f'forecasting:{page}')}?{told}"
