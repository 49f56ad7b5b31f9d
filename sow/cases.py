"""On which paper a change to a signed SOW is agreed, case by case (domain.md §11.4, Q-24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from emdesk.configuration.values import values_on
from sow.models.order import Case
from sow.settings import ON, ZERO_ORDERS


class Paper(StrEnum):
    ORDER = "order"
    CONFIRMATION = "confirmation"
    NEW_SOW = "new_sow"


SAYS = {
    Paper.ORDER: "A change order, signed by both.",
    Paper.CONFIRMATION: "A written confirmation of the customer is enough; no change order.",
    Paper.NEW_SOW: "A new SOW with a scoping issue of its own.",
}
PAPERS: dict[str, Paper] = {
    Case.MORE_SCOPE: Paper.ORDER,
    Case.EXTENSION: Paper.ORDER,
    Case.BILLING: Paper.ORDER,
    Case.DOUBT: Paper.ORDER,
    Case.SWAP: Paper.CONFIRMATION,
    Case.SHORT_EXTENSION: Paper.CONFIRMATION,
    Case.OTHER_WORK: Paper.NEW_SOW,
}


@dataclass(frozen=True)
class Ruled:
    """A case with the paper it needs on a day."""

    case: str
    label: str
    paper: Paper

    @property
    def says(self) -> str:
        return SAYS[self.paper]


def paper_of(case: str, day: date) -> Paper:
    """By the older rule what changes no price is an order over nothing instead."""
    found = PAPERS[case]
    older = found == Paper.CONFIRMATION and values_on(day)[ZERO_ORDERS] == ON
    return Paper.ORDER if older else found


def ruled(day: date) -> list[Ruled]:
    return [Ruled(case, str(Case(case).label), paper_of(case, day)) for case in PAPERS]
