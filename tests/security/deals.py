"""What the desk of the sweeps works on: deals in every situation, and what is said of one."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from django.core.files.base import ContentFile

from emdesk.activity.commenting import comment, reword
from emdesk.configuration.values import set_value
from emdesk.files.storing import store
from emdesk.fiscal import Quarter
from emdesk.ledger.models import Event
from emdesk.people.models import Segment, User
from emdesk.workflow import perform
from forecasting import deciding
from forecasting.models import Freeze, Plan
from forecasting.pacing import Course
from forecasting.snapshots import take
from scoping import meetings
from scoping.deals import amend_deal
from scoping.deeds import DEEDS
from scoping.facts import answer
from scoping.models import (
    Account,
    Meeting,
    Opportunity,
    Question,
    ScopingIssue,
)
from scoping.pausing import pause
from scoping.promises import note
from scoping.quarters import FiscalCalendar, quarter_at
from scoping.risks import note_risk
from scoping.scheduling import amend_scheduling, begin
from scoping.states import CommunicationOwner, Outcome, State
from scoping.triage.verdicts import snooze
from tests.factories import make_account, make_issue
from tests.security.world import SECRETS, World


def deals(world: World) -> None:
    """One deal in each situation an act asks for, all with the same people on them."""
    segment = Segment.objects.get(pk=world.pks["segment"])
    account = Account.objects.create(name=SECRETS["account"], segment=segment)
    opportunity = Opportunity.objects.create(
        account=account,
        name=SECRETS["opportunity"],
        close_date=world.at.date() - timedelta(days=1),
        parent=SECRETS["parent"],
        confidence_rationale=SECRETS["rationale"],
    )
    amend_deal(opportunity, by=world.people["EM own"], at=world.at, confidence="amber")
    world.pks["word"] = Event.objects.about(opportunity).get().number
    by = world.people["EM own"]
    risk = note_risk(opportunity, by=by, at=world.at, text=SECRETS["risk"])
    world.pks["risk"] = risk.pk
    quarter = quarter_at(world.at)
    own = people_on(world, "own") | {"account": account, "segment": segment}
    said = {name: SECRETS[name] for name in ("title", "description", "next_step", "current_state")}
    said |= {
        "communication_agreed_with": SECRETS["communication_agreed_with"],
        "free_labels": [SECRETS["label"]],
        "expected_value": 777_000,
        "opportunity": opportunity,
    }
    earlier = world.at - timedelta(days=30)
    deal = make_issue(at=earlier, **own, **said)
    lost = {"outcome": Outcome.LOST}
    # No number that somebody may search for is one of its words.
    other = {"title": "Migration elsewhere", "account": make_account(name="Somebody else")}
    world.deals = {
        "deal": deal,
        "quiet": make_issue(State.ESTIMATE_FEEDBACK, at=world.at - timedelta(days=70), **own),
        "ready": make_issue(State.READY_FOR_APPROVAL, at=earlier, **own),
        "duplicate": make_issue(State.STRAWMAN_WIP, at=earlier, **own),
        "closed": make_issue(State.CLOSED, at=world.at, **own, **lost, close_quarter=str(quarter)),
        "told": make_issue(State.CLOSED, at=world.at, **own, **lost, close_quarter=str(quarter)),
        "bygone": make_issue(
            State.CLOSED,
            at=world.at - timedelta(days=400),
            **own,
            **lost,
            close_quarter=str(quarter_at(world.at - timedelta(days=400))),
        ),
        "elsewhere": make_issue(
            State.STRAWMAN_WIP, at=earlier, **people_on(world, "other") | other
        ),
        "nobodys": make_issue(State.OPEN, at=earlier, segment=segment),
        "incoming": make_issue(State.OPEN, at=earlier, **own | {"engagement_manager": None}),
        "sleeping": make_issue(State.OPEN, at=earlier, **own | {"engagement_manager": None}),
    }
    spoken = {"account": make_account(name="Priced customer"), "title": "Priced work"}
    spoken |= {"communication_owner": CommunicationOwner.ACCOUNT_TEAM}
    world.deals["priced"] = make_issue(State.ESTIMATE_FEEDBACK, at=earlier, **own | spoken)
    for name, issue in world.deals.items():
        team = "own" if name not in ("elsewhere", "nobodys") else "other"
        if name != "nobodys":
            issue.account_team.add(world.people[f"account team {team}"])
    until = world.at.date() + timedelta(days=9)
    snooze(world.deals["sleeping"], until=until, by=world.people["EM own"], at=world.at)
    perform(deal.start_strawman, by=world.people["EM own"], at=world.at)
    ScopingIssue.objects.filter(pk=world.deals["told"].pk).update(close_to_note=True)
    world.deals["deal"] = ScopingIssue.objects.get(pk=deal.pk)
    world.pks |= {name: issue.pk for name, issue in world.deals.items()}
    world.pks |= {"opportunity": opportunity.pk, "quarter": str(quarter)}
    world.pks["kept_week"] = _kept_week(world)
    plan = Plan.objects.create(
        quarter=str(quarter), engagement_manager=world.people["EM own"], bookings=7, currency="USD"
    )
    world.pks["plan"] = plan.pk
    _in_a_call(world, quarter, opportunity)
    _frozen(world, quarter)
    for key, last in (("forecast_lock_day", 6), ("forecast_lock_time", time(23, 59))):
        set_value(key, last, effective_from=date(2020, 1, 1), reason="x", by=None, at=world.at)
    world.pks["today"] = world.at.date().isoformat()
    world.pks["next_month"] = (world.at.date() + timedelta(days=30)).isoformat()


def _in_a_call(world: World, quarter: Quarter, about: Opportunity) -> None:
    """Under way, with something for the EM to do."""
    by, owner = world.people["EM lead"], world.people["EM own"]
    call = deciding.begin(quarter, by=by, at=world.at)
    said = deciding.Decided(SECRETS["decided"], owner, deal=about)
    kept = deciding.decide(call, said, by=by, at=world.at)
    world.pks |= {"forecast_call": call.pk, "decision": kept.pk}


def _frozen(world: World, quarter: Quarter) -> None:
    """One before the last, with its figures and no document."""
    told = {"won": 1, "lost": 1, "won_value": None, "lost_value": None}
    figures: dict[str, Any] = {"issues": told, "opportunities": told, "currency": "USD"}
    figures["ends"] = {
        end: {"deals": 0, "priced": 0, "value": "0"} for end in ("won", "lost", "open")
    }
    past, frozen = quarter.previous, quarter.previous.previous
    by = world.people["PS leadership"]
    Freeze.objects.create(quarter=str(frozen), at=world.at, by=by, figures=figures)
    world.pks |= {"past": str(past), "frozen": str(frozen)}


def _kept_week(world: World) -> int:
    """A day before today, as it was kept, and the week it is of in today's quarter."""
    calendar = FiscalCalendar()
    day = calendar.day_at(world.at) - timedelta(days=1)
    take([day], world.at)
    quarter = calendar.quarter_at(world.at)
    return Course(quarter, calendar.days(quarter)).week_of(day)


