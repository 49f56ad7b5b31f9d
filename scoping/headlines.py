"""What the subject line of a mail says of each event somebody hears of."""

from __future__ import annotations

from datetime import date

from emdesk.ledger.models import Event
from emdesk.notifications.audiences import headlines
from emdesk.workflow import MOVED_BACK
from scoping.states import CloseReason, State


def late(event: Event) -> str:
    return ", told late" if event.data.get("late") else ""


def quiet(event: Event) -> str:
    closes = date.fromisoformat(event.data["closes"])
    return f"nobody works on it, it closes as lost after {closes:%-d %b}"


def timed_out(event: Event) -> bool:
    return event.data.get("reason") == CloseReason.TIMED_OUT


def column(event: Event) -> str:
    return f"now in {State(event.after).label}" if event.after else "a change"


headlines(
    {
        "scoping.opened": "a new request",
        "scoping.help_asked": "blocked, or in need of help",
        "scoping.help_over": "needs no more help",
        "scoping.triaged": "accepted",
        "scoping.assigned": "given to another engagement manager",
        "scoping.amended": "facts changed",
        "scoping.asked": "questions to the requester",
        "scoping.answered": "an answer",
        "scoping.ask_failed": "the questions could not be mailed",
        "scoping.send_estimate": "the estimate is ready",
        "scoping.estimate_delivered": "the estimate is with the customer",
        "scoping.draft_delivered": "the SOW draft is with the customer",
        "scoping.rework_estimate": "feedback on the estimate",
        "scoping.intent_confirmed": "the customer wants to go on",
        "scoping.content_final": "the content is final",
        "scoping.pen_given": "the customer holds the pen",
        "scoping.pen_back": "the pen is back",
        "scoping.clock_paused": "a clock is paused",
        "scoping.clock_resumed": "a clock runs on",
        "scoping.ask_account_team": "we wait for you",
        "scoping.reminded": "a reminder",
        "scoping.request_approval": "approval asked",
        "scoping.approve": "approved",
        "scoping.return_sow": "the SOW came back",
        "scoping.reopen_sow": "the SOW is open again",
        "scoping.stamped_sow_sent": "the stamped SOW is out for signature",
        "scoping.leg_done": "one step nearer to signature",
        "scoping.hold": "on hold",
        "scoping.win": "won",
        "scoping.lose": lambda event: "timed out" if timed_out(event) else "lost",
        "scoping.dismiss": "closed without an outcome",
        "scoping.fell_silent": quiet,
        "scoping.kept": "kept open",
        "scoping.absorbed": "another issue was merged into it",
        "scoping.revived": "taken up again",
        f"scoping.{MOVED_BACK}": "a move was taken back",
        "scoping.deed_undone": "something was taken back",
        "scoping.meeting_planned": "a meeting is planned",
        "scoping.meeting_held": "a meeting was held",
        "scoping.meeting_cancelled": "a meeting is cancelled",
        "scoping.call_held": "the scoping call was held",
        "scoping.scheduling_begun": "the scheduling intake",
        "scoping.scheduling_amended": "the scheduling intake",
        "scoping.deal_amended": "the deal changed",
        "sla.warned": lambda event: (
            f"{event.data['mark']} % of {event.data['name']} used{late(event)}"
        ),
        "sla.breached": lambda event: f"{event.data['name']} is broken{late(event)}",
        "sla.escalated": lambda event: f"{event.data['name']} is long broken{late(event)}",
        **dict.fromkeys(
            (
                "scoping.start_strawman",
                "scoping.start_sow",
                "scoping.revise_scope",
                "scoping.resume",
                "scoping.reopen",
            ),
            column,
        ),
    }
)
