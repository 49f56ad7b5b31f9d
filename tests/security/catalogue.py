"""Every address of the desk's own, each method of it, and the act of the matrix it is.

What stands in braces is a record of :mod:`tests.security.world`. An address that is not here
fails the build.
"""

from __future__ import annotations

from typing import Any

from tests.security.asking import EVERYBODY, FILE, Question, fill, get, post
from tests.security.doors import ACCOUNT, ADMIN, HOOKS, PUBLIC
from tests.security.estimate_questions import APPROVALS, ESTIMATES
from tests.security.forecast_questions import FIGURES, FORECAST, OPPORTUNITIES
from tests.security.issue_questions import DEEDS, INTAKE, ISSUE
from tests.security.service_questions import OFFERED
from tests.security.signing_questions import QUESTIONS as SIGNATURES
from tests.security.sow_questions import STATEMENTS

BOARDS = [
    get("/", EVERYBODY),
    get("/?view=team", EVERYBODY),
    get("/board/", EVERYBODY),
    get("/board/?lanes=em&view=team", EVERYBODY),
    get("/board/by-em/", "see Issues by EM"),
    get("/board/changes/?since=0", EVERYBODY, ok=(200, 204)),
    get("/board/column/open/", EVERYBODY),
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
