"""Any sequence of moves, undos and adoptions, against a model that is told from the handbook."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from emdesk.ledger.chain import faults
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import Refused, adopt, perform, undo
from scoping.facts import amend
from scoping.models import Opportunity, Stay
from scoping.stays import STAYS
from tests.factories import (
    HELD,
    NOON,
    QUARTER,
    again,
    make_account,
    make_issue,
    make_opportunity,
    make_segment,
    make_user,
)
from tests.oracles import states as oracle
from tests.reports import report
from tests.scoping.model_of_moves import NAMES, WHO, WITHIN, Model, Visit


class Machine(RuleBasedStateMachine):
    steps = 0

    @initialize(segment=st.booleans())
    def raise_issue(self, segment):
        self.people = {
            "em": make_user(),
            "other em": make_user(),
            "lead": make_user(Role.EM_LEAD),
            "leadership": make_user(Role.PS_LEADERSHIP),
            "emdesk": None,
        }
        account = make_account()
        self.issue = make_issue(
            account=account,
            opportunity=make_opportunity(account=account),
            engagement_manager=self.people["em"],
            segment=make_segment() if segment else None,
        )
        self.at = NOON
        self.model = Model([Visit("open", NOON)], segment)

    def later(self, seconds):
        """Clocks of two servers differ, so time may also seem to run back a little."""
        type(self).steps += 1
        self.at += timedelta(seconds=seconds)
        return self.at

    def attempt(self, name, who, at):
        model = self.model
        details = {
            "hold": HELD,
            "win": {"quarter": QUARTER},
            "lose": {"quarter": QUARTER, "reason": "price"},
            "dismiss": {"reason": "duplicate"},
        }.get(name, {})
        possible = model.legal(name) and model.allowed(name, who) and not model.guarded(name)
        denied = model.legal(name) and not model.allowed(name, who)
        expected = "moved" if possible else "NotAllowed" if denied else "Refused"
        before = self.stored()

        try:
            perform(getattr(self.issue, name), by=self.people[who], at=at, **details)
            came_to = "moved"
        except Refused as refusal:
            came_to = type(refusal).__name__

        assert came_to == expected, f"{name} by {who} from {model.state}"
        if possible:
            model.move(name, who, at)
        else:
            assert self.stored() == before

    def stored(self):
        return list(type(self.issue).objects.filter(pk=self.issue.pk).values_list()), list(
            Event.objects.about(self.issue).values_list()
        )

    @rule(name=st.sampled_from(NAMES), who=st.sampled_from(WHO), seconds=st.integers(-2, 400))
    def try_any_move(self, name, who, seconds):
        self.attempt(name, who, self.later(seconds))

    @rule(data=st.data(), seconds=st.integers(-2, 400))
    def make_a_legal_move(self, data, seconds):
        names = [name for name in NAMES if self.model.legal(name)]
        name = data.draw(st.sampled_from(names))
        who = "leadership" if name == "approve" else "em"
        self.attempt(name, who, self.later(seconds))

    @rule(who=st.sampled_from(WHO[:-1]), seconds=st.sampled_from([0, 1, 30, 599, 600, 601]))
    def take_back(self, who, seconds):
        at = self.later(seconds)
        refused = self.model.undo_refused(who, at)
        before = self.stored()
        try:
            undo(self.issue, by=self.people[who], at=at, within=WITHIN)
        except Refused:
            assert refused
            assert self.stored() == before
        else:
            assert not refused
            self.model.undo()

    @precondition(lambda self: self.model.state != "closed")
    @rule(state=st.sampled_from(oracle.WORKED), seconds=st.integers(-3600, 400))
    def adopt_elsewhere(self, state, seconds):
        if state == self.model.state:
            return
        at = self.later(0) + timedelta(seconds=seconds)
        adopt(self.issue, state, at=at, origin="import")
        self.model.enter(state, at)
        self.model.last = None

    @precondition(lambda self: self.model.state != "closed")
    @rule(status=st.sampled_from(["todo", "waiting"]))
    def set_status(self, status):
        amend(self.issue, by=self.people["em"], at=self.later(1), em_status=status)
        self.model.status = status

    @rule(won=st.booleans())
    def hear_of_the_opportunity(self, won):
        stage = "won" if won else "4"
        Opportunity.objects.filter(pk=self.issue.opportunity_id).update(stage=stage)
        self.model.won = won

    @rule(to=st.sampled_from(oracle.STATES))
    def jump_by_raw_sql(self, to):
        """A trial that is rolled back: the database lets pass what the machine knows, alone."""
        type(self).steps += 1
        passed = False
        with suppress(DatabaseError), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE scoping_scopingissue SET state = %(to)s, em_status = '',"
                    " outcome = CASE %(to)s WHEN 'closed' THEN 'lost' ELSE '' END,"
                    " close_reason = CASE %(to)s WHEN 'closed' THEN 'price' ELSE '' END,"
                    " close_quarter = CASE %(to)s WHEN 'closed' THEN 'Q127' ELSE '' END,"
                    " hold_reason = 'x', review_date = '2026-06-01', held_from = 'open'"
                    " WHERE id = %(pk)s",
                    {"to": to, "pk": self.issue.pk},
                )
            passed = True
            transaction.set_rollback(True)
        here = self.model.state
        assert passed == ((here, to) in oracle.pairs() or here == to)

    @invariant()
    def the_row_is_as_the_model_says(self):
        if not hasattr(self, "model"):
            return
        row, model = again(self.issue), self.model
        assert (row.state, row.moves) == (model.state, model.moves)
        assert (row.entered_state_at, row.em_status) == (model.entered, model.status)
        assert Event.objects.about(row).moves().last().after == row.state

    @invariant()
    def the_stays_are_the_visits(self):
        if hasattr(self, "model"):
            stays = Stay.objects.filter(issue=self.issue).order_by("pk")
            assert [
                Visit(stay.state, stay.entered_at, stay.left_at) for stay in stays
            ] == self.model.visits

    def teardown(self):
        assert STAYS.differences() == 0


@pytest.mark.django_db(transaction=True)
def test_no_sequence_of_moves_leaves_the_machine(request):
    full = request.config.getoption("--full")
    examples = 100 if full else 6
    phases = Phase if full else (Phase.explicit, Phase.reuse, Phase.generate)
    Machine.steps = 0

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=50,
            deadline=None,
            phases=tuple(phases),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )

    report("states", "stateful test", examples=examples, steps=Machine.steps, mismatches=0)
    assert Machine.steps >= 2_000 or not full
    assert list(faults()) == []
    call_command("rebuild", check=True)
