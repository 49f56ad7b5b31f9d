"""The project scheduling intake: begun with the issue, filled from answers, kept in versions."""

import csv
import io
from datetime import date

import pytest

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from scoping.facts import Overtaken, answer
from scoping.forms.scheduling import SECTIONS, SchedulingForm
from scoping.models import Billing, Question, SchedulingIntake, Stage
from scoping.scheduling import ANSWERED_BY, amend_scheduling, begin, fill, gate, proposals
from scoping.states import State
from tests.factories import NOON, make_opportunity, make_ready_issue, make_user
from tests.scoping.pages import at, form_on, queries_of
from tests.security.dom import fields_of

pytestmark = pytest.mark.django_db

# Which answers fill which fields, written down a second time from domain.md §11.2 and §6.6 I.
SAID = {
    "A2": "Fewer tools",
    "A9": "Slow builds",
    "A10": "No change in December",
    "A12": "2026-09-01",
    "A12b": "Licences end in October",
    "I1": "24",
    "I2": "EU citizens",
    "I3": "Police record",
    "I4": "German",
    "I5": "CET",
    "I6": "Workshops only",
    "I7": "Own laptops",
    "I8": "By July",
    "I9": "By milestone",
    "I10": "Ten days",
}
EXPECTED = {
    "summary": "Fewer tools\nSlow builds",
    "limits": "No change in December",
    "wanted_start": date(2026, 9, 1),
    "fixed_dates": "Licences end in October",
    "hours_per_week": 24,
    "clearance": "EU citizens\nPolice record",
    "languages": "German",
    "time_zones": "CET",
    "on_site": "Workshops only",
    "security_rules": "Own laptops",
    "purchase_order": "By July",
    "billing": Billing.BY_MILESTONE,
    "acceptance": "Ten days",
}


def say(issue, by, **answers):
    for key, text in answers.items():
        question = Question.objects.get(key=key)
        answer(issue, question, text=text, source="call", by=by, at=NOON)


@pytest.fixture
def record(issue, em):
    return begin(issue, by=em, at=NOON)


def fresh(record):
    return SchedulingIntake.objects.get(pk=record.pk)


def test_what_was_answered_is_filled_in(issue, em):
    say(issue, em, **SAID)

    record = begin(issue, by=em, at=NOON)

    assert {name: getattr(fresh(record), name) for name in EXPECTED} == EXPECTED
    assert set(ANSWERED_BY) == set(EXPECTED)
    keys = {key for keys in ANSWERED_BY.values() for key in keys}
    assert Question.objects.filter(key__in=keys).count() == len(keys)


def test_an_issue_has_one_record(issue, em, record):
    again = begin(issue, by=em, at=NOON)

    assert again == record
    assert Event.objects.about(issue).filter(verb="scoping.scheduling_begun").count() == 1


def test_later_answers_fill_what_is_empty_and_nothing_else(issue, em, record):
    amend_scheduling(record, by=em, at=NOON, languages="English")
    say(issue, em, I4="German", I5="CET")

    assert proposals(fresh(record)) == {"time_zones": "CET"}
    fill(fresh(record), by=em, at=NOON)

    assert (fresh(record).languages, fresh(record).time_zones) == ("English", "CET")
    assert fill(fresh(record), by=em, at=NOON) is None


@pytest.mark.parametrize(
    ("key", "text"), [("A12", "in spring"), ("I1", "plenty"), ("I1", "9999"), ("I9", "In gold")]
)
def test_an_answer_of_another_kind_fills_nothing(issue, em, key, text):
    say(issue, em, **{key: text})

    assert proposals(begin(issue, by=em, at=NOON)) == {}


def test_an_answer_too_long_for_its_field_is_cut(issue, em):
    say(issue, em, I4="x" * 400, A2="y" * 5_000, A9="z" * 5_000)

    record = fresh(begin(issue, by=em, at=NOON))

    assert record.languages == "x" * 299 + "…"
    assert len(record.summary) == 5_000


def test_each_edit_is_a_version_in_the_ledger_of_the_issue(issue, em, record):
    amend_scheduling(record, by=em, at=NOON, skills="Kubernetes")
    amend_scheduling(fresh(record), by=em, at=NOON, skills="Kubernetes, Terraform")
    amend_scheduling(fresh(record), by=em, at=NOON, skills="Kubernetes, Terraform")

    events = Event.objects.about(issue).filter(verb="scoping.scheduling_amended")
    assert [event.data["version"] for event in events] == [2, 3]
    assert events.last().data["changed"] == {"skills": ["Kubernetes", "Kubernetes, Terraform"]}
    assert fresh(record).version == 3


def test_nobody_overwrites_what_they_did_not_see(em, record):
    amend_scheduling(record, by=em, at=NOON, skills="Theirs")

    with pytest.raises(Overtaken):
        amend_scheduling(record, by=em, at=NOON, seen={"skills": ""}, skills="Mine")

    assert fresh(record).skills == "Theirs"


def test_every_field_stands_on_the_page_once():
    shown = [name for _, names in SECTIONS for name in names]
    kept = {field.name for field in SchedulingIntake._meta.fields}

    assert len(shown) == len(set(shown))
    assert set(shown) == kept - {"id", "issue", "sent_with", "version"}
    assert set(SchedulingForm().fields) == set(shown)


def opened(client, issue):
    """The form as a browser sends it: each line ends in two characters."""
    page = client.get(at("scheduling", issue), {"edit": 1}).content.decode()
    fields = fields_of(page, "skills")
    return {name: text.replace("\n", "\r\n") for name, text in fields.items()}


