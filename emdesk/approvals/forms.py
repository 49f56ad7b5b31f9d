"""What people send about a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from emdesk.approvals.models import LONGEST, Verdict
from emdesk.people.models import User
from emdesk.web import DayInput

HIDDEN = forms.HiddenInput
NUMBER: dict[str, Any] = {"min_value": 1, "max_value": 2_000_000_000, "widget": HIDDEN}


def words(label: str, **options: Any) -> forms.CharField:
    box = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=LONGEST, widget=box, **options)


class DecideForm(forms.Form):
    """``digest`` is that of the document the page showed; the button pressed is the verdict."""

    step = forms.IntegerField(**NUMBER)
    digest = forms.CharField(max_length=64, widget=HIDDEN)
    verdict = forms.ChoiceField(choices=Verdict.choices, widget=HIDDEN)
    reason = words(
        "Your words",
        required=False,
        help_text="Needed to ask for changes or to reject. Everybody on the deal reads them.",
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        no = said.get("verdict") not in {None, Verdict.APPROVED}
        if no and not said.get("reason", "").strip():
            self.add_error("reason", "Say why, so that it can be changed.")
        return said


class AskForm(forms.Form):
    step = forms.IntegerField(**NUMBER)
    text = words("Question", help_text="Nobody is reminded while a question is open.")


class AnswerForm(forms.Form):
    inquiry = forms.IntegerField(**NUMBER)
    text = words("Answer")


class RecallForm(forms.Form):
    reason = words("Why do you recall it?")


class SomebodyElse(forms.Form):
    """``people`` are those who could decide the step."""

    step = forms.IntegerField(**NUMBER)
    to = forms.ModelChoiceField(queryset=User.objects.none(), label="To")

    def __init__(self, *args: Any, people: Sequence[User] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found: Any = self.fields["to"]
        found.queryset = User.objects.filter(pk__in=[user.pk for user in people])


class DelegateForm(SomebodyElse):
    until = forms.DateField(label="Last day", widget=DayInput)
    reason = words("Why", required=False)


class ReassignForm(SomebodyElse):
    reason = words("Why")
