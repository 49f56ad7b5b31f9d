"""Which opportunities, and how they are shown. All of it is in the address."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.timezone import localdate

from emdesk.configuration.fiscal_year import first_month
from emdesk.fiscal import Quarter
from emdesk.people.models import Role, Segment, User
from scoping.forms.listed import Listed, Offered, joined
from scoping.forms.listing import Forgiving
from scoping.hygiene import MISMATCHES, OPEN, Moment, asked
from scoping.listing.deal_columns import DEAL_COLUMNS, DEAL_SHOWN
from scoping.models import Confidence, ForecastCategory, Opportunity
from scoping.models.opportunity import OpportunityQuerySet
from scoping.quarters import quarter_at

ALL, PAST = "all", "past"
NOBODY = "none"
ANY = "any"
NARROWING = ("em", "segment", "region", "category", "confidence", "mismatch", "q")
SHOWN_AS = ("sort", "cols", "per_page", "by", "quarter")


class DealFilter(Listed):
    """An engagement manager begins with their own deals of this quarter, others with everybody's."""

    known, leads, usual = DEAL_COLUMNS, "deal", DEAL_SHOWN
    view = forms.ChoiceField(choices=[("mine", "Mine"), ("team", "Team")], required=False)
    quarter = forms.CharField(required=False, max_length=4)
    em = forms.CharField(required=False, max_length=200)
    segment = forms.CharField(required=False, max_length=10)
    region = forms.CharField(required=False, max_length=80)
    category = Forgiving(choices=ForecastCategory.choices, required=False)
    confidence = Forgiving(choices=Confidence.choices, required=False)
    mismatch = forms.ChoiceField(
        choices=[(ANY, "Anything"), *((key, rule.word) for key, rule in MISMATCHES.items())],
        required=False,
    )
    by = forms.ChoiceField(choices=[("em", "By EM and region")], required=False)
    q = forms.CharField(required=False, max_length=100)

    def __init__(self, user: User, data: QueryDict, at: datetime) -> None:
        self.user, self.at = user, at
        self.shown = joined(data, {"cols": ",", "sort": ",", "em": ","})
        self.shown.setdefault("view", "mine" if user.has(Role.EM) else "team")
        super().__init__(self.shown)
        self.is_valid()

    def clean_quarter(self) -> str:
        typed = str(self.cleaned_data["quarter"]).strip()
        if typed.lower() in (ALL, PAST):
            return typed.lower()
        try:
            return str(Quarter.parse(typed.upper())) if typed else ""
        except ValueError:
            return ""

    def clean_segment(self) -> str:
        """The key of one, or that there is none."""
        said = str(self.cleaned_data["segment"])
        return said if said == NOBODY or (said.isdecimal() and int(said) < 2**31) else ""

    def clean_em(self) -> list[str]:
        """Keys of people, or that nobody has it."""
        said = str(self.cleaned_data["em"]).split(",")
        return [each for each in said if each == NOBODY or (each.isdecimal() and len(each) < 10)]

    @cached_property
    def current(self) -> Quarter:
        return quarter_at(self.at)

    @property
    def looked_at(self) -> Quarter | None:
        """The quarter that is looked at; none for those of every quarter, and the overdue."""
        said = self.cleaned_data.get("quarter")
        return None if said in (ALL, PAST) else Quarter.parse(said) if said else self.current

    @cached_property
    def window(self) -> tuple[date, date]:
        """First and last day of that quarter, else of the current one."""
        month = first_month(localdate(self.at))
        quarter = self.looked_at or self.current
        return quarter.starts(month), quarter.ends(month)

    @property
    def narrowed(self) -> bool:
        return any(self._said(name) for name in NARROWING)

    @property
    def rolls_up(self) -> bool:
        return bool(self._said("by"))

    @property
    def text(self) -> str:
        return str(self.cleaned_data.get("q", "")).strip()

    @property
    def summary(self) -> str:
        first, last = self.window
        said = self.cleaned_data.get("quarter")
        when = (
            f"{self.looked_at.written}, {first:%-d %b} to {last:%-d %b %Y}"
            if self.looked_at
            else ""
        )
        when = {ALL: "every quarter", PAST: "open, and their close date is over"}.get(
            str(said), when
        )
        whose = "yours" if self._said("view") == "mine" else "everybody's you may see"
        return f"{when} · {whose}{', filtered' if self.narrowed else ''}"

    @property
    def offered_quarters(self) -> Offered:
        """A year back and three quarters on."""
        offered = [self.current.next.next.next, self.current.next.next, self.current.next]
        offered += [self.current, back := self.current.previous]
        offered += [back := back.previous, back := back.previous, back.previous]
        now = self.cleaned_data.get("quarter") or str(self.current)
        if self.looked_at and self.looked_at not in offered:
            offered.append(self.looked_at)
        named = [(str(each), each.written) for each in offered]
        named = [(ALL, "Every quarter"), *named, (PAST, "Date over")]
        return [(value, words, value == now) for value, words in named]

    @property
    def offered_people(self) -> Offered:
        chosen = set(self.cleaned_data.get("em") or ())
        people = [(str(each.pk), each.name) for each in User.objects.engagement_managers()]
        return [(pk, name, pk in chosen) for pk, name in [*people, (NOBODY, "No EM")]]

    @property
    def offered_segments(self) -> Offered:
        segments = Segment.objects.filter(is_active=True)
        named = [(each.pk, each.label) for each in segments]
        return self._offered("segment", [*named, (NOBODY, "No segment")])

    @cached_property
    def offered_regions(self) -> Offered:
        """Where the deals lie that one may see."""
        deals: Any = Opportunity.objects.visible_to(self.user).in_region()
        known = deals.order_by("region").values_list("region", flat=True).distinct()
        return self._offered("region", ((name or NOBODY, name or "No region") for name in known))

    @property
    def offered_categories(self) -> Offered:
        surest_first = reversed(ForecastCategory.choices)
        return self._offered("category", surest_first)

    @property
    def offered_colours(self) -> Offered:
        return self._offered("confidence", reversed(Confidence.choices))

    @property
    def offered_mismatches(self) -> Offered:
        field: Any = self.fields["mismatch"]
        return self._offered("mismatch", field.choices)

    @property
    def as_rows(self) -> str:
        return urlencode(self.kept("page", "by"))

    @property
    def as_roll_up(self) -> str:
        return urlencode([*self.kept("page", "by", "cols", "sort"), ("by", "em")])

    @property
    def cleared(self) -> str:
        kept = [(name, value) for name, value in self.kept("page") if name in SHOWN_AS]
        return urlencode([("view", "team"), *kept])

    @property
    def whose_target(self) -> tuple[list[int] | None, str | None] | None:
        """Of which people and region a plan tells the target; None where no plan is of such deals."""
        other = ("segment", "category", "confidence", "mismatch")
        chosen = list(self.cleaned_data.get("em") or [])
        mine = self._said("view") == "mine"
        if any(map(self._said, other)) or self.text or NOBODY in chosen or (mine and chosen):
            return None
        people = [self.user.pk] if mine else [int(each) for each in chosen] or None
        region = self.cleaned_data.get("region") or None
        return people, "" if region == NOBODY else region

    def opening(self, **changes: Any) -> str:
        """The rows behind a figure: this filter, with these fields instead."""
        pairs = self.kept("page", "by", "category", *changes)
        for name, value in changes.items():
            values = value if isinstance(value, list | tuple) else [value]
            pairs += [(name, str(each)) for each in values]
        return urlencode(pairs)

    def applied(self, deals: OpportunityQuerySet, moment: Moment) -> OpportunityQuerySet:
        """All but the category, which totals are told of; ``deals`` know their region."""
        said = self.cleaned_data
        if said.get("view") == "mine":
            deals = deals.worked_by(self.user)
        found = self._when(localdate(self.at)) & self._whose(said.get("em") or [])
        if segment := said.get("segment"):
            found &= Q(segment=None if segment == NOBODY else int(segment))
        if region := said.get("region"):
            found &= Q(region="" if region == NOBODY else region)
        if colours := said.get("confidence"):
            found &= Q(confidence__in=colours)
        if rule := said.get("mismatch"):
            found &= asked(rule, moment)
        if self.text:
            found &= Q(name__icontains=self.text) | Q(account__name__icontains=self.text)
        return deals.filter(found)

    def _when(self, today: date) -> Q:
        said = self.cleaned_data.get("quarter")
        if said == PAST:
            return Q(stage__in=OPEN, close_date__lt=today)
        return Q() if said == ALL else Q(close_date__range=self.window)

    def _whose(self, chosen: list[str]) -> Q:
        if not chosen:
            return Q()
        people = Q(engagement_manager__in=[int(each) for each in chosen if each != NOBODY])
        return people | Q(engagement_manager=None) if NOBODY in chosen else people

    def in_categories(self, deals: OpportunityQuerySet) -> OpportunityQuerySet:
        """Of categorised deals those asked for; unasked, what a forecast leaves out stays out."""
        chosen = self.cleaned_data.get("category")
        left_out = Q(category=ForecastCategory.OMITTED)
        return deals.filter(Q(category__in=chosen) if chosen else ~left_out)
