"""One desk for every sweep: a person for each column of the matrix, and the deals they are on.

Everybody of a column "own" is on the same deals; everybody of a column "other" is on another one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from emdesk.activity.commenting import comment, reword
from emdesk.approvals.inquiring import ask
from emdesk.approvals.links import token
from emdesk.calendars.editing import keep_holiday, keep_special_day
from emdesk.calendars.hours import Window
from emdesk.calendars.models import Holiday, SpecialDay
from emdesk.configuration.values import set_value
from emdesk.files.storing import store
from emdesk.fiscal import Quarter
from emdesk.ledger.models import Dispatch, Event
from emdesk.notifications.feeds import make_address
from emdesk.notifications.models import Mail, Notification, SlackChannel
from emdesk.notifications.posting import post
from emdesk.notifications.writing import unsubscribe_token
from emdesk.people.models import Absence, Coverage, Role, Segment, Territory, User
from emdesk.workflow import perform
from forecasting import deciding
from forecasting.models import Freeze, Plan
from forecasting.pacing import Course
from forecasting.snapshots import take
from scoping import bulk, meetings
from scoping.catalogue.drafting import begin_draft, change_item
from scoping.catalogue.kinds import ACTIVITY
from scoping.catalogue.needs import note_need
from scoping.catalogue.proposing import propose
from scoping.catalogue.rating import give_card, give_sheet
from scoping.deals import amend_deal
from scoping.deeds import DEEDS
from scoping.estimating import beginning as estimating
from scoping.estimating.reviewing import ask_review
from scoping.estimating.sending import send, token_of
from scoping.facts import answer
from scoping.imports import runs
from scoping.imports.uploads import take_in
from scoping.models import (
    Account,
    CatalogueVersion,
    Deed,
    EstimateLine,
    EstimateVersion,
    ImportRun,
    Meeting,
    Opportunity,
    Question,
    ResourceRole,
    ScopingIssue,
    Step,
)
from scoping.models.estimate import Addressee
from scoping.pausing import pause
from scoping.promises import note
from scoping.quarters import FiscalCalendar, quarter_at
from scoping.risks import note_risk
from scoping.saving_views import save_as
from scoping.scheduling import amend_scheduling, begin
from scoping.states import CommunicationOwner, Outcome, State
from scoping.triage.verdicts import snooze
from sow import documents
from sow.booking import note as note_booking
from sow.commenting import comment as clause_comment
from sow.drafting import draft
from sow.handing_over import amend as amend_handoff
from sow.handing_over import answer as answer_readiness
from sow.handing_over import hand, open_handoff
from sow.legal import open_case
from sow.models import (
    ChangeConfirmation,
    ChangeOrder,
    Clause,
    Done,
    OutsideComment,
    ReviewLink,
    RiskEntry,
    RiskTerm,
    StatementOfWork,
    Template,
    Version,
    WorkAtRisk,
)
from sow.pen import hold, keep_proposal
from sow.reviewing import digest_of
from sow.saving import Typed
from tests.factories import make_account, make_calendar, make_issue, make_user
from tests.security.matrix import ANONYMOUS, SIGNED_IN
from tests.security.signatures import signed
from tests.security.visitor import PASSWORD, Visitor
from tests.sow.making import agreed

COLUMNS = {
    "EM": Role.EM,
    "EM lead": Role.EM_LEAD,
    "director": Role.DIRECTOR,
    "account team": Role.ACCOUNT_TEAM,
    "architect": Role.TECHNICAL_ARCHITECT,
    "delivery manager": Role.DELIVERY_MANAGER,
    "PS leadership": Role.PS_LEADERSHIP,
    "revenue": Role.REVENUE,
    "legal": Role.LEGAL,
    "signatory": Role.SIGNATORY,
    "deal desk": Role.DEAL_DESK,
    "project manager": Role.PROJECT_MANAGER,
    "practice manager": Role.PRACTICE_MANAGER,
    "viewer": Role.VIEWER,
    "admin": Role.ADMIN,
    "no role": None,
}
# What only those may read who see the deal. Each is a word no page has of its own.
SECRETS = {
    "account": "Quagga Holdings",
    "title": "Move the okapi monolith",
    "description": "Numbat described",
    "next_step": "Ring the axolotl",
    "current_state": "Tapir waits for legal",
    "communication_agreed_with": "Pangolin of sales",
    "comment": "Narwhal said too much",
    "wording": "Narwhal first thought",
    "answer": "Dugong thousand users",
    "notes": "Kakapo noted",
    "paused": "Lemur holiday",
    "guests": "Fossa the guest",
    "place": "Room Aardwolf",
    "label": "gerenuk-label",
    "opportunity": "Saiga services deal",
    "parent": "Dhole licence deal",
    "rationale": "Zorilla thinks so",
    "decided": "Ask the binturong",
    "risk": "Quoll may leave",
    "need": "Serval wants a wiki moved",
    "skills": "Knows the kudu",
    "note": "Kinkajou needs a look",
    "inquiry": "Margay waves or not",
    "remark": "Dingo fears the clause",
    "file": "wombat-prices.txt",
    "bytes": "Bilby prices inside",
}

YEARLY = "173457.88"  # over 1,880 hours: 92.26


def _named(column: str) -> str:
    return column.removesuffix(" own").removesuffix(" other")


@dataclass
class World:
    """Everybody and everything, by name; ``pks`` are what addresses are made with."""

    at: datetime
    people: dict[str, User] = field(default_factory=dict)
    visitors: dict[str, Visitor] = field(default_factory=dict)
    deals: dict[str, ScopingIssue] = field(default_factory=dict)
    pks: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, column: str) -> Visitor:
        return self.visitors[column]

    def person(self, column: str) -> User:
        """As the database has them now: what a test does to them is undone after it."""
        return User.objects.get(pk=self.people[column].pk)

    def deal(self, name: str = "deal") -> ScopingIssue:
        return ScopingIssue.objects.get(pk=self.pks[name])


def build(at: datetime) -> World:
    world = World(at)
    for column in SIGNED_IN:
        role = COLUMNS[_named(column)]
        world.people[column] = User.objects.create_user(
            email=f"{column.replace(' ', '.').lower()}@example.com",
            password=PASSWORD,
            name=f"Person {column}",
            roles=[role] if role else [],
        )
    _segments(world)
    _deals(world)
    _about_the_deal(world)
    _of_their_own(world)
    _offered(world)
    _imports(world)
    _label_by_batch(world)
    _priced(world)
    _agreed(world)
    signed(world)
    _told(world)
    _calendar(world)
    Dispatch.objects.all().delete()  # nothing is due however long the questions take
    Mail.objects.filter(sent_at=None).update(sent_at=at)
    _come_in(world)
    _let_another_transaction_pass()
    return world


def _come_in(world: World) -> None:
    """Everybody by the sign-in page, once for all questions."""
    world.visitors = {ANONYMOUS: Visitor()}
    for column, person in world.people.items():
        world.visitors[column] = Visitor().sign_in(person.email)


def _let_another_transaction_pass() -> None:
    """What the board tells as changed lies before the newest transaction; so let there be one."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
    other.close()


