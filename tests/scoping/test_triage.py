"""Which segment and engagement manager a new issue is proposed for, and the verdicts themselves."""

from datetime import timedelta
from random import Random

import pytest

from emdesk.ledger.models import Event
from emdesk.people.models import Absence, Coverage, Role, Segment, Territory, User
from emdesk.workflow import Conflict, Refused, undo
from scoping.closing import merge, part
from scoping.roster import loads_on, roster
from scoping.states import LIVE, CloseReason, EmStatus, State
from scoping.triage.proposing import Proposal, propose_manager, propose_segment
from scoping.triage.queue import queue, share_known
from scoping.triage.verdicts import accept, decline
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
from tests.oracles import triage as oracle
from tests.seeds import seeds

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TEN = timedelta(minutes=10)


@pytest.fixture
def em():
    return make_user(name="Amara Osei")


@pytest.fixture
def dach():
    return Territory.objects.create(name="DACH", segment=make_segment("Ent_EMEA"))


def cover(user, territory=None, segment=None, since=TODAY, until=None):
    return Coverage.objects.create(
        user=user, territory=territory, segment=segment, since=since, until=until
    )


def away(user, delegate, first=TODAY, last=TODAY + 5 * DAY):
    return Absence.objects.create(user=user, delegate=delegate, first_day=first, last_day=last)


def proposed(territory=None, segment=None, day=TODAY):
    return propose_manager(territory, segment, roster(day))


def segment_of(**account):
    issue = make_issue(account=make_account(**account))
    return propose_segment(issue, list(Segment.objects.filter(is_active=True)))


# The segment.


@pytest.mark.parametrize(
    ("employees", "territory", "segment"),
    [
        (1, "EMEA South", "SMB"),
        (100, "", "SMB"),
        (101, "EMEA South", "MM_EMEA"),
        (2_000, "US East", "MM_East"),
        (2_001, "US East", "Ent_EAST"),
        (50_000, "LATAM South", "Ent_EAST"),
        (300, "Latin America", "MM_East"),
        (9_000, "APAC Islands", "Ent_APAC"),
        (9_000, "Southeast Asia", None),
        (9_000, "", None),
        (None, "EMEA South", None),
    ],
)
def test_size_and_region_say_the_segment(employees, territory, segment):
    place = Territory.objects.create(name=territory) if territory else None

    found = segment_of(employees=employees, sales_territory=place)

    assert (found.segment.name if found.segment else None) == segment


def test_what_the_account_says_comes_before_its_size(dach):
    found = segment_of(segment=make_segment("SMB"), employees=9_000, sales_territory=dach)

    assert (found.segment.name, found.because) == ("SMB", "The account is in SMB")


def test_the_label_of_the_issue_comes_before_all():
    issue = make_issue(segment=make_segment("MM_West"), account=make_account(employees=5))

    found = propose_segment(issue, list(Segment.objects.all()))

    assert found.because == "It is labelled MM West already"


def test_a_territory_says_the_segment_when_nothing_else_does(dach):
    assert segment_of(sales_territory=dach).because == "Sales territory DACH belongs to Ent EMEA"


def test_a_segment_that_was_switched_off_is_not_proposed():
    old = make_segment("Old", is_active=False)

    assert segment_of(segment=old).segment is None


# The engagement manager.


def test_who_covers_the_territory_is_proposed_with_the_rule_in_words(em, dach):
    jonas = make_user(name="Jonas Lindqvist")
    cover(em, dach), cover(jonas, dach)
    make_ready_issue(engagement_manager=em)
    for _ in range(2):
        make_ready_issue(engagement_manager=jonas)

    found = proposed(dach, make_segment("Ent_EMEA"))

    assert found.user == em
    assert found.because == (
        "Sales territory DACH is covered by Amara Osei; 1 live, Jonas Lindqvist 2"
    )


def test_equal_loads_go_by_name_and_it_says_so(em, dach):
    cover(make_user(name="Zoe"), dach), cover(em, dach)

    found = proposed(dach)

    assert found.user == em
    assert found.because.endswith("0 live, Zoe 0; equal loads go by name")


