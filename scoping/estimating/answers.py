"""Scoping answers as formulas read them: numbers as numbers, choices as their words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from scoping.estimating.formulas import Value
from scoping.models import Answer

DIGITS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
WORDS = {"choice", "several"}


def answers_of(issue_pk: int) -> Mapping[str, Value]:
    """By question key. Free text counts when it is a plain number and nothing else."""
    rows = Answer.objects.filter(issue=issue_pk)
    found: dict[str, Value] = {}
    for key, kind, text in rows.values_list("question__key", "question__kind", "text"):
        if DIGITS.fullmatch(text.strip()):
            found[key] = Decimal(text.strip())
        elif kind in WORDS:
            found[key] = text
    return found
