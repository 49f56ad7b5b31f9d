"""The forms by which an issue is raised: the account team's request, and the desk's own."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.urls import reverse_lazy

from emdesk.money import CURRENCIES
from emdesk.people.models import Role, Segment, User
from scoping.forms.answering import FIELD, Asking
from scoping.forms.board import SegmentField
from scoping.imports.linking import deal_named_in
from scoping.intake import Request, asked_already, deal_for, known_accounts, named, similar
from scoping.models import Account, Question, ScopingIssue, Source
from scoping.states import Service

NEW = "new"


class IntakeForm(Asking, forms.Form):
    """What the account team knows. Questions may stay open; nothing that is written gets lost."""

    title = "Request services"
    button = "Send request"
    calculator = True

    customer = forms.CharField(
        max_length=200,
        help_text="As its contracts name it. A customer we know is found by its name.",
        widget=forms.TextInput(
            attrs={
                "list": "customers",
                "autocomplete": "off",
                "hx-get": reverse_lazy("scoping:customers"),
                "hx-trigger": "input delay:300ms",
                "hx-target": "#customers",
                "hx-swap": "innerHTML",
                "hx-sync": "this:replace",
            }
        ),
    )
    account = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    services = forms.MultipleChoiceField(
        choices=Service.choices,
        label="Which services are wanted?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one service."},
    )
    public_sector = forms.BooleanField(required=False, label="US public sector")
    description = forms.CharField(
        required=False,
        max_length=50_000,
        label="What is it about?",
        help_text="Anything that helps to scope it: background, people, links.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    expected_value = forms.DecimalField(
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text="If it is known: plain digits, like 42000.",
    )
    currency = forms.ChoiceField(choices=[(code, code) for code in CURRENCIES])
    opportunity_link = forms.CharField(
        required=False,
        max_length=500,
        help_text="The address of the deal in the CRM, if there is one.",
    )
    token = forms.CharField(max_length=36, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)

    def __init__(self, user: User, data: Any = None) -> None:
        self.user = user
        initial = {"token": str(uuid4()), "currency": "USD"}
        super().__init__(data, initial=initial)
        self._people()
        self.ask(Question.objects.filter(at_intake=True))
        self.exact: list[Account] = []
        self.offered: list[Account] = []
        self.duplicates: list[ScopingIssue] = []

    def _people(self) -> None:
        """Who of the desk asks, asks for somebody of the account team."""
        if self.user.leads or self.user.has(Role.EM):
            self.fields["requester"] = forms.ModelChoiceField(
                User.objects.active().with_role(Role.ACCOUNT_TEAM),
                required=False,
                label="On behalf of",
                empty_label="Nobody",
            )

    def clean_customer(self) -> str:
        return " ".join(self.cleaned_data["customer"].split())

    def full_clean(self) -> None:
        """The customer decides which accounts there are to choose from."""
        customer = " ".join(str(self.data.get("customer", "")).split())
        if 0 < len(customer) <= 200 and "\0" not in customer:
            self.exact = named(customer, self.user)
            self.offered = self.exact or similar(customer, self.user)
        super().full_clean()

    def clean_account(self) -> Account | None:
        """The one that was chosen, or the only one of this name."""
        chosen = self.cleaned_data["account"]
        if len(self.exact) == 1:
            return self.exact[0]
        return next((each for each in self.offered if str(each.pk) == chosen), None)

    @property
    def unclear(self) -> bool:
        """Several accounts may be meant, and nobody said which."""
        said_new = self.data.get("account") == NEW and not self.exact
        return bool(self.offered) and not self.cleaned_data["account"] and not said_new

    def asks_back(self) -> bool:
        """Whether something has to be settled first: which customer, or that it is no double."""
        account = self.cleaned_data["account"]
        if self.unclear:
            self.duplicates = self._duplicates(self.offered)
            return True
        self.duplicates = self._duplicates([account] if account else [])
        seen = set(self.cleaned_data["shown"].split())
        return any(str(each.pk) not in seen for each in self.duplicates)

    def _duplicates(self, accounts: list[Account]) -> list[ScopingIssue]:
        return [issue for each in accounts for issue in asked_already(each, self.user)]

    @property
    def customers(self) -> list[str]:
        """Names to begin with, before anything is typed."""
        return list(known_accounts(self.user).order_by("name").values_list("name", flat=True)[:20])

    def request(self) -> Request:
        said = self.cleaned_data
        services = said["services"]
        about = [FIELD + each.key for each in self.questions if each.service in ("", *services)]
        link = said["opportunity_link"]
        return Request(
            customer=said["customer"],
            account=said["account"],
            answers=self.answers(about),
            source=said.get("source", Source.CALCULATOR),
            opportunity_link=link,
            facts=self._facts()
            | {"opportunity": deal_for(deal_named_in(link), said["account"], self.user)},
        )

    def _facts(self) -> dict[str, Any]:
        names = ("services", "public_sector", "description", "expected_value", "currency")
        own = self.user.has(Role.ACCOUNT_TEAM, Role.TECHNICAL_ARCHITECT)
        requester = self.cleaned_data.get("requester") or (self.user if own else None)
        return {name: self.cleaned_data[name] for name in names} | {
            "requester": requester,
            "services_calculator": self.calculator,
        }


class NewIssueForm(IntakeForm):
    """The desk raises an issue itself: same core, no label of the calculator."""

    title = "New issue"
    button = "Raise issue"
    calculator = False

    source = forms.ChoiceField(
        choices=[pair for pair in Source.choices if pair[0] != Source.CALCULATOR],
        label="Where do the answers come from?",
        initial=Source.ACCOUNT_TEAM,
    )
    engagement_manager = forms.ModelChoiceField(
        User.objects.engagement_managers(), required=False, empty_label="Nobody yet"
    )
    segment = SegmentField(
        Segment.objects.filter(is_active=True), required=False, empty_label="Not known yet"
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(user, data)
        if user.has(Role.EM):
            self.initial["engagement_manager"] = user.pk

    def _facts(self) -> dict[str, Any]:
        own = {name: self.cleaned_data[name] for name in ("engagement_manager", "segment")}
        return super()._facts() | own
