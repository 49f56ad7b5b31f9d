"""Forms of the issue page. Each remembers what the person saw, so that nobody overwrites unseen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from emdesk.fiscal import Quarter
from emdesk.money import CURRENCIES
from emdesk.people.models import Role, User
from emdesk.web import DayInput
from scoping.forms.moving import REASONS
from scoping.forms.seen import Seen
from scoping.labels import is_scoped
from scoping.models import Meeting, Opportunity, ScopingIssue
from scoping.rules import triages, works_issue
from scoping.states import (
    LOST_REASONS,
    ArchitectHelp,
    CloseReason,
    Outcome,
    Review,
    Service,
    WaitingOn,
)

TRIAGE = ("title", "description", "segment", "engagement_manager", "public_sector")
DEAL = (
    "opportunity",
    "expected_value",
    "currency",
    "services",
    "agreement",
    "communication_owner",
    "communication_agreed_with",
)
STEP = ("next_step", "next_step_date", "next_step_owner", "current_state")
ARCHITECT = ("architect_help", "technical_architect", "architect_review")
DELIVERY = ("delivery_manager", "delivery_review", "project_manager")
REQUEST = ("requester",)
LABELS = ("free_labels",)
GROUPS = {
    "triage": ("What and whose", TRIAGE),
    "deal": ("Deal", DEAL),
    "step": ("Next step", STEP),
    "architect": ("Technical architect", ARCHITECT),
    "delivery": ("Delivery", DELIVERY),
    "request": ("Requester", REQUEST),
    "labels": ("Free labels", LABELS),
}
RESOLVERS = {
    "architect_help": (ArchitectHelp.GIVEN, Role.TECHNICAL_ARCHITECT),
    "architect_review": (Review.APPROVED, Role.TECHNICAL_ARCHITECT),
    "delivery_review": (Review.APPROVED, Role.DELIVERY_MANAGER),
}


class FactsForm(Seen, forms.ModelForm):  # type: ignore[type-arg]
    """One group of an issue's facts. Who asks for a review is not who may call it done."""

    class Meta:
        model = ScopingIssue
        fields = [name for _, names in GROUPS.values() for name in names]

    def __init__(self, group: str, user: User, *args: Any, **kwargs: Any) -> None:
        self.group, self.user = group, user
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(GROUPS[group][1]):
            del self.fields[name]
        self.watch()
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = self._choices(name, field)
        self._spell()
        self._leave_resolving_to_resolvers(user)

    def _leave_resolving_to_resolvers(self, user: User) -> None:
        for name, (resolved, role) in RESOLVERS.items():
            if name in self.fields and not user.has(role):
                field: Any = self.fields[name]
                offered = {*dict(field.choices)} - {resolved} | {getattr(self.instance, name)}
                field.choices = [each for each in field.choices if each[0] in offered]

    def _choices(self, name: str, field: Any) -> Any:
        roles = {
            "technical_architect": Role.TECHNICAL_ARCHITECT,
            "delivery_manager": Role.DELIVERY_MANAGER,
            "project_manager": Role.PROJECT_MANAGER,
            "requester": Role.ACCOUNT_TEAM,
            "engagement_manager": Role.EM,
        }
        if name in roles:
            fitting = User.objects.active().with_role(roles[name])
            return fitting | User.objects.filter(pk=getattr(self.instance, f"{name}_id"))
        if name == "opportunity":
            return Opportunity.objects.filter(account=self.instance.account_id)
        return User.objects.active() if name == "next_step_owner" else field.queryset

    def _spell(self) -> None:
        if "services" in self.fields:
            self.fields["services"] = forms.MultipleChoiceField(
                choices=Service.choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                show_hidden_initial=True,
            )
        if "currency" in self.fields:
            self.fields["currency"] = forms.ChoiceField(
                choices=[(code, code) for code in CURRENCIES], show_hidden_initial=True
            )
        if "next_step_date" in self.fields:
            self.fields["next_step_date"].widget = DayInput()
        if "free_labels" in self.fields:
            self.fields["free_labels"].help_text = "Separated by commas."

    def clean_free_labels(self) -> list[str]:
        labels: list[str] = [label.strip() for label in self.cleaned_data["free_labels"]]
        taken = [label for label in labels if is_scoped(label)]
        if taken:
            raise forms.ValidationError(
                f"{taken[0]} is kept as a field of its own. Change that field instead."
            )
        return list(dict.fromkeys(filter(None, labels)))

    def clean_expected_value(self) -> Any:
        value = self.cleaned_data["expected_value"]
        if value is not None and value < 0:
            raise forms.ValidationError("A value is zero or more.")
        return value

    def shown(self, meanwhile: Mapping[str, Any]) -> FactsForm:
        """The same words once more, from somebody who has seen these values now."""
        said = self.having_seen(meanwhile)
        return FactsForm(self.group, self.user, said, instance=self.instance)


