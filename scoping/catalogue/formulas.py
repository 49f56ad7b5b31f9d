"""Driver formulas as the catalogue keeps them: which scoping answers they go by, and their faults.

The language itself, and working a formula out, are ``scoping.estimating.formulas``.
"""

from __future__ import annotations

from collections.abc import Container

from scoping.estimating.formulas import fault_in, keys_in
from scoping.models import AnswerKind, Question


def names_in(formula: str) -> list[str]:
    """The keys of questions a formula goes by; none of one that cannot be read."""
    return [] if not formula or fault_in(formula) else keys_in(formula)


def fault_of(formula: str, known: Container[str]) -> str:
    """What is wrong with it, told with the fix; empty when it can be read, or says nothing."""
    if not formula:
        return ""
    if fault := fault_in(formula):
        return fault
    unknown = [key for key in keys_in(formula) if key not in known]
    return f"There is no question {unknown[0]} a formula can go by." if unknown else ""


def usable_questions() -> dict[str, str]:
    """What formulas may go by: prompts by key."""
    rows = Question.objects.exclude(kind=AnswerKind.DATE)
    return dict(rows.values_list("key", "prompt"))
