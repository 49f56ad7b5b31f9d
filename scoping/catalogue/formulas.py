"""Reading driver formulas: which scoping answers they go by, and whether all of them exist.

A formula is a sum over answers to questions with a number, named by their keys: ``B7 * 0.06``.
It is worked out where estimates are made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from scoping.models import AnswerKind, Question

FUNCTIONS = ("min", "max", "ceil")
TOKEN = re.compile(r"\s*(?:(?P<name>[A-Za-z]\w*)|(?P<other>[0-9]+(?:\.[0-9]+)?|[-+*/(),]))")


def names_in(formula: str) -> list[str]:
    """The keys of questions a formula goes by, as often as they stand in it."""
    found = (match["name"] for match in TOKEN.finditer(formula))
    return [name for name in found if name and name not in FUNCTIONS]


def fault_of(formula: str, known: Iterable[str]) -> str:
    """What is wrong with it, told with the fix; empty when it can be read."""
    known, at = set(known), 0
    text = formula.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            return (
                f"“{text[at : at + 10]}” cannot stand in a formula. Write numbers, keys of"
                " questions like B7, + - * / and brackets."
            )
        name = match["name"]
        if name and name not in FUNCTIONS and name not in known:
            return f"There is no question {name} that is answered with a number."
        at = match.end()
    if text.count("(") != text.count(")"):
        return "A bracket is missing."
    return ""


def numeric_questions() -> dict[str, str]:
    """What formulas may go by: prompts by key."""
    rows = Question.objects.filter(kind=AnswerKind.NUMBER)
    return dict(rows.values_list("key", "prompt"))
