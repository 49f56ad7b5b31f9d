"""Proposals and needs: engagement managers say them, Practice answers, nobody's words get lost."""

import pytest

from emdesk.activity.sentences import what
from emdesk.ledger.models import Event
from emdesk.notifications.audiences import heard
from emdesk.people.models import Role
from scoping.catalogue.drafting import begin_draft, discard_draft, remove_item
from scoping.catalogue.kinds import ACTIVITY
from scoping.catalogue.needs import answer_need, note_need
from scoping.catalogue.proposing import (
    Decided,
    NotApplied,
    accept,
    decline,
    propose,
    withdraw,
)
from scoping.models import CatalogueVersion, Proposal
from tests.factories import NOON, TODAY
from tests.scoping.catalogue.drafts import WAVES, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(em):
    return proposed(em)


def proposed(by, **fields):
    said = {"kind": "activity", "key": WAVES, "field": "deliverable", "text": "A report"}
    said |= {"why": "Nobody reads the long one"} | fields
    return propose(CatalogueVersion.current(TODAY), by=by, at=NOON, **said)


def test_an_accepted_proposal_is_in_the_draft(proposal, noor):
    assert proposal.was.startswith("A report for each wave")
    accepted = accept(proposal, answer="Right", by=noor, at=NOON)

    draft = CatalogueVersion.objects.draft()
    assert draft.activities.get(key=WAVES).deliverable == "A report"
    assert (accepted.taken_into, accepted.status) == (draft, "accepted")
    assert [event.verb for event in Event.objects.about(proposal)] == [
        "scoping.catalogue_proposed",
        "scoping.catalogue_proposal_accepted",
    ]
    assert Event.objects.about(draft).last().data["key"] == WAVES


def test_it_is_decided_once(proposal, noor, em):
    decline(proposal, answer="It is read", by=noor, at=NOON)

    for deed in (accept, decline):
        with pytest.raises(Decided):
            deed(proposal, answer="x", by=noor, at=NOON)
    with pytest.raises(Decided):
        withdraw(proposal, by=em, at=NOON)
    assert Proposal.objects.get().answer == "It is read"
    assert CatalogueVersion.objects.draft() is None


def test_what_cannot_be_applied_is_not_accepted(noor, em):
    draft = begin_draft(by=noor, at=NOON)
    bad = proposed(em, kind="sku", key="GL-BAS", field="price", text="a lot")
    with pytest.raises(NotApplied, match="number"):
        accept(bad, answer="x", by=noor, at=NOON)
    good = proposed(em, kind="sku", key="GL-BAS", field="price", text="7500")
    accept(good, answer="x", by=noor, at=NOON)
    assert draft.skus.get(code="GL-BAS").price == 7500

    gone = proposed(em)
    remove_item(ACTIVITY, draft.activities.get(key=WAVES), by=noor, at=NOON)
    with pytest.raises(NotApplied, match="no such item"):
        accept(gone, answer="x", by=noor, at=NOON)
    assert {each.status for each in (bad, gone)} == {"open"}


def test_words_alone_are_taken_note_of(noor, em):
    words = proposed(em, kind="", key="", field="", text="We need a data migration service")
    accept(words, answer="Yes, next quarter", by=noor, at=NOON)

    draft = CatalogueVersion.objects.draft()
    assert Proposal.objects.get().taken_into == draft
    assert draft.edits == 0


def test_with_the_draft_discarded_it_waits_again(proposal, noor):
    accept(proposal, answer="Right", by=noor, at=NOON)
    discard_draft(CatalogueVersion.objects.draft(), by=noor, at=NOON)

    proposal.refresh_from_db()
    assert (proposal.status, proposal.answer, proposal.decided_by) == ("open", "", None)


def test_a_need_is_the_issues_history(issue, em, noor):
    need = note_need(issue, "Move their wiki", service_key="migration", by=em, at=NOON)
    assert answer_need(need, "planned", "Next quarter", by=noor, at=NOON)
    assert not answer_need(need, "planned", "Next quarter", by=noor, at=NOON)

    need.refresh_from_db()
    assert (need.status, need.answered_by) == ("planned", noor)
    verbs = [event.verb for event in Event.objects.about(issue)][-2:]
    assert verbs == ["scoping.need_noted", "scoping.need_answered"]


def told(event, subject):
    """Who hears of it, and by which kind of notice."""
    return [(each.kind, list(each.people), list(each.roles)) for each in heard(event, subject, "")]


def test_who_asked_and_who_owns_the_catalogue_hear_of_it(proposal, noor, em, issue):
    made = Event.objects.about(proposal).get()
    assert told(made, proposal)[0] == ("asked", [], [Role.PRACTICE_MANAGER])
    decline(proposal, answer="It is read", by=noor, at=NOON)
    assert told(Event.objects.about(proposal).last(), proposal)[0] == ("decided", [em.pk], [])

    need = note_need(issue, "Move their wiki", by=em, at=NOON)
    noted = Event.objects.about(issue).last()
    assert told(noted, issue)[0] == ("catalogue", [], [Role.PRACTICE_MANAGER])
    answer_need(need, "planned", "", by=noor, at=NOON)
    assert told(Event.objects.about(issue).last(), issue)[0] == ("catalogue", [em.pk], [])


def test_those_who_estimate_hear_of_a_new_version(noor):
    version = published(noor)
    event = Event.objects.about(version).last()

    assert told(event, version)[0] == ("catalogue", [], [Role.EM, Role.EM_LEAD])
    assert "published version 2 from 2 Mar 2026 (1 changed)" in what(event)
