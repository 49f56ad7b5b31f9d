"""Every address of the catalogue of services, its rates and costs, for the catalogue of addresses."""

from __future__ import annotations

from tests.security.asking import fill, get, post

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
