"""What people say about their notices."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from emdesk.notifications.audiences import abouts
from emdesk.notifications.inbox import Until
from emdesk.notifications.kinds import By, kinds
from emdesk.notifications.models import Preferences, SlackChannel
from emdesk.notifications.slack import postable

RECORD = re.compile(r"([a-z]+\.[a-z]+):(\d{1,18})")


def postable_choices() -> list[tuple[str, str]]:
    return [(each.key, each.name) for each in postable()]


DEEDS = ("seen", "done", "back", "snooze", "mute", "unmute")


class DeedForm(forms.Form):
    """What to do about the notices of one record."""

    about = forms.CharField()
    upto = forms.IntegerField(min_value=0, max_value=2**62)
    deed = forms.ChoiceField(choices=[(deed, deed) for deed in DEEDS])
    until = forms.ChoiceField(choices=Until, required=False)

    def clean_about(self) -> tuple[str, int]:
        match = RECORD.fullmatch(self.cleaned_data["about"])
        if match is None or match[1] not in abouts:
            raise ValidationError("There is no such record. Load the page again.")
        return match[1], int(match[2])

    def clean_until(self) -> str:
        return self.cleaned_data["until"] or Until.TOMORROW


class ChannelForm(forms.ModelForm):  # type: ignore[type-arg]
    """A Slack channel. Its webhook is asked for and never shown again; empty keeps the one it has."""

    kinds = forms.MultipleChoiceField(
        label="Events", widget=forms.CheckboxSelectMultiple, choices=postable_choices
    )

    class Meta:
        model = SlackChannel
        fields = ["name", "webhook", "kinds", "tells_details", "is_on"]
        widgets = {"webhook": forms.PasswordInput(attrs={"autocomplete": "off"})}
        help_texts = {"webhook": "From Slack: Apps, Incoming Webhooks. Whoever has it can post."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["webhook"].required = False
            self.fields["webhook"].help_text = "Kept, and not shown. Write a new one to replace it."
        self._known = self.instance.webhook

    def clean_webhook(self) -> str:
        return str(self.cleaned_data["webhook"] or self._known)

    @property
    def changed_names(self) -> list[str]:
        """What was changed, in words; the webhook by its name alone."""
        same = {"webhook"} if self.cleaned_data["webhook"] == self._known else set()
        changed = [name for name in self.changed_data if name not in same]
        return [str(self.fields[name].label).lower() for name in changed]


class Clock(forms.TimeInput):
    """The browser's own clock."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class Choice(forms.Select):
    """A choice that stands in a table."""

    def __init__(self, attrs: Any = None, choices: Any = ()) -> None:
        super().__init__({"class": "control", **(attrs or {})}, choices)


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    """The matrix, the quiet hours and the hour of the digest."""

    digest_hour = forms.TypedChoiceField(
        label="Hour of the daily digest",
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
    )

    class Meta:
        model = Preferences
        fields = ["quiet_from", "quiet_until", "digest_hour", "slack_member"]
        labels = {"quiet_from": "No mail from", "quiet_until": "No mail until"}
        widgets = {"quiet_from": Clock, "quiet_until": Clock}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, inbox, mail in self.instance.matrix():
            self.fields[f"inbox-{kind.key}"] = forms.BooleanField(
                label=f"{kind.name}: in the inbox",
                required=False,
                initial=inbox,
                disabled=kind.pierces,
            )
            self.fields[f"mail-{kind.key}"] = forms.ChoiceField(
                label=f"{kind.name}: mail", choices=By, initial=mail, widget=Choice
            )

    @property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        return [
            (each, self[f"inbox-{each.key}"], self[f"mail-{each.key}"]) for each in kinds.values()
        ]

    @property
    def others(self) -> list[Any]:
        return [self[name] for name in self.Meta.fields]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if (found.get("quiet_from") is None) != (found.get("quiet_until") is None):
            raise ValidationError("Say both when quiet hours begin and when they end, or neither.")
        return found

    def wished(self) -> dict[str, dict[str, Any]]:
        """What differs from what holds for everybody."""
        said = self.cleaned_data
        chosen = {
            each: (said[f"inbox-{each.key}"], said[f"mail-{each.key}"]) for each in kinds.values()
        }
        return {
            each.key: {"inbox": inbox, "mail": mail}
            for each, (inbox, mail) in chosen.items()
            if (inbox, mail) != (each.inbox, each.mail)
        }