def people_on(world: World, whose: str) -> dict[str, User]:
    return {
        "engagement_manager": world.people[f"EM {whose}"],
        "requester": world.people[f"account team {whose}"],
        "technical_architect": world.people[f"architect {whose}"],
        "delivery_manager": world.people[f"delivery manager {whose}"],
        "project_manager": world.people[f"project manager {whose}"],
    }


def about_the_deal(world: World) -> None:
    deal, em, at = world.deals["deal"], world.people["EM own"], world.at
    said = comment(deal, SECRETS["wording"], by=em, at=at)
    reword(said, deal, SECRETS["comment"], by=em, at=at)
    question = Question.objects.filter(service="", kind="text").first()
    answer(deal, question, text=SECRETS["answer"], source="call", by=em, at=at)
    for key in ("intent_confirmed", "call_held"):
        note(deal, DEEDS[key], by=em, at=at)
    meeting = Meeting(
        issue=deal,
        kind="scoping_call",
        starts_at=at,
        guests=SECRETS["guests"],
        place=SECRETS["place"],
        notes=SECRETS["notes"],
    )
    meetings.plan(meeting, [em], by=em, at=at)
    scheduling = begin(deal, by=em, at=at)
    amend_scheduling(scheduling, by=em, at=at, skills=SECRETS["skills"])
    content = ContentFile(SECRETS["bytes"].encode())
    stored = store(deal, content, SECRETS["file"], by=em, at=at)
    deed = note(deal, DEEDS["reminded"], by=em, at=at)
    pause(deal, "sow_draft", SECRETS["paused"], by=em, at=at)
    world.pks |= {
        "deed": deed.number,
        "comment": said.pk,
        "question": question.key,
        "meeting": meeting.pk,
        "file": stored.pk,
    }
