"""Every address of an issue: its page, moves, facts, deeds and intake, for the catalogue."""

from __future__ import annotations

from tests.security.asking import fill, get, post

MEETING = {"kind": "internal_sync", "starts_at": "2099-01-01T10:00", "minutes": "30"}
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
