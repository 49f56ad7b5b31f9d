"""Every address of estimates and of those asked to review them, for the catalogue."""

from __future__ import annotations

from tests.security.asking import EVERYBODY, fill, get, post

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
