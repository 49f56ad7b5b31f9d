"""Snapshots: taken live or read from the ledger they are the same, once a week, never twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from emdesk.configuration.values import set_value
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from forecasting import tasks
from forecasting.as_at import deals_at
from forecasting.models import Snapshot
from forecasting.rewinding import CHANGING, DEAL
from forecasting.snapshots import NotOver, due_days, take
from scoping.categories import Outlook, categorised
from scoping.deal_totals import rolled_up, totals
from scoping.deals import amend_deal
from scoping.models import Opportunity, Stage
from scoping.quarters import FiscalCalendar
from tests.factories import make_issue, make_opportunity, make_user
from tests.forecasting.history import History
from tests.seeds import seeds

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 2, 27)
SATURDAY = datetime(2026, 2, 28, 9, tzinfo=UTC)
TOLD = (
    *("opportunity_id", "engagement_manager_id", "segment_id", "region", "stage", "confidence"),
    *("forecast_category", "category", "close_date", "currency", "booking_value", "desk_value"),
    *("weighted_in_quarter", "weighted_any_quarter"),
)


def live(day: date) -> dict[int, tuple[Any, ...]]:
    """Deals as the database tells them now, by the statements the opportunities' page uses."""
    found = {}
    for first, last in [span for quarter in quarters() for span in quarter]:
        deals = Opportunity.objects.filter(deleted=False, close_date__range=(first, last))
        priced = deals.in_region().valued(day)
        for row in categorised(priced, Outlook.on(day), first, last):
            found[row.pk] = (row.pk, *(getattr(row, name) for name in TOLD[1:]))
    return found


def quarters() -> list[list[tuple[date, date]]]:
    calendar = FiscalCalendar()
    days = Opportunity.objects.exclude(close_date=None).values_list("close_date", flat=True)
    return [calendar.days(each) for each in {calendar.quarter_of(day) for day in days}]


def weighted(row: Snapshot) -> tuple[Any, ...]:
    cents = Decimal("0.01")
    worth = row.desk_value
    row.weighted_in_quarter, row.weighted_any_quarter = (  # type: ignore[attr-defined]
        None if worth is None else round(worth * weight, 3).quantize(cents, "ROUND_HALF_UP")
        for weight in (row.weight_in_quarter, row.weight_any_quarter)
    )
    return tuple(getattr(row, name) for name in TOLD)


@pytest.mark.parametrize("seed", seeds(1, 3))
def test_what_the_ledger_says_of_a_day_is_what_the_desk_showed_on_it(seed: int) -> None:
    seen: dict[date, dict[int, tuple[Any, ...]]] = {}

    def look(day: date) -> None:
        seen[day] = live(day)

    history = History(seed, look)
    history.go_on(days=8)

    assert {"scoping.deal_taken_back", "scoping.import_undone"} & set(
        Event.objects.filter(subject_type=DEAL).values_list("verb", flat=True)
    )
    here = set(Opportunity.objects.values_list("pk", flat=True))
    for day, told in seen.items():
        found = {row.opportunity_id: weighted(row) for row in deals_at(day, history.at)}
        assert found == {pk: row for pk, row in told.items() if pk in here}, day


def test_every_event_that_says_what_a_deal_was_is_heard(em: Any) -> None:
    history = History(9, lambda _: None)
    history.go_on(days=4)

    told = Event.objects.filter(subject_type=DEAL)
    changing = told.filter(data__has_any_keys=["changed", "was"])
    assert set(changing.values_list("verb", flat=True)) <= {*CHANGING, "scoping.help_asked"}


def test_a_snapshot_taken_late_equals_one_taken_when_the_day_was_over() -> None:
    history = History(4, lambda day: take([day], end(day)) and None)
    history.go_on(days=6)
    out = StringIO()
    kept = sorted(rows())

    call_command("rebuild", "--check", stdout=out)
    assert "snapshots of the forecast: 0 differ" in out.getvalue()

    Snapshot.objects.filter(date=history.at.date() - timedelta(days=3)).delete()
    take([date.fromisoformat(row[0]) for row in kept], history.at)
    assert sorted(rows()) == kept

    one = Snapshot.objects.first()
    Snapshot.objects.filter(pk=one.pk).update(confidence="red", region="Elsewhere")
    with pytest.raises(CommandError, match="1 rows are not"):
        call_command("rebuild", "--check", stdout=out)


def rows() -> list[tuple[Any, ...]]:
    return [
        tuple(map(str, row))
        for row in Snapshot.objects.values_list("date", *TOLD[:-2], "weight_in_quarter")
    ]


