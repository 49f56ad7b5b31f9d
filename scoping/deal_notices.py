"""Who hears of what happens to deals, and why (domain.md §12.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from emdesk.ledger.models import Event
from emdesk.notifications.audiences import About, Heard, about, hears
from emdesk.notifications.kinds import kind
from emdesk.people.models import Role
from scoping.models import Opportunity
from scoping.notices import FACTS, READY, changed_to, link

HELP = kind("help", "A deal needs help", "An engagement manager is blocked on one.")


def load_deals(pks: Collection[int]) -> Iterable[Opportunity]:
    return Opportunity._base_manager.filter(pk__in=pks).prefetch_related("issues")


about(
    Opportunity._meta.label_lower,
    About(load_deals, Opportunity.objects.visible_to, link, lambda deal: str(deal.name)),
)


@hears("scoping.help_asked", "scoping.help_over")
def blocked(event: Event, deal: Any) -> Iterator[Heard]:
    yield Heard("you lead its engagement manager", HELP, roles=[Role.EM_LEAD], watchers=True)


@hears("scoping.deal_amended")
def deal(event: Event, deal: Any) -> Iterator[Heard]:
    kind = READY if changed_to(event, "stage") else FACTS
    because = "you are its engagement manager"
    own = [deal.engagement_manager_id, *(each.engagement_manager_id for each in deal.issues.all())]
    yield Heard(because, kind, own)
    if changed_to(event, "confidence"):
        yield Heard("you answer for the forecast", FACTS, roles=[Role.EM_LEAD])
