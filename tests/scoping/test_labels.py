"""Labels are a spelling of the fields: both ways, and however somebody spelled them."""

import csv
import os
import re
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from emdesk.embedded import PROJECT
from scoping.labels import labels_of, plain, read_labels
from scoping.models import ScopingIssue
from scoping.states import ArchitectHelp, EmStatus, Outcome, Review, State
from tests.factories import make_issue, make_segment
from tests.oracles import labels as oracle

SHARED = Path(os.environ.get("EMDESK_SHARED") or PROJECT.parent / "shared")
CATALOGUE = SHARED / "data/samples/label_catalog.csv"


def read(*labels):
    return read_labels(labels, oracle.SEGMENTS)


def meaning(label):
    """What one label alone is read as: its field and value, or nothing."""
    return next(iter(read(label).fields.items()), None)


CANONICAL = [
    *(label for spellings in oracle.WORDS.values() for label, _ in spellings[:12]),
    *(f"Segment::{name}" for name in oracle.SEGMENTS),
    *oracle.FLAGS.values(),
]


@pytest.mark.parametrize("label", CANONICAL)
def test_a_label_means_what_the_handbook_says(label):
    assert meaning(label) == oracle.reading(label) is not None
    assert read(label).problems == read(label).free == []


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("proposal:Closed_Won", ("outcome", "won")),
        ("proposal::closed_won", ("outcome", "won")),
        ("proposal::ReadyForApproval", ("state", "ready_for_approval")),
        ("closeqtr::Q322", ("close_quarter", "Q322")),
        ("close_qtr:q322", ("close_quarter", "Q322")),
        ("TA:Approved", ("architect_review", "approved")),
        ("proposal::Cost Estimate", ("state", "sow_wip")),
        ("PROPOSAL::Writing", ("state", "sow_wip")),
        ("segment::ent_east", ("segment", "Ent_EAST")),
        ("Segment::Ent-East", ("segment", "Ent_EAST")),
        ("em status: to do", ("em_status", "todo")),
        ("services_calculator", ("services_calculator", True)),
        ("public sector us", ("public_sector", True)),
    ],
)
def test_spellings_seen_in_the_wild_are_read(label, said):
    assert meaning(label) == said


@st.composite
def spelled(draw):
    """A label in any case, with one colon or two, and its gaps written in any way."""
    label = draw(st.sampled_from(CANONICAL))
    letters = [draw(st.sampled_from([letter.lower(), letter.upper()])) for letter in label]
    text = "".join(letters)
    text = re.sub("[ _-]", lambda _: draw(st.sampled_from([" ", "_", "-", ""])), text)
    return label, re.sub("::", draw(st.sampled_from(["::", ":"])), text)


@given(spelled())
def test_every_spelling_of_a_label_is_read_alike(pair):
    label, other = pair

    assert meaning(other) == oracle.reading(other) == oracle.reading(label)


words = st.sampled_from(["", " ", "a", "Q3", "proposal", "TA", "wip", ":", "::", "_", "Ent", "x:y"])


@given(st.lists(words, max_size=6).map("".join) | st.text(max_size=30))
@example("proposal::")
@example("::Approved")
@example("a::b::c")
@example("TA::Approved::x")
@example("Segment::Ent_MARS")
@example("close_qtr::Q522")
def test_any_text_is_read_and_nothing_of_it_is_lost(label):
    reading = read(label)

    known = oracle.reading(label)
    if known:
        assert (reading.fields, reading.free) == (dict([known]), [])
    elif not label.strip() or oracle.squeezed(label) in {"open", "closed"}:
        assert (reading.fields, reading.free) == ({}, [])
    else:
        assert (reading.fields, reading.free) == ({}, [label.strip()])
    assert bool(reading.problems) <= bool(reading.free)


@pytest.mark.parametrize("label", ["proposal::Later", "close_qtr::Q522", "Segment::Ent_MARS"])
def test_a_scoped_label_with_an_unknown_value_is_reported_and_kept(label):
    reading = read(label)

    assert (reading.fields.get("state"), reading.free) == (None, [label])
    assert reading.problems == [f"{label} is not a value of {label.split(':')[0]}."]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("proposal::SOW_WIP", "proposal::Approved"),
        ("proposal::Closed_Won", "proposal::Closed_Lost"),
        ("close_qtr::Q322", "closeqtr::Q422"),
        ("Segment::SMB", "Segment::Ent_EMEA"),
    ],
)
def test_two_values_of_one_key_are_a_conflict_and_never_guessed(first, second):
    reading = read(first, second)

    assert reading.problems == [f"{second} contradicts another label."]
    assert reading.free == [second]
    assert read(first).fields == reading.fields


def test_saying_the_same_twice_is_no_conflict():
    assert read("proposal::SOW_WIP", "proposal:sow-wip").problems == []


@pytest.mark.parametrize("label", ["Open", "Closed", "open", " CLOSED "])
def test_the_ends_of_the_board_are_no_labels(label):
    reading = read(label)

    assert (reading.fields, reading.free, reading.problems) == ({}, [], [])


