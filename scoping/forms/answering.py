"""Answering questions: one by itself, or all that are asked of an issue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms

from emdesk.web import DayInput
from scoping.forms.seen import Seen
from scoping.models import AnswerKind, Question, Source

LONGEST = 5_000
JOINT = ", "
FIELD = "q-"


class SeveralField(forms.MultipleChoiceField):
    """Some of the choices, kept as one line."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value: Any) -> Any:
        return _cut(value)

    def clean(self, value: Any) -> str:
        return JOINT.join(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(_cut(initial), data)


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value.split(JOINT) if value else []
    return value


def answer_field(question: Question, known: str = "", *, required: bool = True) -> forms.Field:
    """A field of the question's kind, or for free text where ``known`` is of no such kind."""
    common: Any = {"label": question.prompt, "help_text": question.help, "required": required}
    match question.kind:
        case AnswerKind.NUMBER:
            field: forms.Field = forms.IntegerField(min_value=0, max_value=10**9, **common)
        case AnswerKind.DATE:
            field = forms.DateField(widget=DayInput(), **common)
        case AnswerKind.CHOICE:
            nothing = [] if required else [("", "No answer yet")]
            field = forms.ChoiceField(choices=[*nothing, *_pairs(question.choices)], **common)
        case AnswerKind.SEVERAL:
            field = SeveralField(choices=_pairs(question.choices), **common)
        case _:
            return _free(common)
    return field if _fits(field, known) else _free(common)


def _pairs(choices: list[str]) -> list[tuple[str, str]]:
    return [(choice, choice) for choice in choices]


def _free(common: Any) -> forms.Field:
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(widget=area, max_length=LONGEST, **common)


def _fits(field: forms.Field, known: str) -> bool:
    try:
        return not known or field.clean(field.prepare_value(known)) is not None
    except forms.ValidationError:
        return False


class AnswerForm(forms.Form):
    """The answer to one question."""

    source = forms.ChoiceField(choices=Source.choices)

    def __init__(self, question: Question, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"text": answer_field(question), **self.fields}


@dataclass(frozen=True)
class Section:
    """Questions under one heading: those to see at once, and those to unfold."""

    title: str
    service: str
    first: list[forms.BoundField]
    rest: list[forms.BoundField]

    @property
    def unfolded(self) -> bool:
        return any(field.errors or field.value() for field in self.rest)


class Asking(forms.BaseForm):
    """A form with a field for each question."""

    questions: list[Question]

    def ask(self, questions: Iterable[Question], known: Mapping[str, str] | None = None) -> None:
        self.questions = list(questions)
        for each in self.questions:
            have = (known or {}).get(each.key, "")
            self.fields[FIELD + each.key] = answer_field(each, have, required=False)

    @property
    def sections(self) -> list[Section]:
        found = groupby(self.questions, key=lambda each: (each.section, each.service))
        return [self._section(*where, list(rows)) for where, rows in found]

    def _section(self, title: str, service: str, questions: list[Question]) -> Section:
        """Special cases of a service unfold; of what is asked of all, the needed come first."""
        fields = {each.key: self[FIELD + each.key] for each in questions}
        special = ": " in title
        first = [each.key for each in questions if not special and (service or each.required)]
        rest = [field for key, field in fields.items() if key not in first]
        return Section(title, service, [fields[key] for key in first], rest)

    def answers(self, names: Iterable[str]) -> dict[Question, str]:
        """What was written into these fields."""
        chosen = set(names)
        said = {each: self.cleaned_data.get(FIELD + each.key) for each in self.questions}
        return {
            question: str(value)
            for question, value in said.items()
            if value not in (None, "") and FIELD + question.key in chosen
        }


class QuestionsForm(Asking, Seen, forms.Form):
    """Everything that is asked about one issue, as far as it is answered."""

    source = forms.ChoiceField(choices=Source.choices, label="Where do these answers come from?")

    def __init__(
        self, questions: list[Question], known: Mapping[str, str], source: str, data: Any = None
    ) -> None:
        initial = {FIELD + key: text for key, text in known.items()}
        super().__init__(data, initial=initial | {"source": source})
        self.known, self.first_source = known, source
        self.ask(questions, known)
        for question in self.questions:
            self.fields[FIELD + question.key].show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        for question in self.questions:
            name = FIELD + question.key
            emptied = self.cleaned_data.get(name) in (None, "") and not self.errors.get(name)
            if emptied and self.known.get(question.key):
                self.add_error(name, "An answer stays until another takes its place. Write it.")
        return self.cleaned_data

    @property
    def written(self) -> dict[Question, str]:
        return self.answers(self.changed_data)

    @property
    def seen_answers(self) -> dict[str, str]:
        seen = {name.removeprefix(FIELD): value for name, value in self.seen.items()}
        return {key: "" if value is None else str(value) for key, value in seen.items()}

    def shown(self, meanwhile: Mapping[str, str]) -> QuestionsForm:
        said = self.having_seen({FIELD + key: text for key, text in meanwhile.items()})
        return QuestionsForm(self.questions, self.known, self.first_source, said)
