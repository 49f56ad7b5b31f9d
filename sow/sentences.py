"""What the events of statements of work and of the library say, after the name of who did it."""

from __future__ import annotations

from collections import Counter
from datetime import date

from emdesk.activity.sentences import sentence
from emdesk.ledger.models import Event
from scoping.quiet.activity import counts
from sow.booking import NOTED, TAKEN_BACK
from sow.commenting import COMMENTED, REOPENED, RESOLVED
from sow.drafting import DRAFTED
from sow.eligibility import ALLOWED
from sow.greenlights import AGREED, Party
from sow.legal import AMENDED, CLOSED, LIES, NEWER, OPENED, TURNED
from sow.library import CLAUSE_SAVED, TEMPLATE_SAVED
from sow.models import Done, Side
from sow.models.redline import Source
from sow.models.review import Answer
from sow.pen import ASKED, BACK, GIVEN, PROPOSED, TAKEN, TAKEN_OVER
from sow.redlines import REDLINED
from sow.redlining import DECIDED
from sow.reviewing import REVIEW_ANSWERED, REVIEW_REVOKED, REVIEW_SENT
from sow.saving import SAVED
from sow.stamping import STAMPED, VOIDED

HAND_OFF = ("sow.handoff_opened", "sow.handoff_handed", "sow.handoff_answered")
LEGAL = (OPENED, TURNED, LIES, NEWER, CLOSED)
counts(
    *(DRAFTED, SAVED, AGREED, GIVEN, BACK, PROPOSED, STAMPED),
    *(COMMENTED, REDLINED, DECIDED, REVIEW_SENT),
    *(ALLOWED, *LEGAL, NOTED, *HAND_OFF),
    called="work on the SOW",
)


@sentence(DRAFTED)
def drafted(event: Event) -> str:
    data = event.data
    left = len(data["missing"])
    still_open = f", with {left} field{'' if left == 1 else 's'} still open" if left else ""
    return f"drafted {data['sow']} from v{data['estimate']} of the estimate{still_open}"


@sentence(SAVED)
def saved(event: Event) -> str:
    data = event.data
    why = f". “{data['why']}”" if data["why"] else ""
    return f"saved v{data['version']} of {data['sow']}: {', '.join(data['difference'])}{why}"


@sentence(CLAUSE_SAVED)
def clause_saved(event: Event) -> str:
    return f"saved v{event.data['version']} of this clause: “{event.data['why']}”"


@sentence(TEMPLATE_SAVED)
def template_saved(event: Event) -> str:
    return f"saved v{event.data['version']} of this template: “{event.data['why']}”"


@sentence(TAKEN)
def pen_taken(event: Event) -> str:
    return f"took the pen of {event.data['sow']}{_said(event.data['reason'])}"


@sentence(GIVEN)
def pen_given(event: Event) -> str:
    data = event.data
    whom = Side(data["side"]).label.lower()
    return (
        f"gave the {whom} the pen of {data['sow']} with v{data['version']}{_said(data['reason'])}"
    )


@sentence(BACK)
def pen_back(event: Event) -> str:
    return f"handed the pen of {event.data['sow']} back{_said(event.data['note'])}"


@sentence(TAKEN_OVER)
def pen_taken_over(event: Event) -> str:
    data = event.data
    whose = f" from {data['from']}" if data["from"] else ""
    return f"took over the pen of {data['sow']}{whose}{_said(data['reason'])}"


@sentence(ASKED)
def pen_asked(event: Event) -> str:
    data = event.data
    return f"asked {data['of']} for the pen of {data['sow']}{_said(data['reason'])}"


@sentence(PROPOSED)
def proposed(event: Event) -> str:
    data = event.data
    many = "a section" if data["sections"] == 1 else f"{data['sections']} sections"
    return f"wrote {many} of {data['sow']} without the pen; it is kept as a proposal"


@sentence(COMMENTED)
def commented(event: Event) -> str:
    return f"commented on “{event.data['title']}” of {event.data['sow']}"


@sentence(RESOLVED)
def resolved(event: Event) -> str:
    return f"resolved a comment on “{event.data['title']}” of {event.data['sow']}"


@sentence(REOPENED)
def reopened(event: Event) -> str:
    return f"opened a comment on “{event.data['title']}” of {event.data['sow']} again"


