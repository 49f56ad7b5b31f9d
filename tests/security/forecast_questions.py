"""Every address of figures, forecast and opportunities, for the catalogue."""

from __future__ import annotations

from tests.security.asking import fill, get, post

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
    get("/forecast/hours/?em={em}&segment={segment}", "read the forecast"),
    get("/forecast/hours/?as=csv", "take the forecast away"),
    get("/forecast/hours/rows/", "see what the win rate leaves out"),
    get("/forecast/hours/rows/?of=unestimated", "see what the win rate leaves out"),
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
