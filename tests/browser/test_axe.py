"""Accessibility: axe-core has nothing to say about any page, light, dark or on a phone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core import signing as signing_stamps
from django.utils.timezone import now
from playwright.sync_api import expect

from emdesk.approvals.inquiring import ask
from emdesk.approvals.models import Request
from emdesk.calendars.models import WorkingCalendar
from emdesk.people.models import Role
from forecasting import deciding
from forecasting.pacing import Course
from forecasting.snapshots import take
from scoping.estimating import beginning as estimating
from scoping.estimating.sending import send
from scoping.models import EstimateLine, Meeting
from scoping.models.estimate import Addressee
from scoping.quarters import FiscalCalendar, quarter_at
from scoping.scheduling import begin
from scoping.states import State
from sow.booking import note
from sow.commenting import comment
from sow.handing_over import open_handoff
from sow.legal import open_case
from sow.models import Template
from sow.reviewing import send as send_review
from sow.saving import Typed, save
from sow.signing.codes import SALT
from tests.browser.board import WIDE, card, choice, column, drag, focus, stands_in
from tests.browser.test_phone import PHONE
from tests.factories import (
    make_account,
    make_issue,
    make_opportunity,
    make_ready_issue,
    make_user,
)
from tests.reports import report
from tests.sow.approved import again, ready
from tests.sow.by_hand import linked, out, stamped_by_hand
from tests.sow.changed import at_risk, begun, did, drafted_order, sign
from tests.sow.making import agreed, drafted
from tests.sow.returned import back

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"
# What stands around every page is judged once, on My day. In the dark only colours change; in a
# hand also what is near to what, and what scrolls.
AROUND = ["#side", "#shortcuts", ".bar .brand", ".bar .find", ".bar .account"]
COLOURS = ["color-contrast", "link-in-text-block"]
IN_A_HAND = [*COLOURS, "target-size", "scrollable-region-focusable", "aria-hidden-focus"]
RUN = """async ({ whole, around, colours, inAHand }) => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const only = whole ? null : innerWidth < 500 ? inAHand : dark ? colours : null;
  const exclude = around.filter(part => document.querySelector(part)).map(part => [part]);
  const { violations } = await axe.run({ include: [["html"]], exclude }, {
    resultTypes: ["violations"],
    ...(only ? { runOnly: only } : { rules: { "target-size": { enabled: true } } }),
  });
  return violations.map(({ id, impact, help, nodes }) =>
    ({ id, impact, help, nodes: nodes.map(node => node.html.slice(0, 160)) }));
}"""
LOOKS = {"light": {}, "dark": {"color_scheme": "dark"}, "phone": PHONE}
EVERY_LOOK = ["light", *(pytest.param(look, marks=pytest.mark.full) for look in ("dark", "phone"))]
PAGES = {
    "my day": "/",
    "board": "/board/?view=team",
    "by EM": "/board/by-em/",
    "lanes": "/board/?view=team&lanes=em",
    "list": "/issues/?view=team&sort=-value,account",
    "empty list": "/issues/?view=team&q=nowhere",
    "issue": "/issues/{issue}/",
    "closed issue": "/issues/{closed}/",
    "move": "/issues/{issue}/move/",
    "assign": "/issues/{issue}/assign/",
    "facts": "/issues/{issue}/facts/deal/",
    "answer": "/issues/{issue}/questions/A9/",
    "meeting": "/issues/{issue}/meetings/",
    "merge": "/issues/{issue}/merge/",
    "column": "/board/column/open/",
    "intake": "/intake/",
    "new issue": "/issues/new/",
    "questions": "/issues/{issue}/questions/",
    "no scheduling yet": "/issues/{closed}/scheduling/",
    "scheduling": "/issues/{issue}/scheduling/",
    "edit scheduling": "/issues/{issue}/scheduling/?edit=1",
    "new opportunity": "/issues/{issue}/opportunity/new/",
    "opportunity": "/opportunities/{deal}/",
    "opportunities": "/opportunities/?view=team",
    "opportunities by EM": "/opportunities/?view=team&by=em",
    "no opportunities": "/opportunities/?q=nowhere",
    "judge": "/opportunities/{deal}/judge/",
    "trust": "/forecast/trust/",
    "drift": "/drift/?view=team",
    "mended drift": "/drift/mended/",
    "settings": "/settings/",
    "profile": "/profile/",
    "empty inbox": "/inbox/",
    "what to be told of": "/inbox/settings/",
    "mail": "/mailbox/",
    "password": "/account/password/change/",
    "second factor": "/account/second-factor/",
    "not found": "/nowhere/",
    "not allowed": "/settings/undo_minutes/",
    "search": "/search/?q=migration",
    "search explained": "/search/?q=foo:bar",
    "calendars": "/calendars/",
    "calendar": "/calendars/{calendar}/",
    "win rate": "/win-rate/",
    "win rate rows": "/win-rate/rows/",
    "win rate by service": "/win-rate/?by=service&counted=opening",
    "quarter": "/quarters/",
    "quarter rows": "/quarters/Q127/rows/?part=came_in",
    "quarter stays": "/quarters/Q127/rows/?part=ended&key=open",
    "empty quarter": "/quarters/Q121/",
    "close of a quarter": "/quarters/Q121/close/",
    "open items": "/quarters/{quarter}/close/",
    "open items behind": "/quarters/{quarter}/close/rows/?item=open",
    "forecast": "/forecast/",
    "empty forecast": "/forecast/Q121/?by=region",
    "delivery hours": "/forecast/hours/",
    "hours behind a number": "/forecast/hours/rows/",
    "issues without an estimate": "/forecast/hours/rows/?of=unestimated",
    "pacing": "/forecast/pacing/",
    "pacing behind a week": "/forecast/pacing/rows/?quarter={kept}&of={kept}&week={week}",
    "forecast changes": "/forecast/waterfall/?quarter=all&since=2020-01-01",
    "changes behind a bar": "/forecast/waterfall/rows/?quarter=all&reason=closing",
    "call": "/forecast/{quarter}/calls/{em}/",
    "plans": "/forecast/{quarter}/plans/",
    "accuracy": "/forecast/accuracy/",
    "range": "/forecast/{kept}/range/",
    "empty range": "/forecast/Q121/range/",
    "call mode": "/forecast/{quarter}/call/?show=all",
    "nothing to call about": "/forecast/Q121/call/",
    "what a call decided": "/forecast/calls/{forecast_call}/",
    "clocks": "/clocks/",
    "two-months rule": "/quiet/",
    "clock report": "/clocks/report/?by=em",
    "clock rows": "/clocks/rows/",
    "promises": "/clocks/policies/",
    "promise": "/clocks/policies/estimate/",
    "pause a clock": "/issues/{issue}/clocks/first_contact/pause/",
    "note a need": "/issues/{issue}/needs/new/",
    "catalogue": "/catalogue/",
    "found in the catalogue": "/catalogue/?q=sso",
    "service": "/catalogue/services/saas/",
    "versions": "/catalogue/versions/",
    "version": "/catalogue/versions/1/",
    "rate cards": "/catalogue/rates/",
    "standard cost": "/catalogue/cost/",
    "standard cost from a file": "/catalogue/cost/import/",
    "no proposals": "/catalogue/proposals/",
    "propose": "/catalogue/proposals/new/?kind=service&key=saas",
    "no needs": "/catalogue/needs/",
    "no estimate": "/issues/{closed}/estimate/",
    "estimate": "/issues/{priced}/estimate/",
    "terms": "/issues/{priced}/estimate/1/terms/",
    "send an estimate": "/issues/{priced}/estimate/1/send/",
    "hours it took": "/issues/{closed}/actual-hours/",
    "margin of an estimate": "/issues/{priced}/estimate/1/margin/",
    "lines from a file": "/issues/{priced}/estimate/1/lines/import/",
    "compared estimates": "/issues/{priced}/estimate/compare/?a=1&b=v1",
    "sent estimate": "/issues/{priced}/estimate/v1/",
    "asked for nothing": "/approvals/",
    "review": "/approvals/{review}/",
    "old link": "/approvals/go/x/",
    "customer's estimate": "/issues/{priced}/estimate/v1/?view=customer",
    "draft a SOW": "/sow/{agreed}/draft/",
    "SOW": "/sow/{written}/",
    "edit a SOW": "/sow/{written}/?edit=all",
    "edit a SOW's fields": "/sow/{written}/?edit=fields",
    "ask for approval of a SOW": "/sow/{written}/approval/",
    "versions of a SOW": "/sow/{written}/versions/",
    "version of a SOW": "/sow/{written}/versions/1/",
    "compared SOWs": "/sow/{written}/compare/?a=1&b=2",
    "SOWs side by side": "/sow/{written}/compare/?a=1&b=2&show=side",
    "changes of others": "/sow/{written}/redlines/{redline}/",
    "customer's review": "/sow/{written}/review/",
    "what the customer reads": "/sow/r/{review}/",
    "SOWs": "/sow/",
    "go on from an estimate": "/sow/{written}/renew/",
    "legal case": "/sow/{written}/legal/",
    "booking package": "/sow/{written}/booking/",
    "change orders": "/sow/{changed}/orders/",
    "a change order": "/sow/{order}/",
    "work at risk": "/sow/{changed}/risk/",
    "no work at risk": "/sow/{written}/risk/",
    "hand-off": "/sow/{written}/handoff/",
    "edit a hand-off": "/sow/{written}/handoff/?edit=1",
    "readiness": "/sow/{written}/handoff/readiness/sso/",
    "SOW out for signature": "/sow/{out}/",
    "send a SOW for signature": "/sow/{out}/signing/",
    "route a SOW to the customer": "/sow/{out}/signing/customer/",
    "SOW signed elsewhere": "/sow/{out}/signing/elsewhere/",
    "a customer asks for a code": "/sign/{unproven}/",
    "a customer signs": "/sign/{proven}/",
    "clauses": "/sow/library/",
    "clause": "/sow/library/travel-standard/",
    "template": "/sow/templates/{template}/",
}


@pytest.fixture
def desk(amara, jonas, at, segment):
    """A board with something of everything on it."""
    own = {"engagement_manager": amara, "segment": segment, "account": make_account()}
    issues = {state: make_ready_issue(state, at=at, expected_value=9_000, **own) for state in State}
    make_issue(at=at)
    deal = make_opportunity(owner="Dana Reyes", stage="3", confidence="green")
    make_issue(State.SOW_WIP, at=at, engagement_manager=amara, opportunity=deal)
    make_ready_issue(engagement_manager=jonas, at=at, em_status="todo", next_step="Call")
    Meeting.objects.create(issue=issues["open"], kind="scoping_call", starts_at=at)
    return issues


def kept_week(at):
    """A forecast as it was kept: of which quarter, in which of its weeks."""
    day, calendar = at.date() - timedelta(days=2), FiscalCalendar()
    make_opportunity(stage="4", confidence="green", amount=900, close_date=day)
    take([day], at)
    quarter = calendar.quarter_of(day)
    return {"kept": quarter, "week": Course(quarter, calendar.days(quarter)).week_of(day)}


def priced(issue, amara, at):
    """With an estimate of which a version was sent and put to an architect, who asks back."""
    estimate = estimating.begin(issue, by=amara, at=at)
    EstimateLine.objects.create(
        estimate=estimate, position=100, title="Move", phase="Code", hours=9, formula="8 + 1"
    )
    architect = make_user(Role.TECHNICAL_ARCHITECT)
    send(estimate, to=Addressee.CUSTOMER, by=amara, at=at, review=True)
    found = Request.objects.get()
    ask(found.steps.get(), "How many waves?", by=architect, at=at)
    return {"priced": issue.pk, "review": found.pk}


def decided(amara, at):
    """A call under way, with a decision."""
    call = deciding.begin(quarter_at(at), by=amara, at=at)
    deciding.decide(call, deciding.Decided("Ask legal", amara), by=amara, at=at)
    return call


def statements(amara, at):
    """An issue a SOW may be drafted for, one of which there are two versions, the template."""
    agreed_one, statement = agreed(amara, at), drafted(amara, at)
    typed = [Typed("travel", "Travel", "Nobody travels.\n\n| A | B |\n| - | - |\n| 1 | 2 |")]
    save(statement, seen=1, by=amara, at=at, typed=typed, why="Remote")
    comment(statement, "travel", "Who pays?", seen=2, by=amara, at=at)
    kept = back(again(statement), typed[0].text, typed[0].text.replace("Nobody", "Hardly anybody"))
    sent = ready(amara, at)
    _, secret = send_review(
        sent, name="Ada", email="ada@example.com", seen=2, by=amara, at=now(), message="Have a look"
    )
    type(agreed_one).objects.filter(pk=statement.issue_id).update(opportunity=make_opportunity())
    statement = type(statement).objects.get(pk=statement.pk)
    open_case(statement, by=amara, at=at, number="00042", link="https://crm.example/42")
    open_handoff(statement, by=amara, at=at)
    note(statement, "order", on=at.date(), by=amara, at=at, text="PO 1")
    template = Template.objects.get().pk
    also = {"redline": kept.pk, "review": secret}
    return also | {"agreed": agreed_one.pk, "written": statement.issue_id, "template": template}


def changed(amara, at):
    """A SOW both have signed, a change order to it that is drafted, and work at risk."""
    base = drafted(amara, at)
    done = at_risk(base.issue, amara, make_user(Role.PS_LEADERSHIP), at)
    did(done, amara, 4_500, on=at.date(), at=at)
    sign(base, amara, at)
    order = drafted_order(begun(base, amara, at=at), amara, at=at, Plan=20)
    return {"changed": base.issue_id, "order": order.issue_id}


def out_for_signature(page, amara, at):
    """A SOW two customers are asked to sign; one of them typed the code in this browser."""
    statement = drafted(amara, at)
    stamped_by_hand(statement, make_user(Role.LEGAL), at)
    ours, names = [make_user(Role.SIGNATORY)], ("Casey", "Robin")
    signing = out(statement, ours, amara, at, names=names)
    proven, unproven = signing.signers.filter(side="customer").order_by("pk")
    linked(unproven, "unproven")
    proof = signing_stamps.dumps([proven.pk, linked(proven, "proven").token_hash], salt=SALT)
    address = urlsplit(page.url)
    cookie = {"name": "signer", "value": proof, "domain": address.hostname, "path": "/sign/"}
    page.context.add_cookies([cookie])
    return {"out": statement.issue_id, "proven": "proven", "unproven": "unproven"}


def faults(page, *, whole=False):
    """What axe finds, whatever it thinks of its weight, after the page has come to rest.

    ``whole``: by every rule and with what stands around it, whatever the look.
    """
    page.evaluate("document.fonts.ready")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    rules = {"colours": COLOURS, "inAHand": IN_A_HAND}
    return page.evaluate(RUN, rules | {"around": [] if whole else AROUND, "whole": whole})


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_axe_finds_nothing_on_any_page(visit, errors, amara, desk, at, look):
    errors.expect(403, 404, 410)
    page = visit("/", amara, **LOOKS[look])
    pks = {"issue": desk[State.OPEN].pk, "closed": desk[State.CLOSED].pk}
    pks |= {"deal": make_opportunity(engagement_manager=amara, close_date=at.date()).pk}
    pks |= kept_week(at)
    pks |= {"calendar": WorkingCalendar.objects.get(name="Germany").pk}
    pks |= {"em": amara.pk, "quarter": str(quarter_at(at))}
    begin(desk[State.OPEN], by=amara, at=at)
    pks |= priced(desk[State.ESTIMATE_FEEDBACK], amara, at)
    pks["forecast_call"] = decided(amara, at).pk
    pks |= statements(amara, at)
    pks |= out_for_signature(page, amara, at)
    pks |= changed(amara, at)
    found = {}
    for name, path in PAGES.items():
        page.goto(path.format(**pks))
        found[name] = faults(page, whole=name == "my day")

    violations = sum(len(each) for each in found.values())
    report("accessibility", f"pages, {look}", pages=len(PAGES), violations=violations)
    assert {name: violations for name, violations in found.items() if violations} == {}


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_axe_finds_nothing_with_menu_sheet_toast_or_drawer_open(visit, amara, desk, look):
    issue = desk[State.STRAWMAN_WIP]
    page = visit("/board/", amara, **LOOKS[look])
    found = {}

    focus(page, issue)
    page.keyboard.press("m")
    expect(page.locator("#mover:popover-open")).to_be_visible()
    found["menu"] = faults(page)
    choice(page, State.ON_HOLD).click()
    expect(page.locator("#sheet:popover-open")).to_be_visible()
    found["sheet"] = faults(page)
    page.keyboard.press("Escape")
    stands_in(page, issue, State.STRAWMAN_WIP)
    focus(page, issue)
    page.keyboard.press("]")
    expect(page.locator(".toast")).to_be_visible()
    found["toast"] = faults(page)
    page.keyboard.press("?")
    found["shortcuts"] = faults(page, whole=True)
    page.keyboard.press("Escape")
    page.locator(".account").click()
    found["account"] = faults(page, whole=True)
    page.keyboard.press("Escape")
    if look != "phone":
        card(page, issue).locator(".card-link").click()
        expect(page.locator("#drawer h1")).to_be_visible()
        found["drawer"] = faults(page)

    violations = sum(len(each) for each in found.values())
    report("accessibility", f"states, {look}", states=len(found), violations=violations)
    assert {name: violations for name, violations in found.items() if violations} == {}


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_axe_finds_nothing_at_the_door(visit, look):
    page = visit("/account/login/", **LOOKS[look])
    assert faults(page) == []
    page.goto("/account/password/reset/")
    assert faults(page) == []


def test_axe_finds_nothing_beside_a_refusal(visit, amara, desk):
    page = visit("/board/", amara, **WIDE)
    drag(page, desk[State.OPEN], column(page, State.SOW_WIP))
    expect(page.get_by_role("alert")).to_be_visible()

    assert faults(page) == []
