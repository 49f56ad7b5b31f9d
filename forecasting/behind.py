"""The rows behind each number of a quarter's dashboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from emdesk.sla.models import Policy
from forecasting import flow
from forecasting.look import Look
from forecasting.pipeline import CATEGORIES, COLOURS, deals_behind
from forecasting.promises import clocks
from scoping.clock_rows import PARTS as WENT
from scoping.clock_rows import Part as Went
from scoping.clock_rows import parted
from scoping.models.opportunity import Stage
from scoping.states import State
from scoping.win_rate_axes import Basis, QuarterOf
from scoping.win_rate_rows import Part, rows_of

ISSUES, DEALS, CLOCKS, STAYS = "issues", "opportunities", "clocks", "stays"
CLOSED = ("closed", "won", "lost", "timed_out")  # figures that open to whoever reads figures
FATES = {"": "", "lost": " and were lost", "live": " and are still live"} | {
    "won": " and were won",
    "uncounted": " and closed without an outcome",
}
ENDED = {Stage.WON: "closed won", Stage.LOST: "closed lost", "open": "open"}


@dataclass(frozen=True)
class Behind:
    """Rows of one kind, and what they are."""

    kind: str
    says: str
    rows: QuerySet[Any]


def behind(look: Look, part: str, key: str) -> Behind | None:
    """Nothing where no number of the dashboard is called so."""
    found = PARTS[part](look, key) if part in PARTS else None
    return found and Behind(found.kind, f"{found.says}, {look.quarter.written}", found.rows)


def _closed(part: Part) -> Callable[[Look, str], Behind | None]:
    def found(look: Look, key: str) -> Behind | None:
        basis = look.basis
        within = look.form.where() & QuarterOf.CLOSE.holds(basis, look.quarter)
        by, named = ("reason", key) if key else ("quarter", None)
        if key and basis != Basis.ISSUES:
            return None
        rows = rows_of(basis, by, named, part, look.user, within)
        what = ISSUES if basis == Basis.ISSUES else DEALS
        why = f": {key}" if key else ""
        return Behind(what, f"{what.capitalize()} {SAID[part]}{why}", rows)

    return found


SAID = {
    Part.CLOSED: "closed won or lost",
    Part.WON: "closed won",
    Part.LOST: "closed lost",
    Part.TIMED_OUT: "lost after two months without activity",
}


def _came_in(look: Look, key: str) -> Behind | None:
    if key not in FATES and key not in flow.FORWARD:
        return None
    said = FATES.get(key, f" and reached {State(key).label}" if key in flow.FORWARD else "")
    return _issues(f"Issues that came in{said}", flow.reached(look, key))


def _ended(look: Look, key: str) -> Behind | None:
    return _stays(key, "Stays that ended in {}", lambda: flow.ended_stays(look, key))


def _standing(look: Look, key: str) -> Behind | None:
    return _stays(key, "Standing in {}", lambda: flow.standing(look, key))


def _stuck(look: Look, key: str) -> Behind | None:
    def rows() -> QuerySet[Any]:
        return flow.stuck(look, flow.time_in_state(look), key)

    if not key:
        every = rows().select_related(*flow.PEOPLE)
        return Behind(STAYS, "Standing unusually long", every)
    return _stays(key, "Unusually long in {}", rows)


def _promise(look: Look, key: str) -> Behind | None:
    promise, _, went = key.partition(".")
    name = Policy.objects.filter(key=promise).values_list("name", flat=True).first()
    if name is None or went not in WENT:
        return None
    rows = parted(clocks(look).filter(key=promise), [Went(went)], look.at)
    ordered = rows.select_related("policy").order_by("-started_at", "-pk")
    return Behind(CLOCKS, f"{name}, {WENT[Went(went)]}", ordered)


def _deals(look: Look, key: str) -> Behind | None:
    category, _, colour = key.partition(".")
    names: dict[str, str] = {str(each): str(each.label) for each in CATEGORIES}
    names |= {"": "No category"} | {str(end): said for end, said in ENDED.items()}
    colours = {str(each): str(each.label) for each in COLOURS} | {"": ""}
    if category not in names or colour not in colours:
        return None
    said = ", ".join(each for each in (names[category], colours[colour]) if each)
    people = deals_behind(look, key).select_related("account", "segment", "engagement_manager")
    return Behind(DEALS, f"Deals to close: {said}", people.order_by("close_date", "pk"))


def _stays(key: str, says: str, rows: Callable[[], QuerySet[Any]]) -> Behind | None:
    """The longest first, as of now."""
    if key not in State.values:
        return None
    people = rows().select_related(*flow.PEOPLE)
    return Behind(STAYS, says.format(State(key).label), people.order_by("entered_at", "pk"))


def _issues(says: str, rows: QuerySet[Any]) -> Behind:
    people = rows.select_related("account", "segment", "engagement_manager")
    return Behind(ISSUES, says, people.order_by(F("entered_state_at").desc(), "-pk"))


PARTS: dict[str, Callable[[Look, str], Behind | None]] = {
    "closed": _closed(Part.CLOSED),
    "won": _closed(Part.WON),
    "lost": _closed(Part.LOST),
    "timed_out": _closed(Part.TIMED_OUT),
    "came_in": _came_in,
    "ended": _ended,
    "standing": _standing,
    "stuck": _stuck,
    "promise": _promise,
    "deals": _deals,
}
