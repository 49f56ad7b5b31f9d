"""The forecast's events as sentences."""

from __future__ import annotations

from decimal import Decimal

from django.template.defaultfilters import pluralize

from emdesk.activity.sentences import sentence
from emdesk.ledger.models import Event
from emdesk.money import in_full
from forecasting.amendments import FROZEN
from forecasting.calling import LED, REOPENED, SUBMITTED
from forecasting.deciding import BEGUN, DECIDED, DONE, DROPPED, ENDED
from forecasting.models import Plan
from forecasting.planning import SET
from forecasting.targets import FIELDS


@sentence(SUBMITTED)
def call_submitted(event: Event) -> str:
    return f"called {_figures(event)}{_note(event)}"


@sentence(LED)
def call_led(event: Event) -> str:
    whose = event.data["whose"]
    where = f"beside the call of {whose}" if whose else "for the desk"
    return f"put {_figures(event)} {where}{_note(event)}"


@sentence(REOPENED)
def call_reopened(event: Event) -> str:
    return f"reopened the call of {event.data['whose']}: {event.data['reason']}"


@sentence(FROZEN)
def quarter_frozen(event: Event) -> str:
    won, lost = event.data["won"], event.data["lost"]
    return f"froze the quarter with {won} won and {lost} lost{_note(event)}"


@sentence(BEGUN)
def forecast_call_begun(event: Event) -> str:
    return "began the call"


@sentence(DECIDED)
def decided(event: Event) -> str:
    return f"kept the decision “{event.data['told']}”"


@sentence(DROPPED)
def decision_dropped(event: Event) -> str:
    return f"took the decision “{event.data['told']}” out again"


@sentence(DONE)
def decision_done(event: Event) -> str:
    return f"did “{event.data['told']}”"


@sentence(ENDED)
def forecast_call_ended(event: Event) -> str:
    told = event.data["decisions"]
    if not told:
        return "ended the call without a decision"
    count = f"{len(told)} decision{pluralize(len(told))}"
    numbered = "; ".join(f"{number}. {each}" for number, each in enumerate(told, 1))
    return f"ended the call with {count}: {numbered}"


@sentence(SET)
def plan_set(event: Event) -> str:
    changed = event.data["changed"]
    told = [
        f"{Plan._meta.get_field(name).verbose_name} {_worth(changed[name][1])}"  # type: ignore[union-attr]
        for name in FIELDS
        if name in changed
    ]
    whose = event.data["whose"] or "the region"
    where = event.data["region"] or "no region"
    return f"planned {event.data['quarter']} of {whose} in {where}: {', '.join(told)}"


def _worth(told: str | None) -> str:
    return "–" if told is None else f"{Decimal(told):,.2f}".removesuffix(".00")


def _figures(event: Event) -> str:
    currency = event.data["currency"]
    commit, best = (
        in_full(Decimal(event.data[name]), currency) for name in ("commit", "best_case")
    )
    return f"Commit {commit} and Best Case {best}"


def _note(event: Event) -> str:
    return f": “{event.data['note']}”" if event.data["note"] else ""
