"""Who may stamp what and when, what a stamp binds, and what takes it away."""

from __future__ import annotations

import hashlib
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction

from emdesk.activity.sentences import describe
from emdesk.approvals.refusals import Refused as NotPossible
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused, perform
from sow.asking import Resets, effects_of
from sow.models import Document, Purpose, Stamp
from sow.saving import Typed, save
from sow.stamping import STAMPED, VOIDED, ask, complete, objection, stamp, standing, void, voided
from tests.factories import NOON, make_user
from tests.sow.approved import HOUR, again, put, ready, say, staffed
from tests.sow.stamped import approved, stamped, without_press

pytestmark = pytest.mark.django_db
LATER = NOON + 4 * HOUR
TRAVEL = Typed("travel", "Travel and expenses", "Nobody travels.")


@pytest.fixture(autouse=True)
def _no_press(monkeypatch, settings, tmp_path):
    settings.EMDESK_FILES = tmp_path
    without_press(monkeypatch)


@pytest.fixture
def people():
    return staffed()


def events(statement, *verbs):
    return Event.objects.about(statement.issue).filter(verb__in=verbs).order_by("number")


def test_a_stamp_binds_one_file_of_the_newest_version(em, legal, people):
    statement = approved(em, people)
    found = stamp(statement, by=legal, at=LATER)
    document = found.document
    content = document.file.path.read_bytes()
    assert found.sha256 == document.sha256 == hashlib.sha256(content).hexdigest()
    assert (document.purpose, document.size) == (Purpose.STAMPED, len(content))
    assert found.version == statement.head
    assert (found.name, found.date) == ("Lea Gall", LATER.date())
    assert found.version.digest in found.text
    assert standing(statement) == found
    [event] = events(statement, STAMPED)
    assert event.data["sha256"] == found.sha256
    assert "stamped SOW-" in describe(event)
    assert events(statement, "scoping.leg_done").get().data["leg"] == "legal"
    with pytest.raises(Refused, match="stamped already"):
        stamp(statement, by=legal, at=LATER)


def test_only_legal_stamps_and_nobody_who_took_another_part(em, lead, legal, people):
    statement = approved(em, people)
    for nobody in (em, lead, people["leadership"], make_user(Role.ADMIN)):
        with pytest.raises(NotAllowed):
            stamp(statement, by=nobody, at=LATER)
    for both in (em, people["revenue"], people["architect"]):
        both.roles = [*both.roles, Role.LEGAL]
        with pytest.raises(Refused, match="Somebody else of legal"):
            stamp(statement, by=both, at=LATER)
    assert objection(statement, statement.head, legal) == ""


def test_no_other_order_of_the_steps_ends_in_a_stamp(em, legal, people):
    """Every order of the gates and the stamp but the right one is refused on the way."""
    steps = ("architect", "delivery", "revenue", "leadership", "stamp")
    statement = ready(em)
    found = put(statement, em, NOON)
    won = []
    for order in permutations(steps):
        with transaction.atomic():
            try:
                for step in order:
                    if step == "stamp":
                        stamp(again(statement), by=legal, at=LATER)
                    else:
                        say(found, people, step, NOON + HOUR)
                won.append(order)
            except (Refused, NotPossible):
                pass
            transaction.set_rollback(True)
    assert won == [steps]


def test_a_new_version_voids_the_stamp_and_says_so_before(em, legal, people):
    found = stamped(em, people, legal)
    statement = again(found.statement)
    travel = statement.head.said.section("travel")
    typed = [Typed("travel", travel.title, f"{travel.text}  ")]
    save_it = {"seen": statement.latest, "typed": typed, "by": em, "at": LATER, "why": "Spaces"}
    with pytest.raises(Resets, match="Legal stamp of v2") as told:
        save(statement, told=[], **save_it)
    assert (told.value.effects.resets, told.value.effects.voids) == ((), "Legal stamp of v2")
    heard = []
    voided.append(lambda *said: heard.append(said))
    save(statement, told=["Legal stamp of v2"], **save_it)
    voided.pop()
    found.refresh_from_db()
    assert (found.voided_at, found.voided_by, found.why) == (LATER, em, "v3 was saved.")
    assert heard == [(found, em, LATER)]
    assert standing(statement) is None
    assert "voided the legal stamp" in describe(events(statement, VOIDED).get())
    assert not effects_of(again(statement).head, statement.head.said, by=em, at=LATER).voids
    with pytest.raises(Refused, match="not approved"):
        stamp(again(statement), by=legal, at=LATER)


def test_what_changed_while_the_file_was_made_ends_without_a_stamp(em, legal, people):
    statement = approved(em, people)
    document = ask(statement, seen=2, by=legal, at=LATER)
    with pytest.raises(Refused, match="being made already"):
        ask(statement, seen=2, by=legal, at=LATER)
    save(statement, seen=2, typed=[TRAVEL], by=em, at=LATER, why="They asked")
    with pytest.raises(Refused, match="v3 was saved meanwhile"):
        complete(document, at=LATER)
    document.refresh_from_db()
    assert (document.made_at, document.file, Stamp.objects.count()) == (None, None, 0)


def test_it_is_stamped_only_while_the_issue_is_approved(em, legal, people):
    statement = approved(em, people)
    perform(statement.issue.reopen_sow, by=em, at=LATER)
    with pytest.raises(Refused, match="once it is Approved"):
        stamp(again(statement), by=legal, at=LATER)


def test_a_stamp_is_voided_once_and_may_be_given_again(em, legal, people):
    found = stamped(em, people, legal)
    assert void(found.statement, why="Wrong party", by=legal, at=LATER) == found
    assert void(found.statement, why="Again", by=legal, at=LATER) is None
    second = stamp(again(found.statement), by=legal, at=LATER)
    assert second.version == found.version
    assert second.document != found.document


def test_the_database_holds_a_stamp_to_its_file(em, legal, people):
    found = stamped(em, people, legal)
    row = Stamp.objects.filter(pk=found.pk)
    other = Document.objects.create(
        statement=found.statement,
        version=found.version,
        purpose="draft",
        asked_by=em,
        asked_at=NOON,
    )
    copied = {"statement": found.statement, "by": legal, "at": NOON, "name": "x", "date": NOON}
    attempts = [
        lambda: row.update(sha256="0" * 64),
        lambda: row.update(text="Other"),
        lambda: row.update(voided_at=LATER),
        lambda: row.delete(),
        lambda: Document.objects.filter(pk=found.document_id).update(sha256="0" * 64),
        lambda: Document.objects.filter(pk=found.document_id).delete(),
        lambda: Document.objects.filter(pk=other.pk).update(sha256="0" * 64),
        lambda: Stamp.objects.create(
            document=other, version=found.version, sha256=found.sha256, **copied
        ),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    row.update(voided_at=LATER, why="Wrong")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(voided_at=None, why="")
