"""What statements of work bring to the packages below. Imported once, when the apps are ready."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.timezone import localdate

from emdesk.people.models import User
from emdesk.subjects import visible_subjects
from emdesk.web import Place, place
from scoping.acts import Act, acts
from scoping.demo.afterwards import afterwards
from scoping.models import ScopingIssue
from scoping.states import State
from sow import (  # noqa: F401 (they register)
    duties,
    following,
    handoff_sentences,
    notices,
    order_sentences,
    package,
    risk_sentences,
    rules,
    sending,
    sentences,
    settings,
    stamp_notices,
)
from sow.demo import draft_agreed
from sow.drafting import may_draft
from sow.exposure import exposure_of
from sow.models import Clause, Document, StatementOfWork, Template, WorkAtRisk
from sow.risk_page import told
from sow.risking import open_work
from sow.signing import duties as signing_duties  # noqa: F401 (it registers)
from sow.signing import ending, tasks  # noqa: F401 (they register)
from sow.signing import notices as signing_notices  # noqa: F401 (it registers)
from sow.signing import sentences as signing_sentences  # noqa: F401 (it registers)
from sow.stamping import voided

AFTER = (State.APPROVED, State.CLOSED)
BEFORE = (State.SOW_WIP, State.READY_FOR_APPROVAL, State.APPROVED)


def on_the_issue(issue: ScopingIssue, user: User) -> Iterator[Act]:
    """The SOW once there is one; its draft when it may be made; what is at risk before it is signed."""
    at_risk = WorkAtRisk.objects.filter(issue=OuterRef("pk"), ended_at=None)
    rows = ScopingIssue.objects.filter(pk=issue.pk).annotate(at_risk=Exists(at_risk))
    named = ("statement__issue", "statement__amends", "statement__order")
    found: Any = rows.select_related("statement").only(*named).get()
    statement: StatementOfWork | None = getattr(found, "statement", None)
    if issue.amends_id:
        yield Act(f"Amends PS-{issue.amends_id}", reverse("sow:orders", args=[issue.amends_id]))
    if statement is not None:
        yield Act(statement.number, statement.get_absolute_url())
        if issue.state in AFTER and not issue.amends_id:
            yield Act("Change orders", reverse("sow:orders", args=[issue.pk]))
    elif may_draft(issue, user):
        yield Act("Draft the SOW", reverse("sow:draft", args=[issue.pk]), next=True)
    if found.at_risk and (work := open_work(issue)):
        says = f"Work at risk: {told(exposure_of(work), localdate()).says}"
        yield Act(says, reverse("sow:risk", args=[issue.pk]))
    elif issue.state in BEFORE and rules.works_at_risk(issue, user):
        yield Act("Work at risk…", reverse("sow:risk", args=[issue.pk]))


acts.append(on_the_issue)
afterwards.append(draft_agreed)
for model in (Clause, Document, Template):
    visible_subjects.register(model._meta.label_lower, model.objects.visible_to)
place(Place("Work", "SOWs", "scroll-text", "sow:list", "y", rules.meets_statements))
place(Place("Work", "Clauses", "text-quote", "sow:library", "n", rules.reads_library))
voided.append(ending.hear)
