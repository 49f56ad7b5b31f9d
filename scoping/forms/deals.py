"""Forms of opportunities: one to create, one for each group of fields that somebody owns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from emdesk.money import CURRENCIES
from emdesk.people.models import User
from scoping.deals import CLOSED_DEALS
from scoping.forms.scheduling import day_field
from scoping.forms.seen import Seen
from scoping.models import Confidence, Opportunity, Stage
from scoping.rules import advances_deal, books_deals, judges_deal, own_deal

DEAL = (
    *("stage", "close_date", "amount", "quoted_value", "edu_value", "currency"),
    *("forecast_category", "parent", "external_id"),
)
JUDGEMENT = (
    *("engagement_manager", "services_value", "edu_override", "investment_value"),
    *("confidence", "confidence_rationale"),
)
GROUPS = {"deal": ("Deal", DEAL), "judgement": ("Engagement manager's view", JUDGEMENT)}
WORD, DATE, SPOKEN = "word", "date", "spoken"
FIELDS = {group: names for group, (_, names) in GROUPS.items()} | {
    WORD: ("confidence", "confidence_rationale"),
    DATE: ("close_date",),
    SPOKEN: ("confidence", "confidence_rationale", "next_step"),
}
OWNERS = {
    **dict.fromkeys(("deal", DATE), advances_deal),
    **dict.fromkeys(("judgement", WORD, SPOKEN), judges_deal),
}


def _currency() -> forms.ChoiceField:
    return forms.ChoiceField(choices=[(code, code) for code in CURRENCIES])


class NewDealForm(forms.Form):
    """A services-only opportunity, proposed as far as the issue tells it."""

    name = forms.CharField(max_length=200)
    parent = forms.CharField(
        max_length=300,
        label="Parent opportunity",
        help_text="Name, number or address of the licence deal it belongs to, open or won.",
    )
    close_date = day_field(help_text="Nine months out, until somebody knows better.")
    amount = forms.DecimalField(
        min_value=0, max_digits=12, decimal_places=2, required=False, label="Value"
    )
    currency = _currency()
    external_id = forms.CharField(
        max_length=40, required=False, label="Id in the CRM", help_text="If it is there already."
    )

    def clean_external_id(self) -> str:
        known: str = self.cleaned_data["external_id"].strip()
        if known and Opportunity.objects.filter(external_id=known).exists():
            raise forms.ValidationError("Another opportunity has this id. Link that one instead.")
        return known


class DealForm(Seen, forms.ModelForm):  # type: ignore[type-arg]
    """One group of an opportunity's fields, for whoever may change them."""

    reason = forms.CharField(max_length=300, required=False, label="Why do you change it?")

    class Meta:
        model = Opportunity
        fields = (*DEAL, *JUDGEMENT, "next_step")

    def __init__(self, group: str, user: User, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.group, self.user = group, user
        for name in set(self.fields) - {*FIELDS[group], "reason"}:
            del self.fields[name]
        self.fields["reason"].required = not own_deal(self.instance, user)
        if OWNERS[group] is advances_deal:
            del self.fields["reason"]
        self._spell()
        self.watch()

    def _spell(self) -> None:
        if "currency" in self.fields:
            self.fields["currency"] = _currency()
        if "close_date" in self.fields:
            self.fields["close_date"] = day_field(required=self.group == DATE)
        if "stage" in self.fields:
            self.fields["external_id"].label = "Id in the CRM"
            self._stages()
        if "engagement_manager" in self.fields:
            managers: Any = self.fields["engagement_manager"]
            standing = User.objects.filter(pk=self.instance.engagement_manager_id)
            managers.queryset = User.objects.engagement_managers() | standing
            managers.empty_label = "Nobody yet"
        if "confidence_rationale" in self.fields:
            backing = self.fields["confidence_rationale"]
            backing.help_text = "Needed for every colour but Grey."
            backing.widget.attrs["rows"] = 3

    def _stages(self) -> None:
        """Closed won is offered to the deal desk only."""
        field: Any = self.fields["stage"]
        closed = () if books_deals(self.user) else (Stage.WON, Stage.CLOSING)
        field.choices = [
            (stage, name)
            for stage, name in Stage.choices
            if stage not in closed or stage == self.instance.stage
        ]

    def clean_external_id(self) -> str:
        known: str = self.cleaned_data["external_id"].strip()
        others = Opportunity.objects.exclude(pk=self.instance.pk)
        if known and others.filter(external_id=known).exists():
            raise forms.ValidationError("Another opportunity has this id.")
        return known

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("stage") in CLOSED_DEALS and not said.get("close_date"):
            self.add_error("close_date", "A closed deal has the day it closed on. Write it.")
        backed = said.get("confidence_rationale", "").strip()
        if said.get("confidence", Confidence.GREY) != Confidence.GREY and not backed:
            self.add_error("confidence_rationale", "Write what makes you think so, or choose Grey.")
        return said

    @property
    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._written}

    @property
    def seen(self) -> dict[str, Any]:
        return {name: self._initial(name) for name in self._written}

    @property
    def _written(self) -> list[str]:
        return [name for name in self.changed_data if name != "reason"]

    def shown(self, meanwhile: Mapping[str, Any]) -> DealForm:
        said = self.having_seen(meanwhile)
        return DealForm(self.group, self.user, said, instance=self.instance)

    def _post_clean(self) -> None:
        """The row is written by its own deed, not by this form."""


def may_edit(group: str, deal: Opportunity, user: User) -> bool:
    return OWNERS[group](deal, user)
