"""What a cell says: dates, money, ids, names. Never guessed: what could be two things is rejected.

Everything that had to be read otherwise than it stands is added to ``notes``.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from scoping.imports.report import Rejected

YEARS = range(2000, 2099)
LARGEST = Decimal("999999999999.99")
FORMULA = ("=", "+", "-", "@", ";", "\t", "\r")
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
LINE_BREAKS = re.compile(r"\s*[\r\n\t]+\s*")
MARKUP = re.compile(r"<[a-zA-Z/!]")
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?")
NUMBERED = re.compile(r"(\d{1,2})([/.])(\d{1,2})\2(\d{4}|\d\d)(?: .*)?")
SERIAL = re.compile(r"\d{4,6}(\.\d+)?")
AMOUNT = re.compile(
    r"(?:(?P<code>[A-Z]{3})\s?|(?P<sign>[$€£])\s?)?(?P<number>-?[\d.,]+(?:[eE][+-]?\d+)?)"
)
THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}
TRUE, FALSE = {"1", "true", "yes"}, {"", "0", "false", "no"}
CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


class Notes(list[str]):
    """What is to be said about one record."""

    def say(self, text: str) -> None:
        self.append(text)


class DayOrder:
    """Whether dates such as 04/05/2021 are month first, where the file itself settles it."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def look_at(self, text: str) -> None:
        found = NUMBERED.fullmatch(text.strip())
        if found and found[2] == "/":
            first, second = int(found[1]), int(found[3])
            if second > 12 >= first:
                self._seen.add("month")
            elif first > 12 >= second:
                self._seen.add("day")

    @property
    def settled(self) -> str:
        return next(iter(self._seen)) if len(self._seen) == 1 else ""


def day(text: str, notes: Notes, order: str = "") -> date | None:
    """The date a cell holds; ``order`` says which comes first where the cell leaves it open."""
    text = text.strip()
    if not text:
        return None
    if found := ISO.fullmatch(text):
        if len(text) > 10:
            notes.say(f"{text} is a date with a time; the date was taken")
        return _date(int(found[1]), int(found[2]), int(found[3]), text)
    if found := NUMBERED.fullmatch(text):
        return _numbered(found, text, notes, order)
    if SERIAL.fullmatch(text):
        raise Rejected(f"{text} is a spreadsheet's serial number, not a date. Export it as text.")
    raise Rejected(f"{text[:40]} is not a date. Write it like 2021-10-31.")


def moment(text: str, notes: Notes, what: str = "time", order: str = "") -> datetime | None:
    """A time stamp; one that names no zone is in UTC, as exports write it."""
    text = text.strip()
    if not text:
        return None
    if NUMBERED.fullmatch(text):
        read = day(text, notes, order)
        return datetime(read.year, read.month, read.day, tzinfo=UTC) if read else None
    try:
        found = datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        raise Rejected(
            f"The {what} {text[:40]} is unreadable. Write it like 2021-10-31 09:00:00."
        ) from None
    if found.year not in YEARS:
        raise Rejected(f"The {what} {text[:40]} is outside the years 2000 to 2098.")
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def amount(text: str, notes: Notes) -> tuple[Decimal | None, str]:
    """An amount and its currency, where the cell names one."""
    text = text.strip()
    if not text:
        return None, ""
    plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in text)
    if plain != text:
        notes.say(f"{text} is written in other digits")
    found = AMOUNT.fullmatch(plain)
    if found is None:
        raise Rejected(f"{text[:40]} is not an amount. Write plain digits like 42000.50.")
    number = _number(found["number"], text, notes)
    currency = found["code"] or SIGNS.get(found["sign"] or "", "")
    if currency:
        notes.say(f"{text} names its currency; {currency} was taken")
    if number < 0:
        notes.say(f"{text} is negative")
    return number, currency


