"""Facts are amended in the open: one event for every edit, nobody's words overwritten unseen."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import perform
from scoping.facts import Overtaken, amend, answer, assign, set_account_team, set_status
from scoping.models import Answer, Question, Stay
from scoping.states import State
from tests.factories import NOON, again, make_issue, make_segment, make_user
from tests.together import together

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def em():
    return make_user(name="Amara Osei")


def last(issue):
    return Event.objects.about(issue).last()


def test_an_edit_leaves_one_event_with_the_old_and_the_new_value(em):
    issue = make_issue(next_step="Call", expected_value=Decimal(100))

    event = amend(issue, by=em, at=LATER, next_step="Write", expected_value=Decimal("250.50"))

    assert event == last(issue)
    assert (event.verb, event.actor, event.at) == ("scoping.amended", em, LATER)
    assert event.data == {
        "changed": {"next_step": ["Call", "Write"], "expected_value": ["100.00", "250.50"]}
    }
    assert (again(issue).next_step, again(issue).expected_value) == ("Write", Decimal("250.50"))


def test_an_edit_that_changes_nothing_leaves_nothing(em):
    issue = make_issue(next_step="Call")
    events = Event.objects.count()

    assert amend(issue, by=em, at=LATER, next_step="Call") is None
    assert Event.objects.count() == events


def test_an_edit_writes_only_what_it_is_about(em):
    issue = make_issue()
    amend(again(issue), by=em, at=LATER, next_step="Call")

    amend(issue, by=em, at=LATER, current_state="Budget is clear")

    found = again(issue)
    assert (found.next_step, found.current_state) == ("Call", "Budget is clear")


def test_an_edit_is_no_move(em):
    issue = make_issue(State.SOW_WIP)

    event = amend(issue, by=em, at=LATER, next_step="Call")

    found = again(issue)
    assert (found.state, found.moves, found.entered_state_at) == ("sow_wip", issue.moves, NOON)
    assert not event.moved
    assert Stay.objects.filter(issue=issue).count() == 2


def test_what_somebody_else_changed_meanwhile_is_shown_and_not_overwritten(em):
    issue = make_issue(next_step="Call", next_step_date=date(2026, 3, 9))
    amend(issue, by=make_user(), at=LATER, next_step="Send the estimate")
    events = Event.objects.count()

    with pytest.raises(Overtaken) as overtaken:
        amend(
            issue,
            by=em,
            at=LATER,
            seen={"next_step": "Call", "next_step_date": date(2026, 3, 9)},
            next_step="Call again",
            next_step_date=date(2026, 3, 10),
        )

    assert overtaken.value.fields == {"next_step": "Send the estimate"}
    found = again(issue)
    assert (found.next_step, found.next_step_date) == ("Send the estimate", date(2026, 3, 9))
    assert Event.objects.count() == events


def test_who_wanted_the_same_is_not_in_the_way(em):
    issue = make_issue(next_step="Call")
    amend(issue, by=make_user(), at=LATER, next_step="Write")

    assert amend(issue, by=em, at=LATER, seen={"next_step": "Call"}, next_step="Write") is None


def test_who_edits_other_fields_meanwhile_is_not_in_the_way(em):
    issue = make_issue(next_step="Call")
    amend(issue, by=make_user(), at=LATER, current_state="Quiet")

    assert amend(issue, by=em, at=LATER, seen={"next_step": "Call"}, next_step="Write")


@pytest.mark.django_db(transaction=True)
def test_of_many_who_edit_one_field_at_once_one_is_kept_and_the_others_are_told():
    em = make_user()
    for turn in range(5):
        issue = make_issue(next_step="Call")

        came_to = together(
            [
                lambda n=n, issue=issue: amend(
                    issue, by=em, at=LATER, seen={"next_step": "Call"}, next_step=f"Step {n}"
                )
                for n in range(6)
            ]
        )

        kept = [each for each in came_to if isinstance(each, Event)]
        told = [each.fields for each in came_to if isinstance(each, Overtaken)]
        step = again(issue).next_step
        assert (len(kept), told) == (1, [{"next_step": step}] * 5), turn
        assert kept[0].data["changed"]["next_step"] == ["Call", step]


# Whose turn it is.


def test_whose_turn_it_is_keeps_with_whom_and_since_when(em):
    issue = make_issue()

    set_status(issue, "waiting", by=em, at=LATER, waiting_on="customer")

    found = again(issue)
    assert (found.em_status, found.waiting_on) == ("waiting", "customer")
    assert found.em_status_at == LATER
    assert last(issue).verb == "scoping.status_set"


def test_who_has_something_to_do_waits_on_nobody(em):
    issue = make_issue(em_status="waiting", waiting_on="customer")

    set_status(issue, "todo", by=em, at=LATER, waiting_on="customer")

    assert (again(issue).em_status, again(issue).waiting_on) == ("todo", "")


@pytest.mark.parametrize("name", ["request_approval", "revise_scope"])
def test_a_move_leaves_whose_turn_it_is_as_a_person_set_it(em, name):
    issue = make_issue(State.SOW_WIP, em_status="waiting", waiting_on="customer")

    perform(getattr(issue, name), by=None, at=LATER)

    assert (again(issue).em_status, again(issue).waiting_on) == ("waiting", "customer")


def test_assigning_says_who_had_it_before(em):
    first = make_user()
    issue = make_issue(engagement_manager=first)

    event = assign(issue, em, by=em, at=LATER)

    assert again(issue).engagement_manager == em
    assert event.verb == "scoping.assigned"
    assert event.data["changed"] == {"engagement_manager_id": [first.pk, em.pk]}
    assert assign(issue, None, by=em, at=LATER).data["changed"]["engagement_manager_id"][1] is None


def test_the_account_team_is_recorded_when_it_changes(em):
    issue = make_issue()
    ana, ben = make_user(Role.ACCOUNT_TEAM, name="Ana"), make_user(Role.ACCOUNT_TEAM, name="Ben")

    set_account_team(issue, [ana, ben], by=em, at=LATER)
    events = Event.objects.about(issue).count()
    set_account_team(issue, [ben, ana], by=em, at=LATER)

    assert set(issue.account_team.all()) == {ana, ben}
    assert last(issue).data == {"names": ["Ana", "Ben"]}
    assert Event.objects.about(issue).count() == events


# Answers.


@pytest.fixture
def question():
    return Question.objects.get_or_create(
        key="x1", defaults={"prompt": "How many?", "position": 1}
    )[0]


def test_an_answer_keeps_who_gave_it_when_and_from_where(em, question):
    issue = make_issue()

    answer(issue, question, text="200 users", source="call", by=em, at=LATER)

    kept = Answer.objects.get(issue=issue)
    assert (kept.text, kept.source) == ("200 users", "call")
    assert (kept.answered_by, kept.answered_at) == (em, LATER)


def test_an_answer_given_anew_replaces_the_old_one_which_the_ledger_keeps_whole(em, question):
    issue, other = make_issue(), make_user()
    answer(issue, question, text="200 users", source="account_team", by=em, at=LATER)

    answer(issue, question, text="450 users", source="customer", by=other, at=LATER)

    assert Answer.objects.get(issue=issue).text == "450 users"
    first, second = Event.objects.about(issue).filter(verb="scoping.answered")
    assert (first.actor, first.data) == (
        em,
        {"question": "How many?", "text": "200 users", "source": "account_team"},
    )
    assert (second.actor, second.data["text"]) == (other, "450 users")


@pytest.mark.parametrize(("text", "source", "told"), [("1", "call", 1), ("1", "customer", 2)])
def test_an_answer_repeated_is_no_news(em, question, text, source, told):
    issue = make_issue()
    answer(issue, question, text="1", source="call", by=em, at=LATER)

    answer(issue, question, text=text, source=source, by=em, at=LATER)

    assert Event.objects.about(issue).filter(verb="scoping.answered").count() == told


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one_answer_and_two_events():
    issue, em = make_issue(), make_user()
    question = Question.objects.create(key="x2", prompt="How many?", position=1)

    came_to = together(
        [
            lambda text=text: answer(issue, question, text=text, source="call", by=em, at=LATER)
            for text in ("200", "450")
        ]
    )

    assert came_to == [None, None]
    assert Answer.objects.get(issue=issue).text == last(issue).data["text"]
    assert Event.objects.about(issue).filter(verb="scoping.answered").count() == 2


# Any edit at all.

edits = st.fixed_dictionaries(
    {},
    optional={
        "next_step": st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
        "next_step_date": st.none() | st.dates(date(2020, 1, 1)),
        "expected_value": st.none() | st.decimals(0, 10**9, places=2),
        "services": st.lists(st.sampled_from(["migration", "training"]), unique=True),
        "public_sector": st.booleans(),
        "free_labels": st.lists(st.sampled_from(["a", "b", "c"]), unique=True),
    },
)


@given(st.lists(edits, max_size=4))
def test_the_ledger_tells_every_value_a_fact_ever_had(changes):
    issue, em = make_issue(segment=make_segment()), make_user()
    told = {}
    for fields in changes:
        event = amend(issue, by=em, at=LATER, **fields)
        now = again(issue)
        assert all(getattr(now, name) == value for name, value in fields.items())
        for name, (old, new) in (event.data["changed"] if event else {}).items():
            assert told.get(name, old) == old
            told[name] = new
