"""The machine of scoping issues once more, as the domain's document tells it: words, not code."""

from __future__ import annotations

FORWARD = """
Open -> Awaiting_Discovery | Strawman_WIP
Awaiting_Discovery -> Strawman_WIP
Strawman_WIP -> Estimate_Feedback
Estimate_Feedback -> Strawman_WIP | SOW_WIP
SOW_WIP -> Estimate_Feedback | Ready For Approval
Ready For Approval -> SOW_WIP | Approved
Approved -> SOW_WIP | Closed
"""
COLUMNS = (
    "Open, Awaiting_Discovery, Strawman_WIP, Estimate_Feedback, On_hold, SOW_WIP,"
    " Ready For Approval, Approved, Closed"
)


def key(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


STATES = [key(name) for name in COLUMNS.split(",")]
LIVE = [state for state in STATES if state != "closed"]
WORKED = [state for state in LIVE if state != "on_hold"]


def pairs() -> set[tuple[str, str]]:
    """Every change of state the machine knows by its two ends alone.

    From every open state it goes to On_hold and to Closed. Back from On_hold, and from Closed
    within the quarter, it goes where it came from: those depend on the past, so they are not here.
    """
    found = set()
    for line in FORWARD.strip().splitlines():
        source, targets = line.split("->")
        found |= {(key(source), key(target)) for target in targets.split("|")}
    found |= {(state, "on_hold") for state in WORKED}
    found |= {(state, "closed") for state in LIVE}
    return found
