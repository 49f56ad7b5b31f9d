"""Load and gaps, against a computation issue by issue and day by day; and handing over."""

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

from emdesk.ledger.models import Event
from emdesk.people.models import Absence, Coverage, Role, Segment, Territory, User
from scoping import bulk
from scoping.load.desks import Desk, in_order, load, main_currency, matching
from scoping.load.gaps import HORIZON, gaps
from scoping.load.reassigning import Distribution, hand_out
from scoping.models import ScopingIssue
from scoping.roster import roster
from scoping.states import LIVE, State
from tests.factories import (
    NOON,
    TODAY,
    again,
    make_account,
    make_issue,
    make_ready_issue,
    make_segment,
    make_user,
)
from tests.oracles import load as oracle
from tests.seeds import seeds

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)


def day(number):
    return TODAY + number * A_DAY


def cover(user, *, territory=None, segment=None, since=-100, until=None):
    return Coverage.objects.create(
        user=user,
        territory=territory,
        segment=segment,
        since=day(since),
        until=None if until is None else day(until),
    )


def away(user, delegate, first, last):
    return Absence.objects.create(
        user=user, delegate=delegate, first_day=day(first), last_day=day(last)
    )


@pytest.fixture
def segment():
    return make_segment("Ent_EMEA")


@pytest.fixture
def territory(segment):
    return Territory.objects.create(name="Alps", segment=segment)


def in_territory(territory, **fields):
    account = make_account(sales_territory=territory)
    return make_issue(State.STRAWMAN_WIP, account=account, **fields)


# The load.


def said(desk):
    return {
        "live": desk.live,
        "to_do": desk.to_do,
        "overdue": desk.overdue,
        "soon": desk.soon,
        "stepless": desk.stepless,
        "days": desk.stepless_days,
        "amounts": desk.amounts,
        "columns": {state: count for state, count in desk.columns.items() if count},
    }


def some_issues(seed, managers):
    rng = Random(seed)  # noqa: S311
    for _ in range(60):
        values = {
            "engagement_manager": rng.choice([*managers, None]),
            "currency": rng.choice(["USD", "EUR"]),
            "expected_value": rng.choice([None, Decimal(0), Decimal(rng.randrange(1, 90_000))]),
            "next_step": rng.choice(["", "Call"]),
            "next_step_date": rng.choice([None, *map(day, (-40, -1, 0, 1, 6, 7, 30))]),
        }
        state = rng.choice(list(State))
        if state != State.CLOSED:
            values["em_status"] = rng.choice(["todo", "waiting", ""])
        make_issue(state, at=NOON - rng.randrange(90) * A_DAY, **values)


def test_each_desk_has_what_a_count_issue_by_issue_finds():
    managers = [make_user() for _ in range(3)]
    idle = make_user()
    some_issues(8, managers)
    issues = list(ScopingIssue.objects.all())

    found = load(ScopingIssue.objects.all(), NOON)

    desks = {desk.person.pk: desk for desk in found.desks}
    assert set(desks) == {person.pk for person in [*managers, idle]}
    for pk, desk in desks.items():
        own = [issue for issue in issues if issue.engagement_manager_id == pk]
        assert said(desk) == oracle.load_of(own, NOON)
    nobodys = [issue for issue in issues if issue.engagement_manager_id is None]
    assert said(found.unassigned) == oracle.load_of(nobodys, NOON)
    assert said(found.total) == oracle.load_of(issues, NOON)


def test_the_rows_behind_a_number_are_as_many_as_it_says():
    some_issues(9, [make_user()])
    total = load(ScopingIssue.objects.all(), NOON).total
    live = ScopingIssue.objects.live()

    assert matching(live, "overdue", TODAY).count() == total.overdue > 0
    assert matching(live, "soon", TODAY).count() == total.soon > 0
    assert live.to_do().count() == total.to_do > 0
    assert live.without_next_step().count() == total.stepless > 0
    assert matching(live, "nonsense", TODAY).count() == total.live


