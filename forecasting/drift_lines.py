"""A rule of drift as a line that people write and read.

``Stage behind: column SOW_WIP/Approved; stage 0-3 -> Please advance the stage.``
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from scoping.models import Confidence, Stage
from scoping.states import LIVE, State

PAST, MISSING, WITHIN, OFF = "past", "missing", "within", "off"
LINE = re.compile(r"(?P<name>[^:]{1,60}?)\s*:\s*(?P<parts>.*?)\s*(?:->|→)\s*(?P<asks>.{1,300})")
RANGE = re.compile(r"([0-7])(?:\s*-\s*([0-7]))?")
WITHIN_DAYS = re.compile(r"within ([0-9]{1,3}) days?")
OFF_BY = re.compile(r"off ([0-9]{1,3}) ?%")
ENDED = {"won": Stage.WON.value, "lost": Stage.LOST.value}
COLUMNS = {state.label.casefold(): state.value for state in State}
LIVE_ONES = tuple(state.value for state in LIVE)
COLOURS = {colour.label.casefold(): colour.value for colour in Confidence}
Facts = dict[str, Any]


class Broken(ValueError):
    """A line that is no rule; says why and what to write instead."""


def parse(line: str) -> Facts:
    found = LINE.fullmatch(line.strip())
    if not found:
        raise Broken(
            f"“{line[:60]}” is no rule. Write its name, a colon, what must be so, -> and what is "
            "asked: Late: close date past -> Please set a new date."
        )
    facts: Facts = {"name": found["name"].strip(), "asks": found["asks"].strip()}
    for part in filter(None, map(str.strip, found["parts"].split(";"))):
        told = _part(part)
        if told.keys() & facts.keys():
            raise Broken(f"“{facts['name']}” names {part.split()[0]} twice. Join them with /.")
        facts |= told
    if facts.keys() == {"name", "asks"}:
        raise Broken(f"“{facts['name']}” names nothing that must be so, such as close date past.")
    return facts


def _part(part: str) -> Facts:
    for word, read in READERS.items():
        if part.casefold().startswith(f"{word} "):
            return read(part[len(word) :].strip())
    raise Broken(
        f"“{part[:40]}” is not known. Begin with column, stage, confidence, close date or amount."
    )


def _columns(text: str) -> Facts:
    if text.casefold() == "live":
        return {"columns": LIVE_ONES}
    return {"columns": tuple(_known(each, COLUMNS, "column") for each in _each(text))}


def _colours(text: str) -> Facts:
    return {"colours": tuple(_known(each, COLOURS, "confidence") for each in _each(text))}


def _stages(text: str) -> Facts:
    found: list[str] = []
    for each in _each(text):
        if number := RANGE.fullmatch(each):
            first, last = int(number[1]), int(number[2] or number[1])
            found += [str(stage) for stage in range(first, last + 1)]
        else:
            found.append(_known(each, ENDED, "stage", "0 to 7, won or lost"))
    if not found:
        raise Broken(f"“stage {text}” holds no stage. Write the lower one first: 0-3.")
    return {"stages": tuple(dict.fromkeys(found))}


def _closes(text: str) -> Facts:
    if days := WITHIN_DAYS.fullmatch(text):
        return {"closes": WITHIN, "days": int(days[1])}
    known = {PAST: PAST, MISSING: MISSING}
    return {"closes": _known(text, known, "close date", "past, missing or within 14 days")}


def _amount(text: str) -> Facts:
    if percent := OFF_BY.fullmatch(text):
        return {"amount": OFF, "percent": int(percent[1])}
    return {"amount": _known(text, {MISSING: MISSING}, "amount", "missing or off 5 %")}


READERS = {
    "column": _columns,
    "stage": _stages,
    "confidence": _colours,
    "close date": _closes,
    "amount": _amount,
}


def _each(text: str) -> list[str]:
    return [each.strip() for each in text.split("/")]


def _known(text: str, known: Mapping[str, str], what: str, offered: str = "") -> str:
    try:
        return known[text.casefold()]
    except KeyError:
        said = offered or ", ".join(known)
        raise Broken(f"“{text[:40]}” is no {what}. Write one of: {said}.") from None


def spell(rule: Mapping[str, Any]) -> str:
    """The line that reads as this rule."""
    return f"{rule['name']}: {'; '.join(conditions(rule))} -> {rule['asks']}"


def conditions(rule: Mapping[str, Any]) -> Iterable[str]:
    """What must be so, in the words of the line."""
    if columns := rule["columns"]:
        labels = "/".join(State(each).label for each in columns)
        yield f"column {'live' if columns == LIVE_ONES else labels}"
    if stages := rule["stages"]:
        yield f"stage {'/'.join(_ranges(stages))}"
    if colours := rule["colours"]:
        yield f"confidence {'/'.join(Confidence(each).label for each in colours)}"
    if closes := rule["closes"]:
        yield f"close date {closes}" + (f" {rule['days']} days" if closes == WITHIN else "")
    if amount := rule["amount"]:
        yield f"amount {amount}" + (f" {rule['percent']} %" if amount == OFF else "")


def _ranges(stages: Iterable[str]) -> list[str]:
    """Neighbours as one range, then how it ended."""
    told = set(stages)
    found: list[list[int]] = []
    for number in range(8):
        if str(number) not in told:
            continue
        if found and found[-1][-1] == number - 1:
            found[-1].append(number)
        else:
            found.append([number])
    runs = [f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in found]
    return runs + [word for word, stage in ENDED.items() if stage in told]
