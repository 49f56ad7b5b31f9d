"""A waterfall as its page shows it: one line for each reason, with the way to its deals."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from emdesk.money import in_full, in_short
from forecasting.changes import Asked
from forecasting.waterfall import Bar, Reason, Waterfall

OPENING, CLOSING, PASSED = "opening", "closing", "passed"
SAYS = {
    Reason.NEW: "was not there, or not accepted yet",
    Reason.REOPENED: "was closed won or lost",
    Reason.PULLED_IN: "was dated in a later quarter",
    Reason.SLIPPED_IN: "was dated in an earlier quarter, or not at all",
    Reason.MOVED_IN: "was another EM's, segment's or region's",
    Reason.UP: "is worth more",
    Reason.DOWN: "is worth less",
    Reason.CURRENCY: "is worth the same in its own currency",
    Reason.PUSHED: "is dated in a later quarter, or not at all",
    Reason.BROUGHT_FORWARD: "is dated in an earlier quarter",
    Reason.MOVED_OUT: "is another EM's, segment's or region's",
    Reason.REMOVED: "is unqualified, a duplicate, deleted in the CRM or back in stage 0",
    Reason.LOST: "is closed lost",
    Reason.WON: "is closed won",
}


@dataclass(frozen=True)
class Step:
    """``x`` and ``width`` place its bar, of a hundred; ``kind`` is total, more or less."""

    name: str
    deals: str
    amount: str
    url: str
    kind: str
    x: str
    width: str
    says: str = ""


class Steps:
    """Every bar of a waterfall; ``opens`` says whether its reader may see the deals."""

    def __init__(self, found: Waterfall, asked: Asked, *, opens: bool) -> None:
        self.found, self.asked, self.opens = found, asked, opens
        bars = {reason: bar for reason, bar in found.bars.items() if reason != Reason.SAME}
        running = [found.opening.amount]
        for bar in bars.values():
            running.append(running[-1] + bar.amount)
        self._low = min(Decimal(0), *running)
        self._high = max(Decimal(1), *running)
        self.steps = [self._end("Opening", OPENING, found.opening)]
        for (reason, bar), stood in zip(bars.items(), running, strict=False):
            self.steps.append(self._step(reason, bar, stood))
        self.steps.append(self._end("Closing", CLOSING, found.closing))

    @property
    def unchanged(self) -> tuple[str, str]:
        """How many deals stayed what they were, and the way to them."""
        bar = self.found.bars.get(Reason.SAME, Bar())
        return f"{bar.deals:,}", self._url(Reason.SAME)

    @property
    def passed(self) -> list[tuple[str, str]]:
        """What came in and closed in between: how many won and lost, and what they are worth."""
        ends = {Reason.WON: Bar(), Reason.LOST: Bar()}
        for move in self.found.passed:
            ends[move.reason].add(move.amount, [move.after])
        return [
            (f"{bar.deals:,} {reason.label.lower()}", in_full(bar.amount, self.found.currency))
            for reason, bar in ends.items()
            if bar.deals
        ]

    @property
    def passed_url(self) -> str:
        return self._url(PASSED)

    @property
    def unpriced(self) -> int:
        bars = (self.found.opening, self.found.closing)
        return max(bar.unpriced for bar in bars)

    @property
    def empty(self) -> bool:
        return not (self.found.movements or self.found.passed)

    @property
    def sentence(self) -> str:
        """The whole of it in words, for who does not see the bars."""
        found = self.found
        opening, closing = (
            in_short(bar.amount, found.currency) for bar in (found.opening, found.closing)
        )
        by = in_short(abs(found.change), found.currency)
        if not found.change:
            return f"The open forecast stayed at {closing}."
        way = "up" if found.change > 0 else "down"
        return f"The open forecast went from {opening} to {closing}, {way} {by}."

    def _end(self, name: str, key: str, bar: Bar) -> Step:
        return self._drawn(name, bar, (Decimal(0), bar.amount), "total", key)

    def _step(self, reason: Reason, bar: Bar, stood: Decimal) -> Step:
        kind = "more" if bar.amount >= 0 else "less"
        ends = stood, stood + bar.amount
        return self._drawn(reason.label, bar, ends, kind, reason, SAYS[reason])

    def _drawn(
        self,
        name: str,
        bar: Bar,
        ends: tuple[Decimal, Decimal],
        kind: str,
        key: str,
        says: str = "",
    ) -> Step:
        begins, stops = min(ends), max(ends)
        whole = self._high - self._low
        x, width = ((each * 100 / whole) for each in (begins - self._low, stops - begins))
        amount = in_full(bar.amount, self.found.currency)
        if kind != "total":
            amount = f"+{amount}" if bar.amount >= 0 else amount.replace("-", "−")
        return Step(
            *(name, f"{bar.deals:,}", amount, self._url(key), kind),
            *(f"{x:.2f}", f"{max(width, Decimal('0.8')):.2f}", says),
        )

    def _url(self, key: str) -> str:
        return self.asked.url("waterfall_rows", reason=str(key)) if self.opens else ""

    @property
    def cells(self) -> list[list[Any]]:
        """For a file."""
        found = self.found
        named = [(reason.label, bar) for reason, bar in found.bars.items()]
        every = [("Opening", found.opening), *named, ("Closing", found.closing)]
        return [[name, bar.deals, bar.amount, found.currency, bar.unpriced] for name, bar in every]
