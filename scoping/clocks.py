"""What the events of a scoping issue say to its clocks (domain.md §2.2, Q-08 to Q-10).

A dated deed says it exactly; a move of the card alone implies it. First contact is a word from
the EM's side, a reminder, a question or a call: neither assignment nor the account team's own
words count. Review by the account team alone does not deliver an estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db.models import Q

from emdesk.ledger.models import Event
from emdesk.people.models import LEADS, Role
from emdesk.sla.signs import Chain, Kind, Sign, Told, Watch, pauses_for, watch
from scoping.clock_calendars import calendars
from scoping.clock_moves import (
    ARCHITECT_REVIEW,
    CONTACT,
    CUSTOMER_PEN,
    ESTIMATE,
    FIRST_CONTACT,
    MORE_QUESTIONS,
    ON_HOLD,
    SOW_DRAFT,
    STAMPED_SOW,
    STRAWMAN,
    WAITING,
    WEB_FORM,
    move_implies,
)
from scoping.models import ScopingIssue
from scoping.states import EmStatus, Review, State, WaitingOn

EM_SIDE = frozenset({Role.EM.value, *(role.value for role in LEADS)})
LEGS = {
    "revenue": "Revenue",
    "ps": "Professional Services",
    "legal": "Legal",
    "signatory": "Signatory",
    "account_team": "Account team",
}
SIDES = {
    "": "Engagement manager",
    WaitingOn.ACCOUNT_TEAM.value: "Account team",
    WaitingOn.CUSTOMER.value: "Customer",
    WaitingOn.INTERNAL.value: "A colleague in services",
}
SCOPING_CALL = "scoping call"
PAUSED, RESUMED = "scoping.clock_paused", "scoping.clock_resumed"
TURNS = ("em_status", "waiting_on")
FIELDS = (*TURNS, "architect_review")
Reading = Callable[[Told], Sequence[Sign]]
_readings: dict[str, Reading] = {}


def reads(*verbs: str) -> Callable[[Reading], Reading]:
    def keep(reading: Reading) -> Reading:
        _readings.update(dict.fromkeys(verbs, reading))
        return reading

    return keep


def moment(told: Told) -> datetime:
    """When it happened: the date a person gave a deed, else when it was recorded."""
    said = told.data.get("happened_at")
    return datetime.fromisoformat(said) if said else told.at


def starts(told: Told, *keys: str) -> list[Sign]:
    return [Sign(Kind.START, key, moment(told)) for key in keys]


def stops(told: Told, *keys: str, implied: bool = False) -> list[Sign]:
    dated = "happened_at" in told.data
    return [Sign(Kind.STOP, key, moment(told), implied, dated) for key in keys]


@reads("activity.commented")
def commented(told: Told) -> Sequence[Sign]:
    ours = EM_SIDE & set(told.data.get("roles", ()))
    return stops(told, *CONTACT) if ours else ()


@reads("scoping.reminded")
def reminded(told: Told) -> Sequence[Sign]:
    return stops(told, *CONTACT)


@reads("scoping.asked")
def asked(told: Told) -> Sequence[Sign]:
    return stops(told, *CONTACT, MORE_QUESTIONS)


@reads("scoping.call_held", "scoping.meeting_held")
def call_held(told: Told) -> Sequence[Sign]:
    if told.data.get("kind", SCOPING_CALL) != SCOPING_CALL:
        return ()
    return stops(told, *CONTACT) + starts(told, ESTIMATE, MORE_QUESTIONS, STRAWMAN)


@reads("scoping.estimate_delivered")
def estimate_delivered(told: Told) -> Sequence[Sign]:
    return stops(told, ESTIMATE) + stops(told, *CONTACT, implied=True)


@reads("scoping.intent_confirmed")
def intent_confirmed(told: Told) -> Sequence[Sign]:
    return stops(told, ESTIMATE, implied=True) + starts(told, SOW_DRAFT)


@reads("scoping.draft_delivered")
def draft_delivered(told: Told) -> Sequence[Sign]:
    return stops(told, SOW_DRAFT)


@reads("scoping.content_final")
def content_final(told: Told) -> Sequence[Sign]:
    back = Sign(Kind.RESUME, CUSTOMER_PEN, moment(told))
    return [*stops(told, SOW_DRAFT, implied=True), back, *starts(told, STAMPED_SOW)]


@reads("scoping.leg_done")
def leg_done(told: Told) -> Sequence[Sign]:
    return (Sign(Kind.LEG, STAMPED_SOW, moment(told), leg=told.data["leg"]),)


@reads("scoping.stamped_sow_sent")
def stamped_sow_sent(told: Told) -> Sequence[Sign]:
    return stops(told, STAMPED_SOW)


@reads("scoping.pen_given")
def pen_given(told: Told) -> Sequence[Sign]:
    return (Sign(Kind.PAUSE, CUSTOMER_PEN, moment(told)),)


@reads("scoping.pen_back")
def pen_back(told: Told) -> Sequence[Sign]:
    return (Sign(Kind.RESUME, CUSTOMER_PEN, moment(told)),)


@reads(PAUSED)
def clock_paused(told: Told) -> Sequence[Sign]:
    why = f"paused: {told.data['reason']}"
    return (Sign(Kind.HALT, told.data["policy"], moment(told), why=why),)


@reads(RESUMED)
def clock_resumed(told: Told) -> Sequence[Sign]:
    return (Sign(Kind.GO_ON, told.data["policy"], moment(told)),)


@reads("scoping.absorbed")
def absorbed(told: Told) -> Sequence[Sign]:
    """The older start of first contact counts, and what ran for the duplicate runs on here."""
    since = datetime.fromisoformat(told.data.get("since") or told.at.isoformat())
    brought = told.data.get("clocks", {}).items()
    carried = (Sign(Kind.CARRY, key, datetime.fromisoformat(at)) for key, at in brought)
    return Sign(Kind.SINCE, FIRST_CONTACT, since), *carried


def read(told: Told) -> Sequence[Sign]:
    signs: Sequence[Sign] = ()
    if told.before != told.after:
        implied = move_implies(told.before, told.after)
        signs = [Sign(kind, about, told.at, implied=True) for kind, about in implied]
    changed = told.data.get("changed")
    if changed:
        signs = [*signs, *_turn(changed, told.at), *_review(changed, told.at)]
    reading = _readings.get(told.verb)
    return [*signs, *reading(told)] if reading else signs


def _review(changed: dict[str, list[str]], at: datetime) -> list[Sign]:
    """The architect's word on a SOW is asked for, or given."""
    if "architect_review" not in changed:
        return []
    asked_for = changed["architect_review"][1] == Review.NEEDED
    return [Sign(Kind.START if asked_for else Kind.STOP, ARCHITECT_REVIEW, at)]