def _segments(world: World) -> None:
    segment = Segment.objects.filter(is_active=True).first()
    territory = Territory.objects.create(name="Alps", segment=segment)
    coverage = Coverage.objects.create(
        user=world.people["EM other"], territory=territory, since=world.at.date()
    )
    world.pks |= {"segment": segment.pk, "territory": territory.pk, "coverage": coverage.pk}


def _deals(world: World) -> None:
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
    own = _people_on(world, "own") | {"account": account, "segment": segment}
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
            State.STRAWMAN_WIP, at=earlier, **_people_on(world, "other") | other
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


def _people_on(world: World, whose: str) -> dict[str, User]:
    return {
        "engagement_manager": world.people[f"EM {whose}"],
        "requester": world.people[f"account team {whose}"],
        "technical_architect": world.people[f"architect {whose}"],
        "delivery_manager": world.people[f"delivery manager {whose}"],
        "project_manager": world.people[f"project manager {whose}"],
    }


def _about_the_deal(world: World) -> None:
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


def _told(world: World) -> None:
    """Everybody was told of the deal once, whether or not they may still see it; the EM by mail."""
    event, em = Event.objects.about(world.deals["deal"]).first(), world.people["EM own"]
    for person in world.people.values():
        told = Notification.objects.create(
            key=f"told:{person.pk}",
            event=event,
            recipient=person,
            kind="moved",
            because="you are on it",
            subject_type=event.subject_type,
            subject_id=event.subject_id,
            at=world.at,
            inbox=True,
            digest=False,
        )
    mail = post("told", "moved", em, SECRETS["title"], SECRETS["account"], at=world.at)
    Mail.objects.filter(pk=mail.pk).update(sent_at=world.at)
    leave = unsubscribe_token(em, "moved")
    channel = SlackChannel.objects.create(
        name="#desk", webhook="https://hooks.slack.com/canary", kinds=["ready"]
    )
    world.pks |= {"notice": told.pk, "mail": mail.pk, "leave": leave, "channel": channel.pk}
    world.pks["feed"] = make_address(em, world.at)