def test_whoever_left_stays_in_sight_as_long_as_live_issues_are_theirs():
    left, gone = make_user(), make_user()
    make_issue(engagement_manager=left)
    make_issue(State.CLOSED, engagement_manager=gone)
    User.objects.filter(pk__in=[left.pk, gone.pk]).update(is_active=False)

    desks = load(ScopingIssue.objects.all(), NOON).desks

    assert [(desk.person, desk.works) for desk in desks] == [(left, False)]


def test_days_off_are_those_from_today_on():
    manager, other = make_user(), make_user()
    away(manager, other, -20, -4)
    away(manager, other, -3, 1)
    away(manager, other, 10, 14)

    desk = next(each for each in load(ScopingIssue.objects.all(), NOON).desks if each.away)

    assert (desk.person, desk.days_off) == (manager, 7)
    assert [each.last_day for each in desk.away] == [day(1), day(14)]


def test_what_somebody_covers_is_what_is_in_force_today(territory, segment):
    manager = make_user()
    cover(manager, territory=territory)
    cover(manager, segment=make_segment("MM_East"), until=0)
    cover(manager, segment=segment, until=-1)
    cover(manager, segment=segment, since=1)

    (desk,) = load(ScopingIssue.objects.all(), NOON).desks

    assert desk.covers == ["Alps", "MM East"]


def test_desks_are_sorted_by_any_column_and_equal_ones_by_name():
    first, second = make_user(name="Ben"), make_user(name="Amara", level="senior")
    third = make_user(name="Cleo", level="staff")
    desks = [
        Desk(first, live=3, amounts={"USD": Decimal(5)}, at=NOON),
        Desk(second, live=3, to_do=2, amounts={"EUR": Decimal(900)}, at=NOON),
        Desk(third, live=7, stepless_since=NOON - 9 * A_DAY, at=NOON),
    ]

    def order(wanted):
        return [desk.person.name for desk in in_order(desks, wanted, "USD")]

    assert order("name") == ["Amara", "Ben", "Cleo"]
    assert order("live") == ["Amara", "Ben", "Cleo"]
    assert order("-live") == ["Cleo", "Amara", "Ben"]
    assert order("-to_do") == ["Amara", "Ben", "Cleo"]
    assert order("-value") == ["Ben", "Amara", "Cleo"]
    assert order("-stepless") == ["Cleo", "Amara", "Ben"]
    assert order("-level") == ["Cleo", "Amara", "Ben"]
    assert order("nonsense") == order("name")


def test_value_goes_by_the_currency_with_the_largest_sum():
    assert main_currency(Desk(amounts={"EUR": Decimal(5), "USD": Decimal(9)})) == "USD"
    assert main_currency(Desk()) == "USD"


# The gaps.


def found_gaps():
    return {
        str(gap.part): (gap.since, gap.until) for gap in gaps(ScopingIssue.objects.all(), TODAY)
    }


def expected_gaps():
    days = HORIZON.days
    parts = [(each, oracle.territory_covered) for each in Territory.objects.all()]
    parts += [(each, oracle.segment_covered) for each in Segment.objects.filter(is_active=True)]
    each_gap = {str(p): oracle.first_gap(covered, p, TODAY, days) for p, covered in parts}
    return {name: gap for name, gap in each_gap.items() if gap}


@pytest.fixture
def only_segment(segment):
    Segment.objects.exclude(pk=segment.pk).update(is_active=False)
    return segment


@pytest.mark.parametrize("seed", seeds(2, 6))
def test_gaps_are_the_days_a_calendar_finds_nobody(only_segment, seed):
    rng = Random(seed)  # noqa: S311
    territories = [
        Territory.objects.create(name=f"T{number}", segment=rng.choice([only_segment, None]))
        for number in range(3)
    ]
    people = [make_user() for _ in range(3)]
    for person in people:
        for _ in range(2):
            since = rng.randrange(-50, 40)
            until = rng.choice([None, since + rng.randrange(70)])
            part = {"segment": only_segment}
            if rng.random() < 0.7:
                part = {"territory": rng.choice(territories)}
            cover(person, since=since, until=until, **part)
        first = rng.randrange(-5, 30)
        delegate = rng.choice([other for other in people if other != person])
        away(person, delegate, first, first + rng.randrange(12))
    if seed % 2:
        User.objects.filter(pk=people[0].pk).update(is_active=False)

    assert found_gaps() == expected_gaps()


