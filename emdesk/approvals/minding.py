"""What happens to open steps by itself: reminders, and standing in for who is away or left.

Each step is one transaction with its subject locked, and what is due is looked at again there, so
running it twice, or by several at once, changes nothing.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.transaction import atomic

from emdesk.approvals.clock import passed, told
from emdesk.approvals.eligible import able
from emdesk.approvals.holding import REMINDED, in_hand, tell
from emdesk.approvals.models import Step
from emdesk.approvals.passing import settle
from emdesk.approvals.refusals import Refused
from emdesk.approvals.turning import whom
from emdesk.people.models import Absence

AROUND = timedelta(days=1)  # whatever day it is where they are
log = logging.getLogger(__name__)


def mind(at: datetime) -> int:
    """How many steps were told of or passed on."""
    return sum(_minded(step, at) for step in due(at))


def due(at: datetime) -> list[Step]:
    """Steps whose reminder is due, or whose approver is away, left or lost the role."""
    day = at.date()
    around = Absence.objects.filter(first_day__lte=day + AROUND, last_day__gte=day - AROUND)
    away = set(around.values_list("user", flat=True))
    steps = Step.objects.asked().select_related("request", "assignee").order_by("pk")
    return [step for step in steps if _reminds(step, at) or _left(step, away)]


def _reminds(step: Step, at: datetime) -> bool:
    return step.remind_at is not None and step.remind_at <= at


def _left(step: Step, away: set[int]) -> bool:
    assignee = step.assignee
    return assignee is not None and (assignee.pk in away or not able(assignee, step.roles, ()))


def _minded(step: Step, at: datetime) -> int:
    try:
        return settle(step, at) or remind(step, at)
    except Refused:
        return 0  # decided a moment ago
    except Exception:
        log.exception("Step %s could not be minded; it is tried again.", step.pk)
        return 0


def remind(step: Step, at: datetime) -> bool:
    """Tell whoever is asked how far their time is used, each mark once."""
    with atomic():
        request, subject = in_hand(step.request)
        step = request.steps.select_related("assignee", "delegate").get(pk=step.pk)
        step.request = request
        if not (request.waiting and step.asked and step.remind_at and step.remind_at <= at):
            return False
        mark = passed(step, at)
        if mark:
            tell(request, subject, REMINDED, by=None, at=at, mark=mark, **whom(step, at))
        told(step, mark or step.reminded, at)
        step.save(update_fields=["reminded", "remind_at"])
    return bool(mark)
