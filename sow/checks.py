"""What must be right before a statement of work asks for approval (domain.md §8.2).

Each check is a function of the text as it reads, every field filled in, and of the frozen estimate
it was made from. It says what is wrong, or nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from sow.building import (
    DISCOUNT,
    EDUCATION,
    GRAND_TOTAL,
    HOURS_TOTAL,
    LIST_TOTAL,
    SERVICES,
    TRAVEL,
    Sold,
    money,
    name_of,
)
from sow.content import Content
from sow.fields import day_of
from sow.kinds import Kind

ITEM = re.compile(r"^- \*\*(.+?)(?<!\\)\*\*", re.MULTILINE)
ROW = re.compile(r"^\|(.*)\|\s*$", re.MULTILINE)
AMOUNT = re.compile(r"([A-Z]{3}) (-?[\d,]+(?:\.\d+)?)")
UNESCAPED = re.compile(r"\\(.)")
OPEN = re.compile(
    r"\{\{.*?\}\}|\bTB[DCA]\b|\bT\.B\.[DCA]\b|\bX{3,}\b|\blorem ipsum\b|_{4,}"
    r"|\[(?:insert|to be|customer|date|name|amount)\b[^\]]*\]",
    re.IGNORECASE,
)
PREPAID = re.compile(r"\bprepaid\b|\bsigned\b|\border form\b", re.IGNORECASE)


Check = Callable[["Draft"], Iterator[str]]


@dataclass(frozen=True)
class Draft:
    """What is checked. ``newer`` names a version of the estimate that was accepted since; ``own`` are
    checks that only this one has."""

    content: Content
    sold: Sold
    newer: str = ""
    own: tuple[tuple[str, str, Check], ...] = ()

    @property
    def marketplace(self) -> bool:
        return self.sold.marketplace

    def texts(self, *kinds: str) -> list[str]:
        return [self.content.text_of(each) for each in self.content.of(*kinds)]

    def value(self, name: str) -> str:
        return self.content.fields.get(name, "").strip()


Faults = Iterator[str]


@dataclass(frozen=True)
class Result:
    """A check with what it found; nothing is good. ``kind`` is the section to look at."""

    name: str
    kind: str
    faults: tuple[str, ...]


def totals_tie(draft: Draft) -> Faults:
    """The fees say each amount of the estimate once, to the cent."""
    told = rows_in(draft.texts(Kind.FEES))
    for label, amount in _amounts(draft.sold).items():
        said = [value for name, value in told if name == label or name.startswith(f"{label},")]
        wanted = f"{draft.sold.content['currency']} {amount}"
        if not said:
            yield f"The fees do not say: {label} {wanted}."
        for value in said:
            if amount_in(value) != amount_in(wanted):
                yield f"{label} says {value}; the estimate says {wanted}."
        if len(said) > 1:
            yield f"{label} stands there {len(said)} times."


def _amounts(sold: Sold) -> dict[str, str]:
    said = sold.content["totals"]
    found = {GRAND_TOTAL: said["final"]}
    if not sold.marketplace:
        found[SERVICES] = said["services"]
        if sold.education:
            found[EDUCATION] = said["education"]
        if Decimal(said["discount"]):
            found |= {LIST_TOTAL: said["list"], DISCOUNT: said["discount"]}
    if Decimal(said["travel"]):
        found[TRAVEL] = said["travel"]
    return {label: money(amount) for label, amount in found.items()}


def education_ties(draft: Draft) -> Faults:
    """Education has a total of its own, in its own section."""
    if not draft.sold.education:
        return
    wanted = f"{draft.sold.content['currency']} {money(draft.sold.content['totals']['education'])}"
    said = [match[0] for text in draft.texts(Kind.EDUCATION) for match in AMOUNT.finditer(text)]
    if wanted not in said:
        yield f"Education services do not say their total, {wanted}."


def lines_stand_once(draft: Draft) -> Faults:
    """Every line of the estimate exactly once, and nothing that is not in it."""
    bought = _items(draft.texts(Kind.SCOPE, Kind.EDUCATION))
    offered = _items(draft.texts(Kind.EXCLUSIONS))
    yield from _differ(bought, Counter(map(name_of, draft.sold.lines)), "scope")
    yield from _differ(offered, Counter(map(name_of, draft.sold.options)), "options")


def _differ(told: Counter[str], wanted: Counter[str], where: str) -> Faults:
    for name in dict.fromkeys([*wanted, *told]):
        have, should = told[name], wanted[name]
        if have > should and should:
            yield f"“{name}” stands there {have} times, in the estimate {should}."
        elif have > should:
            yield f"“{name}” is not in the estimate's {where}."
        elif have < should:
            times = "" if should == 1 else f" {should} times"
            yield f"“{name}” is in the estimate's {where}{times}, and here {have or 'not'}."


def hours_tie(draft: Draft) -> Faults:
    """By hours, the total is the estimate's."""
    if not draft.sold.by_hours:
        return
    wanted = Decimal(draft.sold.content["totals"]["hours"])
    said = [value for name, value in rows_in(draft.texts(Kind.EFFORT)) if name == HOURS_TOTAL]
    if not said:
        yield f"The effort does not say its total of {wanted} hours."
    for value in said:
        if _number(value) != wanted:
            yield f"The effort says {value} hours; the estimate says {wanted}."


