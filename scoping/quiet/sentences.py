"""What the two-months rule and those who keep issues open from it are said to have done."""

from __future__ import annotations

from datetime import date

from emdesk.activity.sentences import sentence
from emdesk.ledger.models import Event
from scoping.quiet.days import Mark
from scoping.quiet.silences import KEPT, WARNED


@sentence(WARNED)
def fell_silent(event: Event) -> str:
    since, closes = (_day(event.data[name]) for name in ("since", "closes"))
    over = " for two months" if event.data["mark"] == Mark.TWO_MONTHS else ""
    return (
        f"noticed that nobody has worked on this{over}, since {since}: it closes as lost after"
        f" {closes} unless somebody works on it or keeps it open"
    )


@sentence(KEPT)
def kept(event: Event) -> str:
    return f"keeps this open until {_day(event.data['until'])}: “{event.data['reason']}”"


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%-d %b %Y}"