def edit(client, issue, **said):
    return client.post(at("scheduling", issue), opened(client, issue) | said)


def test_lines_are_the_same_lines_after_a_browser_sent_them(client, issue, em):
    say(issue, em, A2="Fewer tools", A9="Slow builds")
    record = begin(issue, by=em, at=NOON)

    response = edit(client, issue, summary="Fewer tools\r\nSlow builds\r\nLess waiting")

    assert response.status_code == 302
    assert fresh(record).summary.split() == ["Fewer", "tools", "Slow", "builds", "Less", "waiting"]


def test_an_engagement_manager_begins_fills_and_edits_it(client, issue, em):
    assert b"Begin the scheduling intake" in client.get(at("scheduling", issue)).content
    client.post(at("scheduling", issue), {"begin": "yes"})
    say(issue, em, I4="German")
    assert b"Take it over" in client.get(at("scheduling", issue)).content
    client.post(at("scheduling", issue), {"fill": "yes"})

    response = edit(client, issue, skills="Kubernetes", wanted_start="2026-09-01")

    assert (response.status_code, response.url) == (302, at("scheduling", issue))
    record = issue.scheduling
    assert (record.languages, record.skills) == ("German", "Kubernetes")
    assert record.wanted_start == date(2026, 9, 1)
    page = client.get(at("scheduling", issue)).content.decode()
    assert "version 3" in page


def test_a_form_sent_back_as_it_came_changes_nothing(client, issue, em):
    say(issue, em, **SAID)
    begin(issue, by=em, at=NOON)
    events = Event.objects.count()

    assert edit(client, issue).status_code == 302

    assert Event.objects.count() == events


def test_what_somebody_changed_meanwhile_is_shown(client, issue, em, record):
    form = form_on(client.get(at("scheduling", issue), {"edit": 1}))
    amend_scheduling(record, by=em, at=NOON, skills="Theirs")

    response = client.post(at("scheduling", issue), form | {"skills": "Mine"})

    assert response.status_code == 409
    assert "Theirs" in response.content.decode()
    assert form_on(response)["skills"] == ["Mine"]
    assert client.post(at("scheduling", issue), form_on(response)).status_code == 302
    assert fresh(record).skills == "Mine"


@pytest.mark.parametrize(
    "said", [{"wanted_end": "2026-01-01"}, {"hours_per_week": "200"}, {"wanted_start": "soon"}]
)
def test_what_cannot_be_is_asked_again_and_no_word_is_lost(client, issue, record, said):
    first = {"wanted_start": "2026-02-01", "skills": "Kubernetes"}

    response = edit(client, issue, **(first | said))

    assert response.status_code == 422
    assert form_on(response)["skills"] == ["Kubernetes"]
    assert fresh(record).version == 1


def test_others_read_it_and_change_nothing(issue, record, signed_in):
    viewer = signed_in(make_user(Role.VIEWER))

    page = viewer.get(at("scheduling", issue), {"edit": 1})
    assert page.status_code == 200
    assert b"<textarea" not in page.content
    assert viewer.post(at("scheduling", issue), {"skills": "x"}).status_code == 403


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_it_is_exported(client, issue, em, record, kind):
    amend_scheduling(record, by=em, at=NOON, skills="=1+1", hours_per_week=24)

    response = client.get(at("scheduling_export", issue, kind))

    assert response.status_code == 200
    assert f"{issue.reference}-scheduling-intake.{kind}" in response["Content-Disposition"]
    if kind == "csv":
        text = response.content.decode("utf-8-sig")
        rows = {(row[0], row[1]): row[2] for row in csv.reader(io.StringIO(text))}
        assert rows["Issue", "Customer"] == issue.account.name
        assert rows["The work", "Skills"] == "'=1+1"
        assert rows["Time", "Hours a week at least"] == "24"


def test_what_is_not_there_is_not_exported(client, issue):
    assert client.get(at("scheduling_export", issue, "csv")).status_code == 404


def test_an_unknown_kind_of_file_is_not_exported(client, issue, record):
    assert client.get(at("scheduling_export", issue, "pdf")).status_code == 404


GATE = {
    "stage": (Stage.NEGOTIATING, "Opportunity in stage 5 or later"),
    "forecast_category": ("commit", "Forecast is Commit"),
}


@pytest.mark.parametrize("name", GATE)
def test_the_gate_asks_the_deal(em, name):
    value, says = GATE[name]
    deal = make_opportunity(stage=Stage.PROPOSAL, forecast_category="pipeline")
    issue = make_ready_issue(engagement_manager=em, opportunity=deal)
    record = begin(issue, by=em, at=NOON)
    assert not any(condition.met for condition in gate(record))

    setattr(issue.opportunity, name, value)

    assert [condition.says for condition in gate(record) if condition.met] == [says]


def test_the_gate_asks_issue_and_record(em):
    issue = make_ready_issue(State.APPROVED, engagement_manager=em, agreement="in_place")
    record = begin(issue, by=em, at=NOON)
    amend_scheduling(record, by=em, at=NOON, skills="Go", quote_exists=True, close_plan_agreed=True)

    unmet = [condition.says for condition in gate(fresh(record)) if not condition.met]

    assert unmet == ["Opportunity in stage 5 or later", "Forecast is Commit"]


def test_the_page_costs_the_same_however_many_versions(client, issue, em, record):
    costs = set()
    for number in range(4):
        amend_scheduling(fresh(record), by=em, at=NOON, skills=str(number))
        costs.add(queries_of(client, at("scheduling", issue)))

    assert len(costs) == 1
