"""How near earlier forecasts were, and how wide the running quarter's may turn out."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.money import in_full, in_short
from emdesk.people.models import User
from emdesk.web import SignedIn
from forecasting.backtest import EVERYBODY, LAST_WEEKS, Backtest, Missed
from forecasting.calibration import ENOUGH
from forecasting.forecast import Forecast
from forecasting.pacing import MEASURES
from forecasting.readers import for_readers
from forecasting.rules import reads_calls
from forecasting.simulation import DRAWS, Range
from forecasting.views.forecast import quarter_asked
from scoping.models import ForecastCategory

WEEKS = range(LAST_WEEKS, 0, -1)
SHARES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)


@require_safe
@for_readers
def page(request: SignedIn) -> HttpResponse:
    """Error and bias of everybody together and of each, and the quarters behind them."""
    if not reads_calls(request.user):
        raise Http404
    measure = request.GET.get("measure", "")
    measure = measure if measure in MEASURES else str(ForecastCategory.COMMIT)
    backtest = Backtest(measure, now())
    people = backtest.people
    chosen = next((each for each in people if str(each.pk) == request.GET.get("em")), None)
    whose = chosen.pk if chosen else EVERYBODY
    lines: list[tuple[User | None, list[tuple[str, str]]]] = [
        (each, _cells(backtest.missed(each.pk if each else EVERYBODY))) for each in (None, *people)
    ]
    context = {
        "measure": measure,
        "measures": [(key, name, key == measure) for key, name in MEASURES.items()],
        "weeks": WEEKS,
        "lines": lines,
        "chosen": chosen,
        "quarters": [
            (each.quarter, *_told(each.forecasts, each.result, backtest.currency))
            for each in backtest.told(whose)
        ],
        "currency": backtest.currency,
    }
    return render(request, "forecasting/accuracy.html", context)


@require_safe
@for_readers
def likely(request: SignedIn, label: str) -> HttpResponse:
    """What the quarter may bring, by chances that earlier colours earned."""
    if not reads_calls(request.user):
        raise Http404
    forecast = Forecast(quarter_asked(label), request.user, now())
    found = Range(forecast)
    simulated, currency = found.simulated, forecast.currency
    plan = forecast.targets.of().bookings
    spelled = [
        (f"{share:.0%}", in_full(_cents(simulated.quantile(share)), currency)) for share in SHARES
    ]
    context = {
        "forecast": forecast,
        "draws": DRAWS,
        "enough": ENOUGH,
        "quantiles": spelled,
        "low": in_full(_cents(simulated.quantile(0.1)), currency),
        "middle": in_full(_cents(simulated.quantile(0.5)), currency),
        "high": in_full(_cents(simulated.quantile(0.9)), currency),
        "closed": in_full(found.closed, currency),
        "colours": [
            (
                each.name,
                each.deals,
                in_full(_cents(each.worth), currency),
                f"{each.chance:.0%}",
                each.learned,
            )
            for each in found.colours
        ],
        "plan": None if plan is None else in_full(plan, currency),
        "reached": None if plan is None else f"{simulated.reached(float(plan)):.0%}",
    }
    return render(request, "forecasting/range.html", context)


def _cells(missed: dict[int, Missed]) -> list[tuple[str, str]]:
    """Error and bias of each week; nothing where nothing is known."""
    return [
        (f"{each.error:.0%}", f"{each.bias:+.0%}".replace("-", "−"))
        if (each := missed.get(week))
        else ("—", "")
        for week in WEEKS
    ]


def _told(forecasts: Any, result: Any, currency: str) -> tuple[list[str], str]:
    spelled = [in_short(forecasts[week], currency) if week in forecasts else "—" for week in WEEKS]
    return spelled, in_short(result, currency)


def _cents(worth: float) -> Any:
    return round(worth)