def nothing_left_open(draft: Draft) -> Faults:
    for section in draft.content.plain().sections:
        found = dict.fromkeys(OPEN.findall(f"{section.title} {section.text}"))
        if found:
            yield f"{section.title}: {', '.join(found)}."


def dates_in_order(draft: Draft) -> Faults:
    """Start, end, expiry: each known, none before the one before it."""
    names = (("start_date", "start"), ("end_date", "end"), ("expiry_date", "expiry"))
    known = [(name, day_of(draft.value(field))) for field, name in names]
    yield from (f"The {name} is not known." for name, day in known if day is None)
    days = [(name, day) for name, day in known if day]
    for (first, begins), (then, ends) in pairwise(days):
        if ends < begins:
            yield f"The {then} ({ends:%-d %b %Y}) lies before the {first} ({begins:%-d %b %Y})."


def travel_is_there(draft: Draft) -> Faults:
    if not any(text.strip() for text in draft.texts(Kind.TRAVEL)):
        yield "Say what holds for travel and expenses, also when there are none."


def exclusions_are_there(draft: Draft) -> Faults:
    """At least one thing that is out of scope."""
    if not any(re.search(r"^- ", text, re.MULTILINE) for text in draft.texts(Kind.EXCLUSIONS)):
        yield "Name at least one thing that is out of scope, as an item of a list."


def milestones_hold_work(draft: Draft) -> Faults:
    """None is empty, and acceptance says of each when it is done."""
    criteria = _items(draft.texts(Kind.ACCEPTANCE))
    milestones = draft.content.of(Kind.SCOPE)
    if not milestones and draft.sold.services:
        yield "There is no section with the services in scope."
    for section in milestones:
        title = _unescaped(draft.content.title_of(section))
        if not _items([draft.content.text_of(section)]):
            yield f"“{title}” has no activity."
        if title not in criteria:
            yield f"Acceptance does not name “{title}”."


def parties_are_known(draft: Draft) -> Faults:
    for name, label in (("legal_name", "customer's legal name"), ("agreement", "agreement")):
        if not draft.value(name):
            yield f"The {label} is not known."
    if not any(text.strip() for text in draft.texts(Kind.HEADER)):
        yield "There is no section on parties and agreement."


def discount_is_plain(draft: Draft) -> Faults:
    """One percentage with two decimals at most, so that quoting can follow."""
    percent = Decimal(draft.sold.content["totals"]["discount_percent"])
    if percent != round(percent, 2):
        yield f"The discount of {percent} % has more than two decimals."


def marketplace_is_prepaid(draft: Draft) -> Faults:
    """A marketplace sells a fixed fee, prepaid (domain.md §9.5)."""
    if not draft.marketplace:
        return
    if draft.sold.content["pricing"] != "ff":
        yield "Sold on a marketplace, the fee is fixed. Change the estimate's terms."
    if not any(PREPAID.search(text) for text in draft.texts(Kind.BILLING)):
        yield "Sold on a marketplace, the fee is prepaid. Say so under billing."


def estimate_is_the_accepted(draft: Draft) -> Faults:
    if draft.newer:
        yield f"{draft.newer} of the estimate was accepted since; this one is of {draft.value('estimate')}."


CHECKS: tuple[tuple[str, str, Check], ...] = (
    ("Totals are the estimate's", Kind.FEES, totals_tie),
    ("Education has its total", Kind.EDUCATION, education_ties),
    ("Every line stands once", Kind.SCOPE, lines_stand_once),
    ("Hours are the estimate's", Kind.EFFORT, hours_tie),
    ("Nothing is left open", "", nothing_left_open),
    ("Dates are in order", Kind.SCHEDULE, dates_in_order),
    ("Travel and expenses are there", Kind.TRAVEL, travel_is_there),
    ("Something is out of scope", Kind.EXCLUSIONS, exclusions_are_there),
    ("Milestones hold work and say when it is done", Kind.ACCEPTANCE, milestones_hold_work),
    ("Parties and agreement are known", Kind.HEADER, parties_are_known),
    ("The discount is one plain percentage", Kind.FEES, discount_is_plain),
    ("A marketplace is prepaid", Kind.BILLING, marketplace_is_prepaid),
    ("The estimate is the accepted one", "", estimate_is_the_accepted),
)


def check(draft: Draft) -> list[Result]:
    """Every check in its order, with what it found."""
    return [Result(name, kind, tuple(found(draft))) for name, kind, found in (*CHECKS, *draft.own)]


def _items(texts: Iterable[str]) -> Counter[str]:
    """What stands in bold at the head of list items."""
    return Counter(_unescaped(match[1]) for text in texts for match in ITEM.finditer(text))


def rows_in(texts: Iterable[str]) -> list[tuple[str, str]]:
    """First and second cell of every row of every table."""
    found = []
    for text in texts:
        for match in ROW.finditer(text):
            cells = [cell.strip() for cell in match[1].split("|")]
            if len(cells) > 1:
                found.append((cells[0], cells[1]))
    return found


def amount_in(said: str) -> tuple[str, Decimal] | None:
    match = AMOUNT.fullmatch(said.strip())
    return (match[1], Decimal(match[2].replace(",", ""))) if match else None


def _number(said: str) -> Decimal | None:
    return Decimal(said) if re.fullmatch(r"\d+(\.\d+)?", said.strip()) else None


def _unescaped(said: str) -> str:
    return UNESCAPED.sub(r"\1", said)
