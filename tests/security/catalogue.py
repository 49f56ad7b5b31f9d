"""Every address of the desk's own, each method of it, and the act of the matrix it is.

What stands in braces is a record of :mod:`tests.security.world`. An address that is not here
fails the build.
"""

from __future__ import annotations

from typing import Any

from tests.security.asking import EVERYBODY, FILE, Question, fill, get, post
from tests.security.doors import ACCOUNT, ADMIN, HOOKS, PUBLIC
from tests.security.signing_questions import QUESTIONS as SIGNATURES

MEETING = {"kind": "internal_sync", "starts_at": "2099-01-01T10:00", "minutes": "30"}
BOARDS = [
    get("/", EVERYBODY),
    get("/?view=team", EVERYBODY),
    get("/board/", EVERYBODY),
    get("/board/?lanes=em&view=team", EVERYBODY),
    get("/board/by-em/", "see Issues by EM"),
    get("/board/changes/?since=0", EVERYBODY, ok=(200, 204)),
    get("/board/column/open/", EVERYBODY),
]
ISSUE = [
    get("/issues/{deal}/", "see an issue"),
    get("/issues/{deal}/move/", "see an issue"),
    get("/issues/{deal}/move/?reasons", "see an issue"),
    post(
        "/issues/{deal}/move/",
        "move work",
        data={"to": "estimate_feedback"},
        refused=(422,),
    ),
    post(
        "/issues/{deal}/move/",
        "move work",
        data={"to": "on_hold", "reason": "Budget", "review_date": "2099-01-01"},
        refused=(422,),
    ),
    post("/issues/{ready}/move/", "return a SOW", data={"to": "sow_wip"}, refused=(422,)),
    post("/issues/{ready}/move/", "approve a SOW", data={"to": "approved"}, refused=(422,)),
    post(
        "/issues/{deal}/move/",
        "close won or lost",
        data={"to": "closed", "outcome": "lose", "reason": "no_budget", "quarter": "{quarter}"},
        refused=(422,),
    ),
    post(
        "/issues/{closed}/move/", "close won or lost", data={"to": "strawman_wip"}, refused=(422,)
    ),
    post("/issues/{deal}/undo/", "undo the EM's move", refused=(422,)),
    get("/issues/{deal}/assign/", "triage and assign"),
    post("/issues/{deal}/assign/", "triage and assign", data={"em": "{other_em}"}),
    post("/issues/{deal}/status/", "work an issue"),
    get("/issues/{deal}/facts/triage/", "triage and assign"),
    fill("/issues/{deal}/facts/triage/", "triage and assign", title="A new title"),
    get("/issues/{deal}/facts/labels/", "triage and assign"),
    fill("/issues/{deal}/facts/labels/", "triage and assign", free_labels="urgent"),
    get("/issues/{deal}/facts/deal/", "work an issue"),
    fill("/issues/{deal}/facts/deal/", "work an issue", currency="EUR", agreement="standard"),
    get("/issues/{deal}/facts/step/", "work an issue"),
    fill("/issues/{deal}/facts/step/", "work an issue", next_step="Call them"),
    get("/issues/{deal}/facts/request/", "work an issue"),
    fill("/issues/{deal}/facts/request/", "work an issue", requester=""),
    get("/issues/{deal}/facts/architect/", "take the architect's step"),
    fill("/issues/{deal}/facts/architect/", "take the architect's step", technical_architect=""),
    get("/issues/{deal}/facts/delivery/", "take the delivery manager's step"),
    fill("/issues/{deal}/facts/delivery/", "take the delivery manager's step", project_manager=""),
    get("/issues/{deal}/team/", "work an issue"),
    fill("/issues/{deal}/team/", "work an issue", team=[]),
    get("/issues/{deal}/questions/{question}/", "answer a question"),
    post(
        "/issues/{deal}/questions/{question}/",
        "answer a question",
        data={"text": "Four hundred", "source": "call"},
    ),
    get("/issues/{deal}/meetings/", "work an issue"),
    fill("/issues/{deal}/meetings/", "work an issue", **MEETING),
    post("/issues/{deal}/meetings/{meeting}/", "work an issue", data={"notes": "We agreed."}),
    post("/issues/{deal}/meetings/{meeting}/", "work an issue", data={"cancel": "yes"}),
    get("/issues/{deal}/meetings/{meeting}/calendar/", "see an issue"),
    get("/issues/{duplicate}/merge/", "merge a duplicate"),
    post("/issues/{duplicate}/merge/", "merge a duplicate", data={"into": "PS-{deal}"}),
    post("/issues/{bygone}/revive/", "revive a lost deal"),
    get("/issues/{closed}/correct/", "close won or lost"),
    post(
        "/issues/{closed}/correct/",
        "close won or lost",
        data={
            "outcome": "lost",
            "close_reason": "price",
            "close_quarter": "{quarter}",
            "why": "They told us",
        },
    ),
]
DATED = {"happened_at": "", "seen": ""}
DEEDS = [
    post("/issues/{deal}/deeds/reminded/", "triage and assign", data=DATED),
    get("/issues/{deal}/deeds/call_held/", "work an issue"),
    *(
        fill(f"/issues/{{deal}}/deeds/{key}/", "work an issue", happened_at="")
        for key in (
            *("call_held", "estimate_delivered", "intent_confirmed", "draft_delivered"),
            *("content_final", "leg_signatory"),
        )
    ),
    post("/issues/{deal}/deeds/leg_revenue/", "finish the revenue step", data=DATED),
    post("/issues/{deal}/deeds/leg_ps/", "finish the PS step", data=DATED),
    post("/issues/{deal}/deeds/leg_legal/", "finish the legal step", data=DATED),
    post("/issues/{deal}/deeds/leg_account_team/", "route the customer's signature", data=DATED),
    post("/issues/{deal}/deeds/stamped_sow_sent/", "route the customer's signature", data=DATED),
    post("/issues/{ready}/deeds/pen_given/", "work an issue", data=DATED),
    get("/issues/{deal}/clocks/estimate/pause/", "pause a clock"),
    fill("/issues/{deal}/clocks/estimate/pause/", "pause a clock", reason="Their office is shut"),
    get("/issues/{deal}/clocks/sow_draft/resume/", "pause a clock"),
    post("/issues/{deal}/clocks/sow_draft/resume/", "pause a clock"),
    post("/issues/{deal}/deeds/{deed}/undo/", "undo the EM's move"),
]
TALK = [
    get("/activity/scoping.scopingissue/{deal}/", "see an issue"),
    post("/activity/scoping.scopingissue/{deal}/watch/", "see an issue"),
    post("/activity/scoping.scopingissue/{deal}/unwatch/", "see an issue"),
    post(
        "/activity/scoping.scopingissue/{deal}/comment/internal/", "comment", data={"body": "Hello"}
    ),
    post(
        "/activity/scoping.scopingissue/{deal}/comment/customer/", "comment", data={"body": "Hello"}
    ),
    get("/activity/comments/{comment}/", "see an issue", ok=(302,)),
    get("/activity/comments/{comment}/history/", "see an issue"),
    get("/activity/comments/{comment}/reword/", "reword the EM's comment"),
    post("/activity/comments/{comment}/reword/", "reword the EM's comment", data={"body": "Hi"}),
    get("/activity/comments/{comment}/withdraw/", "withdraw the EM's comment"),
    post("/activity/comments/{comment}/withdraw/", "withdraw the EM's comment"),
    get("/files/{file}/", "see an issue"),
    post("/files/scoping.scopingissue/{deal}/add/", "add a file", data={"file": FILE}),
]
OWN = [
    get("/profile/", EVERYBODY),
    fill("/profile/", EVERYBODY, name="New name"),
    post(
        "/profile/absences/",
        EVERYBODY,
        data={"first_day": "2099-01-01", "last_day": "2099-01-02", "delegate": "{colleague}"},
        ok=302,
    ),
    post("/profile/absences/{absence}/end/", "end the other EM's absence"),
    post("/theme/", EVERYBODY, data={"theme": "dark"}),
    get("/settings/", EVERYBODY),
    get("/settings/undo_minutes/", "set a setting"),
    post(
        "/settings/undo_minutes/",
        "set a setting",
        data={"value": "5", "effective_from": "2099-01-01", "reason": "Slower now"},
    ),
]
CALENDAR = "/calendars/{calendar}"
CHANGES = "set a setting"
CALENDARS = [
    get("/calendars/", EVERYBODY),
    get(f"{CALENDAR}/?on=2030-12-24", EVERYBODY),
    get("/calendars/regions/", CHANGES),
    fill("/calendars/regions/", CHANGES, **{"segment-{segment}": ""}),
    get("/calendars/new/", CHANGES),
    fill("/calendars/new/", CHANGES, name="Wholly new", day_5="10:00-12:00"),
    get(f"{CALENDAR}/change/", CHANGES),
    fill(f"{CALENDAR}/change/", CHANGES, name="Renamed"),
    get(f"{CALENDAR}/copy/?country=DE&year=2030", CHANGES),
    post(
        f"{CALENDAR}/copy/",
        CHANGES,
        data={"country": "DE", "subdivision": "", "year": "2030", "day": "2030-01-01"},
    ),
    post(f"{CALENDAR}/holidays/", CHANGES, data={"holiday-day": "2030-06-01", "holiday-name": "X"}),
    get(f"{CALENDAR}/holidays/{{holiday}}/", CHANGES),
    fill(f"{CALENDAR}/holidays/{{holiday}}/", CHANGES, **{"holiday-name": "Labour day"}),
    post(
        f"{CALENDAR}/days/",
        CHANGES,
        data={"special-day": "2030-06-01", "special-name": "X", "special-hours": "9-12"},
    ),
    get(f"{CALENDAR}/days/{{special_day}}/", CHANGES),
    fill(f"{CALENDAR}/days/{{special_day}}/", CHANGES, **{"special-name": "Christmas Eve"}),
]
OPEN_ITEMS = "see what is open of a quarter"
FIGURES = [
    get("/win-rate/", "read the win rate"),
    get("/win-rate/?basis=opportunities&by=office&as=csv", "read the win rate"),
    get("/win-rate/rows/?by=segment&outcome=lost", "read the win rate"),
    get("/win-rate/rows/?basis=opportunities&as=csv", "read the win rate"),
    get("/win-rate/?by=service&counted=opening&em={em}&region=EMEA", "read the win rate"),
    get("/win-rate/rows/?by=reason&key=Price&outcome=lost&quarter={quarter}", "read the win rate"),
    get("/win-rate/rows/?outcome=live", "see what the win rate leaves out"),
    get("/forecast/trust/", "see how far colours can be trusted"),
    get("/forecast/trust/green/6/", "see how far colours can be trusted", ok=(404,)),  # of too few
    get("/quarters/", "read the win rate"),
    get("/quarters/{quarter}/?counted_on=opportunities&segment={segment}", "read the win rate"),
    get("/quarters/{quarter}/rows/?part=lost&as=csv", "read the win rate"),
    *(
        get(f"/quarters/{{quarter}}/rows/?part={part}", "see what the win rate leaves out")
        for part in ("came_in", "standing&key=open", "deals&key=open&as=csv")
    ),
    get(
        "/quarters/{quarter}/rows/?part=promise&key=first_contact.running",
        "see what the win rate leaves out",
    ),
    get("/quarters/{quarter}/pdf/", "read the win rate"),
    get("/quarters/{quarter}/close/", OPEN_ITEMS),
    get("/quarters/{frozen}/close/?seal=1", OPEN_ITEMS),
    *(
        get(f"/quarters/{{quarter}}/close/rows/?item={item}", OPEN_ITEMS)
        for item in ("open", "drift", "silent", "untold")
    ),
    post("/quarters/{past}/freeze/", "freeze a quarter", data={"note": "Nothing is open"}),
    get("/forecast/waterfall/", "read the forecast"),
    get("/forecast/waterfall/?quarter=all&em={em}&segment={segment}", "read the forecast"),
    get("/forecast/waterfall/?quarter=all&as=xlsx", "take the forecast away"),
    get("/forecast/pacing/", "read the forecast"),
    get("/forecast/pacing/?measure=closed&em={em}&segment={segment}", "read the forecast"),
    get("/forecast/pacing/?as=csv", "take the forecast away"),
    get(
        "/forecast/pacing/rows/?of={quarter}&week={kept_week}&measure=pipeline",
        "read the opportunities",
    ),
    get("/forecast/waterfall/rows/?quarter=all&reason=closing", "read the opportunities"),
    get("/forecast/waterfall/rows/?quarter=all&reason=won&as=csv", "take the opportunities away"),
    post("/issues/{told}/noted/", "close won or lost"),
]
CALLED = {"commit": "1000", "best_case": "2000"}
PLANNED = {"region": "", "engagement_manager": "{em}", "bookings": "1000"}
CALL_SEEN, CALL_LED = "see the forecast call", "lead the forecast call"
CALL_ACTED = "act on one's own in the forecast call"
FORECAST = [
    get("/forecast/", "read the forecast"),
    get("/forecast/{quarter}/?by=segment", "read the forecast"),
    get("/forecast/{quarter}/csv/?by=region", "take the forecast away"),
    get("/forecast/{quarter}/calls/{em}/", "read the calls"),
    get("/forecast/{quarter}/calls/0/", "read the calls"),
    post("/forecast/{quarter}/calls/{em}/submit/", "say the EM's own call", data=CALLED),
    post(
        "/forecast/{quarter}/calls/{em}/lead/",
        "say a lead's line",
        data={f"lead-{name}": value for name, value in CALLED.items()},
    ),
    post(
        "/forecast/{quarter}/calls/{em}/reopen/",
        "say a lead's line",
        ok=422,
        data={"reason": "It is not locked yet"},
    ),
    get("/forecast/accuracy/?measure=best_case&em={em}", "read the calls"),
    get("/forecast/{quarter}/range/", "read the calls"),
    get("/forecast/{quarter}/plans/", "read the calls"),
    get("/forecast/{quarter}/plans/?plan={plan}", "read the calls"),
    post("/forecast/{quarter}/plans/set/", "write plans", data=PLANNED),
    post(
        "/forecast/{quarter}/plans/table/",
        "write plans",
        data={"text": "region,bookings\n,7", "go": "1"},
    ),
    get("/forecast/{quarter}/clari/", "take plans away"),
    get("/forecast/{quarter}/call/?show=all", CALL_SEEN),
    get("/forecast/{quarter}/call/?deal={opportunity}&em={em}", CALL_SEEN),
    get("/forecast/calls/{forecast_call}/", CALL_SEEN),
    post("/forecast/{quarter}/call/begin/", CALL_LED),
    get("/forecast/{quarter}/call/{opportunity}/", CALL_ACTED),
    fill(
        "/forecast/{quarter}/call/{opportunity}/",
        CALL_ACTED,
        confidence="green",
        confidence_rationale="Sure",
        reason="Heard it",
    ),
    post(
        "/forecast/calls/{forecast_call}/decide/",
        CALL_LED,
        data={"decision-text": "Ask them", "decision-owner": "{em}", "deal": "{opportunity}"},
    ),
    get("/forecast/calls/{forecast_call}/end/", CALL_LED),
    fill("/forecast/calls/{forecast_call}/end/", CALL_LED, participants=[]),
    post("/forecast/decisions/{decision}/done/", CALL_ACTED),
    post("/forecast/decisions/{decision}/drop/", CALL_LED),
]
KEPT = {"until": "{next_month}", "reason": "They call back"}
QUIET = [
    get("/quiet/", "see the two-months rule"),
    get("/quiet/?show=kept&page=2", "see the two-months rule"),
    post("/quiet/keep/", "see the two-months rule", data=KEPT | {"issue": "{quiet}"}),
    get("/issues/{quiet}/", "see an issue"),
    get("/issues/{quiet}/keep/", "close won or lost"),
    fill("/issues/{quiet}/keep/", "close won or lost", **KEPT),
]
VIEWS = [
    get("/views/", EVERYBODY),
    get("/board/?view=team&saved={team_view}", EVERYBODY),
    post("/views/save/", EVERYBODY, data={"name": "A new view", "layout": "board"}),
    get("/views/{team_view}/", EVERYBODY, ok=(302,)),
    get("/views/{own_view}/", "open the EM's own view", ok=(302,)),
    get("/views/{own_view}/change/", "open the EM's own view"),
    post("/views/{own_view}/save/", "open the EM's own view", data={"seen": "1"}),
    post("/views/{own_view}/delete/", "open the EM's own view"),
    get("/views/{team_view}/change/", "change the EM's team view"),
    fill("/views/{team_view}/change/", "change the EM's team view", name="Renamed"),
    post("/views/{team_view}/save/", "change the EM's team view", data={"seen": "1"}),
    post("/views/{team_view}/delete/", "change the EM's team view"),
]
LEADS_ONLY = "see the load and hand over"
KEY = "0" * 32
LOAD = [
    get("/load/", LEADS_ONLY),
    get("/load/?columns=1&sort=-value", LEADS_ONLY),
    get("/load/issues/?em={em}&due=overdue", LEADS_ONLY),
    get("/load/issues/?territory={territory}", LEADS_ONLY),
    post(
        "/load/preview/",
        LEADS_ONLY,
        ok=200,
        data={"issue": "{deal}", "which": "ticked", "to": "{other_em}"},
    ),
    post(
        "/load/hand-over/",
        LEADS_ONLY,
        ok=200,
        data={"key": KEY, "give": "{deal}:1:{em}:{other_em}", "reason": "They know them"},
    ),
    post("/load/undo/", LEADS_ONLY, ok=200, data={"key": KEY}),
]
SCOPING = {"customer": "Wholly new", "services": ["training"]}
DEAL = {"name": "Services for them", "parent": "Licences", "close_date": "2099-01-01"}
INTAKE = [
    get("/intake/", "ask for services"),
    fill("/intake/", "ask for services", **SCOPING),
    get("/intake/customers/", "ask for services"),
    get("/issues/new/", "raise an issue"),
    fill("/issues/new/", "raise an issue", **SCOPING | {"customer": "Utterly new"}),
    get("/issues/{deal}/questions/", "answer a question"),
    fill("/issues/{deal}/questions/", "answer a question", **{"q-A9": "Slow pipelines"}),
    get("/issues/{deal}/scheduling/", "see an issue"),
    get("/issues/{deal}/scheduling/?edit=1", "see an issue"),
    fill("/issues/{deal}/scheduling/?edit=1", "work an issue", sponsor="Ms Ahn"),
    post("/issues/{ready}/scheduling/", "work an issue", data={"begin": "yes"}),
    get("/issues/{deal}/scheduling/csv/", "see an issue"),
    get("/issues/{deal}/scheduling/xlsx/", "see an issue"),
    get("/issues/{duplicate}/opportunity/new/", "create an opportunity"),
    fill("/issues/{duplicate}/opportunity/new/", "create an opportunity", **DEAL),
    get("/opportunities/{opportunity}/", "see an issue"),
    get("/activity/scoping.opportunity/{opportunity}/", "see an issue"),
    fill("/opportunities/{opportunity}/", "advance an opportunity", group="deal", stage="4"),
    fill(
        "/opportunities/{opportunity}/",
        "book an opportunity",
        refused=(403, 422),
        group="deal",
        stage="won",
    ),
    fill(
        "/opportunities/{opportunity}/",
        "judge an opportunity",
        group="judgement",
        confidence="green",
        confidence_rationale="They said so",
        reason="Asked today",
    ),
]
READS, WORD = "read the opportunities", "/opportunities/{opportunity}/judge/"
OPPORTUNITIES = [
    get("/opportunities/", READS),
    get("/opportunities/?view=team&quarter=all&by=em", READS),
    get("/drift/?view=team", READS),
    get("/drift/?rule=Close+date+past", READS),
    get("/drift/mended/?view=team", READS),
    get("/opportunities/?view=team&quarter=all&mismatch=any&sort=-value&per_page=100", READS),
    get("/opportunities/export/csv/?view=team&quarter=all", "take the opportunities away"),
    get("/opportunities/export/xlsx/?view=team", "take the opportunities away"),
    get("/opportunities/changed/?since=2020-01-01", "take the opportunities away"),
    get("/issues/labels/changed/?since=2020-01-01", "take the opportunities away"),
    get(WORD, "judge an opportunity"),
    fill(
        WORD,
        "judge an opportunity",
        confidence="green",
        confidence_rationale="They said so",
        reason="Asked today",
    ),
    get("/opportunities/{opportunity}/close-date/", "advance an opportunity"),
    fill(
        "/opportunities/{opportunity}/close-date/",
        "advance an opportunity",
        close_date="2099-01-01",
    ),
    post(
        "/opportunities/{opportunity}/mend/",
        "mend one's own opportunity",
        data={"rule": "stale"},
    ),
    post("/opportunities/{opportunity}/undo/{word}/", "undo the EM's word"),
    get("/opportunities/{opportunity}/help/", "judge an opportunity"),
    fill("/opportunities/{opportunity}/help/", "judge an opportunity", help_needed="A sponsor"),
    get("/opportunities/{opportunity}/risks/new/", "judge an opportunity"),
    fill("/opportunities/{opportunity}/risks/new/", "judge an opportunity", text="They leave"),
    get("/opportunities/{opportunity}/risks/{risk}/", "judge an opportunity"),
    fill("/opportunities/{opportunity}/risks/{risk}/", "judge an opportunity", status="gone"),
]
SHEET, EDIT = "/issues/{priced}/estimate", "edit an estimate"
SENT, AWAY = f"{SHEET}/v{{sent}}", "take an estimate away"
TOOK = "note the hours an engagement took"
MARGIN = "see the margin of an estimate"
ESTIMATES = [
    get(f"{SHEET}/", "see an issue"),
    get(f"{SHEET}/1/", "see an issue"),
    get("/issues/{deal}/estimate/", "see an issue"),
    post(f"{SHEET}/", EDIT, data={"name": "Another", "like": "1"}),
    post(f"{SHEET}/1/", EDIT, data={"token": "0", "do": "save", "c.new.title": "More"}),
    post(f"{SHEET}/1/", EDIT, data={"token": "0", "do": "remove", "row": "{line}"}),
    get(f"{SHEET}/1/terms/", EDIT),
    fill(f"{SHEET}/1/terms/", EDIT, name="Renamed"),
    post(f"{SHEET}/2/primary/", EDIT),
    get(f"{SHEET}/1/send/", EDIT),
    fill(f"{SHEET}/1/send/", EDIT, to="account_team"),
    get("/issues/{closed}/actual-hours/", TOOK),
    post("/issues/{closed}/actual-hours/", TOOK, ok=422, data={"hours": "90"}),
    get(f"{SHEET}/1/margin/", MARGIN),
    get(f"{SHEET}/1/margin/?target=45", MARGIN),
    post(f"{SHEET}/1/margin/", "excuse a margin", ok=422, data={"reason": "A reference"}),
    get(f"{SHEET}/1/lines/csv/", AWAY),
    get(f"{SHEET}/1/lines/import/", EDIT),
    post(f"{SHEET}/1/lines/import/", EDIT, ok=200, data={"text": "Activity,Hours\nMore,2\n"}),
    get(f"{SHEET}/compare/?a=1&b=v{{sent}}", "see an issue"),
    get(f"{SENT}/", "see an issue"),
    get(f"{SENT}/?view=customer", "see an issue"),
    post(f"{SENT}/answer/", EDIT, data={"standing": "accepted"}),
    post(f"{SENT}/link/", "bring an estimate to the customer"),
    get(f"{SENT}/customer.pdf", AWAY),
    get(f"{SENT}/own.pdf", AWAY),
    get(f"{SENT}/own/csv/", AWAY),
    get(f"{SENT}/customer/xlsx/", AWAY),
]
ASKED, REVIEW = "/approvals/{review}", "review an estimate"
GIVE = "give a review to somebody else"
ABOUT_STEP = {"step": "{review_step}"}
PASSED = ABOUT_STEP | {"to": "{other_architect}", "reason": "Away"}
DECIDING = ABOUT_STEP | {"digest": "{review_digest}", "reason": "The waves"}
APPROVALS = [
    get("/approvals/", EVERYBODY),
    get(f"{ASKED}/", "see an issue"),
    get("/approvals/go/{review_link}/", "see an issue", ok=(302,)),
    post(f"{ASKED}/decide/", REVIEW, data=DECIDING | {"verdict": "approved"}),
    post(f"{ASKED}/decide/", REVIEW, data=DECIDING | {"verdict": "rejected"}),
    post(f"{ASKED}/ask/", REVIEW, data=ABOUT_STEP | {"text": "Why?"}),
    post(f"{ASKED}/delegate/", REVIEW, data=PASSED | {"until": "{next_month}"}),
    post(f"{ASKED}/reassign/", GIVE, data=PASSED),
    post(f"{ASKED}/answer/", EDIT, data={"inquiry": "{inquiry}", "text": "Two waves"}),
    post(f"{ASKED}/recall/", EDIT, data={"reason": "Wrong rates"}),
    post(f"{SENT}/review/", EDIT, data={"note": "Look at this"}),
]
SOW, CLAUSES, TEMPLATE = "/sow/{written}", "/sow/library", "/sow/templates/{template}"
WRITE, KEEP = "edit a SOW draft", "keep the clause library"
TRAVEL = {"seen": "1", "edit": "travel", "t.travel": "Travel", "x.travel": "None", "why": "Ours"}
AGREEMENT = {"party": "customer", "seen": "1", "who": "Ada", "on": "{today}", "evidence": "Mail"}
LEGAL, MEETS = "work in a legal case", "note meetings of a hand-off"
ORDER = {"do": "start", "case": "more_scope", "reason": "Two more teams"}
DEED = {"on": "{today}", "text": "Her mail"}
RISK = {"do": "ask", "reason": "They begin", "hours": "9", "price": "900", "cap": "900"}
RISK |= {"expires": "2999-01-01"}
STATEMENTS = [
    get("/sow/{agreed}/draft/", "draft a SOW"),
    fill("/sow/{agreed}/draft/", "draft a SOW", legal_name="Lake Ltd"),
    get(f"{SOW}/", "see an issue"),
    get(f"{SOW}/?edit=all", "see an issue"),
    get(f"{SOW}/?edit=fields", "see an issue"),
    post(f"{SOW}/", WRITE, data=TRAVEL | {"do": "save"}),
    post(f"{SOW}/", WRITE, data=TRAVEL | {"do": "up:travel"}),
    fill(f"{SOW}/?edit=fields", WRITE, billing="Soon", why="Ours"),
    post(f"{SOW}/check/", WRITE, ok=200, data=TRAVEL),
    get(f"{SOW}/approval/", "ask for approval of a SOW"),
    post(f"{SOW}/approval/", "ask for approval of a SOW", ok=422, data={"seen": "1"}),
    post(f"{SOW}/agreed/", "note who agreed to a SOW", data=AGREEMENT),
    get("/sow/", EVERYBODY),
    get(f"{SOW}/onward/", "see an issue"),
    get("/sow/{turned}/legal/", "see an issue"),
    post(f"{SOW}/legal/", LEGAL, data={"do": "open", "asked": "review", "paper": "ours"}),
    post("/sow/{turned}/legal/", LEGAL, data={"do": "turn", "side": "em"}),
    post(f"{SOW}/legal/", "allow redlines of a small deal", data={"do": "allow", "reason": "Ours"}),
    get(f"{SOW}/booking/", "see an issue"),
    post(f"{SOW}/booking/", "prepare a booking", data=DEED | {"key": "order"}),
    post(f"{SOW}/booking/", "note a signature", data=DEED | {"key": "signed_us", "who": "Ada"}),
    post(f"{SOW}/booking/", "decide finance approval", data=DEED | {"key": "finance_yes"}),
    post(f"{SOW}/booking/", "book an opportunity", ok=422, data={"do": "book"}),
    post(f"{SOW}/booking/{{order}}/back/", "prepare a booking"),
    get(f"{SOW}/orders/", "see an issue"),
    post(f"{SOW}/orders/", "change a signed SOW", ok=422, data=ORDER),
    get(f"{SOW}/risk/", "see an issue"),
    get("/sow/{turned}/risk/", "see an issue"),
    post("/sow/{turned}/risk/", "work at risk", data=RISK),
    get("/sow/{turned}/handoff/", "see an issue"),
    get(f"{SOW}/handoff/pdf/", "see an issue"),
    get("/sow/{turned}/handoff/?edit=1", "see an issue"),
    fill("/sow/{turned}/handoff/?edit=1", "write a hand-off", promised="No night work"),
    post("/sow/{turned}/handoff/", "write a hand-off", data={"do": "hand"}),
    post(f"{SOW}/handoff/", "answer a hand-off", data={"do": "give_back", "questions": "Who?"}),
    get("/sow/{turned}/handoff/readiness/sso/", "write a hand-off"),
    fill("/sow/{turned}/handoff/readiness/sso/", "write a hand-off", stand="ready"),
    post(f"{SOW}/handoff/tasks/{{task}}/", MEETS, data={"do": "met", "on": "{today}"}),
    get(f"{SOW}/handoff/tasks/{{task}}/", MEETS, ok=(302,)),
    post(f"{SOW}/pen/", WRITE, data={"do": "take"}),
    post("/sow/{turned}/pen/", WRITE, data={"do": "ask", "reason": "Ours"}),
    post(f"{SOW}/pen/", "break somebody's pen", data={"do": "over", "reason": "Urgent"}),
    post(f"{SOW}/proposals/{{proposed}}/settle/", WRITE),
    get(f"{SOW}/renew/", WRITE),
    post(f"{SOW}/renew/", WRITE, ok=422, data={"why": "Ours"}),
    get(f"{SOW}/versions/", "see an issue"),
    get(f"{SOW}/versions/1/", "see an issue"),
    post("/sow/{turned}/versions/1/pdf/", "see an issue"),
    get(f"{SOW}/documents/{{paper}}/", "see an issue"),
    post(f"{SOW}/stamp/", "stamp a SOW", data={"seen": "1"}),
    post(f"{SOW}/stamp/void/", "void a stamp", data={"why": "Ours"}),
    get(f"{SOW}/compare/?a=1&b=1&show=side", "see an issue"),
    post(f"{SOW}/comments/", "comment", data={"section": "travel", "seen": "1", "body": "Hm"}),
    post(f"{SOW}/comments/{{remark}}/", "comment", data={"do": "resolve"}),
    post(f"{SOW}/said/{{outside}}/", "comment", data={"do": "resolve"}),
    get(f"{SOW}/redlines/{{redline}}/", "see an issue"),
    post(f"{SOW}/redlines/{{redline}}/", WRITE, ok=422),
    get(f"{SOW}/versions/1/docx/", "see an issue"),
    post(f"{SOW}/returned/", "take a Word file back"),
    get(f"{SOW}/review/", "send a SOW to the customer"),
    post(f"{SOW}/review/", "send a SOW to the customer", ok=422),
    post("/sow/{turned}/review/{customer_review}/revoke/", "send a SOW to the customer"),
    get(f"{CLAUSES}/", "read the clause library"),
    get(f"{CLAUSES}/travel-standard/", "read the clause library"),
    get(f"{TEMPLATE}/", "read the clause library"),
    get("/activity/sow.clause/{clause}/", "read the clause library"),
    get(f"{CLAUSES}/new/", KEEP),
    fill(
        f"{CLAUSES}/new/",
        KEEP,
        key="data",
        title="Data",
        kind="other",
        status="draft",
        risk="low",
        text="We delete it.",
        why="Asked for",
    ),
    get(f"{CLAUSES}/travel-standard/edit/", KEEP),
    fill(f"{CLAUSES}/travel-standard/edit/", KEEP, text="Nobody travels.", why="Simpler"),
    get(f"{TEMPLATE}/edit/", KEEP),
    fill(f"{TEMPLATE}/edit/", KEEP, title_0="Parties", why="Shorter"),
]
EVERY_COLUMN = "state,labels,opportunity,current_state,next_step,requester"
TICKED = {"issue": "{deal}.1.{em}", "deed": "label", "label": "urgent"}
LISTS = [
    get("/issues/", EVERYBODY),
    get(f"/issues/?view=team&per_page=100&sort=-value&cols={EVERY_COLUMN}", EVERYBODY),
    get(f"/issues/export/csv/?view=team&cols={EVERY_COLUMN}", "take the list away as a file"),
    get("/issues/export/xlsx/?view=team", "take the list away as a file"),
    post("/issues/bulk/", "change many issues at once", ok=200, data=TICKED),
    Question(
        "POST", "/issues/bulk/", "change many issues at once", TICKED | {"go": "1"}, ok=(200, 302)
    ),
    post("/issues/bulk/{batch}/undo/", "change many issues at once"),
]
IMPORTS = [
    get("/import/", "preview an import"),
    post("/import/", "preview an import", data={"upload": FILE}),
    get("/import/{import}/", "see the EM's import"),
    get("/import/{import}/?step=map", "see the EM's import"),
    get("/import/{imported}/", "see the EM's import"),
    Question("POST", "/import/{import}/map/", "see the EM's import", ok=(302, 422)),
    get("/import/{import}/progress/", "see the EM's import"),
    get("/import/{import}/problems/", "see the EM's import"),
    get("/import/{import}/left-out/1/", "see the EM's import"),
    get("/import/{imported}/issues/made/", "see the EM's import"),
    get("/import/{imported}/opportunities/changed/", "see the EM's import"),
    post("/import/{checking}/cancel/", "see the EM's import"),
    post("/import/{import}/start/", "apply the EM's import"),
    get("/import/{imported}/undo/", "apply the EM's import"),
    post("/import/{imported}/undo/", "apply the EM's import"),
]
FINDING = [
    get("/search/", EVERYBODY),
    get("/search/?q=okapi+is:open+foo:bar&page=2", EVERYBODY),
    get("/search/?q={deal}", EVERYBODY, ok=(200, 302)),
    get("/palette/?frame", EVERYBODY),
    get("/palette/?q=okapi&on={deal}", EVERYBODY),
]
TRIAGE = [
    get("/triage/", "see the triage queue"),
    get("/triage/?show=snoozed", "see the triage queue"),
    get("/triage/?issue={incoming}&verdict=duplicate", "see the triage queue"),
    get("/triage/?issue={incoming}&verdict=ask&part=1", "see the triage queue"),
    get("/triage/?issue={deal}", "see the triage queue"),
    *(
        post("/issues/{incoming}/verdict/", "triage and assign", data=said)
        for said in (
            {"verdict": "accept", "segment": "{segment}", "em": "{em}", "why": "They know them"},
            {"verdict": "duplicate", "into": "{duplicate}"},
            {"verdict": "decline", "reason": "declined"},
            {"verdict": "snooze", "until": "answer"},
            {"verdict": "ask", "own": "Why now?"},
        )
    ),
    post("/issues/{sleeping}/verdict/?undo=snooze", "triage and assign"),
]
CHANNEL: dict[str, Any] = {
    "name": "#new",
    "webhook": "https://hooks.slack.com/x",
    "kinds": ["ready"],
}
NOTICES = [
    get("/inbox/", EVERYBODY),
    get("/inbox/?show=done", EVERYBODY),
    post(
        "/inbox/act/",
        EVERYBODY,
        data={"about": "scoping.scopingissue:{deal}", "upto": "{notice}", "deed": "mute"},
    ),
    get("/inbox/newest/", EVERYBODY),
    post("/inbox/calendar/", EVERYBODY, ok=200),
    post("/inbox/calendar/off/", EVERYBODY),
    get("/slack/", "see to Slack channels"),
    get("/slack/new/", "see to Slack channels"),
    fill("/slack/new/", "see to Slack channels", **CHANNEL),
    get("/slack/{channel}/", "see to Slack channels"),
    fill("/slack/{channel}/", "see to Slack channels", **CHANNEL),
    post("/slack/{channel}/test/", "see to Slack channels"),
    get("/inbox/settings/", EVERYBODY),
    fill("/inbox/settings/", EVERYBODY, digest_hour="9"),
    post("/inbox/settings/test/", EVERYBODY),
    get("/mailbox/", EVERYBODY),
    get("/mailbox/{mail}/", "read the EM's mail"),
    get("/mailbox/{mail}/source/", "read the EM's mail"),
    post("/mailbox/{mail}/resend/", "send the EM's mail once more"),
    get("/health/", "see how delivery is doing"),
]
PROMISE = "/clocks/policies/estimate"
CLOCKS = [
    get("/clocks/", EVERYBODY),
    get("/clocks/?em=mine&policy=estimate&stands=overdue", EVERYBODY),
    get("/clocks/?as=csv", "take the list away as a file"),
    get("/clocks/report/?by=em", EVERYBODY),
    get("/clocks/report/?as=csv", "take the list away as a file"),
    get("/clocks/rows/?by=month&part=met", EVERYBODY),
    get("/clocks/rows/?as=csv", "take the list away as a file"),
    get("/clocks/policies/", EVERYBODY),
    get(f"{PROMISE}/", EVERYBODY),
    get(f"{PROMISE}/change/", "change a promise"),
    fill(f"{PROMISE}/change/", "change a promise", amount="24", reason="Faster", do="publish"),
]
READ, KEEP = "read the catalogue", "keep the catalogue"
WAVES = "migration_waves_remote"
DRAFT = "/catalogue/draft"
NEW_SKU = {"code": "NEW-1", "title": "New", "type": "advisory", "delivery": "remote"}
NEW_SKU |= {"currency": "USD", "unit": "each", "basis": "desk", "position": "1"}
RATES = "Region,Currency,From,Every role,Why\nEMEA,USD,2099-01-01,300,Ours\n"
OFFERED = [
    get("/catalogue/?q=migration&type=migration", READ),
    get("/catalogue/?version=2", KEEP, refused=(404,)),
    get("/catalogue/services/saas/", READ),
    get("/catalogue/versions/", READ),
    get("/catalogue/versions/1/", READ),
    get("/catalogue/versions/2/?against=1", KEEP, refused=(404,)),
    fill("/catalogue/versions/2/", KEEP, refused=(404,), reason="Better words"),
    post(f"{DRAFT}/begin/", KEEP),
    get(f"{DRAFT}/activity/{WAVES}/", KEEP),
    fill(f"{DRAFT}/activity/{WAVES}/", KEEP, title="In waves"),
    get(f"{DRAFT}/service/new/", KEEP),
    fill(f"{DRAFT}/sku/new/", KEEP, **NEW_SKU),
    post(f"{DRAFT}/guideline/travel/remove/", KEEP),
    get(f"{DRAFT}/bands/saas/", KEEP),
    fill(f"{DRAFT}/bands/saas/", KEEP, lines="500 1000 30000 40000"),
    post(f"{DRAFT}/discard/", KEEP),
    get("/catalogue/proposals/", READ),
    get("/catalogue/proposals/{proposal}/", READ),
    get(f"/catalogue/proposals/new/?kind=activity&key={WAVES}", "propose to the catalogue"),
    post(
        "/catalogue/proposals/new/",
        "propose to the catalogue",
        data={"text": "A wiki migration", "why": "Asked twice"},
    ),
    post(
        "/catalogue/proposals/{proposal}/decide/", KEEP, data={"do": "decline", "answer": "Later"}
    ),
    post("/catalogue/proposals/{proposal}/withdraw/", "take the EM's proposal back"),
    get("/catalogue/needs/", "read customer needs"),
    get("/catalogue/needs/{need}/", "read customer needs"),
    fill("/catalogue/needs/{need}/", "answer a customer need", status="planned"),
    get("/issues/{deal}/needs/new/", "triage and assign"),
    fill("/issues/{deal}/needs/new/", "triage and assign", text="Move their wiki"),
    get("/catalogue/rates/", READ),
    get("/catalogue/rates/{card}/", READ),
    get("/catalogue/rates/export/csv/", "take the rate cards away"),
    get("/catalogue/rates/import/", "give a rate card"),
    post("/catalogue/rates/import/", "give a rate card", ok=200, data={"text": RATES}),
    get("/catalogue/rates/new/?like={card}", "give a rate card"),
    fill("/catalogue/rates/new/?like={card}", "give a rate card", reason="Dearer"),
    get("/catalogue/cost/", "read standard cost"),
    get("/catalogue/cost/{sheet}/", "read standard cost"),
    get("/catalogue/cost/export/csv/", "take standard cost away"),
    get("/catalogue/cost/import/", "give standard cost"),
    post("/catalogue/cost/import/", "give standard cost", ok=422, data={"text": "Currency"}),
    get("/activity/scoping.costsheet/{sheet}/", "read standard cost"),
    get("/activity/scoping.ratecard/{card}/", READ),
    get("/activity/scoping.proposal/{proposal}/", READ),
    get("/catalogue/cost/new/", "give standard cost"),
    fill("/catalogue/cost/new/", "give standard cost", reason="Pay rose"),
]
DESK: list[Question] = [
    *NOTICES,
    *TRIAGE,
    *FINDING,
    *IMPORTS,
    *VIEWS,
    *QUIET,
    *LOAD,
    *BOARDS,
    *LISTS,
    *OPPORTUNITIES,
    *ESTIMATES,
    *APPROVALS,
    *STATEMENTS,
    *SIGNATURES,
    *ISSUE,
    *DEEDS,
    *TALK,
    *OWN,
    *CALENDARS,
    *CLOCKS,
    *FIGURES,
    *FORECAST,
    *INTAKE,
    *OFFERED,
]
KEEPS_A_NOTE = {"/files/{file}/": {"files_download"}}  # who fetched a file is put on record
EVERYTHING: list[Question] = [*DESK, *PUBLIC, *HOOKS, *ACCOUNT, *ADMIN]
