"""The deeds by which promises to a customer begin and are kept, and where each one is next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from emdesk.people.models import Role
from emdesk.workflow import Rule
from scoping import rules
from scoping.clocks import LEGS
from scoping.states import State

LEG = "leg"


@dataclass(frozen=True)
class Deed:
    """``since`` names the deed it cannot come before, ``entered`` the column whose entry stands in
    for that."""

    key: str
    title: str
    button: str
    told: str
    allowed: Rule
    since: str = ""
    entered: State | None = None
    data: Mapping[str, str] = field(default_factory=dict)

    @property
    def verb(self) -> str:
        return "scoping.leg_done" if LEG in self.data else f"scoping.{self.key}"


def _leg(key: str, *roles: Role) -> Deed:
    name = LEGS[key]
    return Deed(
        f"leg_{key}",
        f"{name} done",
        f"{name} done",
        f"noted that {name} is done with the SOW",
        rules.finishes_leg(*roles) if roles else rules.routes_signature,
        since="content_final",
        entered=State.READY_FOR_APPROVAL,
        data={LEG: key},
    )


DEEDS = {
    deed.key: deed
    for deed in (
        Deed(
            "reminded",
            "Account team reminded",
            "Remind SA or CSM",
            "reminded the SA or CSM",
            rules.triages,
        ),
        Deed(
            "call_held",
            "Scoping call held",
            "Call held",
            "held the scoping call",
            rules.works_issue,
        ),
        Deed(
            "estimate_delivered",
            "Estimate with customer",
            "Estimate with customer",
            "brought the estimate to the customer",
            rules.delivers,
            since="call_held",
        ),
        Deed(
            "intent_confirmed",
            "Intent confirmed",
            "Intent confirmed",
            "noted that the customer wants to go on",
            rules.works_issue,
        ),
        Deed(
            "draft_delivered",
            "SOW draft with customer",
            "Draft sent",
            "brought the SOW draft to the customer",
            rules.delivers,
            since="intent_confirmed",
            entered=State.SOW_WIP,
        ),
        Deed(
            "pen_given",
            "Pen with the customer",
            "Customer holds the pen",
            "gave the customer the pen",
            rules.delivers,
            since="intent_confirmed",
            entered=State.SOW_WIP,
        ),
        Deed(
            "pen_back",
            "Pen is back",
            "Pen is back",
            "took the pen back from the customer",
            rules.delivers,
            since="pen_given",
        ),
        Deed(
            "content_final",
            "SOW content final",
            "Content final",
            "noted the content of the SOW as final",
            rules.works_issue,
        ),
        _leg("revenue", Role.REVENUE),
        _leg("ps", Role.PS_LEADERSHIP),
        _leg("legal", Role.LEGAL),
        _leg("signatory", Role.SIGNATORY),
        _leg("account_team"),
        Deed(
            "stamped_sow_sent",
            "Stamped SOW sent",
            "Stamped SOW sent",
            "sent the stamped SOW to the customer for signature",
            rules.routes_signature,
            since="content_final",
            entered=State.READY_FOR_APPROVAL,
        ),
    )
}
PEN_STATES = (State.SOW_WIP, State.READY_FOR_APPROVAL, State.APPROVED)
TAKES_PEN_BACK = ("pen_back", "content_final")
NEXT: dict[str, tuple[str, ...]] = {
    State.OPEN: ("reminded",),
    State.AWAITING_DISCOVERY: ("call_held",),
    State.STRAWMAN_WIP: ("call_held", "estimate_delivered"),
    State.ESTIMATE_FEEDBACK: ("estimate_delivered", "intent_confirmed"),
    State.SOW_WIP: ("draft_delivered", "content_final"),
    State.READY_FOR_APPROVAL: ("content_final",),
    State.APPROVED: ("stamped_sow_sent",),
}
ON_THE_WAY_TO: dict[str, Deed] = {
    State.AWAITING_DISCOVERY: DEEDS["reminded"],
    State.STRAWMAN_WIP: DEEDS["call_held"],
    State.ESTIMATE_FEEDBACK: DEEDS["estimate_delivered"],
    State.SOW_WIP: DEEDS["intent_confirmed"],
    State.READY_FOR_APPROVAL: DEEDS["content_final"],
}