def test_a_territory_whose_coverage_ends_has_a_gap_from_the_day_after(only_segment, territory):
    manager = make_user(name="Amara Osei")
    cover(manager, territory=territory, until=10)
    cover(manager, segment=only_segment, until=20)
    in_territory(territory)

    (whole, alps) = gaps(ScopingIssue.objects.all(), TODAY)

    assert (alps.part, alps.since, alps.until) == (territory, day(21), None)
    assert alps.because == f"The coverage of Amara Osei ends on {day(20):%-d %b %Y}"
    assert (alps.accounts, alps.issues) == (1, 1)
    assert (whole.part, whole.since) == (only_segment, day(21))


def test_an_absence_without_a_stand_in_is_a_gap_that_ends(only_segment):
    manager, other = make_user(name="Amara Osei"), make_user()
    cover(manager, segment=only_segment)
    away(manager, other, 3, 5)
    assert found_gaps() == {}

    User.objects.filter(pk=other.pk).update(is_active=False)

    (gap,) = gaps(ScopingIssue.objects.all(), TODAY)
    assert (gap.since, gap.until) == (day(3), day(5))
    assert gap.because == f"Amara Osei is away until {day(5):%-d %b} and nobody can stand in"


@pytest.mark.parametrize(
    ("change", "because"),
    [({"is_active": False}, "Amara Osei has left"), ({"roles": ["viewer"]}, "no engagement")],
)
def test_whoever_left_covers_nothing(only_segment, change, because):
    manager = make_user(name="Amara Osei")
    cover(manager, segment=only_segment)
    User.objects.filter(pk=manager.pk).update(**change)

    (gap,) = gaps(ScopingIssue.objects.all(), TODAY)

    assert (gap.since, gap.until) == (TODAY, None)
    assert because in gap.because


def test_a_segment_nobody_is_named_for_is_covered_by_all_of_its_territories(
    only_segment, territory
):
    other = Territory.objects.create(name="Jura", segment=only_segment)
    manager = make_user()
    cover(manager, territory=territory)
    assert set(found_gaps()) == {"Jura", "Ent_EMEA"}

    cover(manager, territory=other)

    assert found_gaps() == {}


def test_a_gap_counts_its_accounts_and_its_live_issues(only_segment):
    make_issue(account=make_account(segment=only_segment))
    make_issue(segment=only_segment)
    make_issue(State.CLOSED, segment=only_segment)

    (gap,) = gaps(ScopingIssue.objects.all(), TODAY)

    assert (gap.accounts, gap.issues) == (1, 2)


# Handing over.


def distribution():
    return Distribution(roster(TODAY), list(Segment.objects.filter(is_active=True)))


def spread(*issues, anyone=False):
    given, left = distribution().spread(issues, anyone=anyone)
    return {over.issue.pk: over.to.user for over in given}, {each.pk: why for each, why in left}


def test_spread_goes_to_who_covers_it_and_counts_what_it_gives(territory):
    leaver, ben, cleo = make_user(), make_user(name="Ben"), make_user(name="Cleo")
    cover(ben, territory=territory)
    cover(cleo, territory=territory)
    make_user()
    make_issue(engagement_manager=ben)
    issues = [in_territory(territory, engagement_manager=leaver) for _ in range(4)]

    given, left = spread(*issues)

    assert [given[issue.pk].name for issue in issues] == ["Cleo", "Ben", "Cleo", "Ben"]
    assert left == {}


def test_spread_counts_what_it_takes_too(territory):
    zoe, cleo = make_user(name="Zoe"), make_user(name="Cleo")
    for person, live in ((zoe, 2), (cleo, 2)):
        cover(person, territory=territory)
        for _ in range(live):
            make_issue(engagement_manager=person)
    first = in_territory(territory, engagement_manager=zoe)
    second = in_territory(territory)

    assert spread(first, second)[0] == {first.pk: cleo, second.pk: zoe}