# Out, and in again.

states = st.sampled_from([state for state in State if state != State.CLOSED])
free = st.lists(
    st.sampled_from(["urgent", "Partner", "customer::Acme", "team::EMEA::north", "a:b"]),
    unique=True,
)


@st.composite
def issues(draw):
    """Every combination of the fields that have a spelling."""
    outcome = draw(st.sampled_from(["", *Outcome.values]))
    segment = draw(st.sampled_from(["", *oracle.SEGMENTS]))
    return ScopingIssueStandIn(
        state=State.CLOSED if outcome else draw(states),
        outcome=outcome,
        close_quarter=draw(st.sampled_from(oracle.QUARTERS)) if outcome else "",
        em_status="" if outcome else draw(st.sampled_from(["", *EmStatus.values])),
        segment=SimpleNamespace(name=segment) if segment else None,
        architect_review=draw(st.sampled_from(["", *Review.values])),
        architect_help=draw(st.sampled_from(["", *ArchitectHelp.values])),
        delivery_review=draw(st.sampled_from(["", *Review.values])),
        services_calculator=draw(st.booleans()),
        public_sector=draw(st.booleans()),
        free_labels=draw(free),
    )


class ScopingIssueStandIn(SimpleNamespace):
    """The fields alone; a row for each combination would tell nothing more."""


def fields_of(issue):
    """What reading the issue's labels should give, from its fields."""
    names = ("outcome", "close_quarter", "em_status", "architect_review", "architect_help")
    said = {name: str(getattr(issue, name)) for name in (*names, "delivery_review")}
    said["segment"] = issue.segment.name if issue.segment else ""
    said["state"] = "" if issue.state in {State.OPEN, State.CLOSED} else str(issue.state)
    flags = {name: True for name in oracle.FLAGS if getattr(issue, name)}
    return {name: value for name, value in said.items() if value} | flags


@given(issues())
def test_an_issues_labels_read_back_as_its_fields(issue):
    reading = read(*labels_of(issue))

    assert reading.fields == fields_of(issue)
    assert reading.free == issue.free_labels
    assert reading.problems == []


@given(issues())
def test_an_issues_labels_are_spelled_as_the_handbook_spells_them(issue):
    own = [label for label in labels_of(issue) if label not in issue.free_labels]
    known = {label for spellings in oracle.WORDS.values() for label, _ in spellings}
    known |= {f"Segment::{name}" for name in oracle.SEGMENTS} | set(oracle.FLAGS.values())

    assert set(own) <= known
    assert len(own) == len(fields_of(issue))


@pytest.mark.django_db
def test_an_issue_from_the_database_is_spelled_too():
    issue = make_issue(
        State.READY_FOR_APPROVAL,
        segment=make_segment("MM_East"),
        em_status="waiting",
        architect_review="needed",
        architect_help="given",
        delivery_review="needed",
        services_calculator=True,
        public_sector=True,
        free_labels=["urgent"],
    )

    assert labels_of(issue) == [
        "proposal::Ready For Approval",
        "EM_Status::Waiting",
        "Segment::MM_East",
        "TA::Needs-Review",
        "Scoping::TA_Assisted",
        "RDM::needs-review",
        "Services Calculator",
        "Public Sector US",
        "urgent",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("outcome", "labels"),
    [
        ("won", ["proposal::Closed_Won", "close_qtr::Q127"]),
        ("lost", ["proposal::Closed_Lost", "close_qtr::Q127"]),
        ("", []),
    ],
)
def test_a_closed_issue_is_spelled_by_its_outcome_if_it_has_one(outcome, labels):
    assert labels_of(make_issue(State.CLOSED, outcome=outcome)) == labels


def test_every_word_that_has_a_label_is_spelled():
    pairs = product(
        [("architect_review", Review), ("delivery_review", Review)],
        Review.values,
    )
    empty = ScopingIssue().__dict__

    for (name, _), value in pairs:
        issue = ScopingIssueStandIn(**empty | {"segment": None, name: value, "state": "open"})
        assert len(labels_of(issue)) == 1


def test_spellings_are_compared_without_case_gaps_and_hyphens():
    assert plain(" Ready For-Approval_") == "readyforapproval"


@pytest.mark.skipif(not CATALOGUE.exists(), reason="the catalogue of labels is not beside emdesk")
def test_every_label_of_the_catalogue_is_read_as_its_kind_says():
    fields = {
        "workflow": {"state"},
        "outcome": {"outcome"},
        "quarter": {"close_quarter"},
        "status": {"em_status"},
        "segment": {"segment"},
        "origin": {"services_calculator"},
        "flag": {"public_sector"},
        "approval": {"architect_review", "architect_help", "delivery_review"},
    }
    with CATALOGUE.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] != "Open"]

    assert len(rows) > 20
    for row in rows:
        reading = read(row["label"])
        assert set(reading.fields) <= fields[row["kind"]], row
        assert len(reading.fields) == 1, row
        assert (reading.free, reading.problems) == ([], []), row
