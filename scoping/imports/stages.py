"""Stages of a sales process as CRMs name them: this company's, and those Salesforce ships with."""

from __future__ import annotations

import re

from scoping.imports.values import Notes, key, storable
from scoping.models import Stage

OVER = frozenset({Stage.WON, Stage.LOST})
CLOSED = OVER | {Stage.UNQUALIFIED, Stage.DUPLICATE}
SHIPPED = {
    "prospecting": Stage.DISCOVERY,
    "qualification": Stage.DISCOVERY,
    "needs analysis": Stage.SCOPING,
    "value proposition": Stage.SCOPING,
    "id. decision makers": Stage.EVALUATION,
    "perception analysis": Stage.EVALUATION,
    "proposal/price quote": Stage.PROPOSAL,
    "negotiation/review": Stage.NEGOTIATING,
}
LONGEST = 80


def read(text: str, notes: Notes) -> tuple[Stage, str]:
    """The stage and its own name; one nobody knows is an open one."""
    name = storable(text.strip(), "stage")[:LONGEST]
    stage = NAMES.get(_bare(name)) or SHIPPED.get(key(name))
    if stage is None:
        notes.say(f"the stage {name or '(none)'} is not known; it was taken as open")
    return stage or Stage.PENDING, name


def _bare(name: str) -> str:
    """A stage's name without the number some processes put before it."""
    return re.sub(r"^\d{1,2}\s*-\s*", "", key(name))


NAMES = {_bare(stage.label): stage for stage in Stage}
