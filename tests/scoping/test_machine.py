"""The machine of scoping issues: in code, in the database and as the handbook tells it."""

import re
from collections import Counter
from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, transaction

from emdesk.ledger.recording import record
from scoping.models import Account, ScopingIssue
from scoping.states import State
from tests.factories import NOON, again, make_issue
from tests.oracles import states as oracle
from tests.reports import report

BY_THE_PAST = {"moved_back", "reopen", "resume", "adopted"}
TRANSITIONS = list(ScopingIssue._meta.get_field("state").get_all_transitions(ScopingIssue))


# The companions of a state, without which other constraints would speak first.
COMPANIONS = (
    "UPDATE scoping_scopingissue SET state = %(to)s, em_status = '',"
    " outcome = CASE %(to)s WHEN 'closed' THEN 'lost' ELSE '' END,"
    " close_reason = CASE %(to)s WHEN 'closed' THEN 'price' ELSE '' END,"
    " close_quarter = CASE %(to)s WHEN 'closed' THEN 'Q127' ELSE '' END,"
    " hold_reason = 'x', review_date = '2026-06-01', held_from = 'open' WHERE id = %(pk)s"
)


def jump(issue, to):
    """Change the state by raw SQL, as the application's own database role."""
    with connection.cursor() as cursor:
        cursor.execute(COMPANIONS, {"pk": issue.pk, "to": to})


def told(pair):
    return "cannot go from {} to {}".format(*pair)


def stored(issue):
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM scoping_scopingissue WHERE id = %s", [issue.pk])
        return cursor.fetchone()[0]


def test_the_states_are_the_columns_of_the_handbook():
    assert [state.value for state in State] == oracle.STATES
    assert [state.label for state in State] == [name.strip() for name in oracle.COLUMNS.split(",")]


def test_the_machine_in_code_is_the_handbooks():
    pairs = {(each.source, each.target) for each in TRANSITIONS if isinstance(each.target, str)}

    assert pairs == oracle.pairs()


def test_back_from_aside_leads_where_it_came_from_and_nowhere_else():
    back = {
        each.name: (each.source, set(each.target.allowed_states))
        for each in TRANSITIONS
        if not isinstance(each.target, str)
    }

    assert {name: source for name, (source, _) in back.items()} == {
        "resume": "on_hold",
        "reopen": "closed",
    }
    assert back["resume"][1] == set(oracle.WORKED)
    assert back["reopen"][1] == set(oracle.LIVE)


@pytest.mark.django_db
def test_the_machine_in_the_database_is_the_handbooks():
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'scoping_issue_guard'")
        source = cursor.fetchone()[0]

    assert set(re.findall(r"'(\w+)>(\w+)'", source)) == oracle.pairs()
    assert set(re.findall(r"'scoping\.(\w+)'", source)) == {*BY_THE_PAST, "scopingissue"}


@pytest.mark.django_db(transaction=True)
def test_the_database_stores_each_pair_exactly_when_it_is_in_the_machine():
    """By raw SQL, each from a state reached in a transaction of its own."""
    accepted, refused = set(), set()
    for source in State.values:
        issue = make_issue(source)
        for target in State.values:
            try:
                with transaction.atomic():
                    jump(issue, target)
                    accepted.add((source, stored(issue)))
                    transaction.set_rollback(True)
            except DatabaseError as refusal:
                refused |= {pair for pair in [(source, target)] if told(pair) in str(refusal)}
        assert stored(issue) == source

    stays = {(state, state) for state in State.values}
    report(
        "states",
        "pairs by raw SQL",
        tried=len(accepted | refused),
        accepted_illegal=len(accepted - oracle.pairs() - stays),
        refused_legal=len(oracle.pairs() & refused),
    )
    assert accepted == oracle.pairs() | stays
    assert len(accepted | refused) == 81


@pytest.mark.django_db(transaction=True)
def test_the_database_knows_no_other_state():
    issue = make_issue()

    for state in ("", "OPEN", "closed_won", "nonsense", "Open"):
        with pytest.raises(DatabaseError):
            jump(issue, state)

    assert stored(issue) == "open"


