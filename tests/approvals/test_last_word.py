"""What the database refuses, whatever the application says."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from emdesk.approvals.asking import supersede
from emdesk.approvals.models import Decision, Request, Step, Turn
from emdesk.people.models import Role
from tests.approvals.papers import PAPER, asked, paper, say, step_of
from tests.factories import NOON, make_user

pytestmark = pytest.mark.django_db


def test_the_database_has_the_last_word(issue, em, people):
    author = make_user(Role.TECHNICAL_ARCHITECT)
    found = asked(issue, em, paper(1, 60_000, author))
    step = step_of(found, "architect")
    said = {
        "step": step,
        "verdict": "approved",
        "requester": em,
        "digest": found.digest,
        "at": NOON,
    }

    def refused(act):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()

    refused(lambda: Decision.objects.create(**said, by=em))
    refused(lambda: Decision.objects.create(**said, by=author))
    right = people["architect"]
    refused(lambda: Decision.objects.create(**said | {"digest": "0" * 64}, by=right))
    refused(lambda: Decision.objects.create(**said | {"requester": author}, by=right))
    refused(lambda: Decision.objects.create(**said | {"verdict": "rejected"}, by=right))
    decision = say(found, "architect", right)
    refused(lambda: Decision.objects.filter(pk=decision.pk).update(verdict="rejected", reason="x"))
    refused(decision.delete)
    refused(lambda: Step.objects.filter(pk=step.pk).update(turn=Turn.ASKED))
    refused(lambda: Request.objects.filter(pk=found.pk).update(digest="0" * 64))
    refused(lambda: Request.objects.filter(pk=found.pk).update(value=1))
    refused(lambda: asked_twice(found))
    supersede(PAPER, issue, by=em, at=NOON)
    refused(lambda: Request.objects.filter(pk=found.pk).update(standing="waiting", ended_at=None))
    other = step_of(found, "revenue")
    refused(lambda: Decision.objects.create(**said | {"step": other}, by=people["revenue"]))


def asked_twice(found):
    Request.objects.create(
        **{
            field.attname: getattr(found, field.attname)
            for field in Request._meta.concrete_fields
            if field.name != "id"
        }
    )
