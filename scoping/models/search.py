"""The words a scoping issue is found by."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from scoping.models.issue import ScopingIssue


class Wording(models.Model):
    """All words of an issue, weighted: A title and number, B account, C next step, current state
    and labels, D description, answers and comments.

    The database keeps it up by triggers, in the transaction of every change.
    """

    issue = models.OneToOneField(
        ScopingIssue, models.CASCADE, primary_key=True, related_name="wording"
    )
    words = SearchVectorField()

    class Meta:
        indexes = [
            # A short list of news keeps searching fast right after an import.
            GinIndex(fields=["words"], name="scoping_wording_words", gin_pending_list_limit=512),
        ]

    def __str__(self) -> str:
        return f"Words of PS-{self.issue_id}"