def may_edit(group: str, issue: ScopingIssue, user: User) -> bool:
    """Any EM triages and labels; the rest is the issue's own EM's, the leads' and who is asked."""
    if group in {"triage", "labels"}:
        return triages(issue, user)
    asked = {"architect": Role.TECHNICAL_ARCHITECT, "delivery": Role.DELIVERY_MANAGER}
    return works_issue(issue, user) or (group in asked and user.has(asked[group]))


class StatusForm(forms.Form):
    status = forms.ChoiceField(
        choices=[("", "None"), ("todo", "ToDo"), ("waiting", "Waiting")], required=False
    )
    waiting_on = forms.ChoiceField(choices=WaitingOn.choices, required=False)


class TeamForm(forms.Form):
    team = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Account team",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = User.objects.active().with_role(Role.ACCOUNT_TEAM)  # type: ignore[attr-defined]


class MeetingForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Meeting
        fields = ("kind", "starts_at", "minutes", "people", "guests", "place")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = User.objects.active()  # type: ignore[attr-defined]
        picker = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        self.fields["starts_at"].widget = picker

    def clean_minutes(self) -> int:
        minutes: int = self.cleaned_data["minutes"]
        if not 5 <= minutes <= 600:
            raise forms.ValidationError("A meeting takes between 5 minutes and 10 hours.")
        return minutes


class NotesForm(forms.Form):
    notes = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=20_000)


class MergeForm(forms.Form):
    into = forms.CharField(label="Merge into", help_text="The issue that goes on, like PS-1092.")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_into(self) -> ScopingIssue:
        number = self.cleaned_data["into"].strip().upper().removeprefix("PS-")
        known = number.isascii() and number.isdigit() and len(number) < 10
        found = ScopingIssue.objects.visible_to(self.user).filter(pk=int(number)) if known else ()
        for issue in found:
            return issue
        raise forms.ValidationError("There is no such issue. Write its number, like PS-1092.")


class CorrectionForm(forms.Form):
    """How it really closed."""

    outcome = forms.ChoiceField(choices=Outcome.choices, widget=forms.RadioSelect)
    close_reason = forms.ChoiceField(
        label="Reason",
        choices=[(r, r.label) for r in (CloseReason.SIGNED, *LOST_REASONS)],
    )
    close_quarter = forms.CharField(label="Close quarter", max_length=4)
    why = forms.CharField(label="Why is it corrected?", max_length=300)

    def clean_close_quarter(self) -> str:
        try:
            return str(Quarter.parse(self.cleaned_data["close_quarter"].strip().upper()))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        move = {Outcome.WON: "win", Outcome.LOST: "lose"}.get(self.cleaned_data.get("outcome", ""))
        reason = self.cleaned_data.get("close_reason")
        if move and reason and reason not in REASONS[move]:
            self.add_error("close_reason", "This reason does not go with that outcome.")
        return self.cleaned_data
