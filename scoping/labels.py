"""Labels: the issue's fields as engagement managers spell them on issue boards, both ways.

Reading forgives case, one or two colons, and space, underscore or hyphen (domain.md §4.1).
A scoped key has one value; a second one is a conflict and is reported, never guessed away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from emdesk.fiscal import Quarter
from scoping.models import ScopingIssue
from scoping.states import ArchitectHelp, EmStatus, Outcome, Review, State

OUTCOMES: dict[str, str] = {Outcome.WON: "Closed_Won", Outcome.LOST: "Closed_Lost"}
ARCHITECT_REVIEW: dict[str, str] = {Review.NEEDED: "Needs-Review", Review.APPROVED: "Approved"}
DELIVERY_REVIEW: dict[str, str] = {Review.NEEDED: "needs-review", Review.APPROVED: "approved"}
STAGES: dict[str, str] = {
    state: state.label for state in State if state not in {State.OPEN, State.CLOSED}
}
OLDER_STAGES = {
    "scoping": State.AWAITING_DISCOVERY,
    "writing": State.SOW_WIP,
    "costestimate": State.SOW_WIP,
}
SCOPED = {"proposal", "closeqtr", "emstatus", "segment", "ta", "scoping", "rdm"}
BOARD_ENDS = {"open", "closed"}
FLAGS = {"servicescalculator": "services_calculator", "publicsectorus": "public_sector"}


@dataclass
class Reading:
    """What a list of labels says: fields with their values, free labels, and what is unclear."""

    fields: dict[str, str | bool] = field(default_factory=dict)
    free: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def labels_of(issue: ScopingIssue) -> list[str]:
    """The issue as its labels would spell it, canonical, free labels last."""
    segment = issue.segment.name if issue.segment else ""
    scoped = [
        ("proposal", OUTCOMES.get(issue.outcome) or STAGES.get(issue.state, "")),
        ("close_qtr", issue.close_quarter),
        ("EM_Status", EmStatus(issue.em_status).label if issue.em_status else ""),
        ("Segment", segment),
        ("TA", ARCHITECT_REVIEW.get(issue.architect_review, "")),
        ("Scoping", ArchitectHelp(issue.architect_help).label if issue.architect_help else ""),
        ("RDM", DELIVERY_REVIEW.get(issue.delivery_review, "")),
    ]
    flags = [(issue.services_calculator, "Services Calculator")]
    flags += [(issue.public_sector, "Public Sector US")]
    named = [f"{key}::{value}" for key, value in scoped if value]
    return [*named, *(label for on, label in flags if on), *issue.free_labels]


def read_labels(labels: Iterable[str], segments: Iterable[str]) -> Reading:
    """Fields of these labels; ``segments`` are the known segment names."""
    known = {plain(name): name for name in segments}
    reading = Reading()
    for label in labels:
        _read(reading, label.strip(), known)
    return reading


def is_scoped(label: str) -> bool:
    """Whether a label is spelled like one that emdesk keeps as a field."""
    return plain(label.partition(":")[0]) in SCOPED


def plain(text: str) -> str:
    """A spelling without case, spaces, underscores and hyphens."""
    return re.sub(r"[\s_-]+", "", text).casefold()


def _read(reading: Reading, label: str, segments: dict[str, str]) -> None:
    if flag := FLAGS.get(plain(label)):
        reading.fields[flag] = True
        return
    if not label or plain(label) in BOARD_ENDS:
        return
    key, colon, value = re.split(r"(::?)(?!.*:)", label, maxsplit=1) if ":" in label else ("",) * 3
    found = _scoped(plain(key), value.strip(), segments) if colon else None
    if found is None:
        reading.free.append(label)
    elif not found[1]:
        reading.problems.append(f"{label} is not a value of {key}.")
        reading.free.append(label)
    else:
        _keep(reading, *found, label)


def _keep(reading: Reading, name: str, value: str, label: str) -> None:
    before = reading.fields.setdefault(name, value)
    if before != value:
        reading.problems.append(f"{label} contradicts another label.")
        reading.free.append(label)


def _scoped(key: str, value: str, segments: dict[str, str]) -> tuple[str, str] | None:
    """Field and value of a scoped label; the value is empty when it is not one of the key's."""
    word = plain(value)
    match key:
        case "proposal":
            return _proposal(word)
        case "closeqtr":
            return "close_quarter", _quarter(value)
        case "emstatus":
            return "em_status", _spelled(word, {s: s.label for s in EmStatus})
        case "segment":
            return "segment", segments.get(word, "")
        case "ta":
            return "architect_review", _spelled(word, ARCHITECT_REVIEW)
        case "scoping":
            return "architect_help", _spelled(word, {h: h.label for h in ArchitectHelp})
        case "rdm":
            return "delivery_review", _spelled(word, DELIVERY_REVIEW)
    return None


def _proposal(word: str) -> tuple[str, str]:
    if outcome := _spelled(word, OUTCOMES):
        return "outcome", outcome
    return "state", _spelled(word, STAGES) or OLDER_STAGES.get(word, "")


def _spelled(word: str, spellings: Mapping[Any, str]) -> str:
    found = (str(value) for value, spelling in spellings.items() if plain(spelling) == word)
    return next(found, "")


def _quarter(value: str) -> str:
    try:
        return str(Quarter.parse(value.upper()))
    except ValueError:
        return ""
