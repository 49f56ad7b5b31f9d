"""Any course of a SOW, from its draft to its signatures, beside a pencil that follows the handbook."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.transaction import atomic, set_rollback
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from emdesk.approvals.refusals import Refused as NotPossible
from emdesk.ledger.chain import faults
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import Refused
from scoping.models import ScopingIssue
from sow import pen, stamping
from sow.asking import ask, foreseen, last_request
from sow.models import Progress
from sow.saving import Typed, save
from sow.signing.ending import recall
from tests.factories import NOON, make_user
from tests.reports import report
from tests.sow.approved import again, agree, ready, say, staffed
from tests.sow.signing.out import (
    ADA,
    Desk,
    sent,
    sign_customer,
    sign_ours,
)
from tests.sow.stamped import without_press

pytestmark = pytest.mark.django_db
MOMENT = timedelta(seconds=5)
GATES = ("architect", "delivery", "revenue", "leadership")
SIDES = ("ours", "customer")
WRITERS = ("em", "lead")


class Pencil:
    """What the handbook says a SOW may do next, in a few words."""

    def __init__(self) -> None:
        self.version, self.words = 2, 0
        self.holder = "em"
        self.agreed_to: int | None = None
        self.approved: set[int] = set()
        self.asked: int | None = None
        self.waits: list[str] = []
        self.stamped: int | None = None
        self.signs: list[str] = []
        self.signed = False

    @property
    def out(self) -> bool:
        return bool(self.signs)

    def may_save(self, who: str) -> bool:
        return not self.signed and self.holder in {"", who}

    def may_ask(self) -> bool:
        fresh = self.agreed_to == self.words
        return fresh and not self.signed and self.asked != self.version

    def may_stamp(self) -> bool:
        return self.version in self.approved and self.stamped is None and not self.signed

    def save(self, who: str, *, words: bool) -> None:
        self.version += 1
        self.words += words
        self.holder = who
        self.asked, self.waits, self.stamped, self.signs = None, [], None, []

    def decide(self, gate: str, verdict: str) -> None:
        self.waits = self.waits[1:] if verdict == "approved" else []
        if verdict == "approved" and not self.waits:
            self.approved.add(self.version)


class Course(RuleBasedStateMachine):
    steps = refused = ended = 0

    def __init__(self) -> None:
        super().__init__()
        self.whole = atomic()
        self.whole.__enter__()

    @initialize()
    def draft(self) -> None:
        people = staffed()
        em, legal = make_user(name="Amara Osei"), make_user(Role.LEGAL, name="Lea Gall")
        pao, team = people.pop("discount_finance"), make_user(Role.ACCOUNT_TEAM)
        self.people = people | {"em": em, "lead": people["discount_lead"], "legal": legal}
        self.statement = ready(em)
        self.desk = Desk(
            em, legal, pao, make_user(Role.SIGNATORY, name="Zoe Finance"), team, people
        )
        self.at = NOON
        self.pencil = Pencil()
        self.digests: dict[int, str] = {}

    def later(self) -> Any:
        self.at += MOMENT
        return self.at

    def attempt(self, deed: Any, *, possible: bool) -> bool:
        """Do it exactly when the pencil says so; a refusal changes nothing at all."""
        type(self).steps += 1
        before = self.stored()
        try:
            deed()
            done, why = True, ""
        except (Refused, NotPossible) as refusal:
            done, why = False, refusal.reason
            type(self).refused += 1
        assert done == possible, why
        assert done or self.stored() == before
        return done

    def stored(self) -> tuple[Any, ...]:
        issue = self.statement.issue_id
        rows = ScopingIssue.objects.filter(pk=issue).values_list()
        return list(rows), Event.objects.filter(subject_id=issue).count()

    @rule(who=st.sampled_from(WRITERS), words=st.booleans())
    def write(self, who: str, words: bool) -> None:  # noqa: FBT001 (hypothesis names it)
        statement = again(self.statement)
        clause = statement.head.said.section("background")
        text = f"{clause.text} More." if words else f"{clause.text} "
        typed = [Typed("background", clause.title, text)]
        said = {"seen": statement.latest, "by": self.people[who], "why": "They asked"}
        possible = self.pencil.may_save(who)
        if not possible and self.pencil.holder not in {"", who}:
            return  # the words are kept as a proposal, which the tests of the pen look at
        if self.attempt(
            lambda: save(statement, typed=typed, at=self.later(), **said), possible=possible
        ):
            self.pencil.save(who, words=words)

    @rule(who=st.sampled_from(WRITERS))
    def hand_the_pen_back(self, who: str) -> None:
        mine = self.pencil.holder == who
        if self.attempt(
            lambda: pen.hand_back(again(self.statement), by=self.people[who], at=self.later()),
            possible=mine,
        ):
            self.pencil.holder = ""

    @rule()
    def both_sides_agree(self) -> None:
        agree(again(self.statement), self.people["em"], self.later())
        self.pencil.agreed_to = self.pencil.words

    @rule(who=st.sampled_from(["em", "architect"]))
    def ask_for_approval(self, who: str) -> None:
        statement = again(self.statement)
        possible = who == "em" and self.pencil.may_ask()
        if self.attempt(
            lambda: ask(statement, seen=statement.latest, by=self.people[who], at=self.later()),
            possible=possible,
        ):
            found = last_request(statement.issue)
            assert found
            waiting = found.steps.filter(turn__in=["asked", "later"])
            self.pencil.asked = self.pencil.version
            self.pencil.waits = list(waiting.order_by("place", "pk").values_list("gate", flat=True))
            if not self.pencil.waits:
                self.pencil.approved.add(self.pencil.version)

    @rule(gate=st.sampled_from(GATES), who=st.sampled_from(GATES), yes=st.booleans())
    def anybody_decides(self, gate: str, who: str, yes: bool) -> None:  # noqa: FBT001
        if gate in self.pencil.waits:
            self.decide(gate, who, "approved" if yes else "sent_back")

    def decide(self, gate: str, who: str, verdict: str) -> None:
        found = last_request(again(self.statement).issue)
        assert found
        possible = self.pencil.waits[0] == gate == who
        people = {gate: self.people[who]}
        if self.attempt(lambda: say(found, people, gate, self.later(), verdict), possible=possible):
            self.pencil.decide(gate, verdict)

    @rule(who=st.sampled_from(["legal", "em"]))
    def stamp(self, who: str) -> None:
        statement = again(self.statement)
        possible = who == "legal" and self.pencil.may_stamp()
        if self.attempt(
            lambda: stamping.stamp(statement, by=self.people[who], at=self.later()),
            possible=possible,
        ):
            self.pencil.stamped = self.pencil.version

    @rule()
    def send(self) -> None:
        possible = (
            self.pencil.stamped is not None and not self.pencil.out and not self.pencil.signed
        )
        if self.attempt(lambda: sent(self.desk, at=self.later()), possible=possible):
            self.pencil.signs = list(SIDES)

    @rule(side=st.sampled_from(SIDES))
    def sign(self, side: str) -> None:
        if not self.pencil.out or (side == "customer" and self.pencil.signs[0] != side):
            return  # nobody has a page to sign on
        if self.pencil.signs[0] != side:
            return
        if side == "ours":
            sign_ours(self.desk, self.later())
        else:
            sign_customer(ADA.email, self.later())
        self.pencil.signs.remove(side)
        self.pencil.signed = not self.pencil.signs
        type(self).ended += self.pencil.signed

    @rule(steps=st.integers(1, 6))
    def go_on(self, steps: int) -> None:
        """What comes next when all goes well."""
        for _ in range(steps):
            pencil = self.pencil
            if pencil.waits:
                self.decide(pencil.waits[0], pencil.waits[0], "approved")
            elif pencil.agreed_to != pencil.words:
                self.both_sides_agree()
            elif pencil.may_ask():
                self.ask_for_approval(who="em")
            elif pencil.may_stamp():
                self.stamp(who="legal")
            elif pencil.out:
                self.sign(side=pencil.signs[0])
            elif not pencil.signed:
                self.send()

    @rule()
    def take_it_back(self) -> None:
        if self.statement.signings.exists():
            signing, possible = self.desk.signing, self.pencil.out
            said = {"by": self.desk.em, "at": self.later()}
            if self.attempt(lambda: recall(signing, "A wrong name", **said), possible=possible):
                self.pencil.signs = []

    @rule()
    def void_the_stamp(self) -> None:
        said = {"why": "A wrong party", "by": self.people["legal"], "at": self.later()}
        if not self.pencil.signed:
            stamping.void(again(self.statement), **said)
            self.pencil.stamped, self.pencil.signs = None, []

    @invariant()
    def it_is_as_the_pencil_says(self) -> None:
        if not hasattr(self, "pencil"):
            return
        statement, pencil = again(self.statement), self.pencil
        stamp = stamping.standing(statement)
        holder = pen.held(statement, self.at)
        names = {self.people[who].pk: who for who in WRITERS}
        assert statement.latest == pencil.version
        assert (names[holder.holder_id] if holder else "") == pencil.holder
        assert (stamp.version.number if stamp else None) == pencil.stamped
        standings = list(statement.signings.values_list("standing", flat=True))
        assert standings.count(Progress.OUT) == pencil.out
        assert standings.count(Progress.SIGNED) == pencil.signed

    @invariant()
    def what_was_saved_stays(self) -> None:
        if hasattr(self, "pencil"):
            for number, digest in self.statement.versions.values_list("number", "digest"):
                assert self.digests.setdefault(number, digest) == digest

    @invariant()
    def only_what_is_approved_and_stamped_is_out(self) -> None:
        if not hasattr(self, "pencil"):
            return
        for signing in self.statement.signings.filter(standing__in=["out", "signed"]):
            assert signing.sha256 == signing.stamp.sha256
            assert signing.stamp.voided_at is None
            assert signing.stamp.version.number == self.pencil.version
            assert self.pencil.version in self.pencil.approved

    @invariant()
    def the_board_is_not_ahead(self) -> None:
        if not hasattr(self, "pencil"):
            return
        statement = again(self.statement)
        if statement.issue.state == "approved":
            asks = foreseen(statement, statement.head, by=self.people["em"], at=self.at).asks
            assert not asks, "every word that was given still holds"

    def teardown(self) -> None:
        try:
            assert not list(faults())
        finally:
            set_rollback(True)
            self.whole.__exit__(None, None, None)


def test_no_course_ends_in_a_signature_on_something_else(request, monkeypatch, settings, tmp_path):
    settings.EMDESK_FILES = tmp_path
    without_press(monkeypatch)
    full = request.config.getoption("--full")
    Course.steps = Course.refused = Course.ended = 0
    run_state_machine_as_test(Course, settings=drawing(full=full))
    figures = {"steps": Course.steps, "refused": Course.refused, "signed": Course.ended}
    report("sow", "any course", **figures)
    assert all(figures.values())


def drawing(*, full: bool) -> Any:
    return settings(
        max_examples=40 if full else 8,
        stateful_step_count=60 if full else 40,
        deadline=None,
        derandomize=not full,
        phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to make one smaller takes minutes
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