def _turn(changed: dict[str, list[str]], at: datetime) -> list[Sign]:
    """Whose turn it is after this change of status."""
    if not any(name in changed for name in TURNS):
        return []
    signs = []
    if "em_status" in changed:
        waits = changed["em_status"][1] == EmStatus.WAITING
        signs.append(Sign(Kind.PAUSE if waits else Kind.RESUME, WAITING, at))
    whose = changed["waiting_on"][1] if "waiting_on" in changed else ""
    return [*signs, Sign(Kind.TURN, whose, at)]


def voided(chain: Chain) -> set[int]:
    """The numbers of events that later ones took back, and of those that took them back."""
    gone: set[int] = set()
    for told in chain:
        if undone := told.data.get("undoes"):
            gone |= {undone, told.number}
        elif told.verb in TAKES_BACK:
            gone |= {*_last(chain, told, TAKES_BACK[told.verb], gone), told.number}
        elif told.data.get("anew"):
            gone |= {each.number for each in chain if _before(each, told)}
    return gone


SAYS = {
    FIRST_CONTACT: (
        "an issue is raised",
        "its EM or a lead comments, reminds or asks the account team, or a scoping call is held",
    ),
    ESTIMATE: ("a scoping call was held", "the estimate is with the customer"),
    SOW_DRAFT: (
        "the customer's intent is confirmed, or the card comes to SOW_WIP",
        "the SOW draft is with the customer",
    ),
    STAMPED_SOW: (
        "the content is final, or the card comes to Ready For Approval",
        "the stamped SOW is sent for signature",
    ),
    WEB_FORM: ("an issue is raised", "first contact is made"),
    MORE_QUESTIONS: (
        "a scoping call was held",
        "questions are mailed, or the card comes to Estimate_Feedback",
    ),
    STRAWMAN: ("a scoping call was held", "the card comes to Estimate_Feedback"),
    ARCHITECT_REVIEW: ("the architect's review is asked for", "the architect gives it"),
}
TAKES_BACK = {"scoping.ask_withdrawn": "scoping.asked", "scoping.parted": "scoping.absorbed"}


def _last(chain: Chain, until: Told, verb: str, gone: set[int]) -> list[int]:
    """The last event of this kind that is not taken back yet."""
    found = [each.number for each in chain if each.verb == verb and each.number < until.number]
    standing = [number for number in found if number not in gone]
    return standing[-1:]


def _before(each: Told, anew: Told) -> bool:
    """A history told anew replaces the moves told before; the beginning stays."""
    return each.number <= anew.number and each.moved and bool(each.before)


def matters(event: Event) -> bool:
    if event.before != event.after or event.verb in HEARD:
        return True
    changed = event.data.get("changed") or {}
    return any(name in changed for name in FIELDS)


def takes_back(event: Event) -> bool:
    """Whether it makes something that happened before not to have happened."""
    data = event.data
    return "undoes" in data or "anew" in data or event.verb in TAKES_BACK


HEARD = frozenset({*_readings, *TAKES_BACK, "scoping.deed_undone"})
STORED = Q(verb__in=HEARD) | Q(data__changed__has_any_keys=FIELDS)

pauses_for(ON_HOLD, "the issue is on hold")
pauses_for(CUSTOMER_PEN, "the customer holds the pen")
pauses_for(WAITING, "the EM waits for somebody else")
watch(
    Watch(
        label=ScopingIssue._meta.label_lower,
        matters=matters,
        takes_back=takes_back,
        stored=STORED,
        read=read,
        voided=voided,
        calendars=calendars,
        says=SAYS,
        legs={STAMPED_SOW: tuple(LEGS)},
        names={**dict(State.choices), **SIDES, **LEGS},
    )
)
