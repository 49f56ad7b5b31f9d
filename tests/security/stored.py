"""Text in every field that keeps some, written past all forms: the pages are the last guard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

from emdesk.activity.models import Comment, CommentEdit
from emdesk.approvals.deciding import decide
from emdesk.approvals.inquiring import answer, ask
from emdesk.approvals.models import Request
from emdesk.configuration.models import Setting
from emdesk.files.models import StoredFile
from emdesk.ledger.recording import record
from emdesk.people.models import Absence, Segment, Territory, User
from scoping.estimating.sending import send
from scoping.models import (
    Account,
    Answer,
    CatalogueVersion,
    CustomerNeed,
    Estimate,
    EstimateLine,
    Meeting,
    Opportunity,
    Proposal,
    Question,
    SavedView,
    SchedulingIntake,
    ScopingIssue,
)
from scoping.models.estimate import Addressee
from scoping.states import State
from sow.models import (
    BookingDeed,
    Clause,
    Handoff,
    LegalCase,
    LegalTurn,
    Readiness,
    StatementOfWork,
    Template,
)
from sow.saving import Typed, save
from tests.factories import make_issue
from tests.security.payloads import PAYLOADS, packed
from tests.security.world import World

LONGEST = 200
PLAIN = "plain words"


class Texts:
    """Payloads in turn, for fields of any length; ``plain`` gives harmless words instead."""

    def __init__(self, turn: int | None) -> None:
        self.turn = turn
        self._number = count(turn or 0)

    def __call__(self, longest: int = LONGEST) -> str:
        if self.turn is None:
            return PLAIN[:longest]
        lines = packed(longest)
        return lines[next(self._number) % len(lines)]


def prepare(world: World) -> None:
    """An issue in each situation whose page says something else about it."""
    deal, em, at = world.deal(), world.person("EM own"), world.at
    world.pks["held"] = make_issue(
        State.ON_HOLD, at=at - timedelta(days=9), engagement_manager=em, account=deal.account
    ).pk
    Setting.objects.create(
        key="undo_minutes", value=7, effective_from=at.date(), set_by=em, set_at=at, reason="x"
    )
    about = {"subject_type": "scoping.scopingissue", "subject_id": world.pks["elsewhere"]}
    Comment.objects.bulk_create(
        Comment(**about, author=em, body=payload, created_at=at) for payload in PAYLOADS
    )


def store(world: World, turn: int | None) -> None:
    """Fill every field anew; two turns that follow each other give each the next payloads."""
    text = Texts(turn)
    for model, fields in _fields(text):
        model.objects.update(**fields)
    for person in User.objects.order_by("pk"):
        User.objects.filter(pk=person.pk).update(name=text(120))
    for segment in Segment.objects.order_by("pk"):
        Segment.objects.filter(pk=segment.pk).update(name=f"{text(36)} {segment.pk}"[:40])
    for view in SavedView.objects.order_by("pk"):
        SavedView.objects.filter(pk=view.pk).update(name=f"{text(50)} {view.pk}")
    _store_in_draft(text)
    Answer.objects.update(text=text(1_000))
    Comment.objects.filter(pk=world.pks["comment"]).update(body=text(2_000))
    Question.objects.filter(key=world.pks["question"]).update(prompt=text(), help=text(300))


def _store_in_draft(text: Texts) -> None:
    """What was published says what it says; a draft may say anything."""
    draft = CatalogueVersion.objects.draft()
    assert draft is not None
    said = {"title": text(120), "source": text(200)}
    draft.services.update(**said, customer_text=text(2_000))
    draft.activities.update(**said, deliverable=text(2_000), assumptions=text(2_000))
    draft.skus.update(**said, terms=text(300))
    draft.guidelines.update(**said, text=text(2_000))


def _fields(text: Texts) -> Iterator[tuple[Any, dict[str, Any]]]:
    yield Account, {"name": text(), "external_ids": [text(40)]}
    deal = {"name": text(), "parent": text(300), "confidence_rationale": text(2_000)}
    yield Opportunity, deal | {"external_id": ""}
    yield SchedulingIntake, {"skills": text(5_000), "sponsor": text(300)}
    yield Territory, {"name": text(80)}
    yield Absence, {"note": text()}
    yield Setting, {"reason": text(300)}
    yield CommentEdit, {"body": text(2_000)}
    yield StoredFile, {"name": f"{text(190)}.txt"}
    yield CustomerNeed, {"text": text(2_000), "answer": text(500)}
    yield Proposal, {"text": text(2_000), "why": text(1_000)}
    yield Meeting, {"guests": text(300), "place": text(300), "notes": text(2_000)}
    worked = {"phase": text(80), "formula": text(300), "customer_text": text(2_000)}
    yield EstimateLine, worked | {"title": text(), "deliverable": text(2_000)}
    yield Estimate, {"name": text(60)}
    yield Clause, {"title": text(120)}
    yield Template, {"name": text(80)}
    yield LegalCase, {"number": text(40), "newer": text(300)}
    yield LegalTurn, {"note": text(300)}
    yield BookingDeed, {"who": text(120), "text": text(300)}
    words = ("availability", "timing", "promised", "contacts", "specials", "growth", "questions")
    yield Handoff, {name: text(2_000) for name in words}
    yield Readiness, {"owner": text(120), "note": text(500)}
    yield (
        ScopingIssue,
        {
            "title": text(),
            "description": text(2_000),
            "next_step": text(),
            "current_state": text(500),
            "communication_agreed_with": text(),
            "free_labels": [text(100), text(100)],
            "hold_reason": text(300),
            "close_note": text(500),
        },
    )


def _write_sow(world: World, text: Texts) -> None:
    statement = StatementOfWork.objects.get(issue=world.pks["written"])
    save(
        statement,
        seen=statement.latest,
        by=world.person("EM own"),
        at=world.at,
        typed=[Typed("travel", text(120), text(2_000))],
        fields={"legal_name": text(300)},
        why=text(300),
    )


def tell(world: World, turn: int | None) -> None:
    """Events whose sentences repeat what people wrote, and an estimate frozen as it says now."""
    text, by, at = Texts(turn), world.person("EM own"), world.at
    estimate = Estimate.objects.get(issue=world.pks["priced"], position=1)
    said = {"to": Addressee.ACCOUNT_TEAM, "note": text(500)}
    world.pks["resent"] = send(estimate, by=by, at=at, review=True, **said).number
    _tell_review(world, text)
    _write_sow(world, text)
    deal = world.deal()
    changed = {
        name: [text(80), text(80)] for name in ("title", "next_step", "free_labels", "close_note")
    }
    record(deal, "scoping.amended", by=by, at=at, changed=changed, reason=text(300))
    record(deal, "scoping.answered", by=by, at=at, question=text(), text=text(80))
    record(deal, "scoping.team_changed", by=by, at=at, names=[text(120), text(120)])
    record(deal, "scoping.hold", by=by, at=at, reason=text(300), review_date="2099-01-01")
    record(deal, "files.stored", by=by, at=at, name=text(), version=2, file=1, sha256="")
    record(deal, "scoping.absorbed", by=by, at=at, reference=text(60))
    record(deal, text(60), by=by, at=at)


def _tell_review(world: World, text: Texts) -> None:
    """What was asked, answered and said about what was just sent."""
    found, at = Request.objects.waiting().get(chain="estimate"), world.at
    architect, step = world.person("architect own"), found.steps.get()
    inquiry = ask(step, text(1_000), by=architect, at=at)
    answer(inquiry, text(1_000), by=world.person("EM own"), at=at)
    said = {"digest": found.digest, "reason": text(1_000)}
    decide(step, "sent_back", by=architect, at=at, **said)
    world.pks["review"] = found.pk
