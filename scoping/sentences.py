"""Every scoping event as a sentence: what follows the name of who did it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Model

from emdesk.activity.sentences import sentence
from emdesk.ledger.models import Event
from emdesk.workflow import ADOPTED, MOVED_BACK
from scoping import promises
from scoping.clocks import PAUSED, RESUMED
from scoping.models import Awaited, Confidence, Opportunity, SchedulingIntake, ScopingIssue
from scoping.states import CloseReason, EmStatus, Outcome, State, WaitingOn

MOVES = [
    f"scoping.{name}"
    for name in (
        "ask_account_team",
        "start_strawman",
        "send_estimate",
        "rework_estimate",
        "start_sow",
        "revise_scope",
        "request_approval",
        "return_sow",
        "approve",
        "reopen_sow",
        "resume",
    )
]
HIDDEN = {
    "judged_at",
    "entered_state_at",
    "em_status_at",
    "held_from",
    "closed_from",
    "close_to_note",
}


@sentence(*MOVES)
def moved(event: Event) -> str:
    text = f"moved this from {_column(event.before)} to {_column(event.after)}"
    return (
        f"{text}, though {_unmet(event)}: “{event.data['override']}”" if _overrode(event) else text
    )


@sentence("scoping.opened")
def opened(event: Event) -> str:
    return "raised this issue"


@sentence("scoping.hold")
def held(event: Event) -> str:
    return f"put this on hold until {event.data['review_date']}: “{event.data['reason']}”"


@sentence("scoping.win", "scoping.lose")
def closed(event: Event) -> str:
    outcome = Outcome.WON if event.verb.endswith("win") else Outcome.LOST
    quarter, reason = event.data["quarter"], event.data.get("reason", CloseReason.SIGNED)
    return f"{outcome.label.lower()} this in {quarter}: {CloseReason(reason).label}"


@sentence("scoping.dismiss")
def dismissed(event: Event) -> str:
    return f"closed this without an outcome: {CloseReason(event.data['reason']).label}"


@sentence("scoping.reopen")
def reopened(event: Event) -> str:
    return f"reopened this into {_column(event.after)}"


@sentence("scoping.close_noted")
def close_noted(event: Event) -> str:
    return "noted that it closed with its opportunity"


@sentence(f"scoping.{MOVED_BACK}")
def moved_back(event: Event) -> str:
    return f"took back the move to {_column(event.before)}; it is in {_column(event.after)} again"


@sentence(f"scoping.{ADOPTED}")
def adopted(event: Event) -> str:
    if "anew" in event.data:
        return "learned the whole history of this and tells it from the start"
    return f"brought this in as it stood, in {_column(event.after)}"


@sentence("scoping.account_imported")
def account_imported(event: Event) -> str:
    return "brought this account in" if event.data.get("created") else "learned about this account"


@sentence("scoping.import_undone")
def import_undone(event: Event) -> str:
    return "took back the import that brought this in"


@sentence("scoping.deal_imported")
def deal_imported(event: Event) -> str:
    return "brought this deal in from the CRM"


@sentence("scoping.deal_created")
def deal_created(event: Event) -> str:
    return f"created this opportunity for {event.data['reference']}"


@sentence("scoping.deal_amended")
def deal_amended(event: Event) -> str:
    return _amended(event, Opportunity)


@sentence("scoping.deal_confirmed")
def deal_confirmed(event: Event) -> str:
    return f"said again that it is {Confidence(event.data['word']).label}"


@sentence("scoping.deal_taken_back")
def deal_taken_back(event: Event) -> str:
    return f"took that back: {_amended(event, Opportunity)}"


@sentence("scoping.account_added")
def account_added(event: Event) -> str:
    return "added this customer"


@sentence("scoping.scheduling_begun")
def scheduling_begun(event: Event) -> str:
    return "began the project scheduling intake"


@sentence("scoping.scheduling_amended")
def scheduling_amended(event: Event) -> str:
    names = [_title(SchedulingIntake, name) for name in event.data["changed"]]
    told = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    return f"wrote version {event.data['version']} of the project scheduling intake: {told}"


@sentence("scoping.status_set")
def status_set(event: Event) -> str:
    changed = event.data["changed"]
    status = changed.get("em_status", ["", ""])[1]
    whom = changed.get("waiting_on", ["", ""])[1]
    if status == EmStatus.TODO:
        return "set the EM's status to ToDo"
    if whom:
        return f"waits for the {WaitingOn(whom).label}"
    return "set the EM's status to Waiting" if status else "changed the EM's status"


@sentence("scoping.amended", "scoping.assigned", "scoping.corrected")
def amended(event: Event) -> str:
    return _amended(event, ScopingIssue)


def _amended(event: Event, model: type[Model]) -> str:
    changed = event.data["changed"]
    parts = [_change(model, name, *pair) for name, pair in changed.items() if name not in HIDDEN]
    text = "changed " + "; ".join(parts) if parts else "looked over the facts"
    return f"{text}. Reason: “{event.data['reason']}”" if event.data.get("reason") else text


@sentence("scoping.answered")
def answered(event: Event) -> str:
    return f"answered “{event.data['question']}”: {_short(event.data['text'])}"


@sentence(*promises.VERBS)
def deed_done(event: Event) -> str:
    return promises.sentence_of(event)


@sentence(promises.UNDONE)
def deed_undone(event: Event) -> str:
    return f"took back “{promises.title_of(event)}”"


@sentence(PAUSED)
def clock_paused(event: Event) -> str:
    data = event.data
    return f"paused the clock “{data['name']}”{promises.on_date(event)}: “{data['reason']}”"


@sentence(RESUMED)
def clock_resumed(event: Event) -> str:
    return f"let the clock “{event.data['name']}” run on{promises.on_date(event)}"


@sentence("scoping.team_changed")
def team_changed(event: Event) -> str:
    return f"changed the account team to {', '.join(event.data['names']) or 'nobody'}"


@sentence("scoping.absorbed")
def absorbed(event: Event) -> str:
    return f"merged {event.data['reference']} into this issue"


@sentence("scoping.parted")
def parted(event: Event) -> str:
    return f"took back that {event.data['reference']} was merged into this issue"


@sentence("scoping.triaged")
def triaged(event: Event) -> str:
    data = event.data
    text = f"accepted this for {data['to']}"
    if "reason" in data:
        return f"{text} rather than {data['rather_than']}: “{data['reason']}”. {data['because']}"
    return f"{text}. {data['because']}"


@sentence("scoping.snoozed")
def snoozed(event: Event) -> str:
    awaited, until = event.data.get("awaited"), event.data.get("until")
    ends = [Awaited(awaited).label] if awaited else []
    ends += [f"{date.fromisoformat(str(until)):%-d %b %Y}"] if until else []
    return f"snoozed this until {' or '.join(ends)}"


@sentence("scoping.woken")
def woken(event: Event) -> str:
    return "took this back into the triage queue"


@sentence("scoping.asked")
def asked(event: Event) -> str:
    questions = event.data["questions"]
    return f"asked {event.data['to']}: {'; '.join(_short(each) for each in questions)}"


@sentence("scoping.ask_withdrawn")
def ask_withdrawn(event: Event) -> str:
    return "took the question back before its mail left"


@sentence("scoping.ask_failed")
def ask_failed(event: Event) -> str:
    return f"could not mail the questions to {event.data['to']}: {_short(event.data['error'])}"


@sentence("scoping.revived")
def revived(event: Event) -> str:
    return f"linked {event.data['reference']} as its revival"


def _column(state: str) -> str:
    return State(state).label


def _overrode(event: Event) -> bool:
    return "override" in event.data


def _unmet(event: Event) -> str:
    return f"the {' and the '.join(event.data['unmet'])} was missing"


def _title(model: type[Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def _change(model: type[Model], name: str, old: Any, new: Any) -> str:
    field, title = model._meta.get_field(name), _title(model, name)
    if field.is_relation:
        return title
    return f"{title} from {_value(field, old)} to {_value(field, new)}"


def _value(field: Any, value: Any) -> str:
    if value in (None, "", []):
        return "nothing"
    base = getattr(field, "base_field", field)
    names = dict(base.flatchoices)
    parts = value if isinstance(value, list) else [value]
    return _short(", ".join(str(names.get(part, part)) for part in parts))


def _short(text: str) -> str:
    return f"“{text[:80]}…”" if len(text) > 80 else f"“{text}”"
