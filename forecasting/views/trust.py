"""How far the colours can be trusted: of many for those who lead, of one for that one alone."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.web import SignedIn
from forecasting.calibration import ENOUGH, FEWEST_EMS
from forecasting.trust import Trust
from forecasting.trust_rules import reads_trust
from scoping.models import Confidence, Opportunity

PAGE = 50


@require_safe
def page(request: SignedIn) -> HttpResponse:
    if not reads_trust(request.user):
        raise Http404
    trust = Trust(request.user, now())
    team, own = trust.team, trust.own
    context = {
        "team": team,
        "own": own,
        "team_known": any(panel.known for panel in team),
        "own_known": any(panel.known for panel in own),
        "team_scores": trust.team_scores,
        "own_scores": trust.own_scores,
        "enough": ENOUGH,
        "fewest": FEWEST_EMS,
    }
    return render(request, "forecasting/trust.html", context)


@require_safe
def rows(request: SignedIn, colour: str, weeks: int) -> HttpResponse:
    """One's own deals behind a number."""
    pks = Trust(request.user, now()).deals_of(colour, weeks)
    if not pks:
        raise Http404
    deals = Opportunity.objects.filter(pk__in=pks).order_by("-close_date", "pk")
    found = deals.select_related("account", "engagement_manager", "segment")
    context = {
        "title": f"{Confidence(colour).label} {weeks} weeks before the close date",
        "shown": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "named": True,
        "here": f"{request.path}?",
        "back": reverse("forecasting:trust"),
        "back_to": "trust",
        "no_file": True,
    }
    return render(request, "forecasting/rows_opportunities.html", context)