def test_the_territory_comes_before_the_segment(em, dach):
    cover(make_user(), segment=dach.segment), cover(em, dach)

    assert proposed(dach, dach.segment).user == em


def test_the_segment_decides_where_nobody_covers_the_territory(em, dach):
    cover(em, segment=dach.segment)

    found = proposed(dach, dach.segment)

    assert found.because == "Segment Ent EMEA is covered by Amara Osei; 0 live"


def test_nobody_covers_it_is_an_answer(dach):
    assert proposed(dach, dach.segment).because == (
        "Nobody covers sales territory DACH or segment Ent EMEA"
    )
    assert proposed().because == "It has no territory and no segment"
    assert proposed(dach, dach.segment).user is None


def test_coverage_counts_on_its_days_only(em, dach):
    cover(em, dach, since=TODAY, until=TODAY + DAY)

    found = [proposed(dach, day=TODAY + n * DAY).user for n in (-1, 0, 1, 2)]

    assert found == [None, em, em, None]


def test_a_territory_may_be_covered_for_one_segment_only(em, dach):
    cover(em, dach, make_segment("SMB"))

    assert proposed(dach, make_segment("SMB")).user == em
    assert proposed(dach, make_segment("Ent_EMEA")).user is None


def test_who_is_away_is_passed_over_and_the_delegate_named(em, dach):
    jonas = make_user(name="Jonas Lindqvist")
    cover(em, dach), cover(jonas, dach)
    make_ready_issue(engagement_manager=jonas)
    away(em, delegate=jonas)

    found = proposed(dach)

    assert found.user == jonas
    assert found.because.endswith("Amara Osei is away until 7 Mar (Jonas Lindqvist stands in)")


def test_the_delegate_is_proposed_when_all_who_cover_it_are_away(em, dach):
    jonas, zoe = make_user(name="Jonas Lindqvist"), make_user(name="Zoe")
    cover(em, dach)
    away(em, jonas), away(jonas, zoe)

    found = proposed(dach)

    assert found.user == zoe
    assert "so it goes to Zoe" in found.because


@pytest.mark.parametrize("delegate", ["circle", "no engagement manager"])
def test_a_delegate_who_cannot_take_it_is_named_but_not_proposed(em, dach, delegate):
    other = make_user() if delegate == "circle" else make_user(Role.EM_LEAD)
    cover(em, dach)
    away(em, other)
    if delegate == "circle":
        away(other, em)

    found = proposed(dach)

    assert found.user is None
    assert found.because.endswith("and no engagement manager stands in")


def test_somebody_switched_off_covers_nothing(em, dach):
    cover(em, dach)
    User.objects.filter(pk=em.pk).update(is_active=False)

    assert proposed(dach).user is None


def test_days_off_count_those_of_the_coming_fortnight(em):
    other = make_user()
    away(em, other, TODAY - DAY, TODAY + DAY)
    away(em, other, TODAY + 12 * DAY, TODAY + 20 * DAY)

    (found,) = [each for each in roster(TODAY).managers if each.user == em]

    assert (found.days_off, found.away.last_day) == (4, TODAY + DAY)


