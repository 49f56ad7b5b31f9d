"""Every address of the desk's own, each method of it, and the act of the matrix it is.

What stands in braces is a record of :mod:`tests.security.world`. An address that is not here
fails the build.
"""

from __future__ import annotations

from tests.security.asking import EVERYBODY, FILE, Question, fill, get, post
from tests.security.doors import ACCOUNT, ADMIN, PUBLIC

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
DESK: list[Question] = [*BOARDS, *ISSUE, *TALK, *OWN]
EVERYTHING: list[Question] = [*DESK, *PUBLIC, *ACCOUNT, *ADMIN]
