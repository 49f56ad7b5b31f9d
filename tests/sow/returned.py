"""Changes that somebody outside wants in a SOW's clause on travel."""

from __future__ import annotations

from sow.models import Redline, StatementOfWork
from sow.models.redline import Source
from sow.redlines import keep_redline, wanted_in
from tests.factories import NOON


def back(
    statement: StatementOfWork,
    old: str,
    new: str,
    source: str = Source.LINK,
    author: str = "Ada Lovelace",
) -> Redline:
    texts = {"travel": {"title": "Travel and expenses", "text": old}}
    wanted = wanted_in("travel", old, new, author, NOON)
    said = {"version": statement.latest, "source": source, "author": author, "texts": texts}
    return keep_redline(statement, wanted, **said, by=None, at=NOON)