def _imports(world: World) -> None:
    """Imports of the EM: one that is checked, one that is done, one a worker is to check."""
    for name, step in (("import", Step.CHECKED), ("imported", Step.DONE)):
        run = take_in([_table()], by=world.people["EM own"], at=world.at)
        runs.ask(run, Deed.CHECK, by=run.by, at=world.at)
        runs.carry_out(run.pk, at=world.at)
        done = {"run_by": world.people["EM lead"], "run_at": world.at} if name == "imported" else {}
        ImportRun.objects.filter(pk=run.pk).update(step=step, **done)
        world.pks[name] = run.pk
    run = take_in([_table()], by=world.people["EM own"], at=world.at)
    runs.ask(run, Deed.CHECK, by=run.by, at=world.at)
    world.pks["checking"] = run.pk


def _table() -> SimpleUploadedFile:
    return SimpleUploadedFile("board.csv", b"Title,State,Labels,IID,Created At (UTC)\n,,,x,\n")


def _label_by_batch(world: World) -> None:
    """What the EM did with many issues a moment ago, and may still take back."""
    by, at = world.people["EM own"], world.at
    labelled = bulk.plan([world.deal("ready")], bulk.Label("by-batch"), by=by, at=at)
    world.pks["batch"] = bulk.carry_out(labelled, by=by, at=at).key


def _priced(world: World) -> None:
    """An estimate in two scenarios, one version of it with the customer."""
    issue, em, at = world.deals["priced"], world.people["EM own"], world.at
    estimate = estimating.begin(issue, by=em, at=at)
    line = EstimateLine.objects.create(
        estimate=estimate, position=100, title="Work", hours=8, rate=330, cost=111
    )
    estimating.begin(issue, by=em, at=at, name="Smaller", like=estimate)
    version = send(estimate, to=Addressee.CUSTOMER, by=em, at=at)
    world.pks |= {"line": line.pk, "sent": version.number, "offer": token_of(version)}
    _asked(world, version)


def _asked(world: World, version: EstimateVersion) -> None:
    """The architect of the deal is asked to review it, and asked back."""
    em, at = world.people["EM own"], world.at
    found = ask_review(version, by=em, at=at, wished=True, note=SECRETS["note"])
    assert found is not None
    step = found.steps.get()
    inquiry = ask(step, SECRETS["inquiry"], by=world.people["architect own"], at=at)
    world.pks |= {"review": found.pk, "review_step": step.pk, "review_digest": found.digest}
    world.pks |= {"inquiry": inquiry.pk, "review_link": token(found.pk, at)}
    world.pks["other_architect"] = world.people["architect other"].pk


def _agreed(world: World) -> None:
    """A deal whose estimate was accepted, two whose SOW is drafted, of one legal holds the pen."""
    em, at = world.people["EM own"], world.at
    own = _people_on(world, "own") | {"segment": Segment.objects.get(pk=world.pks["segment"])}
    for name in ("agreed", "written", "turned"):
        on = own | {"account": make_account(name=f"Customer {name}"), "title": "Agreed work"}
        on |= {"communication_owner": CommunicationOwner.ACCOUNT_TEAM}
        issue = agreed(em, at, on=on)
        issue.account_team.add(world.people["account team own"])
        deal = Opportunity.objects.create(name=f"Deal {name}", account=issue.account)
        ScopingIssue.objects.filter(pk=issue.pk).update(opportunity=deal)
        issue = world.deals[name] = ScopingIssue.objects.get(pk=issue.pk)
        world.pks[name] = issue.pk
    statement = draft(world.deals["written"], by=em, at=at).statement
    typed, legal = [Typed("travel", "Travel", "Nobody")], world.people["legal"]
    turned = draft(world.deals["turned"], by=em, at=at)
    hold(turned.statement, by=legal, at=at)
    _after_the_text(world, statement, turned.statement)
    proposed = keep_proposal(statement, typed, seen=1, by=legal, at=at)
    world.pks["paper"] = documents.ask(statement.head, by=em, at=at).pk
    clause, template = Clause.objects.get(key="travel-standard"), Template.objects.get()
    world.pks |= {"clause": clause.pk, "template": template.pk, "proposed": proposed.pk}
    _about_statements(world, statement, turned)


def _about_statements(world: World, statement: StatementOfWork, turned: Version) -> None:
    """What was said of one SOW inside and outside, and a customer's link to another."""
    em, at = world.people["EM own"], world.at
    said: dict[str, Any] = {"statement": statement, "section": "travel", "version": 1, "at": at}
    outside = OutsideComment.objects.create(author="Their lawyer", body="Cheaper?", **said)
    link = ReviewLink.objects.create(
        statement=turned.statement,
        version=turned,
        name="Their lawyer",
        email="law@example.com",
        digest=digest_of("a-secret"),
        made_by=em,
        made_at=at,
        expires_at=at + timedelta(days=14),
    )
    world.pks |= {
        "remark": clause_comment(statement, "travel", SECRETS["remark"], seen=1, by=em, at=at).pk,
        "outside": outside.pk,
        "redline": statement.redlines.get().pk,
        "customer_review": link.pk,
        "review_secret": "a-secret",
    }


