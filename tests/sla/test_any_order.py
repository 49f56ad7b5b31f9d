"""Any order of moves, undos, deeds, imports and sweeps: the clocks are what the ledger says.

Rows kept up event by event equal those of a rebuild, and, while nothing is announced, those of a
pencil (tests/oracles/clocks.py).
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
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

from emdesk.ledger.models import Event
from emdesk.sla.models import Clock
from emdesk.sla.projecting import CLOCKS
from emdesk.sla.sweeping import sweep
from emdesk.workflow import Refused, adopt, perform, undo
from scoping.facts import set_status
from scoping.states import WORKED
from tests.factories import HELD, NOON, QUARTER, again, make_ready_issue
from tests.oracles import clocks as oracle
from tests.scoping.model_of_moves import FROM, NAMES
from tests.sla.stories import DEEDS, deed, take_back

SOON = st.integers(-2, 40 * 3600)
KEEPING = ["call", "contact", "draft", "estimate", "final", "intent", "sent"]
DETAILS = {
    "hold": HELD,
    "win": {"quarter": QUARTER, "reason": "other"},
    "lose": {"quarter": QUARTER, "reason": "price"},
    "dismiss": {"reason": "duplicate"},
}
SHOWN = {
    "strawman_wip": "strawman",
    "estimate_feedback": "strawman",
    "sow_wip": "sow",
    "ready_for_approval": "approval",
    "approved": "approval",
}


class Machine(RuleBasedStateMachine):
    @initialize(sweeps=st.booleans())
    def raise_issue(self, sweeps):
        self.issue = make_ready_issue()
        self.em = self.issue.engagement_manager
        self.at = NOON
        self.sweeps = sweeps
        self.told = [("raised", NOON, 1)]
        self.undone = set()

    def later(self, seconds):
        """Clocks of two servers differ, so time may also seem to run back a little."""
        self.at += timedelta(seconds=seconds)
        return self.at

    def tell_move(self, event):
        number, at = event.number, event.at
        if event.before == "closed":
            self.told.append(("reopened", at, number))
        if event.before == "on_hold" and event.after != "closed":
            self.told.append(("resume", at, number))
        if event.after == "on_hold":
            self.told.append(("hold", at, number))
        elif event.after == "closed":
            self.told.append(("closed", at, number))
        elif event.before not in ("on_hold", "closed") and event.after in SHOWN:
            self.told.append((SHOWN[event.after], at, number))

    def forget(self, number):
        self.told = [each for each in self.told if each[2] != number]
        self.undone.add(number)

    @rule(data=st.data(), seconds=SOON)
    def move(self, data, seconds):
        state = again(self.issue).state
        names = [name for name in NAMES if state in FROM[name] and name not in ("approve", "win")]
        name = data.draw(st.sampled_from(names))
        if state == "ready_for_approval" and data.draw(st.booleans()):
            name = "approve"
        at = self.later(seconds)
        by = None if name == "approve" else self.em
        move = getattr(again(self.issue), name)
        self.tell_move(perform(move, by=by, at=at, **DETAILS.get(name, {})))

    @rule(seconds=st.sampled_from([0, 30, 599]))
    def take_the_last_move_back(self, seconds):
        last = again(self.issue).last_move
        try:
            undo(self.issue, by=self.em, at=self.later(seconds), within=timedelta(seconds=600))
        except Refused:
            return
        self.forget(last.number)

    @precondition(lambda self: again(self.issue).state != "closed")
    @rule(name=st.sampled_from(KEEPING), seconds=SOON, back=st.none() | st.integers(0, 90))
    def note_a_deed(self, name, seconds, back):
        at = self.later(seconds)
        on = None if back is None else at - timedelta(hours=back)
        event = deed(self.issue, name, at, on=on)
        self.told.append((name, on or at, event.number))

    @rule(data=st.data(), seconds=SOON)
    def take_a_deed_back(self, data, seconds):
        verbs = set(DEEDS.values())
        deeds = [each for each in Event.objects.about(self.issue) if each.verb in verbs]
        standing = [each for each in deeds if each.number not in self.undone]
        if standing:
            event = data.draw(st.sampled_from(standing))
            take_back(self.issue, event, self.later(seconds))
            self.forget(event.number)

    @precondition(lambda self: again(self.issue).state != "closed")
    @rule(state=st.sampled_from(WORKED), seconds=st.integers(-3600, 400))
    def adopt_elsewhere(self, state, seconds):
        if state != again(self.issue).state:
            at = self.later(0) + timedelta(seconds=seconds)
            self.tell_move(adopt(again(self.issue), state, at=at, origin="import"))

    @precondition(lambda self: again(self.issue).state != "closed")
    @rule(whom=st.sampled_from(["", "customer", "account_team"]), seconds=SOON)
    def wait_for_somebody(self, whom, seconds):
        status = "waiting" if whom else "todo"
        set_status(self.issue, status, by=self.em, at=self.later(seconds), waiting_on=whom)

    @precondition(lambda self: again(self.issue).state != "closed")
    @rule(
        name=st.sampled_from(["pen", "pen back", "halt", "go on"]),
        policy=st.sampled_from(sorted(oracle.HOURS)),
        seconds=SOON,
        back=st.none() | st.integers(0, 90),
    )
    def let_it_stand_or_run(self, name, policy, seconds, back):
        at = self.later(seconds)
        on = None if back is None else at - timedelta(hours=back)
        event = deed(self.issue, name, at, on=on, policy=policy, reason="Away")
        self.told.append((name, on or at, event.number, policy))

    @precondition(lambda self: self.sweeps)
    @rule(seconds=SOON)
    def sweep_now(self, seconds):
        sweep(self.later(seconds))

    @invariant()
    def the_pencil_agrees(self):
        if not hasattr(self, "issue") or self.sweeps:
            return
        spells = [*oracle.holds(self.told), *oracle.pens(self.told)]
        expected = [
            (each.key, each.start, each.end, oracle.state(each, spells))
            for each in oracle.promises(self.told)
        ]
        found = [
            (each.key, each.started_at, each.stopped_at, each.state)
            for each in Clock.objects.about(self.issue)
        ]
        real = [(*each[:3], "running" if each[3] == "breached" else each[3]) for each in found]
        assert Counter(real) == Counter(expected)

    @invariant()
    def nothing_is_announced_twice_and_no_breach_is_lost(self):
        if not hasattr(self, "issue"):
            return
        said = Event.objects.about(self.issue).filter(verb__startswith="sla.")
        marks = Counter(
            (each.data["policy"], each.data["clock"], each.data["mark"]) for each in said
        )
        assert set(marks.values()) <= {1}
        broken = {each.data["policy"] for each in said if each.data["mark"] >= 100}
        kept = Clock.objects.about(self.issue).exclude(breached_at=None)
        assert broken <= set(kept.values_list("key", flat=True))

    def teardown(self):
        assert CLOCKS.differences() == 0


@pytest.mark.django_db
def test_no_order_of_events_leads_clocks_and_ledger_apart(request):
    full = request.config.getoption("--full")
    phases = Phase if full else (Phase.explicit, Phase.reuse, Phase.generate)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=150 if full else 12,
            stateful_step_count=60 if full else 30,
            deadline=None,
            phases=tuple(phases),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )

    before = sorted(
        map(str, Clock.objects.values_list("subject_id", "key", "number", "state", "due_at"))
    )
    CLOCKS.rebuild()
    after = sorted(
        map(str, Clock.objects.values_list("subject_id", "key", "number", "state", "due_at"))
    )
    assert after == before
