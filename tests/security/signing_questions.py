"""Every address about signatures, for the catalogue."""

from __future__ import annotations

from tests.security.asking import FILE, get, post

SEND, ROUTE = "send a SOW to our signatories", "route the customer's signature"
SIGN, OTHER = "sign for our side", "name another signer of the customer"
OUT, OURS = "/sow/{out}", "/sow/{ours_asked}"
SIGNER = {"name_1": "Ray", "email_1": "ray@customer.example", "zone_1": "UTC", "order_1": "1"}
SENDING = {"seen": "1", "first": "{signatory}", "second_when": "turn", "order": "ours", "days": "9"}
SIGNING = {"do": "sign", "seen": "{ours_hash}", "consent": "on", "typed": "Person signatory"}
INSTEAD = {"signer": "{customer_signer}", "name": "Ray", "email": "ray@c.example", "why": "Left"}
ELSEWHERE = {"file": FILE, "where": "paper", "ours": "Pat", "customer": "Ray"}
QUESTIONS = [
    get(f"{OUT}/signing/", SEND),
    post(f"{OUT}/signing/", SEND, ok=422, data=SENDING),
    get(f"{OUT}/signing/file/", "see an issue"),
    get(f"{OUT}/signing/customer/", ROUTE),
    post(f"{OUT}/signing/customer/", ROUTE, ok=409, data=SIGNER),
    post(f"{OUT}/signing/signer/", OTHER, data=INSTEAD),
    post(f"{OUT}/signing/recall/", SEND, data={"why": "Wrong"}),
    get(f"{OUT}/signing/elsewhere/", ROUTE),
    post(f"{OUT}/signing/elsewhere/", ROUTE, ok=422, data=ELSEWHERE),
    post(f"{OUT}/signing/envelope/", ROUTE, ok=422, data={"where": "docusign", "envelope": "e"}),
    get(f"{OURS}/sign/", SIGN),
    post(f"{OURS}/sign/", SIGN, data=SIGNING),
]
