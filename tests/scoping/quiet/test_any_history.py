"""Any history, any zone, any nights left out: the rule does what a pencil does, day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from django.db.transaction import atomic, set_rollback
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from emdesk.activity.commenting import comment
from emdesk.activity.watching import unwatch, watch
from emdesk.ledger.models import Event
from emdesk.workflow import Refused, adopt, perform, undo
from scoping.facts import amend, assign, set_status
from scoping.quarters import quarter_of
from scoping.quiet.keeping import keep_open
from scoping.quiet.nights import pass_night
from scoping.quiet.silences import WARNED
from scoping.states import State
from tests.factories import again, make_ready_issue
from tests.oracles import quiet as oracle
from tests.reports import report
from tests.scoping.quiet.stories import DAY, in_zone, read_both_ways

pytestmark = pytest.mark.django_db
ZONES = ["America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati", "Europe/London"]
GRACE = 14
LENGTH = 220  # days
STARTS = st.one_of(
    st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    st.sampled_from(
        [date(2025, 12, 29), date(2025, 12, 31), date(2027, 12, 30), date(2026, 6, 30)]
    ),
)


def act(rng: Random, issue, em, at: datetime) -> None:
    """Something that may happen to an issue; what is refused did not happen."""
    deeds = {
        "note": lambda: comment(issue, "They call back.", by=em, at=at),
        "status": lambda: set_status(issue, rng.choice(["todo", "waiting"]), by=em, at=at),
        "label": lambda: amend(issue, by=em, at=at, free_labels=[str(at)]),
        "sync": lambda: amend(issue, by=None, at=at, description=str(at)),
        "hand over": lambda: assign(issue, em, by=em, at=at),
        "watch": lambda: (unwatch if rng.random() < 0.5 else watch)(issue, by=em, at=at),
        "hold": lambda: perform(
            issue.hold, by=em, at=at, reason="Budget", review_date=_later(rng, at, 250)
        ),
        "resume": lambda: perform(issue.resume, by=em, at=at),
        "import": lambda: adopt(issue, rng.choice(MOVED_BY_IMPORTS), at=at, origin="import"),
        "keep": lambda: keep_open(issue, until=_later(rng, at, 90), reason="Alive", by=em, at=at),
        "reopen": lambda: perform(issue.reopen, by=em, at=at),
        "undo": lambda: undo(issue, by=em, at=at, within=timedelta(days=20)),
    }
    possible = [*deeds] if issue.live else ["note", "watch", "reopen", "undo", "keep"]
    try:
        with atomic():
            deeds[rng.choice(possible)]()
    except Refused:
        pass


MOVED_BY_IMPORTS = [State.STRAWMAN_WIP, State.SOW_WIP, State.ESTIMATE_FEEDBACK]


def _later(rng: Random, at: datetime, most: int) -> date:
    return at.date() + rng.randint(1, most) * DAY


def lived(rng: Random, start: date, zone) -> tuple[object, list[datetime]]:
    """An issue with a life of deeds, and the nights that were not left out."""
    issue = make_ready_issue(State.ESTIMATE_FEEDBACK, at=datetime.combine(start, time(9), zone))
    em, nights = issue.engagement_manager, []
    day, next_deed = start, start + rng.randint(0, 20) * DAY
    down_until = start
    while day < start + LENGTH * DAY:
        day += DAY
        if rng.random() < 0.03:
            down_until = day + rng.randint(1, 40) * DAY
        if day >= down_until and rng.random() < 0.4:
            local = datetime.combine(day, time(rng.randint(0, 3), rng.randint(1, 59)), zone)
            at = local.astimezone(UTC)
            pass_night(at)
            nights.append(at)
        if day >= next_deed:
            act(rng, again(issue), em, datetime.combine(day, time(rng.randint(5, 23)), zone))
            next_deed = day + rng.choice([1, 5, 20, 45, 60, 62, 75]) * DAY
    return issue, nights


def raw(event: Event) -> oracle.Raw:
    person = event.actor_id is not None and event.origin == "person"
    fields = ("at", "verb", "before", "after", "data")
    return {name: getattr(event, name) for name in fields} | {"person": person}


def by_the_rule(event: Event) -> bool:
    return event.verb == WARNED or (event.verb == "scoping.lose" and event.actor_id is None)


def check(start: date, seed: int, name: str) -> int:
    """How much the rule did, which is what the oracle says."""
    issue, nights = lived(Random(seed), start, in_zone(name))  # noqa: S311
    events = list(Event.objects.about(issue))
    done = [
        (
            event.at,
            event.data.get("mark", "closed"),
            event.data.get("due", event.data.get("quarter")),
        )
        for event in events
        if by_the_rule(event)
    ]
    told = [raw(event) for event in events if not by_the_rule(event)]
    expected = [
        (at, what, str(quarter_of(due)) if what == "closed" else due.isoformat())
        for at, what, due in oracle.nights(told, nights, name, GRACE)
    ]
    assert done == expected
    if not any(event.origin == "import" for event in events):
        read_both_ways(issue, nights[-1])
    return len(done)


@settings(
    deadline=None,
    max_examples=settings.default.max_examples // 8,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each try lives through months
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(start=STARTS, seed=st.integers(0, 10_000), name=st.sampled_from(ZONES))
def test_the_rule_does_what_a_pencil_does(start, seed, name):
    with atomic():
        check(start, seed, name)
        set_rollback(True)


@pytest.mark.full
def test_the_rule_does_what_a_pencil_does_in_a_long_campaign():
    rng, done = Random(11), 0  # noqa: S311
    for _ in range(150):
        with atomic():
            start = date(2024, 1, 1) + rng.randint(0, 1400) * DAY
            done += check(start, rng.randint(0, 10**6), rng.choice(ZONES))
            set_rollback(True)
    report("quiet", "histories against a pencil", histories=150, acts=done, mismatches=0)
    assert done > 150
