"""The questions of readiness an EM asks and documents (domain.md §11.2), and how ready that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sow.models.handoff import Readiness, Ready

GROUPS: dict[str, dict[str, str]] = {
    "People": {
        "customer_pm": "Is the customer's project manager named?",
        "sponsor": "Is there an executive sponsor?",
        "technical_leads": "Are the technical leads free?",
        "owners": "Are the portfolio owners known?",
    },
    "Timing": {
        "start_end": "Are the wanted start and end known?",
        "blackouts": "Are blackout dates and change freezes known?",
        "decommission": "Is it known when the old systems go?",
    },
    "Access": {
        "accounts": "Are accounts, VPN, tokens and bastion ready?",
        "environments": "Are the environments ready?",
        "clearance": "Are background checks and clearances done?",
    },
    "Technical": {
        "sso": "Is single sign-on in place?",
        "versions": "Are the versions compatible?",
        "network": "Are certificates and the network path there?",
        "counts": "Are the counts of data confirmed?",
    },
    "Commercial": {
        "order": "Is the purchase order there, or the evidence that none is needed?",
        "billing": "Are billing contact, vendor form and tax settled?",
    },
    "Contract": {
        "weekly_hours": "Are the minimum hours a week accepted?",
        "expiry": "Is the expiry known to the customer?",
        "acceptance": "Is the wording of acceptance understood?",
        "travel": "Is it settled who travels, and who pays?",
    },
    "Change": {
        "communication": "Is there a communication plan?",
        "training": "Is there a training plan, with owners among the users?",
    },
    "Support": {
        "level": "Is the support level known?",
        "tickets": "Are open tickets and known risks listed?",
    },
    "Partner": {
        "partner": "May a partner deliver, and within which limits?",
    },
}
QUESTIONS: dict[str, str] = {
    key: question for group in GROUPS.values() for key, question in group.items()
}


@dataclass(frozen=True)
class Score:
    """Of all questions, how many are answered with ready, not ready, and not known."""

    ready: int
    not_ready: int
    unknown: int

    @property
    def percent(self) -> int:
        return self.ready * 100 // len(QUESTIONS)


def score(answers: Iterable[Readiness]) -> Score:
    """A question without an answer is not known."""
    said = [answer.stand for answer in answers if answer.key in QUESTIONS]
    ready, not_ready = said.count(Ready.READY), said.count(Ready.NOT_READY)
    return Score(ready, not_ready, len(QUESTIONS) - ready - not_ready)