@pytest.mark.parametrize("seed", seeds(2, 6))
def test_proposals_and_loads_are_those_of_the_naive_computation(seed):
    rng = Random(seed)  # noqa: S311 (a world made up)
    users = [
        make_user(*rng.choice([(Role.EM,), (Role.EM, Role.EM_LEAD), (Role.EM_LEAD,)]))
        for _ in range(7)
    ]
    segments = list(Segment.objects.all()[:4])
    names = ["LATAM", "EMEA West", "Nordics", "US East", "APAC"]
    territories = [
        Territory.objects.create(name=name, segment=rng.choice([None, *segments])) for name in names
    ]
    for _ in range(12):
        place = rng.choice([*territories, None])
        kind = rng.choice(segments) if place is None else rng.choice([None, None, *segments])
        since = TODAY + rng.randint(-9, 3) * DAY
        cover(rng.choice(users), place, kind, since, rng.choice([None, since + 8 * DAY]))
    for user in rng.sample(users, 4):
        away(user, rng.choice([each for each in users if each != user]))
    for _ in range(30):
        make_ready_issue(
            rng.choice(list(LIVE)),
            engagement_manager=rng.choice([*users, None]),
            em_status=rng.choice(["", EmStatus.TODO, EmStatus.WAITING]),
            next_step_date=rng.choice([None, TODAY, TODAY + DAY, TODAY + 2 * DAY]),
        )

    listed, loads = roster(TODAY), loads_on(TODAY)
    for user in users:
        if load := loads.get(user.pk):
            expected = oracle.expected_load(user, TODAY)
            assert (load.live, load.to_do, load.due) == (
                expected.live,
                expected.to_do,
                expected.due,
            )
    for territory in [*territories, None]:
        for employees in (None, 50, 900, 7_000):
            account = make_account(sales_territory=territory, employees=employees)
            issue = make_issue(account=account)
            found = propose_segment(issue, list(Segment.objects.filter(is_active=True)))
            assert (found.segment.name if found.segment else "") == oracle.expected_segment(issue)
            expected = oracle.expected_manager(account, found.segment, TODAY)
            assert propose_manager(territory, found.segment, listed).user == expected


# The queue.


def test_the_queue_holds_what_is_in_open_and_nobodys_oldest_first(em):
    late = make_issue(at=NOON)
    early = make_issue(at=NOON - DAY)
    make_ready_issue()
    make_issue(State.STRAWMAN_WIP, segment=make_segment())

    found = queue(em, NOON)

    assert ([row.pk for row in found.rows], found.total) == ([early.pk, late.pk], 2)


def test_a_long_queue_shows_the_oldest_and_counts_the_rest(em, monkeypatch):
    monkeypatch.setattr("scoping.triage.queue.AT_MOST", 2)
    kept = [make_issue(at=NOON - n * DAY) for n in (3, 2, 1)]

    found = queue(em, NOON)

    assert [row.pk for row in found.rows] == [each.pk for each in kept[:2]]
    assert (found.total, found.more) == (3, 1)


def test_after_a_verdict_the_next_older_one_opens_then_the_one_before(em):
    first, second, third = (make_issue(at=NOON - n * DAY) for n in (3, 2, 1))
    found = queue(em, NOON)

    assert found.after(first.pk) == second.pk
    assert found.after(third.pk) == first.pk
    assert found.after(10**6) == first.pk


def test_other_live_issues_of_the_account_are_counted(em):
    account = make_account()
    make_issue(account=account), make_issue(State.CLOSED, account=account)
    make_ready_issue(State.SOW_WIP, account=account)

    (row,) = queue(em, NOON).rows

    assert row.twins == 1


@pytest.mark.parametrize(
    ("services", "answered", "share"),
    [
        ([], set(), 0),
        ([], {1}, 50),
        (["migration"], {1}, 33),
        (["migration"], {1, 2, 3}, 100),
        (["training"], {1, 2, 3}, 100),
    ],
)
def test_completeness_is_the_share_of_required_questions_answered(services, answered, share):
    needed = [(1, ""), (2, ""), (3, "migration")]

    assert share_known(services, answered, needed) == share


def test_an_issue_of_which_nothing_is_required_is_complete():
    assert share_known(["training"], set(), [(1, "migration")]) == 100


# Accepting.


def give(issue, to, by, proposal=None, **more):
    wanted = {"to": to, "segment": make_segment(), "proposal": proposal or Proposal(None, "Rule")}
    return accept(issue, by=by, at=NOON, **wanted, **more)


def manager(user):
    return next(each for each in roster(TODAY).managers if each.user == user)