def end(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(hours=20, minutes=1)


def test_snapshots_add_up_as_the_deals_did() -> None:
    sums: dict[date, tuple[Any, Any]] = {}

    def look(day: date) -> None:
        take([day], end(day))
        deals = Opportunity.objects.filter(deleted=False).in_region().valued(day)
        first, last = date(2020, 1, 1), date(2030, 1, 1)
        categories = ("commit", "best_case", "pipeline", "omitted")
        left = categorised(deals, Outlook.on(day), first, last).filter(category__in=categories)
        counted = left.exclude(stage__in=("lost", "9", "10"))
        sums[day] = told(counted, day), rolled_up(counted)

    history = History(7, look)
    history.go_on(days=5)

    for day, (whole, lines) in sums.items():
        kept: Any = Snapshot.objects.filter(date=day).open()
        assert told(kept, day) == whole
        assert rolled_up(kept) == lines


def told(deals: Any, day: date) -> Any:
    return totals(deals, Outlook.on(day), "in_quarter")


def test_a_week_is_kept_by_itself_once_and_missed_weeks_are_made_up_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deal = make_opportunity(stage="4", amount=100)
    clock = {"now": SATURDAY - timedelta(hours=2)}
    monkeypatch.setattr("forecasting.tasks.database_now", lambda: clock["now"])

    tasks.take_snapshots()
    assert [*days()] == [FRIDAY - timedelta(days=7)]  # Friday ends at 08:00 UTC, in Los Angeles
    clock["now"] = SATURDAY
    for _ in range(2):
        tasks.take_snapshots()
    assert [*days()] == [FRIDAY - timedelta(days=7), FRIDAY]

    amend_deal(deal, by=make_user(), at=SATURDAY + timedelta(days=8), confidence="green")
    clock["now"] = SATURDAY + timedelta(days=17)
    tasks.take_snapshots()
    colours = Snapshot.objects.order_by("date").values_list("confidence", flat=True)
    assert [*colours] == ["grey", "grey", "grey", "green"]
    assert due_days(clock["now"]) == []


def test_another_day_of_the_week_is_a_setting() -> None:
    by, at = make_user(Role.DIRECTOR), SATURDAY - timedelta(days=9)
    set_value("snapshot_weekday", 1, effective_from=at.date(), reason="Call", by=by, at=at)

    assert due_days(SATURDAY) == [date(2026, 2, 24)]


def days() -> Any:
    return Snapshot.objects.order_by("date").values_list("date", flat=True).distinct()


def test_open_deals_are_kept_and_what_was_won_since_the_quarter_began() -> None:
    kept = {
        "open": make_opportunity(stage="4"),
        "pending": make_opportunity(stage="0"),
        "no date": make_opportunity(stage="5", close_date=None),
        "won": make_opportunity(stage="won", close_date=date(2026, 2, 1)),
    }
    make_opportunity(stage="won", close_date=date(2026, 1, 31))
    for stage in (Stage.LOST, Stage.UNQUALIFIED, Stage.DUPLICATE):
        make_opportunity(stage=stage)
    make_opportunity(stage="4", deleted=True)

    take([FRIDAY], SATURDAY)

    found = {row.opportunity_id: row for row in Snapshot.objects.all()}
    assert found.keys() == {deal.pk for deal in kept.values()}
    categories = {name: found[deal.pk].category for name, deal in kept.items()}
    assert categories == {
        "open": "pipeline",
        "pending": "omitted",
        "no date": "pipeline",
        "won": "closed",
    }
    assert found[kept["won"].pk].weight_in_quarter == 1
    assert str(found[kept["open"].pk]) == f"{kept['open'].pk} on 2026-02-27"


def test_a_snapshot_is_seen_by_whoever_sees_its_deal() -> None:
    issue = make_issue()
    asked = make_user(Role.ACCOUNT_TEAM)
    deal, _ = make_opportunity(stage="4"), make_opportunity(stage="4")
    type(issue).objects.filter(pk=issue.pk).update(opportunity=deal, requester=asked)
    take([FRIDAY], SATURDAY)

    seen = Snapshot.objects.visible_to(asked)

    assert [row.opportunity for row in seen] == [deal]
    assert Snapshot.objects.visible_to(make_user(Role.VIEWER)).count() == 2


def test_the_command_keeps_one_day_or_weeks_and_no_day_that_is_not_over() -> None:
    make_opportunity(stage="4")

    assert asked("--date", "2026-02-25") == "2026-02-25: 1 kept\n"
    assert asked("--date", "2026-02-25") == "2026-02-25: 0 kept\n"
    told = asked("--from", "2026-02-20", "--to", "2026-03-06")
    assert told.split("\n")[:3] == [f"{FRIDAY + timedelta(7 * n)}: 1 kept" for n in (-1, 0, 1)]
    assert asked("--from", "2026-03-07", "--to", "2026-03-12") == "No snapshot is due.\n"
    for wrong in (
        ["--date", "2099-01-01"],
        ["--from", "2026-02-20"],
        ["--from", "2026-02-20", "--to", "2026-02-19"],
        ["--date", "2026-02-20", "--to", "2026-02-27"],
    ):
        with pytest.raises(CommandError, match=r"not over|Say --"):
            asked(*wrong)
    with pytest.raises(NotOver):
        take([FRIDAY], SATURDAY - timedelta(hours=2))


def asked(*arguments: str) -> str:
    out = StringIO()
    call_command("snapshot", *arguments, stdout=out)
    return out.getvalue()
