"""Which deals pages of figures look at. All of it is in the address; what is broken is ignored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import cached_property

from emdesk.fiscal import Quarter
from emdesk.people.models import Role, Segment, User
from scoping.models import Opportunity
from scoping.win_rate_axes import Basis, QuarterOf

NOBODY = "none"
OFFERED = 4  # quarters back


class ScopeForm(forms.Form):
    """Whose deals and where. What is not said is not narrowed."""

    em = forms.ChoiceField(label="Engagement manager", required=False)
    segment = forms.ChoiceField(label="Segment", required=False)
    region = forms.ChoiceField(label="Region", required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__({name: data.get(name, "") for name in self.base_fields})
        self._segments = list(Segment.objects.all())
        managers = User.objects.with_role(Role.EM).order_by("name").values_list("pk", "name")
        segments = [(str(each.pk), each.label) for each in self._segments]
        self.regions = [*dict.fromkeys(filter(None, map(_region, self._segments)))]
        self._offer("em", "Everybody", [*((str(pk), name) for pk, name in managers)])
        self.fields["em"].choices.append((NOBODY, "Nobody"))  # type: ignore[attr-defined]
        self._offer("segment", "All", segments)
        self._offer("region", "All", [(each, each) for each in self.regions])

    def _offer(self, name: str, everything: str, choices: Iterable[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", everything), *choices]  # type: ignore[attr-defined]

    @cached_property
    def said(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def address(self) -> str:
        return urlencode(self.said)

    @property
    def words(self) -> str:
        """What the figures are narrowed to, for the head of a page."""
        fields: dict[str, Any] = self.fields
        return ", ".join(dict(fields[name].choices)[value] for name, value in self.said.items())

    def where(self, prefix: str = "") -> Q:
        """Issues, deals, or with a prefix what belongs to them."""
        found, said = Q(), self.said
        if em := said.get("em"):
            found &= Q(**{f"{prefix}engagement_manager": None if em == NOBODY else em})
        if segment := said.get("segment"):
            found &= Q(**{f"{prefix}segment": segment})
        if region := said.get("region"):
            those = [each.pk for each in self._segments if _region(each) == region]
            found &= Q(**{f"{prefix}segment__in": those})
        return found


class ForecastForm(ScopeForm):
    """Also which quarter's deals. A region is where a segment lies, and an office."""

    quarter = forms.ChoiceField(label="Quarter", required=False)
    field_order: tuple[str, ...] = ("quarter",)

    def __init__(
        self, data: QueryDict, user: User, running: Quarter, *more: tuple[str, str]
    ) -> None:
        super().__init__(data)
        deals: Any = Opportunity.objects.visible_to(user).in_region()
        regions = {*deals.order_by().values_list("region", flat=True).distinct(), *self.regions}
        named = [(each or NOBODY, each or "No region") for each in sorted(regions)]
        self._offer("region", "All", named)
        offered = [(str(each), each.written) for each in _around(running)]
        self._offer("quarter", f"{running.written}, running", [*offered, *more])

    @property
    def words(self) -> str:
        """Whose deals and where."""
        fields: dict[str, Any] = self.fields
        narrowing = [name for name in ("em", "segment", "region") if name in self.said]
        return ", ".join(dict(fields[name].choices)[self.said[name]] for name in narrowing)


class QuarterForm(ScopeForm):
    """Also what the win rate is counted on."""

    counted_on = forms.ChoiceField(
        label="Counted on",
        required=False,
        choices=[("", "Issues, official"), (Basis.OPPORTUNITIES, "Opportunities")],
    )

    @property
    def basis(self) -> Basis:
        return Basis(self.said.get("counted_on", Basis.ISSUES))

    @property
    def narrows(self) -> bool:
        """Whether some deals are left out."""
        return bool(self.said.keys() - {"counted_on"})


class WinRateForm(ScopeForm):
    """Also one quarter, and whether issues count in the quarter they closed or opened in."""

    counted = forms.ChoiceField(
        label="Counted in",
        required=False,
        choices=[
            ("", "The quarter it closed, official"),
            (QuarterOf.OPENING, "The quarter it opened, cohort"),
        ],
    )
    quarter = forms.ChoiceField(label="Quarter", required=False)
    field_order = ("counted", "quarter")

    def __init__(self, data: QueryDict, quarters: Iterable[Quarter]) -> None:
        super().__init__(data)
        self._offer("quarter", "All", [(str(each), each.written) for each in quarters])

    @property
    def quarter_of(self) -> QuarterOf:
        return QuarterOf(self.said.get("counted", QuarterOf.CLOSE))

    @property
    def one_quarter(self) -> Quarter | None:
        said = self.said.get("quarter")
        return Quarter.parse(said) if said else None

    def within(self, basis: Basis) -> Q:
        if self.one_quarter is None:
            return self.where()
        return self.where() & self.quarter_of.holds(basis, self.one_quarter)

    def beyond(self, basis: Basis) -> Q:
        """The same for what never closed and so is in no close quarter."""
        return self.within(basis) if self.quarter_of == QuarterOf.OPENING else self.where()


def _around(running: Quarter) -> list[Quarter]:
    """Two ahead, and those before it, the latest first."""
    back = [running.previous]
    while len(back) < OFFERED:
        back.append(back[-1].previous)
    return [running.next.next, running.next, *back]


def _region(segment: Segment) -> str:
    """What a segment's name ends in after the size of its customers: ``Ent_EMEA`` is EMEA's."""
    return segment.name.partition("_")[2].upper()
