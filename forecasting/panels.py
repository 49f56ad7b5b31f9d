"""The dashboard as its page and its PDF show it: each number spelled, with the way to its rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from emdesk.fiscal import Quarter
from forecasting.behind import CLOSED
from forecasting.dashboard import Dashboard
from forecasting.look import Look
from forecasting.pipeline import COLOURS, Worth
from forecasting.readers import names_customers
from forecasting.spelling import lasting, length, money, percent, points, spread
from scoping.clock_rows import Part as Went
from scoping.win_rate import Tally
from scoping.win_rate_axes import Basis


@dataclass(frozen=True)
class Number:
    """Spelled; ``url`` opens its rows, and is empty where there are none."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Line:
    """One row of a panel's table; ``share`` and what it may as well be are lengths of a hundred."""

    name: str
    cells: list[Number]
    url: str = ""
    share: str = ""
    spread: tuple[str, str] | None = None
    few: bool = False
    this: bool = False


class Panels:
    """All parts of one dashboard, spelled, with the ways its reader may go."""

    def __init__(self, board: Dashboard) -> None:
        self.board, self.look = board, board.look
        self.named = names_customers(board.look.user)

    @property
    def rate(self) -> str:
        return percent(self.board.tally.rate)

    @property
    def changes(self) -> list[str]:
        """Against the quarter before and the same one a year ago, in points."""
        look = self.look
        found = []
        for quarter, name in (
            (look.quarter.previous, "the quarter before"),
            (look.year_ago, "a year ago"),
        ):
            change = self.board.change(quarter)
            told = "no rate to compare with" if change is None else points(change)
            found.append(f"{told} {name}, {quarter.written}")
        return found

    @property
    def closed(self) -> dict[str, Number]:
        tally = self.board.tally
        counts = {"won": tally.won, "lost": tally.lost, "timed_out": tally.timed_out}
        counts["closed"] = tally.closed
        return {part: self.number(count, part) for part, count in counts.items()}

    @property
    def worth(self) -> dict[str, str]:
        tally = self.board.tally
        return {"won": money(tally.won_value), "lost": money(tally.lost_value)}

    @property
    def series(self) -> list[Line]:
        return [self._quarter(each, tally) for each, tally in self.board.series.items()]

    def _quarter(self, quarter: Quarter, tally: Tally) -> Line:
        cells = [
            self.number(count, part, quarter=quarter)
            for part, count in (("won", tally.won), ("lost", tally.lost))
        ]
        if self.look.basis == Basis.ISSUES:
            cells.append(self.number(tally.timed_out, "timed_out", quarter=quarter))
        sure = str(tally.interval or "—")
        texts = (percent(tally.rate), sure, money(tally.won_value), money(tally.lost_value))
        cells += [Number(text) for text in texts]
        url = address(self.look, "quarter", quarter=quarter)
        this = quarter == self.look.quarter
        return Line(quarter.written, cells, url, few=tally.few, this=this)

    @property
    def reasons(self) -> list[Line]:
        lost = sum(each.lost for each in self.board.reasons)
        return [
            Line(
                each.key,
                [
                    self.number(each.lost, "lost", each.key),
                    Number(percent(each.lost / lost)),
                    Number(money(each.lost_value)),
                ],
                share=length(each.lost / lost),
            )
            for each in self.board.reasons
        ]

    @property
    def funnel(self) -> list[Line]:
        return [
            Line(
                step.name,
                [
                    self.number(step.reached, "came_in", step.key),
                    Number(percent(step.share)),
                    Number(lasting(step.took)),
                ],
                share=length(step.share),
            )
            for step in self.board.funnel.steps
        ]

    @property
    def fates(self) -> dict[str, Number]:
        """What else became of those that came in."""
        found = self.board.funnel
        counts = {"live": found.live, "lost": found.lost, "uncounted": found.uncounted}
        return {key: self.number(count, "came_in", key) for key, count in counts.items()}

    @property
    def lengths(self) -> list[Line]:
        return [
            Line(
                each.state.label,
                [
                    self.number(each.ended, "ended", each.state),
                    *(Number(lasting(took)) for took in (each.median, each.p85)),
                    Number(f"{each.ended_before:,}"),
                    *(Number(lasting(took)) for took in (each.median_before, each.p85_before)),
                ],
                few=each.ended < 10,
            )
            for each in self.board.time_in_state
        ]

    @property
    def ageing(self) -> list[Line]:
        return [
            Line(
                each.state.label,
                [
                    self.number(each.standing, "standing", each.state),
                    Number(lasting(each.median)),
                    Number(lasting(each.usual)),
                    self.number(each.stuck, "stuck", each.state),
                ],
            )
            for each in self.board.ageing
        ]

    @property
    def all_stuck(self) -> Number:
        return self.number(sum(each.stuck for each in self.board.ageing), "stuck")

    @property
    def stuck(self) -> list[dict[str, Any]]:
        """Live issues one by one are for those who see them."""
        if not self.named:
            return []
        return [
            {
                "issue": each.issue,
                "state": each.state.label,
                "stood": lasting(each.stood),
                "beyond": lasting(each.beyond),
            }
            for each in self.board.stuck
        ]

    @property
    def promises(self) -> list[Line]:
        return [
            Line(
                each.name,
                [
                    *(
                        self.number(each.counts[went], "promise", f"{each.key}.{went}")
                        for went in Went
                    ),
                    Number(percent(each.rate)),
                    Number(str(each.interval or "—")),
                ],
                share=length(each.rate),
                spread=spread(each.interval),
                few=each.few,
            )
            for each in self.board.promises
        ]

    @property
    def went(self) -> list[str]:
        return [str(each).capitalize() for each in Went]

    @property
    def deals(self) -> list[Line]:
        return [
            Line(
                row.name,
                [
                    *(
                        cell
                        for colour in COLOURS
                        for cell in self._pair(
                            row.cells.get(colour, Worth()), f"{row.key}.{colour}"
                        )
                    ),
                    *self._pair(row.total, row.key or "."),
                ],
            )
            for row in self.board.pipeline.rows
        ]

    @property
    def ends(self) -> list[Line]:
        named = {"won": "Closed won", "lost": "Closed lost", "open": "Open"}
        return [Line(named[key], self._pair(worth, key)) for key, worth in self.board.ends.items()]

    def _pair(self, worth: Worth, key: str) -> list[Number]:
        """How many, and what they are worth as far as that is known."""
        value = money(worth.value, self.board.pipeline.currency) if worth.priced else "—"
        return [self.number(worth.deals, "deals", key), Number(value)]

    def number(
        self, count: int, part: str, key: str = "", quarter: Quarter | None = None
    ) -> Number:
        said = {"part": part} | ({"key": key} if key else {})
        leads = count and (self.named or part in CLOSED)
        url = address(self.look, "quarter_rows", quarter=quarter, said=said) if leads else ""
        return Number(f"{count:,}", url)


def address(
    look: Look, name: str, *, quarter: Quarter | None = None, said: dict[str, str] | None = None
) -> str:
    """A page of a quarter, the one looked at unless another is named, with the same filters."""
    path = reverse(f"forecasting:{name}", args=[str(quarter or look.quarter)])
    query = urlencode(look.form.said | (said or {}))
    return f"{path}?{query}" if query else path


def shown_quarters(look: Look, running: Quarter) -> Iterable[tuple[str, str, bool]]:
    """The quarter before, this one and the next, as far as one has begun."""
    for quarter in (look.quarter.previous, look.quarter, look.quarter.next):
        if quarter <= running or quarter == look.quarter:
            yield (
                quarter.written,
                address(look, "quarter", quarter=quarter),
                quarter == look.quarter,
            )
