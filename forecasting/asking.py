"""What an address of the win rate asks for; what it does not say, or says wrongly, is the usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from emdesk.fiscal import Quarter
from forecasting.forms import WinRateForm
from scoping.win_rate_axes import Basis, QuarterOf, axes
from scoping.win_rate_rows import Part

LOOKED_BACK = 12
TITLES = {
    "quarter": "Quarter",
    "segment": "Segment",
    "em": "Engagement manager",
    "office": "Office",
    "source": "Source",
    "size": "Size",
    "service": "Service",
    "owner": "Account executive",
    "product": "Product",
    "sector": "Sector",
    "type": "Type of deal",
    "reason": "Reason",
    "office_and_quarter": "Office and quarter",
}
QUARTERS = {QuarterOf.CLOSE: "Close quarter", QuarterOf.OPENING: "Opening quarter"}
LEFT_OUT = {
    (Basis.ISSUES, Part.LIVE): "still live",
    (Basis.ISSUES, Part.TORN): "waiting for a decision, because their labels contradict each other",
    (Basis.ISSUES, Part.UNCOUNTED): (
        "closed without an outcome: merged, duplicate, declined, unqualified or imported so"
    ),
    (Basis.OPPORTUNITIES, Part.LIVE): "still open",
    (Basis.OPPORTUNITIES, Part.UNQUALIFIED): "unqualified or duplicate",
    (Basis.OPPORTUNITIES, Part.DELETED): "deleted in the CRM",
}
PARTS = {
    Part.CLOSED: "closed won or lost",
    Part.WON: "closed won",
    Part.LOST: "closed lost",
    Part.TIMED_OUT: "closed lost after two months without activity",
}


@dataclass(frozen=True)
class Asked:
    """``key`` is a row of the axis, for the rows behind it; empty for what it does not name."""

    basis: Basis
    by: str
    part: Part
    key: str | None
    form: WinRateForm

    @classmethod
    def by_address(cls, request: HttpRequest, running: Quarter) -> Self:
        said = QueryDict(mutable=True)
        for name, values in request.GET.lists():
            said.setlist(name, [str(value).replace("\0", "") for value in values])
        basis = Basis.OPPORTUNITIES if said.get("basis") == "opportunities" else Basis.ISSUES
        by, part = said.get("by", ""), said.get("outcome", "")
        known = (basis, part) in LEFT_OUT or part in PARTS
        chosen = Part(part) if known else Part.CLOSED
        key = said.get("key") if chosen.counted else None
        known_by = by in TITLES and by in axes(basis)
        form = WinRateForm(said, _back_from(running))
        return cls(basis, by if known_by else "quarter", chosen, key, form)

    @property
    def what(self) -> str:
        return "issues" if self.basis == Basis.ISSUES else "opportunities"

    @property
    def axis(self) -> str:
        opening = self.by == "quarter" and self.form.quarter_of == QuarterOf.OPENING
        return "opened" if opening else self.by

    @property
    def title(self) -> str:
        return QUARTERS[self.form.quarter_of] if self.by == "quarter" else TITLES[self.by]

    @property
    def ways(self) -> list[str]:
        """A reason is given for losing alone, so it is no way to tell a rate."""
        return [by for by in axes(self.basis) if by in TITLES and by != "reason"]

    @property
    def says(self) -> str:
        """Which rows these are, in words."""
        why = PARTS.get(self.part) or LEFT_OUT[self.basis, self.part]
        of = [each for each in (self._where, self.form.words) if each]
        if not of:
            return f"All {self.what} {why}"
        return f"{self.what.capitalize()} {why}, {', '.join(of)}"

    @property
    def _where(self) -> str:
        if self.key is None:
            return ""
        return self.key or f"without {self.title.lower()}"

    def url(self, name: str = "win_rate", **more: str) -> str:
        said = {"basis": str(self.basis), "by": self.by} | self.form.said | more
        return f"{reverse(f'forecasting:{name}')}?{urlencode(said)}"

    def rows_url(self, part: Part, key: str | None = None, **more: str) -> str:
        named = {} if key is None else {"key": key}
        return self.url("win_rate_rows", **more, **named, outcome=str(part))


def _back_from(quarter: Quarter) -> list[Quarter]:
    """This quarter and those before it, as many as people look back over."""
    found = [quarter]
    while len(found) < LOOKED_BACK:
        found.append(found[-1].previous)
    return found
