"""Which issues hold the words of a search: the slow way, token by token."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
BEFORE = r"""[ (/,:\-._@'"<&\\~]"""
WHOLE = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})


def tokens(text: str) -> list[str]:
    """Words in small letters without accents; what is no letter and no digit parts them."""
    text = f" {text}".lower()
    text = re.sub(rf"(?<={BEFORE})c\+\+", "cpp", text)
    text = re.sub(rf"(?<={BEFORE})c#", "csharp", text)
    apart = unicodedata.normalize("NFD", text.translate(WHOLE))
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return re.findall(r"[^\W_]+", bare)


def holds(text: str, said: str) -> bool:
    """Whether the text has, in a row, words that begin as those of ``said`` do."""
    return any(_in_a_row(tokens(text), wanted) for wanted in _spellings(said))


def found(texts: dict[int, str], said: Iterable[str]) -> set[int]:
    wanted = list(said)
    return {pk for pk, text in texts.items() if all(holds(text, word) for word in wanted)}


def _spellings(said: str) -> list[list[str]]:
    umlauts = unicodedata.normalize("NFC", said.lower()).translate(UMLAUTS)
    return [tokens(said), tokens(umlauts)]


def _in_a_row(words: list[str], wanted: list[str]) -> bool:
    places = range(len(words) - len(wanted) + 1)
    return bool(wanted) and any(
        all(word.startswith(begin) for word, begin in zip(words[place:], wanted, strict=False))
        for place in places
    )
