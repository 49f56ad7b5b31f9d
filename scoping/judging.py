"""The EM's weekly word on a deal: said, said again, and taken back.

Who may: ``rules.judges_deal`` for confidence and rationale, ``rules.advances_deal`` for the date.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.transaction import atomic

from emdesk.configuration.values import value_of
from emdesk.ledger.models import Event
from emdesk.ledger.recording import append, event_of, lock
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused
from scoping.deals import AMENDED, stand_anew
from scoping.facts import revise
from scoping.models import Confidence, Opportunity

CONFIRMED, TAKEN_BACK = "scoping.deal_confirmed", "scoping.deal_taken_back"
REVERSIBLE = (AMENDED, CONFIRMED)


def confirm(deal: Opportunity, *, by: User, at: datetime, reason: str = "") -> Event:
    """Say the same colour and rationale again, as of now."""
    with atomic():
        lock(deal)
        deal = Opportunity.objects.get(pk=deal.pk)
        if deal.confidence != Confidence.GREY and not deal.confidence_rationale:
            raise Refused("There is no rationale to repeat. Write what makes you think so.")
        changed = revise(deal, None, {"judged_at": at})
        said = {"reason": reason} if reason else {}
        word = deal.confidence
        event = event_of(deal, CONFIRMED, by=by, at=at, changed=changed, word=word, **said)
        append([event])
        deal.save(update_fields=["judged_at"])
        return event


def may_take_back(event: Event, user: User, at: datetime, within: timedelta) -> bool:
    own = event.actor_id == user.pk or user.leads
    return own and event.verb in REVERSIBLE and at - event.at <= within


def take_back(deal: Opportunity, number: int, *, by: User, at: datetime) -> Event:
    """Undo one change of a deal: each field goes back, unless somebody changed it again since.

    A change that closed the deal stays; what closed with it has an undo of its own.
    """
    with atomic():
        lock(deal)
        deal = Opportunity.objects.get(pk=deal.pk)
        event = Event.objects.about(deal).filter(number=number).first()
        if event is None or "stage" in event.data.get("changed", {}):
            raise Refused("There is nothing to undo here.")
        minutes = value_of("undo_minutes", at.date())
        if not may_take_back(event, by, at, timedelta(minutes=minutes)):
            raise NotAllowed(f"Who changed it may undo that for {minutes} minutes.")
        changed = revise(deal, None, _former(deal, event.data["changed"]))
        if not changed:
            raise Refused("It was changed again since. Change it by hand.")
        undone = event_of(deal, TAKEN_BACK, by=by, at=at, changed=changed, undoes=number)
        append([undone])
        deal.save(update_fields=[*changed])
        stand_anew(deal, changed)
        return undone


def _former(deal: Opportunity, changed: dict[str, list[Any]]) -> dict[str, Any]:
    """What stood there before, of the fields that are as this change left them."""
    former = {}
    for name, (old, new) in changed.items():
        field: Any = Opportunity._meta.get_field(name)
        if getattr(deal, field.attname) == field.to_python(new):
            former[field.attname] = field.to_python(old)
    return former
