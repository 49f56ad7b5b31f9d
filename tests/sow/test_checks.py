"""Each check speaks when what it looks after is broken, and only then."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sow.building import Sold, amounts, blocks, milestone_block
from sow.checks import CHECKS, Draft, check, lines_stand_once, totals_tie
from sow.content import Content, Section
from sow.kinds import Kind

TITLES = ["Plan", "Move [all] code", "Planning *more*", "Check | twice"]


def line(title: str, **said) -> dict:
    known = {"phase": "One", "title": title, "key": "", "category": "services", "text": ""}
    known |= {"deliverable": "", "assumptions": "", "role": "Engineer", "hours": "8"}
    known |= {"rate": "330.00", "quantity": "", "unit_price": "", "optional": False}
    return known | {"price": "2640.00", "net": "2640.00"} | said


def sold(lines: list[dict], **said) -> Sold:
    counted = [each for each in lines if not each["optional"]]
    of = {
        kind: sum(
            (Decimal(each["price"]) for each in counted if each["category"] == kind), Decimal()
        )
        for kind in ("services", "education")
    }
    total = sum(of.values(), Decimal())
    discount = said.pop("discount", Decimal())
    totals = {name: f"{amount:.2f}" for name, amount in of.items()}
    totals |= {"list": f"{total:.2f}", "final": f"{total - discount:.2f}", "travel": "0.00"}
    totals |= {"discount": f"{discount:.2f}", "discount_percent": "5" if discount else "0"}
    totals |= {"hours": str(8 * len(counted))}
    content = {"lines": lines, "extras": [], "totals": totals, "pricing": "tm", "currency": "USD"}
    return Sold(content | {"marketplace": False} | said, {})


def draft(of: Sold) -> Draft:
    """As right as a draft can be."""
    fields = amounts(of) | {"legal_name": "Lake Ltd", "agreement": "MSA", "estimate": "v1"}
    fields |= {"start_date": "2026-04-01", "end_date": "2026-05-01", "expiry_date": "2027-01-01"}
    built = blocks(of)
    texts = {
        Kind.HEADER: "Between us.",
        Kind.EXCLUSIONS: f"- Secrets\n{built['exclusion_lines']}",
        Kind.EFFORT: built["effort"],
        Kind.ACCEPTANCE: built["acceptance_lines"],
        Kind.FEES: built["fees"],
        Kind.BILLING: "Prepaid.",
        Kind.TRAVEL: "At cost.",
    }
    if of.education:
        total = "{{ currency }} {{ education_total }}"
        texts[Kind.EDUCATION] = f"{built['education_lines']}\n\nEducation total: {total}"
    found = [Section(kind, kind, kind.label, text) for kind, text in texts.items()]
    for place, (name, lines) in enumerate(of.milestones.items()):
        found.append(Section(f"scope-{place}", Kind.SCOPE, name, milestone_block(lines)))
    return Draft(Content(fields, tuple(found)), of)


LINES = [
    line("Plan"),
    line("Move [all] code", phase="Two"),
    line("Basics", category="education", unit_price="5000.00", quantity="1", price="5000.00"),
    line("Tidy", optional=True),
]


@pytest.fixture
def good() -> Draft:
    return draft(sold(LINES, discount=Decimal("500.00")))


def changed(good: Draft, kind: str, change: Callable[[str], str]) -> Draft:
    sections = tuple(
        replace(each, text=change(good.content.text_of(each))) if each.kind == kind else each
        for each in good.content.sections
    )
    return replace(good, content=replace(good.content, sections=sections))


def without(good: Draft, kind: str) -> Draft:
    kept = tuple(each for each in good.content.sections if each.kind != kind)
    return replace(good, content=replace(good.content, sections=kept))


def having(good: Draft, **fields: str) -> Draft:
    return replace(good, content=replace(good.content, fields=good.content.fields | fields))


def faulty(what: Draft) -> dict[str, tuple[str, ...]]:
    return {each.name: each.faults for each in check(what) if each.faults}


def test_a_right_draft_has_no_fault(good):
    assert faulty(good) == {}
    assert len(CHECKS) == len({name for name, *_ in CHECKS})


TOTALS, ONCE = "Totals are the estimate's", "Every line stands once"
HOURS, OPEN = "Hours are the estimate's", "Nothing is left open"
DATES, MILESTONES = "Dates are in order", "Milestones hold work and say when it is done"


@pytest.mark.parametrize(
    ("name", "kind", "change"),
    [
        (TOTALS, Kind.FEES, lambda text: text.replace("9,780.00", "9,780.01")),
        (TOTALS, Kind.FEES, lambda text: text.replace("9,780.00", "9780")[:0]),
        (TOTALS, Kind.FEES, lambda text: text.replace("USD 500.00", "EUR 500.00")),
        (TOTALS, Kind.FEES, lambda text: f"{text}\n| Grand total | USD 9,780.00 |"),
        (TOTALS, Kind.FEES, lambda text: re.sub(r"\| Discount.*\n", "", text)),
        ("Education has its total", Kind.EDUCATION, lambda text: text.replace("5,000", "4,000")),
        (ONCE, Kind.SCOPE, lambda text: text.replace("- **Plan**", "- **Planning**")),
        (ONCE, Kind.SCOPE, lambda text: f"{text}\n- **Plan**"),
        (ONCE, Kind.SCOPE, lambda text: f"{text}\n- **Tidy**"),
        (ONCE, Kind.EXCLUSIONS, lambda text: text.replace("**Tidy**", "Tidy")),
        (ONCE, Kind.EDUCATION, lambda text: text.replace("**Basics**", "Basics")),
        (HOURS, Kind.EFFORT, lambda text: text.replace("| 24 |", "| 23 |")),
        (HOURS, Kind.EFFORT, lambda text: "Enough."),
        (OPEN, Kind.BILLING, lambda text: f"{text} Due in TBD days."),
        (OPEN, Kind.BILLING, lambda text: f"{text} {{{{ po_number }}}}"),
        (OPEN, Kind.BILLING, lambda text: f"{text} [insert the bank]"),
        ("Travel and expenses are there", Kind.TRAVEL, lambda text: " \n"),
        ("Something is out of scope", Kind.EXCLUSIONS, lambda text: "Nothing."),
        (MILESTONES, Kind.SCOPE, lambda text: "We will see."),
        (MILESTONES, Kind.ACCEPTANCE, lambda text: text.replace("**One**", "**1**")),
    ],
)
def test_each_thing_that_is_broken_is_told(good, name, kind, change):
    assert name in faulty(changed(good, kind, change))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (TOTALS, Kind.FEES),
        (ONCE, Kind.SCOPE),
        ("Travel and expenses are there", Kind.TRAVEL),
        ("Something is out of scope", Kind.EXCLUSIONS),
        (MILESTONES, Kind.SCOPE),
        ("Parties and agreement are known", Kind.HEADER),
    ],
)
def test_a_missing_section_is_told(good, name, kind):
    assert name in faulty(without(good, kind))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        (DATES, {"start_date": ""}),
        (DATES, {"end_date": "2026-03-31"}),
        (DATES, {"expiry_date": "2026-04-30"}),
        (DATES, {"start_date": "soon"}),
        ("Parties and agreement are known", {"legal_name": " "}),
        ("Parties and agreement are known", {"agreement": ""}),
    ],
)
def test_a_field_that_is_wrong_is_told(good, name, fields):
    assert name in faulty(having(good, **fields))


def test_days_that_fall_together_are_in_order(good):
    same = dict.fromkeys(("start_date", "end_date", "expiry_date"), "2026-04-01")

    assert faulty(having(good, **same)) == {}


def test_a_newer_estimate_and_a_marketplace_are_told(good):
    assert "The estimate is the accepted one" in faulty(replace(good, newer="v2"))
    listed = draft(sold(LINES, marketplace=True))
    assert "A marketplace is prepaid" in faulty(listed)  # by time and materials
    fixed = draft(sold(LINES, marketplace=True, pricing="ff"))
    assert faulty(fixed) == {}
    assert "A marketplace is prepaid" in faulty(
        changed(fixed, Kind.BILLING, lambda text: "In 90 days.")
    )


def test_a_discount_of_three_decimals_is_told(good):
    totals = good.sold.content["totals"] | {"discount_percent": "5.125"}
    odd = replace(good, sold=replace(good.sold, content={**good.sold.content, "totals": totals}))

    assert "The discount is one plain percentage" in faulty(odd)


@given(st.lists(st.sampled_from(TITLES), min_size=1, max_size=6), st.data())
def test_what_is_written_for_lines_is_found_again_whatever_they_are_called(titles, data):
    lines = [
        line(title, phase=data.draw(st.sampled_from(["", "One", "Two"])), price=f"{number}.25")
        for number, title in enumerate(titles, start=1)
    ]
    good = draft(sold(lines))

    assert list(lines_stand_once(good)) == []
    assert list(totals_tie(good)) == []
    gone = data.draw(st.sampled_from(titles))
    short = replace(good, sold=sold([each for each in lines if each["title"] != gone]))
    assert any(gone in fault for fault in lines_stand_once(short))
