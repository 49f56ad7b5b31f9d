"""What a card's move from one column to another says to the promises (domain.md §2.2, §2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from emdesk.sla.signs import Kind
from scoping.states import State

FIRST_CONTACT, ESTIMATE = "first_contact", "estimate"
SOW_DRAFT, STAMPED_SOW = "sow_draft", "stamped_sow"
WEB_FORM, MORE_QUESTIONS = "web_form", "more_questions"
STRAWMAN, ARCHITECT_REVIEW = "strawman", "architect_review"
CONTACT = (FIRST_CONTACT, WEB_FORM)
ON_HOLD, CUSTOMER_PEN, WAITING = "on_hold", "customer_pen", "waiting"
ESTIMATING = {State.STRAWMAN_WIP, State.ESTIMATE_FEEDBACK}
APPROVING = {State.READY_FOR_APPROVAL, State.APPROVED}


@lru_cache(maxsize=200)
def move_implies(before: str, after: str) -> Sequence[tuple[Kind, str]]:
    """What a card's move from one column to another says."""
    if after == State.CLOSED:
        return ((Kind.CANCEL, ""), *_off_hold(before))
    if not before:
        return (Kind.START, FIRST_CONTACT), (Kind.START, WEB_FORM)
    signs = [(Kind.RESTART, "")] if before == State.CLOSED else []
    signs += _off_hold(before)
    if after == State.ON_HOLD:
        signs.append((Kind.PAUSE, ON_HOLD))
    elif before not in (State.ON_HOLD, State.CLOSED):
        signs += _forward(State(after))
    return tuple(signs)


def _off_hold(before: str) -> list[tuple[Kind, str]]:
    return [(Kind.RESUME, ON_HOLD)] if before == State.ON_HOLD else []


def _forward(after: State) -> list[tuple[Kind, str]]:
    """A column is reached by what it means to stand there."""
    signs = []
    if after in {*ESTIMATING, State.SOW_WIP, *APPROVING}:
        signs += [(Kind.STOP, FIRST_CONTACT), (Kind.STOP, WEB_FORM)]
    if after in {State.ESTIMATE_FEEDBACK, State.SOW_WIP, *APPROVING}:
        signs += [(Kind.STOP, STRAWMAN), (Kind.STOP, MORE_QUESTIONS)]
    if after in {State.SOW_WIP, *APPROVING}:
        signs.append((Kind.STOP, ESTIMATE))
    if after == State.SOW_WIP:
        signs.append((Kind.START, SOW_DRAFT))
    if after in APPROVING:
        signs += [(Kind.STOP, SOW_DRAFT), (Kind.START, STAMPED_SOW)]
    return signs
