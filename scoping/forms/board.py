"""The board's filter: everything it shows is in its address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import cached_property

from emdesk.people.models import Role, Segment, User
from scoping.models import Confidence, ScopingIssue
from scoping.models.finding import ScopingIssueQuerySet

LANES = {
    "em": "engagement_manager_id",
    "segment": "segment_id",
    "confidence": "opportunity__confidence",
}


class SegmentField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, segment: Segment) -> str:
        return segment.label


class BoardFilter(forms.Form):
    """Mine or the team's, whose, which part of the market, and what needs attention.

    An engagement manager begins with their own board, everybody else with the team's.
    """

    kind = "states"
    view = forms.ChoiceField(
        choices=[("mine", "Mine"), ("team", "Team")], required=False, widget=forms.RadioSelect
    )
    em = forms.ModelMultipleChoiceField(
        User.objects.engagement_managers(), required=False, widget=forms.CheckboxSelectMultiple
    )
    segment = SegmentField(
        Segment.objects.filter(is_active=True), required=False, empty_label="All segments"
    )
    status = forms.MultipleChoiceField(
        choices=[("todo", "To do")], required=False, widget=forms.CheckboxSelectMultiple
    )
    quiet = forms.BooleanField(required=False, label="No next step")
    lanes = forms.ChoiceField(
        choices=[
            ("", "No lanes"),
            ("em", "Lanes by EM"),
            ("segment", "Lanes by segment"),
            ("confidence", "Lanes by confidence"),
        ],
        required=False,
    )
    q = forms.CharField(
        required=False, max_length=100, widget=forms.TextInput(attrs={"placeholder": "Filter"})
    )

    def __init__(self, user: User, data: QueryDict) -> None:
        self.user = user
        shown = self.shown = data.copy()
        own = "mine" if user.has(Role.EM) else "team"
        shown.setdefault("view", own)
        super().__init__(shown, auto_id="filter-%s")
        self.is_valid()

    def clean_em(self) -> list[User]:
        """A list, because asking an empty queryset whether it is empty costs as much as a query."""
        return list(self.cleaned_data["em"]) if "em" in self.data else []

    @cached_property
    def managers(self) -> list[User]:
        """The engagement managers, and whoever left with live issues still theirs."""
        managers = User.objects.engagement_managers().values("pk")
        holders = ScopingIssue.objects.live().values("engagement_manager")
        return list(User.objects.filter(Q(pk__in=managers) | Q(pk__in=holders)))

    @cached_property
    def segments(self) -> list[Segment]:
        return list(Segment.objects.filter(is_active=True))

    @property
    def lane(self) -> str | None:
        return LANES.get(self.cleaned_data.get("lanes", ""))

    @property
    def lane_names(self) -> dict[Any, str]:
        """What stands above each lane, by its key; colours surest first."""
        if self.lane == LANES["confidence"]:
            return dict(reversed(Confidence.choices))
        if self.lane == LANES["em"]:
            return {person.pk: person.name for person in self.managers}
        return {segment.pk: segment.label for segment in self.segments}

    @property
    def text(self) -> str:
        return str(self.cleaned_data.get("q", "")).strip()

    @property
    def summary(self) -> str:
        """What the board shows, in words: whose issues, and whether only some of them."""
        whose = "yours" if self.cleaned_data.get("view") == "mine" else "all engagement managers"
        names = ("em", "segment", "status", "quiet", "calculator", "q")
        return f"{whose}, filtered" if any(self.cleaned_data.get(n) for n in names) else whose

    def address(self, **changes: str) -> str:
        """These filters as a query string, with some replaced."""
        kept = [(name, value) for name, values in self.shown.lists() for value in values]
        kept = [
            (name, value) for name, value in kept if name in self.fields and name not in changes
        ]
        return urlencode([*kept, *changes.items()])

    @property
    def list_address(self) -> str:
        """The same as a list."""
        return self.address()

    def applied(self, issues: ScopingIssueQuerySet) -> ScopingIssueQuerySet:
        chosen = self.cleaned_data
        if chosen.get("view") == "mine":
            issues = issues.worked_by(self.user)
        if chosen.get("em"):
            issues = issues.worked_by(*chosen["em"])
        if chosen.get("segment"):
            issues = issues.filter(segment=chosen["segment"])
        if chosen.get("status"):
            issues = issues.to_do()
        if chosen.get("quiet"):
            issues = issues.without_next_step()
        return issues.mentioning(self.text) if self.text else issues


class EmBoardFilter(BoardFilter):
    """Issues by EM: everybody's, only the services calculator's on request."""

    kind = "ems"
    view = em = lanes = None  # type: ignore[assignment]
    calculator = forms.BooleanField(required=False, label="Services Calculator")
    field_order = ["segment", "status", "quiet", "calculator", "q"]

    @property
    def list_address(self) -> str:
        return self.address(view="team")

    def applied(self, issues: ScopingIssueQuerySet) -> ScopingIssueQuerySet:
        issues = super().applied(issues)
        wanted = self.cleaned_data.get("calculator")
        return issues.filter(services_calculator=True) if wanted else issues
