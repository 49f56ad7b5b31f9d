"""What somebody typed into the search field: words, operators, or the number of an issue."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Q

from emdesk.fiscal import Quarter
from emdesk.people.models import User
from scoping.labels import plain
from scoping.states import LIVE, Outcome, State

LONGEST, MOST_WORDS = 300, 12
PIECE = re.compile(
    r'(?:(?P<key>[^\W\d_]{1,20}):(?!//))?(?:"(?P<quoted>(?:[^"]|"")*)"?|(?P<bare>\S+))|\S+'
)
NUMBER = re.compile(r"(?:PS-?|#)(\d{1,9})", re.IGNORECASE)
ALONE = re.compile(r"(?:PS-?|#)?(\d{1,9})", re.IGNORECASE)

STATES = {plain(spelled): state for state in State for spelled in (state.value, state.label)}
IS = {
    "open": Q(state__in=LIVE),
    "live": Q(state__in=LIVE),
    "closed": Q(state=State.CLOSED),
    "won": Q(outcome=Outcome.WON),
    "lost": Q(outcome=Outcome.LOST),
}


@dataclass
class Asked:
    """What to look for. ``said`` are words, and words in quotes; ``problems`` go back to people."""

    text: str
    said: list[str] = field(default_factory=list)
    filters: list[Q] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    number: int | None = None

    @property
    def for_anything(self) -> bool:
        return bool(self.said or self.filters)

    @property
    def is_number(self) -> bool:
        return ALONE.fullmatch(self.text) is not None


def exactly(key: str, name: str) -> str:
    """The operator that asks for a whole name, as somebody would type it."""
    doubled = name.replace('"', '""')
    return f'{key}:"{doubled}"'


def read(text: str, user: User) -> Asked:
    """Any text at all is a question; what cannot be understood is said back."""
    text = text.replace("\0", " ").strip()
    asked = Asked(text[:LONGEST])
    if len(text) > LONGEST:
        asked.problems.append(f"Only the first {LONGEST} characters were searched for.")
    if found := ALONE.fullmatch(asked.text):
        asked.number = int(found[1])
    for piece in PIECE.finditer(asked.text):
        _take(asked, piece, user)
    if len(asked.said) > MOST_WORDS:
        asked.problems.append(f"Only the first {MOST_WORDS} words were searched for.")
        del asked.said[MOST_WORDS:]
    return asked


def _take(asked: Asked, piece: re.Match[str], user: User) -> None:
    key = (piece["key"] or "").lower()
    value = (piece["quoted"] or "").replace('""', '"') or piece["bare"] or ""
    if key in OPERATORS:
        _filter(asked, key, value, quoted=piece["quoted"] is not None, user=user)
        return
    if key:
        known = ", ".join(f"{each}:" for each in OPERATORS)
        asked.problems.append(
            f"{key}: is not an operator, so it was searched for as words. There are {known}"
        )
    if number := NUMBER.fullmatch(piece[0]):
        asked.number = int(number[1])
    word = " ".join(filter(None, [key, value])) or piece[0]
    if any(letter.isalnum() for letter in word):
        asked.said.append(word)


def _filter(asked: Asked, key: str, value: str, *, quoted: bool, user: User) -> None:
    read_value, hint = OPERATORS[key]
    found = read_value(value.strip(), quoted, user) if value.strip() else None
    if found is None:
        asked.problems.append(f"{key}:{value} says nothing here and was left out. Use {hint}.")
    else:
        asked.filters.append(found)


def _manager(value: str, whole: bool, user: User) -> Q | None:  # noqa: FBT001
    if value.lower() == "me":
        return Q(engagement_manager=user)
    if value.lower() in ("none", "nobody"):
        return Q(engagement_manager=None)
    return _named("engagement_manager__name", value, whole)


def _account(value: str, whole: bool, user: User) -> Q | None:  # noqa: FBT001
    return _named("account__name", value, whole)


def _segment(value: str, whole: bool, user: User) -> Q | None:  # noqa: FBT001
    return _named("segment__name", value.replace(" ", "_"), whole)


def _state(value: str, whole: bool, user: User) -> Q | None:  # noqa: FBT001
    state = STATES.get(plain(value))
    return Q(state=state) if state else None


def _is(value: str, whole: bool, user: User) -> Q | None:  # noqa: FBT001
    return IS.get(value.lower())


def _quarter(value: str, whole: bool, user: User) -> Q | None:  # noqa: FBT001
    try:
        return Q(close_quarter=str(Quarter.parse(value.upper())))
    except ValueError:
        return None


def _named(path: str, value: str, whole: bool) -> Q:  # noqa: FBT001
    """In quotes the whole name, else any part of it."""
    return Q(**{f"{path}__{'iexact' if whole else 'icontains'}": value})


Reading = Callable[[str, bool, User], Q | None]
OPERATORS: dict[str, tuple[Reading, str]] = {
    "em": (_manager, "em:me, em:none or a name, em:Maya"),
    "state": (_state, "a column, state:SOW_WIP"),
    "is": (_is, "is:open, is:closed, is:won or is:lost"),
    "quarter": (_quarter, "a closing quarter, quarter:Q322"),
    "segment": (_segment, "a segment, segment:Ent_EMEA"),
    "account": (_account, 'a customer, account:"Northwind Traders"'),
}
