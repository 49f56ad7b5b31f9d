"""The columns a list of opportunities can have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from html import escape
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse
from django.utils.timezone import localdate

from emdesk.money import in_full
from scoping.card_markup import address
from scoping.deal_changes import Was
from scoping.hygiene import MISMATCHES, Mismatch, flag
from scoping.listing.columns import Chosen, Day, IssueColumn, Row, Segmented
from scoping.models import Confidence, ForecastCategory, Stage

COLOURS = dict(Confidence.choices)
STAGE_ORDER = Case(
    *(When(stage=stage, then=Value(place)) for place, stage in enumerate(Stage)),
    output_field=IntegerField(),
)
SUREST_FIRST = Case(
    *(When(confidence=each, then=Value(place)) for place, each in enumerate(reversed(Confidence))),
    output_field=IntegerField(),
)
CATEGORY_ORDER = Case(
    *(
        When(category=each, then=Value(place))
        for place, each in enumerate(reversed(ForecastCategory))
    ),
    output_field=IntegerField(),
)


@cache
def route(name: str) -> str:
    """The address of something about a deal, with a place for its key."""
    return reverse(f"scoping:{name}", args=[0]).replace("/0/", "/{}/")


class Marked:
    """What a cell said a week ago, beside what it says now."""

    spelled: Mapping[Any, str] = {}

    def was(self, row: Row, name: str) -> str:
        before: Was = row.get("was", {})
        if name not in before:
            return ""
        old = before[name]
        words = escape(self.spell_old(old)) or "empty"
        return f'<span class="was" title="A week ago: {words}"><s>{words}</s></span>'

    def spell_old(self, old: Any) -> str:
        return str(self.spelled.get(old, old) if old is not None else "")


class DealName(IssueColumn):
    """The customer, and below it which deal; the link opens it."""

    def __init__(self) -> None:
        needs, terms = ("name", "account__name", "help_needed"), ("account__name", "name")
        super().__init__("Opportunity", *needs, terms=terms)

    def plain(self, row: Row, moment: Any) -> str:
        return f"{row['account__name'] or 'No account'}: {row['name']}"

    def markup(self, row: Row, moment: Any) -> str:
        to, pk = route("opportunity").format(row["pk"]), row["pk"]
        whose = escape(row["account__name"] or "No account")
        needs = escape(row["help_needed"])
        blocked = f'<span class="tag wrong" title="{needs}">Needs help</span>' if needs else ""
        return f'<a id="d{pk}" href="{to}">{whose}</a>{blocked}<small>{escape(row["name"])}</small>'


class Word(Marked, IssueColumn):
    """The EM's colour: disc, diamond, triangle or ring, always with its name."""

    css = "word-cell"
    spelled = COLOURS

    def __init__(self) -> None:
        super().__init__("EM confidence", "confidence", terms=(SUREST_FIRST,))

    def plain(self, row: Row, moment: Any) -> str:
        return COLOURS[row["confidence"]]

    def markup(self, row: Row, moment: Any) -> str:
        colour = row["confidence"]
        chip = f'<span class="conf {colour}">{COLOURS[colour]}</span>'
        if row["judges"]:
            to = route("judge").format(row["pk"])
            chip = f'<a class="edit" href="{to}" data-edit="word">{chip}</a>'
        return chip + self.was(row, "confidence")


class Rationale(Marked, IssueColumn):
    css = "rationale"

    def __init__(self) -> None:
        super().__init__("Rationale", "confidence_rationale", "judged_at", terms=())

    def markup(self, row: Row, moment: Any) -> str:
        text, said = escape(row["confidence_rationale"]), SAID.words(row, moment)
        age = f"<small>Said {said}</small>" if said and text else ""
        return f'<span class="said" title="{text}">{text}</span>{age}'


class ClosesOn(Marked, Day):
    def markup(self, row: Row, moment: Any) -> str:
        words = self.words(row, moment) or "No date"
        if row["advances"]:
            to = route("close_date").format(row["pk"])
            words = f'<a class="edit" href="{to}" data-edit="date">{words}</a>'
        return words + self.was(row, "close_date")

    def spell_old(self, old: Any) -> str:
        day = date.fromisoformat(old) if old else None
        return f"{day.day} {day:%b %Y}" if day else ""


class Amount(Marked, IssueColumn):
    """An amount in the deal's own currency, which a file gives a column of its own."""

    css = "number"

    def __init__(self, title: str, need: str, *marks: str) -> None:
        super().__init__(title, need, "currency", *marks)
        self.marks = marks

    @property
    def heads(self) -> list[str]:
        return [self.title, "Currency"]

    def cells(self, row: Row, moment: Any) -> list[Any]:
        value = self.plain(row, moment)
        return [value, "" if value is None else row["currency"]]

    def words(self, row: Row, moment: Any) -> str:
        value = self.plain(row, moment)
        return "" if value is None else in_full(value, row["currency"])

    def spell_old(self, old: Any) -> str:
        return f"{Decimal(old):,.2f}".removesuffix(".00") if old is not None else ""

    def markup(self, row: Row, moment: Any) -> str:
        marks = "".join(self.was(row, name) for name in self.marks)
        return (escape(self.words(row, moment)) or "No value") + marks


