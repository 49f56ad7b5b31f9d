"""The length that a share of many lengths does not exceed, taken by the database."""

from __future__ import annotations

from typing import Any

from django.db.models import Aggregate, Field


class Percentile(Aggregate):
    """Between two lengths in proportion, as PostgreSQL's ``percentile_cont`` has it.

    Source: Hyndman and Fan, Am. Stat. 50 (1996), definition 7; the default of R and NumPy.
    """

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, lengths: Any, share: float, output: Field[Any, Any], **more: Any) -> None:
        super().__init__(lengths, share=share, output_field=output, **more)
