"""What Practice writes: a clause with its fallbacks, a template's sections."""

from __future__ import annotations

from typing import Any

from django import forms

from emdesk.people.models import User
from sow.content import free_key
from sow.kinds import Kind
from sow.models import Clause
from sow.models.clause import MOST_TEXT

FALLBACKS = 3
WHY: dict[str, Any] = {"max_length": 300, "label": "Why"}


def text_field(label: str, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=MOST_TEXT,
        required=required,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


def one_line_ends(text: str) -> str:
    """Browsers send every line's end as two characters. What no text can hold is left out."""
    return text.replace("\r\n", "\n").replace("\x00", "").rstrip()


def one_line(text: str, longest: int) -> str:
    """Words parted by single spaces, cut."""
    return " ".join(one_line_ends(text).split())[:longest]


class ClauseForm(forms.ModelForm):  # type: ignore[type-arg]
    """A clause as it shall be, with up to three texts to give way to."""

    text = text_field("Text")
    why = forms.CharField(**WHY)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    class Meta:
        model = Clause
        fields = ("key", "kind", "title", "status", "risk", "owner")

    def __init__(
        self,
        said: Any = None,
        *,
        instance: Clause | None = None,
        text: str = "",
        fallbacks: list[dict[str, str]] | None = None,
    ) -> None:
        begun: dict[str, Any] = {"text": text, "seen": instance.latest if instance else 0}
        for place, each in enumerate(fallbacks or []):
            begun |= {f"name_{place}": each["name"], f"text_{place}": each["text"]}
        super().__init__(said, instance=instance, initial=begun)
        owner: Any = self.fields["owner"]
        owner.queryset = User.objects.filter(is_active=True)
        if instance:
            self.fields["key"].disabled = True
        for place in range(FALLBACKS):
            self.fields[f"name_{place}"] = forms.CharField(
                label=f"Fallback {place + 1}: when", max_length=120, required=False
            )
            self.fields[f"text_{place}"] = text_field(f"Fallback {place + 1}: text", required=False)
        self.order_fields(
            ["key", "title", "kind", "status", "risk", "owner", "text"]
            + [f"{name}_{place}" for place in range(FALLBACKS) for name in ("name", "text")]
            + ["why", "seen"]
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for place in range(FALLBACKS):
            if bool(said.get(f"name_{place}")) != bool(said.get(f"text_{place}", "").strip()):
                self.add_error(f"name_{place}", "A fallback has both: when, and its text.")
        return said

    @property
    def fallbacks(self) -> list[dict[str, str]]:
        said = self.cleaned_data
        return [
            {"name": said[f"name_{place}"], "text": one_line_ends(said[f"text_{place}"])}
            for place in range(FALLBACKS)
            if said[f"name_{place}"]
        ]


class TemplateForm(forms.Form):
    """A template's sections in their order; one without a title is left out."""

    def __init__(self, said: Any = None, *, sections: list[dict[str, str]], seen: int) -> None:
        super().__init__(said)
        self.keys = [row["key"] for row in sections]
        clauses = Clause.objects.in_use().values_list("key", "title")
        offered = [("", "Written here"), *clauses]
        for place, row in enumerate([*sections, {"kind": Kind.OTHER.value}]):
            self._ask(place, row, offered)
        self.count = len(sections) + 1
        self.fields["why"] = forms.CharField(**WHY)
        self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=seen)

    def _ask(self, place: int, row: dict[str, str], offered: list[tuple[str, str]]) -> None:
        new: dict[str, Any] = {"required": False}
        self.fields[f"title_{place}"] = forms.CharField(
            label="Title", max_length=120, initial=row.get("title", ""), **new
        )
        self.fields[f"kind_{place}"] = forms.ChoiceField(
            label="About", choices=Kind.choices, initial=row["kind"]
        )
        self.fields[f"clause_{place}"] = forms.ChoiceField(
            label="Clause", choices=offered, initial=row.get("clause", ""), **new
        )
        text = text_field("Text", required=False)
        text.initial = row.get("text", "")
        self.fields[f"text_{place}"] = text

    @property
    def groups(self) -> list[list[forms.BoundField]]:
        names = ("title", "kind", "clause", "text")
        return [[self[f"{name}_{place}"] for name in names] for place in range(self.count)]

    @property
    def sections(self) -> list[dict[str, str]]:
        said, keys, found = self.cleaned_data, [*self.keys], []
        taken = set(keys)
        for place in range(self.count):
            if not said[f"title_{place}"]:
                continue
            kind = said[f"kind_{place}"]
            key = keys[place] if place < len(keys) else free_key(kind, taken)
            row = {"key": key, "kind": kind, "title": said[f"title_{place}"]}
            row["text"] = one_line_ends(said[f"text_{place}"])
            if said[f"clause_{place}"]:
                row["clause"] = said[f"clause_{place}"]
            found.append(row)
        return found
