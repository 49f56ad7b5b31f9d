"""The words issues are found by, held against what the issues say.

Triggers of the database keep them up with every change, bulk ones included, so there is nothing
left to do when an event comes.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from emdesk.ledger.models import Event
from emdesk.ledger.recording import Projection
from scoping.models import Wording

DERIVE = "SELECT scoping_reword(array_agg(id)) FROM scoping_scopingissue"
DIFFERENCES = """
SELECT count(*)
  FROM scoping_wording_of((SELECT array_agg(id) FROM scoping_scopingissue)) derived
  FULL JOIN scoping_wording kept USING (issue_id)
 WHERE derived.words IS DISTINCT FROM kept.words
"""


def follow(events: Sequence[Event]) -> None:
    """The triggers did."""


def rebuild() -> None:
    Wording.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(DERIVE)


def differences() -> int:
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES)
        return int(cursor.fetchone()[0])


WORDINGS = Projection("words to find issues by", follow, rebuild, differences)
