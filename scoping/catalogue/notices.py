"""Who hears of proposals, needs and new versions: Practice, who asked, and who estimates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from emdesk.ledger.models import Event
from emdesk.notifications.audiences import About, Heard, about, headlines, hears
from emdesk.notifications.kinds import By, kind
from emdesk.people.models import Role
from scoping.catalogue import needs, proposing, publishing
from scoping.models import CatalogueVersion, Proposal
from scoping.notices import ASKED, DECIDED

OFFER = kind("catalogue", "The catalogue", "Needs of customers, and new versions.", By.DIGEST)


def load_proposals(pks: Collection[int]) -> Iterable[Proposal]:
    return Proposal.objects.filter(pk__in=pks)


def load_versions(pks: Collection[int]) -> Iterable[CatalogueVersion]:
    return CatalogueVersion.objects.filter(pk__in=pks)


about(Proposal._meta.label_lower, About(load_proposals, Proposal.objects.visible_to))
about(CatalogueVersion._meta.label_lower, About(load_versions, CatalogueVersion.objects.visible_to))
headlines(
    {
        proposing.MADE: "a proposal for the catalogue",
        proposing.ACCEPTED: "your proposal is accepted",
        proposing.DECLINED: "your proposal is declined",
        needs.NOTED: "a customer need",
        needs.ANSWERED: "Practice on a customer need",
        publishing.PUBLISHED: "a new version of the catalogue",
    }
)


@hears(proposing.MADE)
def proposed(event: Event, proposal: Any) -> Iterator[Heard]:
    yield Heard("you own the catalogue", ASKED, roles=[Role.PRACTICE_MANAGER])


@hears(proposing.ACCEPTED, proposing.DECLINED)
def decided(event: Event, proposal: Any) -> Iterator[Heard]:
    yield Heard("you proposed it", DECIDED, [proposal.made_by_id])


@hears(needs.NOTED)
def need_noted(event: Event, issue: Any) -> Iterator[Heard]:
    yield Heard("you own the catalogue", OFFER, roles=[Role.PRACTICE_MANAGER])


@hears(needs.ANSWERED)
def need_answered(event: Event, issue: Any) -> Iterator[Heard]:
    yield Heard("you noted the need", OFFER, [event.data["noted_by"]])


@hears(publishing.PUBLISHED)
def published(event: Event, version: Any) -> Iterator[Heard]:
    yield Heard("you estimate with it", OFFER, roles=[Role.EM, Role.EM_LEAD])