@sentence(REDLINED)
def redlined(event: Event) -> str:
    data = event.data
    way = Source(data["source"]).label
    way = way[0].lower() + way[1:]
    untracked = f", {data['untracked']} of them untracked" if data["untracked"] else ""
    many = "a change" if data["changes"] == 1 else f"{data['changes']} changes"
    return (
        f"took back v{data['version']} of {data['sow']} from {data['author']} "
        f"({way}): {many}{untracked}"
    )


@sentence(DECIDED)
def decided(event: Event) -> str:
    data = event.data
    told = Counter(each["verdict"].replace("_", " ") for each in data["decided"])
    said = ", ".join(f"{count} {verdict}" for verdict, count in told.items())
    return f"decided on changes of {data['author']} to {data['sow']}: {said}"


@sentence(REVIEW_SENT)
def review_sent(event: Event) -> str:
    data = event.data
    return f"sent v{data['version']} of {data['sow']} to {data['to']} for review"


@sentence(REVIEW_REVOKED)
def review_revoked(event: Event) -> str:
    data = event.data
    return f"took the link to v{data['version']} of {data['sow']} back from {data['to']}"


@sentence(REVIEW_ANSWERED)
def review_answered(event: Event) -> str:
    data = event.data
    counts = [
        f"{count} {name}{'' if count == 1 else 's'}"
        for count, name in ((data["comments"], "comment"), (data["clauses"], "changed clause"))
        if count
    ]
    beside = f", with {' and '.join(counts)}" if counts else ""
    said = Answer(data["answer"]).label.lower()
    about = f"v{data['version']} of {data['sow']}"
    return f"heard from {data['who']} about {about}: {said}{beside}{_said(data['note'])}"


@sentence(AGREED)
def agreed(event: Event) -> str:
    data = event.data
    name = Party(data["party"]).label
    name = name[0].lower() + name[1:]
    day = date.fromisoformat(data["on"])
    of = f"{data['sow']} v{data['version']}"
    return f"noted the {name} of {of}: {data['who']}, {day:%-d %b %Y}. {data['evidence']}"


@sentence(STAMPED)
def stamped(event: Event) -> str:
    data = event.data
    return f"stamped {data['sow']} v{data['version']}, file {data['sha256'][:12]}…"


@sentence(VOIDED)
def stamp_voided(event: Event) -> str:
    data = event.data
    return f"voided the legal stamp of {data['sow']} v{data['version']}: {data['why']}"


@sentence(ALLOWED)
def redlines_allowed(event: Event) -> str:
    return f"let {event.data['sow']} be redlined whatever it is worth{_said(event.data['reason'])}"


@sentence(OPENED)
def legal_opened(event: Event) -> str:
    data = event.data
    number = f" {data['number']}" if data["number"] else ""
    return (
        f"opened legal case{number} with v{data['version']} of {data['sow']}{_said(data['note'])}"
    )


@sentence(TURNED)
def legal_turned(event: Event) -> str:
    data = event.data
    whom = Side(data["side"]).label
    return f"passed the legal case of {data['sow']} on: {whom} has it{_said(data['note'])}"


@sentence(LIES)
def legal_lies(event: Event) -> str:
    return f"put v{event.data['version']} of {event.data['sow']} into the legal case"


@sentence(NEWER)
def legal_newer(event: Event) -> str:
    return f"noted a newer text of {event.data['sow']} in the legal case{_said(event.data['note'])}"


@sentence(CLOSED)
def legal_closed(event: Event) -> str:
    return f"closed the legal case with v{event.data['version']} of {event.data['sow']}"


@sentence(AMENDED)
def legal_amended(event: Event) -> str:
    number = event.data["number"] or "not known"
    return f"noted the legal case of {event.data['sow']} in Salesforce: {number}"


@sentence(NOTED)
def booking_noted(event: Event) -> str:
    return f"noted for the booking of {_deed(event)}"


@sentence(TAKEN_BACK)
def booking_taken_back(event: Event) -> str:
    return f"took back for the booking of {_deed(event)}"


def _deed(event: Event) -> str:
    data = event.data
    name, day = Done(data["deed"]).label, date.fromisoformat(data["on"])
    name = name[0].lower() + name[1:]
    who = f" by {data['who']}" if data["who"] else ""
    return f"{data['sow']} v{data['version']}: {name}{who}, {day:%-d %b %Y}{_said(data['text'])}"


def _said(text: str) -> str:
    return f": “{text}”" if text else ""
