"""Sending for signature, naming who signs, signing, and what was signed elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.timezone import localdate

from emdesk.calendars.zones import time_zones, valid_time_zone
from emdesk.configuration.values import value_of
from emdesk.people.models import User
from emdesk.web import DayInput
from sow.models import Place
from sow.settings import ORDERS, SIGNING_DAYS, SIGNING_ORDER
from sow.signatories import signatories, to_ask
from sow.signing.sending import MOST_CUSTOMERS, Named

WHEN = [
    ("turn", "After the first signatory"),
    ("together", "At the same time as the first"),
]
DAY = timedelta(days=1)


class CustomersForm(forms.Form):
    """Up to four people of the customer; those with the same number sign at the same time."""

    template_name = "sow/_customers_form.html"

    def __init__(self, *args: Any, needed: bool = True, zone: str = "UTC", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(1, MOST_CUSTOMERS + 1):
            first = needed and place == 1
            self.fields[f"name_{place}"] = forms.CharField(
                label="Name", max_length=120, required=first
            )
            self.fields[f"email_{place}"] = forms.EmailField(label="E-mail", required=first)
            self.fields[f"zone_{place}"] = forms.ChoiceField(
                label="Where they work",
                choices=time_zones,
                initial=zone,
                required=False,
                validators=[valid_time_zone],
            )
            self.fields[f"order_{place}"] = forms.TypedChoiceField(
                label="Signs",
                choices=[(number, f"{number}.") for number in range(1, MOST_CUSTOMERS + 1)],
                coerce=int,
                initial=place,
                required=False,
                empty_value=place,  # type: ignore[arg-type]
            )

    @property
    def people(self) -> list[list[forms.BoundField]]:
        """The fields of each person."""
        names = ("name", "email", "zone", "order")
        return [
            [self[f"{name}_{place}"] for name in names] for place in range(1, MOST_CUSTOMERS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        for place in range(1, MOST_CUSTOMERS + 1):
            if bool(said.get(f"name_{place}")) != bool(said.get(f"email_{place}")):
                self.add_error(f"email_{place}", "Both the name and the e-mail are needed.")
        return said

    @property
    def named(self) -> list[Named]:
        said = self.cleaned_data
        return [
            Named(
                said[f"name_{place}"],
                said[f"email_{place}"],
                said[f"zone_{place}"] or "UTC",
                said[f"order_{place}"],
            )
            for place in range(1, MOST_CUSTOMERS + 1)
            if said.get(f"email_{place}")
        ]


class SendForm(forms.Form):
    """``seen`` is the stamped version the person looked at."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    first = forms.ChoiceField(label="Signs for our side")
    why = forms.CharField(
        label="Why somebody else",
        max_length=300,
        required=False,
        help_text="Needed when another one signs than usual, who is here.",
    )
    second = forms.ChoiceField(label="Signs for our side too", required=False)
    second_when = forms.ChoiceField(label="When the second one signs", choices=WHEN)
    order = forms.ChoiceField(label="Who signs first", choices=ORDERS)
    days = forms.IntegerField(label="Days to sign", min_value=1, max_value=365)
    note = forms.CharField(
        label="A word to those who sign",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Everybody who is asked reads it, also the customer.",
    )

    def __init__(self, *args: Any, at: datetime, by: User, version: int, **kwargs: Any) -> None:
        self._people = {str(user.pk): user for user in signatories() if user.pk != by.pk}
        usual, day = to_ask(at), localdate(at)
        first = {
            "seen": version,
            "first": usual.pk if usual else None,
            "second_when": "turn",
            "order": value_of(SIGNING_ORDER, day),
            "days": value_of(SIGNING_DAYS, day),
        }
        super().__init__(*args, **{"initial": first, **kwargs})
        names = [(pk, user.name) for pk, user in self._people.items()]
        self.fields["first"].choices = names  # type: ignore[attr-defined]
        self.fields["second"].choices = [("", "Nobody"), *names]  # type: ignore[attr-defined]

    @property
    def said(self) -> dict[str, Any]:
        said = self.cleaned_data
        chosen = [said["first"], said["second"]]
        return {
            "ours": [self._people[pk] for pk in chosen if pk],
            "in_turn": said["second_when"] == "turn",
            **{name: said[name] for name in ("seen", "order", "days", "note", "why")},
        }


class ReasonForm(forms.Form):
    why = forms.CharField(label="Why", max_length=300)


class ReplaceForm(forms.Form):
    """``signer`` is who was named before."""

    signer = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    name = forms.CharField(label="Who signs instead", max_length=120)
    email = forms.EmailField(label="Their e-mail")
    why = forms.CharField(label="Why", max_length=300)


class CodeForm(forms.Form):
    code = forms.RegexField(
        r"^\s*(\d{3} ?\d{3})\s*\Z",
        label="Code",
        max_length=12,
        error_messages={"invalid": "The code has six digits."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        return "".join(str(self.cleaned_data["code"]).split())


class SignForm(forms.Form):
    """``seen`` is the hash of the file the page showed; ``strokes`` what was drawn, if anything."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    strokes = forms.CharField(max_length=40_000, required=False, widget=forms.HiddenInput)
    consent = forms.BooleanField(
        error_messages={"required": "Tick this if you agree; without it nothing is signed."}
    )
    typed = forms.CharField(
        label="Your full name",
        max_length=120,
        help_text="Typing it here signs the document.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, consent: str, sha256: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"seen": sha256}, **kwargs})
        self.fields["consent"].label = consent


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label="Why you do not sign",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whoever sent it reads this.",
    )


class ElsewhereForm(forms.Form):
    """The executed file, and who signed it when."""

    file = forms.FileField(
        label="The executed file",
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf"}),
        help_text="One PDF that carries both signatures.",
    )
    where = forms.ChoiceField(label="Signed with", choices=Place.choices[1:], initial=Place.PAPER)
    ours = forms.CharField(label="Signed for our side by", max_length=120)
    ours_on = forms.DateField(label="On", widget=DayInput())
    customer = forms.CharField(label="Signed for the customer by", max_length=120)
    customer_on = forms.DateField(label="On", widget=DayInput())


class EnvelopeForm(forms.Form):
    """It is sent with a signature service, which tells of it by webhook."""

    where = forms.ChoiceField(label="Sent with", choices=Place.choices[1:-1])
    envelope = forms.CharField(
        label="Its number there",
        max_length=100,
        help_text="DocuSign's envelope ID, Documenso's document ID, DocuSeal's submission ID.",
    )