class Priced(IssueColumn):
    """The value in the desk's currency; a deal without a rate says so."""

    css = "number"

    def __init__(self) -> None:
        super().__init__("In figures", "desk_value", "booking_value", "currency", "in_currency")

    def words(self, row: Row, moment: Any) -> str:
        value = row["desk_value"]
        if value is not None:
            return in_full(value, row["in_currency"])
        return "" if row["booking_value"] is None else f"No rate for {row['currency']}"


class Staged(Marked, Chosen):
    spelled = dict(Stage.choices)

    def __init__(self) -> None:
        super().__init__("Stage", "stage", Stage.choices)
        self.terms = (STAGE_ORDER,)

    def markup(self, row: Row, moment: Any) -> str:
        return escape(self.words(row, moment)) + self.was(row, "stage")


class Kind(Chosen):
    def __init__(self, title: str, need: str, *, terms: Any = None) -> None:
        super().__init__(title, need, [("", ""), *ForecastCategory.choices])
        self.terms = terms or self.terms


class Since(IssueColumn):
    """How many days ago the EM said it last."""

    css = "number"
    falls = True

    def plain(self, row: Row, moment: Any) -> int | None:
        said: datetime | None = row["judged_at"]
        return (localdate(moment.at) - localdate(said)).days if said else None

    def words(self, row: Row, moment: Any) -> str:
        days = self.plain(row, moment)
        return "" if days is None else "today" if days == 0 else f"{days} d ago"


SAID = Since("Said", "judged_at")


class Hygiene(IssueColumn):
    """What does not fit, in a word, and the one click that mends it."""

    css = "mends"

    def __init__(self) -> None:
        super().__init__("Does not fit", *map(flag, MISMATCHES), terms=())

    def plain(self, row: Row, moment: Any) -> str:
        return ", ".join(rule.word for rule in self._found(row))

    def markup(self, row: Row, moment: Any) -> str:
        return "".join(_mend(rule, row) for rule in self._found(row))

    def _found(self, row: Row) -> list[Mismatch]:
        return [rule for key, rule in MISMATCHES.items() if row[flag(key)]]


def _mend(rule: Mismatch, row: Row) -> str:
    return (
        f'<span class="mend"><span class="tag wrong" title="{escape(rule.advice)}">'
        f"{rule.word}</span>{_button(rule, row)}</span>"
    )


def _button(rule: Mismatch, row: Row) -> str:
    """One click for one's own deals; a lead gives a reason first."""
    pk, whose = row["pk"], f'<span class="vh"> {escape(row["name"])}</span>'
    name = f"{rule.button}{whose}"
    if rule.mend in ("still", "amber") and row["own"]:
        to = route("mend").format(pk)
        return (
            f'<button class="btn ghost sm" form="mending" formaction="{to}" hx-post="{to}"'
            f' hx-swap="none" name="rule" value="{rule.key}" data-mend="{rule.mend}">{name}</button>'
        )
    if rule.mend == "date" and row["advances"]:
        how = f'href="{route("close_date").format(pk)}" data-edit="date"'
    elif rule.mend not in ("date", "open") and row["judges"]:
        how = f'href="{route("judge").format(pk)}" data-edit="word"'
    else:
        how, name = f'href="{route("opportunity").format(pk)}"', f"Open{whose}"
    return f'<a class="btn ghost sm" {how}>{name}</a>'


class LinkedIssue(IssueColumn):
    def __init__(self) -> None:
        super().__init__("Scoping issue", "issue_pk", terms=())

    def plain(self, row: Row, moment: Any) -> str:
        return f"PS-{row['issue_pk']}" if row["issue_pk"] else ""

    def markup(self, row: Row, moment: Any) -> str:
        pk = row["issue_pk"]
        return f'<a href="{address().format(pk)}">PS-{pk}</a>' if pk else ""


DEAL_COLUMNS: dict[str, IssueColumn] = {
    "deal": DealName(),
    "em": IssueColumn("EM", "engagement_manager__name"),
    "segment": Segmented("Segment", "segment__name"),
    "region": IssueColumn("Region", "region"),
    "stage": Staged(),
    "close": ClosesOn("Close date", "close_date"),
    "value": Amount("Value", "booking_value", "quoted_value", "services_value", "amount"),
    "figure": Priced(),
    "category": Kind("Category", "category", terms=(CATEGORY_ORDER,)),
    "crm_category": Kind("CRM forecast", "forecast_category"),
    "word": Word(),
    "rationale": Rationale(),
    "said": SAID,
    "hygiene": Hygiene(),
    "pushes": IssueColumn("Pushes", "push_count"),
    "issue": LinkedIssue(),
    "services": Amount("PS value", "services_value"),
    "quoted": Amount("Proserve amount", "quoted_value"),
    "education": Amount("Education", "education_value"),
    "investment": Amount("Investment services", "investment_value"),
    "owner": IssueColumn("Account executive", "owner"),
    "next_step": IssueColumn("Next step", "next_step"),
    "crm_id": IssueColumn("Id in the CRM", "external_id"),
}
DEAL_SHOWN = (
    *("em", "close", "stage", "value"),
    *("word", "rationale", "hygiene", "category"),
)
DEAL_ALWAYS = ("pk", "name", "confidence", "judges", "advances", "own")