@pytest.mark.django_db(transaction=True)
def test_the_database_lets_no_issue_begin_but_in_open():
    columns = [field.column for field in ScopingIssue._meta.concrete_fields if field.column != "id"]
    names = ", ".join(f'"{column}"' for column in columns)
    double = (
        f"INSERT INTO scoping_scopingissue ({names})"
        f" SELECT {names} FROM scoping_scopingissue WHERE id = %s"
    )
    for state in State.values:
        issue = make_issue(state)
        with connection.cursor() as cursor, suppress(DatabaseError):
            cursor.execute(double, [issue.pk])

    assert Counter(ScopingIssue.objects.values_list("state", flat=True)) == {
        state: 2 if state == "open" else 1 for state in State.values
    }


@pytest.mark.django_db(transaction=True)
def test_the_orms_side_doors_are_the_databases_too():
    issue = make_issue()
    wrong = again(issue)
    wrong._meta.get_field("state").set_state(wrong, State.APPROVED)
    fresh = ScopingIssue(account=issue.account, title="x", created_at=NOON, entered_state_at=NOON)
    fresh._meta.get_field("state").set_state(fresh, State.APPROVED)
    ways = [
        fresh.save,
        lambda: ScopingIssue.objects.bulk_create([fresh]),
        lambda: ScopingIssue.objects.update(state=State.APPROVED),
        lambda: ScopingIssue.objects.bulk_update([wrong], ["state"]),
        wrong.save,
    ]

    for way in ways:
        with pytest.raises(DatabaseError, match=r"begins in open|cannot go from"):
            way()

    assert ScopingIssue.objects.get().state == State.OPEN


JUMP = ("approved", "open")


def tell(issue, verb, before, after):
    return record(issue, f"scoping.{verb}", by=None, at=NOON, before=before, after=after)


def tell_and_jump(issue, verb, before, after, about=None):
    """Both in one transaction."""
    with transaction.atomic():
        tell(about or issue, verb, before, after)
        jump(issue, "open")


@pytest.mark.django_db(transaction=True)
def test_an_event_of_the_same_transaction_admits_exactly_its_own_change():
    for verb in BY_THE_PAST:
        issue = make_issue("approved")

        tell_and_jump(issue, verb, *JUMP)

        assert stored(issue) == "open"


OTHER_EVENTS = [
    ("moved_back", "approved", "awaiting_discovery"),
    ("moved_back", "sow_wip", "open"),
    ("moved_back", "open", "approved"),
    ("adopted", "", "open"),
    ("reopen", "approved", ""),
    ("win", "approved", "open"),
    ("approve", "approved", "open"),
    ("assigned", "approved", "open"),
    ("moved_backwards", "approved", "open"),
]


@pytest.mark.django_db(transaction=True)
def test_an_event_of_anything_else_admits_nothing(monkeypatch):
    monkeypatch.setattr("emdesk.ledger.recording.projections", [])
    issue = make_issue("approved")

    for event in OTHER_EVENTS:
        with pytest.raises(DatabaseError, match="cannot go from"):
            tell_and_jump(issue, *event)

    assert stored(issue) == "approved"


@pytest.mark.django_db(transaction=True)
def test_an_event_of_an_earlier_transaction_admits_nothing(monkeypatch):
    monkeypatch.setattr("emdesk.ledger.recording.projections", [])
    issue = make_issue("approved")
    for verb in BY_THE_PAST:
        tell(issue, verb, *JUMP)

    with pytest.raises(DatabaseError, match="cannot go from"):
        jump(issue, "open")

    assert stored(issue) == "approved"


@pytest.mark.django_db(transaction=True)
def test_an_event_about_another_issue_admits_nothing(monkeypatch):
    monkeypatch.setattr("emdesk.ledger.recording.projections", [])
    issue, other = make_issue("approved"), make_issue("approved")

    with pytest.raises(DatabaseError, match="cannot go from"):
        tell_and_jump(issue, "moved_back", *JUMP, about=other)

    assert stored(issue) == "approved"


@pytest.mark.django_db(transaction=True)
def test_an_event_about_something_else_with_the_same_number_admits_nothing(monkeypatch):
    monkeypatch.setattr("emdesk.ledger.recording.projections", [])
    issue = make_issue("approved")
    Account.objects.get_or_create(pk=issue.pk, defaults={"name": "Acme"})

    with pytest.raises(DatabaseError, match="cannot go from"):
        tell_and_jump(issue, "moved_back", *JUMP, about=Account(pk=issue.pk))

    assert stored(issue) == "approved"