def _after_the_text(world: World, written: StatementOfWork, turned: StatementOfWork) -> None:
    """A legal case of one; deeds of a booking and a hand-off under way of the other."""
    said: dict[str, Any] = {"by": world.people["EM own"], "at": world.at}
    open_case(turned, note="They ask for a cap", **said)
    deed = {"on": world.at.date(), "text": "Her mail"}
    note_booking(written, Done.FINANCE_ASKED, **deed, **said)
    world.pks["order"] = note_booking(written, Done.ORDER, **deed, **said).pk
    for statement in (written, turned):
        handoff = open_handoff(statement, **said)
        answer_readiness(handoff, "sponsor", stand="ready", note="Ada", **said)
        amend_handoff(handoff, promised="No downtime", **said)
    handoff = written.handoff
    world.pks["task"] = handoff.tasks.first().pk
    hand(handoff, **said)
    _changes(world, written)


def _changes(world: World, base: StatementOfWork) -> None:
    """A change order, a change confirmed without one, and work at risk."""
    em, at = world.people["EM own"], world.at
    issue, basis = world.deals["agreed"], base.head.estimate_version
    said: dict[str, Any] = {"base": base, "case": "more_scope"}
    own = {"reason": "More", "opened_by": em, "opened_at": at}
    ChangeOrder.objects.create(issue=issue, number=1, basis=basis, **said, **own)
    plan = {"reason": "They begin", "hours": 9, "price": 900, "currency": "USD"}
    work = WorkAtRisk.objects.create(issue=base.issue, asked_by=em, asked_at=at, **plan)
    bounds = {"cap": 900, "expires": at.date(), "reason": "They begin"}
    RiskTerm.objects.create(work=work, number=1, asked_by=em, asked_at=at, **bounds)
    RiskEntry.objects.create(
        work=work, on=at.date(), hours=1, amount=99, note="Hello", by=em, at=at
    )
    kept = {"what": "A swap", "who": "Ada", "evidence": "Her mail", "on": at.date()}
    ChangeConfirmation.objects.create(by=em, at=at, **said, **kept)


def _offered(world: World) -> None:
    """A draft with an edit, what the EM asks of the catalogue, and rates of this desk's own."""
    practice, em, at = world.people["practice manager"], world.people["EM own"], world.at
    shipped = CatalogueVersion.objects.get(number=1)
    said = {"text": "A wiki migration", "why": "Asked for twice"}
    world.pks["proposal"] = propose(shipped, by=em, at=at, **said).pk
    world.pks["need"] = note_need(world.deals["deal"], SECRETS["need"], by=em, at=at).pk
    draft = begin_draft(by=practice, at=at)
    item = ACTIVITY.find(draft, "migration_waves_remote")
    change_item(ACTIVITY, item, {"title": "Waves"}, seen={}, by=practice, at=at)
    today, lead = at.date(), world.people["EM lead"]
    given: dict[str, Any] = {"effective_from": today, "reason": "Ours", "by": lead, "at": at}
    card = give_card(region="", currency="USD", rate=Decimal(345), own_rates={}, **given)
    yearly = {role: Decimal(str(YEARLY)) for role in ResourceRole.objects.all()}
    sheet = give_sheet(currency="USD", yearly=yearly, billable_hours=1_880, **given)
    world.pks |= {"card": card.pk, "sheet": sheet.pk}


def _calendar(world: World) -> None:
    """One with a holiday and an exceptional day."""
    calendar, by = make_calendar("Bookham"), world.people["director"]
    holiday = Holiday(calendar=calendar, day=date(2030, 5, 1), name="First of May")
    keep_holiday(holiday, by=by, at=world.at)
    special = SpecialDay(calendar=calendar, day=date(2030, 12, 24), name="Half a day")
    keep_special_day(special, (Window(540, 720),), by=by, at=world.at)
    world.pks |= {"calendar": calendar.pk, "holiday": holiday.pk, "special_day": special.pk}


def _of_their_own(world: World) -> None:
    """Days away of the other EM; and a colleague whom no column stands for."""
    absence = Absence(
        user=world.people["EM other"],
        delegate=world.people["EM own"],
        first_day=world.at.date(),
        last_day=world.at.date() + timedelta(days=3),
    )
    absence.keep(by=world.people["EM other"], at=world.at)
    world.pks |= {"absence": absence.pk}
    em, at = world.people["EM own"], world.at
    world.pks |= {
        "own_view": save_as("Kept to oneself", by=em, at=at, query="view=mine").pk,
        "team_view": save_as("For all", by=em, at=at, query="view=team", team=True).pk,
    }
    world.pks |= {
        name: world.people[column].pk
        for name, column in {"em": "EM own", "other_em": "EM other"}.items()
    }
    world.pks["colleague"] = make_user(Role.EM, name="Colleague of all").pk
