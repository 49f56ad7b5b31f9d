"""How far the colours can be trusted: of many for those who lead, of one for that one alone."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.web import SignedIn
from forecasting.calibration import ENOUGH, FEWEST_EMS
from forecasting.trust import Trust
from forecasting.trust_rules import reads_trust


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