def test_accepting_assigns_labels_and_moves_in_one_step(em):
    issue, other = make_issue(), make_user()

    give(issue, other, em)

    found = again(issue)
    assert (found.state, found.engagement_manager) == (State.AWAITING_DISCOVERY, other)
    assert (found.segment, found.em_status) == (make_segment(), EmStatus.TODO)


def test_what_waits_for_an_answer_still_waits_when_it_is_accepted(em):
    issue = make_issue(em_status=EmStatus.WAITING, waiting_on="account_team")

    give(issue, em, em)

    assert again(issue).em_status == EmStatus.WAITING


def test_accepting_is_taken_back_as_one(em):
    issue = make_issue()
    give(issue, em, em)

    undo(again(issue), by=em, at=NOON, within=TEN)

    found = again(issue)
    assert (found.state, found.engagement_manager, found.segment) == (State.OPEN, None, None)
    assert (found.em_status, found.em_status_at) == ("", None)
    assert [row.pk for row in queue(em, NOON).rows] == [issue.pk]


def test_another_than_the_proposed_one_needs_a_reason_which_is_kept(em):
    issue, other = make_issue(), make_user(name="Other")
    proposal = Proposal(manager(em), "Segment SMB is covered by Amara Osei; 0 live")

    with pytest.raises(Refused, match="Say why it goes to Other and not to Amara Osei"):
        give(issue, other, em, proposal)
    give(issue, other, em, proposal, why="Speaks Finnish")

    told = Event.objects.about(issue).get(verb="scoping.triaged").data
    assert (told["rather_than"], told["reason"]) == ("Amara Osei", "Speaks Finnish")


def test_the_proposed_one_needs_no_reason_and_counts_as_no_override(em):
    issue = make_issue()

    give(issue, em, em, Proposal(manager(em), "Rule"))

    assert "rather_than" not in Event.objects.about(issue).get(verb="scoping.triaged").data


def test_what_moved_meanwhile_is_a_conflict(em):
    issue = make_issue()
    seen = issue.moves
    give(issue, em, em)

    with pytest.raises(Conflict):
        give(issue, em, em, seen=seen)
    with pytest.raises(Conflict):
        decline(issue, reason=CloseReason.DECLINED, by=em, at=NOON, seen=seen)


def test_what_somebody_has_already_is_refused_by_name(em):
    issue = make_ready_issue(engagement_manager=make_user(name="Jonas Lindqvist"))

    with pytest.raises(Refused, match="Jonas Lindqvist has PS-"):
        give(issue, em, em)


def test_who_may_not_work_issues_accepts_none():
    issue = make_issue()

    with pytest.raises(Refused):
        give(issue, make_user(), make_user(Role.VIEWER))

    assert again(issue).state == State.OPEN
    assert not Event.objects.about(issue).filter(verb="scoping.triaged").exists()


# Declining and merging.


def test_a_declined_issue_counts_nowhere(em):
    issue = make_issue()

    decline(issue, reason=CloseReason.UNQUALIFIED, note="Too small", by=em, at=NOON)

    found = again(issue)
    assert (found.state, found.outcome, found.close_quarter) == (State.CLOSED, "", "")
    assert (found.close_reason, found.close_note) == (CloseReason.UNQUALIFIED, "Too small")


def test_parting_a_merged_issue_restores_both(em):
    account = make_account()
    older = make_issue(account=account, at=NOON - 3 * DAY)
    newer = make_issue(account=account, at=NOON - DAY)
    merge(older, newer, by=em, at=NOON)
    assert again(newer).created_at == NOON - 3 * DAY

    part(again(older), by=em, at=NOON, within=TEN)

    assert again(newer).created_at == NOON - DAY
    found = again(older)
    assert (found.state, found.merged_into, found.created_at) == (
        State.OPEN,
        None,
        NOON - 3 * DAY,
    )
    assert Event.objects.about(newer).last().verb == "scoping.parted"


def test_what_is_not_merged_cannot_be_parted(em):
    with pytest.raises(Refused, match="not merged"):
        part(make_issue(), by=em, at=NOON, within=TEN)
