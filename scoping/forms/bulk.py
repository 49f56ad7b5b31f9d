"""What to do with many issues: the deed, and which issues as the person saw them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict

from emdesk.people.models import User
from scoping.bulk import Assign, Deed, Label, Move, Seen
from scoping.forms.moving import CloseForm, HoldForm, MoveForm
from scoping.labels import is_scoped
from scoping.models import ScopingIssue
from scoping.states import State

NOBODY = "none"
DEEDS = [("move", "Move"), ("assign", "Assign"), ("label", "Add label"), ("unlabel", "Drop label")]
DETAILS: dict[str, type[MoveForm]] = {State.ON_HOLD: HoldForm, State.CLOSED: CloseForm}
CHOOSE = {
    "to": "Choose a column to move them to.",
    "em": "Choose whom to give them to.",
    "label": "Write the label.",
}
WANTS = {"move": "to", "assign": "em", "label": "label", "unlabel": "label"}


class BulkForm(forms.Form):
    """Which deed, and with what."""

    deed = forms.ChoiceField(
        choices=DEEDS, error_messages={"required": "Choose what to do with them."}
    )
    to = forms.ChoiceField(choices=[("", ""), *State.choices], required=False)
    em = forms.CharField(required=False, max_length=20)
    label = forms.CharField(required=False, max_length=100)
    key = forms.RegexField(r"^[0-9a-f]{32}$", required=False)

    def clean_em(self) -> User | str | None:
        """Who, ``None`` for nobody, or nothing said."""
        asked = self.cleaned_data["em"]
        if asked in ("", NOBODY):
            return None if asked else ""
        field: forms.ModelChoiceField[User] = forms.ModelChoiceField(
            User.objects.engagement_managers()
        )
        chosen: User = field.clean(asked)
        return chosen

    def clean_label(self) -> str:
        label = str(self.cleaned_data["label"]).strip()
        if is_scoped(label):
            raise forms.ValidationError(
                f"{label} is kept as a field of its own. Change that field instead."
            )
        return label

    def clean(self) -> dict[str, Any]:
        wanted = WANTS.get(self.cleaned_data.get("deed", ""), "")
        if wanted and self.cleaned_data.get(wanted) == "" and wanted not in self.errors:
            self.add_error(wanted, CHOOSE[wanted])
        return self.cleaned_data

    def details(self, user: User, at: datetime) -> MoveForm | None:
        """What the chosen column asks for, if it asks for anything."""
        said = self.cleaned_data
        form = DETAILS.get(said["to"]) if said["deed"] == "move" else None
        return form(ScopingIssue(), (), self.data, user=user, at=at) if form else None

    def deed_with(self, details: MoveForm | None) -> Deed:
        """The deed; a move without its details says only where to."""
        said = self.cleaned_data
        if said["deed"] == "move":
            told = details is not None and details.is_bound and details.is_valid()
            if details is None or not told:
                return Move(said["to"])
            return Move(said["to"], details.cleaned_data.get("outcome", ""), details.details)
        if said["deed"] == "assign":
            return Assign(said["em"])
        return Label(said["label"], remove=said["deed"] == "unlabel")

    def hidden(self) -> list[tuple[str, str]]:
        """What the preview sends again."""
        return [(name, self.data.get(name, "")) for name in ("deed", "to", "em", "label")]


def ticked(data: QueryDict, most: int) -> dict[int, Seen]:
    """The ticked issues as they were seen: “number.moves.manager”; what is broken is ignored."""
    found: dict[int, Seen] = {}
    for value in data.getlist("issue")[:most]:
        parts = value.split(".")
        if len(parts) == 3 and all(_is_number(part) for part in parts):
            pk, moves, em = map(int, parts)
            found[pk] = (moves, em or None)
    return found


def as_ticked(pk: int, seen: Seen) -> str:
    return f"{pk}.{seen[0]}.{seen[1] or 0}"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