def name(text: str, notes: Notes, most: int, what: str) -> str:
    """A name of a thing, fit to be shown in one line; nothing in it is thrown away unsaid."""
    if len(text) > most * 10:
        raise Rejected(f"The {what} has {len(text):,} characters; {most} are taken.")
    kept = storable(text, what)
    for changed, reason in (
        (UNSEEN.sub("", kept), "holds characters nobody sees, which were taken out"),
        (unicodedata.normalize("NFC", kept), "is written with separate accents"),
        (LINE_BREAKS.sub(" ", kept), "holds a line break"),
        (kept.strip(), "has spaces around it"),
    ):
        if changed != kept:
            notes.say(f"the {what} {reason}")
    kept = unicodedata.normalize("NFC", UNSEEN.sub("", kept))
    kept = LINE_BREAKS.sub(" ", kept).strip()
    if kept.startswith(FORMULA):
        notes.say(f"the {what} reads like a formula; it is kept as text")
    if MARKUP.search(kept):
        notes.say(f"the {what} holds markup; it is shown as text")
    if len(kept) > most:
        raise Rejected(f"The {what} has {len(kept):,} characters; {most} are taken.")
    return kept


def storable(text: str, what: str) -> str:
    """Text the database can hold: no NUL, no half characters."""
    if UNSTORABLE.search(text):
        raise Rejected(f"The {what} holds characters that cannot be stored.")
    return text


def unquoted(text: str) -> str:
    """Without the apostrophe that exporters put before what a spreadsheet would calculate."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def key(text: str) -> str:
    """How names are compared: composed, without case and without double spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def flag(text: str, notes: Notes, what: str) -> bool:
    word = text.strip().casefold()
    if word not in TRUE | FALSE:
        notes.say(f"{what} {text[:20]} is neither yes nor no; it was taken as no")
    return word in TRUE


def record_id(text: str, prefix: str, what: str) -> str:
    """A Salesforce id in its 18 characters, from 15 or 18."""
    text = text.strip()
    if not text:
        raise Rejected(f"There is no {what} id.")
    if not re.fullmatch(r"[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?", text):
        raise Rejected(f"{text[:40]} is not an id: those have 15 or 18 letters and digits.")
    if not text.startswith(prefix):
        raise Rejected(f"{text} is the id of something else: those of {what} start with {prefix}.")
    full = text[:15] + "".join(_check(text[start : start + 5]) for start in (0, 5, 10))
    if len(text) == 18 and text != full:
        raise Rejected(f"{text} is mistyped: its last three characters do not fit the others.")
    return full


def _check(block: str) -> str:
    return CHECKS[sum(1 << place for place, sign in enumerate(block) if "A" <= sign <= "Z")]


def _numbered(found: re.Match[str], text: str, notes: Notes, order: str) -> date:
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    year += 2000 if len(found[4]) == 2 else 0
    first_is = "day" if found[2] == "." else _first(first, second, order)
    if not first_is:
        raise Rejected(f"{text} is two dates: day and month cannot be told apart.")
    months, days = (first, second) if first_is == "month" else (second, first)
    read = _date(year, months, days, text)
    notes.say(f"{text} was read as {read}")
    return read


def _first(first: int, second: int, order: str) -> str:
    if first > 12:
        return "day"
    return "month" if second > 12 or first == second else order


def _date(year: int, month: int, dayno: int, text: str) -> date:
    try:
        found = date(year, month, dayno)
    except ValueError:
        raise Rejected(f"There is no day {text[:40]}.") from None
    if year not in YEARS:
        raise Rejected(f"{text[:40]} is outside the years 2000 to 2098.")
    return found


def _number(digits: str, text: str, notes: Notes) -> Decimal:
    if THOUSANDS.fullmatch(digits):
        notes.say(f"{text} has a thousands mark")
        digits = digits.replace(",", "")
    if "," in digits:
        raise Rejected(f"{text[:40]} has a comma that may be a decimal one. Write 1054.00.")
    try:
        number = Decimal(digits)
    except InvalidOperation:
        raise Rejected(f"{text[:40]} is not an amount. Write plain digits like 42000.50.") from None
    if abs(number) > LARGEST:
        raise Rejected(f"{text[:40]} is larger than any amount kept here.")
    if "e" in digits.lower():
        notes.say(f"{text} is written with an exponent")
    return _in_cents(number, text, notes)


def _in_cents(number: Decimal, text: str, notes: Notes) -> Decimal:
    cents = number.quantize(Decimal("0.01"))
    if cents != number:
        notes.say(f"{text} was rounded to the cent")
    return cents
