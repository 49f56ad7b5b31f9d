"""The addresses of signing in, of the administrators' pages, and those anybody may ask."""

from __future__ import annotations

from typing import Any

from tests.security.asking import EVERYBODY, Question, get, post

ADMINISTERED = {
    "user": "{colleague}",
    "segment": "{segment}",
    "territory": "{territory}",
    "coverage": "{coverage}",
    "absence": "{absence}",
}
SAVE = {"_save": "Save"}
NEVER_DELETED = {"user", "segment"}
BY_NOBODY = ["auth/group", "account/emailaddress", "mfa/authenticator"]
TO_THE_DOOR = (302, 403)  # back to /admin/login/, or for an administrator: not even you


def public(method: str, path: str, because: str, *ok: int) -> Question:
    return Question(method, path, f"public, because {because}", ok=ok or (200,), public=True)


PUBLIC = [
    public("GET", "/account/login/", "one must be able to come in", 200, 302),
    public("POST", "/account/login/", "one must be able to come in", 200, 302),
    public("GET", "/account/logout/", "there is nothing to see", 200, 302),
    public("POST", "/account/logout/", "one may always leave", 302),
    public("GET", "/account/inactive/", "it says why one cannot come in"),
    public("GET", "/account/password/reset/", "who forgot a password cannot sign in"),
    public("POST", "/account/password/reset/", "who forgot a password cannot sign in", 200, 302),
    public("GET", "/account/password/reset/sent/", "who forgot a password cannot sign in"),
    public("GET", "/account/password/reset/done/", "who forgot a password cannot sign in"),
    public("GET", "/account/password/reset/1-abc/", "the key in it is the secret"),
    public("POST", "/account/password/reset/1-abc/", "the key in it is the secret"),
    public("GET", "/account/second-factor/code/", "one is half signed in there", 302),
    public("POST", "/account/second-factor/code/", "one is half signed in there", 302),
    public("GET", "/admin/login/", "it only leads to the sign-in page", 302, 403),
    public("POST", "/admin/login/", "it only leads to the sign-in page", 302, 403, 405),
    public("GET", "/inbox/unsubscribe/{leave}/", "the token in the mail says for whom"),
    public("GET", "/calendar/{feed}.ics", "the secret in it says for whom"),
    public("GET", "/offer/{offer}/", "the token in it says which estimate"),
    public("GET", "/offer/{offer}/pdf/", "the token in it says which estimate"),
    public("GET", "/sow/r/{review_secret}/", "the secret in it says which SOW", 303),
    public("GET", "/sow/review/{customer_review}/", "a cookie says that one came by its link", 404),
    public(
        "POST", "/sow/review/{customer_review}/", "a cookie says that one came by its link", 404
    ),
    public(
        "GET", "/sow/review/{customer_review}/pdf/", "a cookie says that one came by its link", 404
    ),
    public(
        "GET", "/sow/review/{customer_review}/docx/", "a cookie says that one came by its link", 404
    ),
    public("GET", "/sign/{signer_link}/", "the secret in it finds a signer's page", 303),
    public("GET", "/sign/", "a cookie of the link says whose page it is", 410),
    public("POST", "/sign/", "a cookie of the link says whose page it is", 410),
    public("GET", "/sign/file/", "it takes the link and the code", 404),
    public("GET", "/healthz/live", "a load balancer has no account"),
    public("GET", "/healthz/ready", "a load balancer has no account"),
]
# Other systems come in by a token of their own; without one set there is no such address.
HOOKS = [
    public("POST", "/hooks/gitlab/", "GitLab has no account", 404),
    public("POST", "/hooks/docusign/", "DocuSign has no account", 404),
    public("POST", "/hooks/documenso/", "Documenso has no account", 404),
    public("POST", "/hooks/docuseal/", "DocuSeal has no account", 404),
    public("POST", "/inbox/unsubscribe/{leave}/", "a mail program has no account"),
]
ACCOUNT = [
    get("/account/reauthenticate/", EVERYBODY),
    post("/account/reauthenticate/", EVERYBODY, ok=200),
    get("/account/password/change/", EVERYBODY),
    post("/account/password/change/", EVERYBODY, ok=200),
    get("/account/password/set/", EVERYBODY, ok=(302,)),
    post("/account/password/set/", EVERYBODY),
    get("/account/second-factor/", EVERYBODY),
    get("/account/second-factor/again/", EVERYBODY, ok=(302,)),
    post("/account/second-factor/again/", EVERYBODY),
    get("/account/second-factor/set-up/", EVERYBODY),
    post("/account/second-factor/set-up/", EVERYBODY, ok=200),
    get("/account/second-factor/remove/", EVERYBODY, ok=(404,)),
    post("/account/second-factor/remove/", EVERYBODY, ok=404),
    get("/account/recovery-codes/", EVERYBODY, ok=(404,)),
    get("/account/recovery-codes/new/", EVERYBODY),
    post("/account/recovery-codes/new/", EVERYBODY, ok=200),
]


def administering(path: str, *ok: int, method: str = "GET", **options: Any) -> Question:
    address = f"/admin/{path}"
    options |= {"ok": ok or (200,), "refused": TO_THE_DOOR}
    return Question(method, address, "administer people", **options)


def _pages_of(name: str, pk: str) -> list[Question]:
    deleting = 403 if name in NEVER_DELETED else 200
    return [
        administering(f"people/{name}/"),
        administering(f"people/{name}/", method="POST"),
        administering(f"people/{name}/add/"),
        administering(f"people/{name}/add/", method="POST"),
        administering(f"people/{name}/{pk}/", 302),
        administering(f"people/{name}/{pk}/change/"),
        administering(f"people/{name}/{pk}/change/", 302, method="POST", fills=True, data=SAVE),
        administering(f"people/{name}/{pk}/history/"),
        administering(f"people/{name}/{pk}/delete/", deleting),
        administering(f"people/{name}/{pk}/delete/", deleting, method="POST"),
    ]


def _closed(model: str) -> list[Question]:
    pages = ["", "add/", "1/change/", "1/history/", "1/delete/"]
    act = "touch second factors and groups"
    asked = [
        Question(method, f"/admin/{model}/{page}", act, refused=TO_THE_DOOR)
        for page in pages
        for method in ("GET", "POST")
    ]
    return [*asked, Question("GET", f"/admin/{model}/1/", act, refused=(302,))]


ADMIN = [
    administering(""),
    administering("logout/", 405),
    administering("logout/", 200, method="POST"),
    administering("password_change/", 302),
    administering("password_change/done/"),
    administering("autocomplete/", 403),
    administering("jsi18n/"),
    administering("r/1/1/", 404),
    administering("people/"),
    administering("auth/", 404),
    administering("mfa/", 404),
    administering("account/", 404),
    administering("nonsense/", 404),
    *(page for name, pk in ADMINISTERED.items() for page in _pages_of(name, pk)),
    *(page for model in BY_NOBODY for page in _closed(model)),
]
