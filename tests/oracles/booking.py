"""What a booking package still wants, written down from domain.md §5.1 G13 and §11.4.

``noted`` are the deeds done, beside an approved SOW whose total is the quote.
"""

from __future__ import annotations

NEEDS: tuple[frozenset[str], ...] = (
    frozenset({"cogs"}),
    frozenset({"order"}),
    frozenset({"finance_yes"}),
    frozenset({"signed_us", "signed_them"}),
)


def missing(noted: set[str]) -> list[frozenset[str]]:
    return [each for each in NEEDS if not each <= noted]
