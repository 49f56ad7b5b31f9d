"""Who has to agree to a margin or a discount: defaults of our own, not the public handbook's.

Source: domain.md §5.3, where the sourced matrix is internal (Q-43); the floors are settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from scoping.estimating.limits import Limits

DISCOUNTS = (
    (Decimal(0), ""),
    (Decimal(10), "the EM lead"),
    (Decimal(20), "the PS director"),
    (Decimal(30), "the VP of PS"),
)
ABOVE = "the VP of PS and the CFO"
FREE = "the VPs of Sales and of Global Services, as it is free"


@dataclass(frozen=True)
class Band:
    """Where a margin lies, and what it asks. ``broken``: below the floor, which takes a reason."""

    text: str
    broken: bool = False


def band_of(margin: Decimal | None, limits: Limits) -> Band | None:
    """None where nothing has to be said, and while the margin is not known."""
    if margin is None or margin >= limits.usual_margin:
        return None
    if margin >= limits.floor:
        return Band(f"Below {limits.usual_margin.normalize():f} %: write down why.")
    if margin >= limits.lowest_margin:
        return Band(
            f"Below the floor of {limits.floor.normalize():f} %: the PS director accepts it.",
            broken=True,
        )
    return Band(
        f"Below {limits.lowest_margin.normalize():f} %: the VP of PS approves it.", broken=True
    )


def agrees_to(discount: Decimal) -> str:
    """Who agrees to a discount in percent; empty for none."""
    if discount == 100:
        return FREE
    return next((who for most, who in DISCOUNTS if discount <= most), ABOVE)