def test_spread_passes_over_who_is_away_and_who_has_it(territory):
    ben, cleo, dora = make_user(name="Ben"), make_user(name="Cleo"), make_user(name="Dora")
    for person in (ben, cleo, dora):
        cover(person, territory=territory)
    away(ben, dora, 0, 3)
    issue = in_territory(territory, engagement_manager=cleo)
    make_issue(engagement_manager=dora)

    assert spread(issue)[0] == {issue.pk: dora}


def test_spread_leaves_what_nobody_else_covers_unless_anyone_may_have_it(territory):
    ben, cleo, busy = make_user(name="Ben"), make_user(name="Cleo"), make_user(name="Abel")
    cover(ben, territory=territory)
    make_issue(engagement_manager=busy)
    issue = in_territory(territory, engagement_manager=ben)

    given, left = spread(issue)
    assert given == {}
    assert left[issue.pk].startswith("Nobody covers sales territory Alps")
    given, left = spread(issue, anyone=True)
    assert (given, left) == ({issue.pk: cleo}, {})
    (over,) = distribution().spread([issue], anyone=True)[0]
    assert not over.covered


def test_while_its_only_em_is_away_it_goes_to_who_stands_in(territory):
    ben, cleo = make_user(name="Ben"), make_user(name="Cleo")
    cover(ben, territory=territory)
    away(ben, cleo, 0, 3)
    issue = in_territory(territory, engagement_manager=ben)

    assert spread(issue)[0] == {issue.pk: cleo}


def test_giving_outside_coverage_is_told_apart(territory, segment):
    ben, cleo, dora = make_user(), make_user(), make_user()
    cover(ben, territory=territory)
    cover(cleo, segment=segment)
    issue, free = in_territory(territory), make_issue()
    crew = distribution()

    def covered(issue, user):
        return crew.explained(issue, crew.roster.find(user)).covered

    assert [covered(issue, user) for user in (ben, cleo, dora)] == [True, True, False]
    assert covered(free, dora)


def test_a_hand_over_is_one_batch_with_one_undo(territory):
    lead, ben, cleo = make_user(Role.EM_LEAD), make_user(name="Ben"), make_user(name="Cleo")
    cover(ben, territory=territory)
    inside, outside = in_territory(territory), make_ready_issue(segment=make_segment("MM_East"))
    before = outside.engagement_manager
    crew = distribution()
    given = [
        crew.explained(inside, crew.roster.find(ben)),
        crew.explained(outside, crew.roster.find(cleo)),
    ]
    planned = bulk.plan([inside, outside], hand_out(given, "She knows them"), by=lead, at=NOON)

    batch = bulk.carry_out(planned, by=lead, at=NOON)

    assert [again(each).engagement_manager for each in (inside, outside)] == [ben, cleo]
    events = Event.objects.filter(verb="scoping.assigned")
    assert {event.data["batch"] for event in events} == {batch.key}
    reasons = {event.subject_id: event.data.get("reason") for event in events}
    assert reasons == {inside.pk: None, outside.pk: "She knows them"}

    bulk.take_back(batch.key, by=lead, at=NOON)

    assert [again(each).engagement_manager for each in (inside, outside)] == [None, before]


def test_only_live_issues_and_not_ones_own_again_are_handed_over():
    lead, ben = make_user(Role.EM_LEAD), make_user()
    closed = make_issue(State.CLOSED)
    theirs = make_issue(engagement_manager=ben)
    crew = distribution()
    given = crew.to_one([closed, theirs], crew.roster.find(ben))

    planned = bulk.plan([closed, theirs], hand_out(given, ""), by=lead, at=NOON)

    assert planned.ready == []
    assert [issue for issue, _ in planned.refused] == [closed, theirs]


def test_every_column_is_in_a_desks_columns():
    assert list(Desk().columns) == list(LIVE)
