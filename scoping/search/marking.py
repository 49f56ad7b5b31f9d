"""Showing where the words of a search stand in a text. Every piece is escaped here."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString

AROUND = 90
ALTERNATIVE = re.compile(r"'((?:[^']|'')*)'(?::(\*?))?[A-D]*|(<->|\|)")
ACCENTED = {
    "a": "aàáâãäåāăą",
    "c": "cçćč",
    "d": "dďđ",
    "e": "eèéêëēęě",
    "g": "gğ",
    "i": "iìíîïīı",
    "l": "lł",
    "n": "nñńň",
    "o": "oòóôõöøōő",
    "r": "rŕř",
    "s": "sśşš",
    "t": "tţť",
    "u": "uùúûüūůű",
    "y": "yýÿ",
    "z": "zźżž",
}
LETTERS = {letter: f"[{accented}]" for letter, accented in ACCENTED.items()}
TWO = {"ss": "(?:[sśşš]{2}|ß)", "ae": "(?:ae|æ)", "oe": "(?:oe|œ)"}
SPELLED = {"cpp": r"(?:cpp|c\+\+)", "csharp": "(?:csharp|c#)"}
PART = re.compile("ss|ae|oe|.", re.DOTALL)
Pattern = re.Pattern[str]


@lru_cache(maxsize=200)
def patterns(sought: str) -> tuple[Pattern, ...]:
    """One for every line: a query as the database writes it."""
    return tuple(re.compile(_pattern(line), re.IGNORECASE) for line in sought.split("\n") if line)


@lru_cache(maxsize=200)
def any_of(sought: str) -> Pattern | None:
    found = patterns(sought)
    return re.compile("|".join(each.pattern for each in found), re.IGNORECASE) if found else None


def marked(text: str, sought: str) -> SafeString:
    """The whole text, its found words marked."""
    pattern = any_of(sought)
    if pattern is None:
        return SafeString(escape(text))
    parts, end = [], 0
    for found in pattern.finditer(text):
        if found[0]:
            parts += [escape(text[end : found.start()]), f"<mark>{escape(found[0])}</mark>"]
            end = found.end()
    return SafeString("".join([*parts, escape(text[end:])]))


def snippet(text: str, pattern: Pattern, sought: str) -> SafeString | None:
    """The surroundings of the first place a pattern finds, all found words marked."""
    found = pattern.search(text)
    if found is None:
        return None
    start, end = max(found.start() - AROUND, 0), found.end() + AROUND
    if start:
        start = text.find(" ", start, found.start()) + 1 or start
    cut = " ".join(text[start:end].split())
    return SafeString(
        f"{'… ' if start else ''}{marked(cut, sought)}{' …' if end < len(text) else ''}"
    )


def _pattern(query: str) -> str:
    """Of a query such as ``'ab':* <-> '12':* | 'abc'``."""
    alternatives: list[list[str]] = [[]]
    for word, prefix, sign in ALTERNATIVE.findall(query):
        if sign == "|":
            alternatives.append([])
        elif not sign:
            alternatives[-1].append(_spelled(word.replace("''", "'")) + (r"\w*" if prefix else ""))
    rows = (r"[\W_]+".join(words) for words in alternatives if words)
    return rf"(?<![^\W_])(?:{'|'.join(rows)})(?![^\W_])"


def _spelled(word: str) -> str:
    for folded, pattern in SPELLED.items():
        if word == folded:
            return pattern
    parts = PART.findall(word)
    return "".join(TWO.get(part) or LETTERS.get(part) or re.escape(part) for part in parts)
