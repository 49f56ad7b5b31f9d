"""What changed here since a day, for the systems it came from: so that nobody types it twice.

One file a Data Loader takes: the EM's fields by the opportunity's id in the CRM. One for the
tracker: the labels each issue should carry.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F, Q

from emdesk.approvals.holding import VERBS
from emdesk.ledger.models import Event
from emdesk.people.models import User
from emdesk.workflow import MOVED_BACK
from scoping.deals import AMENDED
from scoping.imports.salesforce import MAPPING
from scoping.judging import TAKEN_BACK
from scoping.labels import labels_of, plain
from scoping.listing.deal_tables import with_issue
from scoping.models import Confidence, Imported, Opportunity, ScopingIssue
from scoping.sentences import MOVES

EM_FIELDS = {
    "engagement_manager_id": MAPPING["em"],
    "confidence": MAPPING["confidence"],
    "confidence_rationale": MAPPING["rationale"],
    "services_value": MAPPING["services_value"],
    "edu_override": MAPPING["edu_override"],
    "investment_value": MAPPING["investment_value"],
}
DEAL_HEAD = ["Id", *EM_FIELDS.values(), MAPPING["issue_link"]]
DEAL_VERBS = (AMENDED, TAKEN_BACK, "scoping.deal_created")
LINKED = ("scoping.amended", "scoping.opened")
ENDINGS = ("hold", "win", "lose", "dismiss", "reopen", MOVED_BACK)
LABEL_VERBS = (
    *MOVES,
    *(f"scoping.{name}" for name in ENDINGS),
    *("scoping.amended", "scoping.corrected", "scoping.status_set", "scoping.triaged"),
    *VERBS,
)
LABEL_FIELDS = [
    *("segment_id", "em_status", "architect_review", "architect_help", "delivery_review"),
    *("services_calculator", "public_sector", "free_labels", "outcome", "close_quarter"),
]
LABEL_HEAD = ["Issue", "Project", "IID", "URL", "Title", "Labels", "Add", "Remove"]


def changed_deals(user: User, since: datetime) -> Iterator[list[Any]]:
    """The deals the CRM knows whose EM fields, or whose scoping issue, changed since.

    Each with all of these fields as they stand, so that loading the file twice changes nothing.
    """
    told = Event.objects.filter(
        verb__in=DEAL_VERBS, at__gte=since, subject_type=Opportunity._meta.label_lower
    )
    judged = told.filter(
        Q(verb="scoping.deal_created") | Q(data__changed__has_any_keys=[*EM_FIELDS])
    )
    linked = Event.objects.filter(
        verb__in=LINKED,
        at__gte=since,
        subject_type=ScopingIssue._meta.label_lower,
        data__changed__has_key="opportunity_id",
    )
    issues = ScopingIssue.objects.filter(pk__in=linked.values("subject_id"))
    deals = Opportunity.objects.visible_to(user).filter(
        Q(pk__in=judged.values("subject_id")) | Q(pk__in=issues.values("opportunity")),
        deleted=False,
    )
    names = [name for name in EM_FIELDS if name != "engagement_manager_id"]
    rows = with_issue(deals.exclude(external_id=""), user).order_by("external_id")
    fields = ("external_id", "engagement_manager__name", "issue_pk", *names)
    for row in rows.values(*fields).iterator(chunk_size=2_000):
        word = Confidence(row["confidence"]).label
        said = [word if name == "confidence" else row[name] for name in names]
        yield [row["external_id"], row["engagement_manager__name"], *said, _link(row["issue_pk"])]


def changed_labels(user: User, since: datetime) -> Iterator[list[Any]]:
    """The issues whose labels changed since, with what the tracker has to add and to remove."""
    told = Event.objects.filter(
        verb__in=LABEL_VERBS, at__gte=since, subject_type=ScopingIssue._meta.label_lower
    )
    touched = told.filter(Q(data__changed__has_any_keys=LABEL_FIELDS) | ~Q(before=F("after")))
    issues = ScopingIssue.objects.visible_to(user).filter(pk__in=touched.values("subject_id"))
    for issue in issues.select_related("segment", "imported").order_by("pk").iterator():
        known: Imported | None = getattr(issue, "imported", None)
        now = labels_of(issue)
        there = known.labels if known else []
        add, remove = _without(now, there), _without(there, now)
        if known and not (add or remove):
            continue
        place = [known.project, known.iid, known.url] if known else ["", "", _link(issue.pk)]
        yield [issue.reference, *place, issue.title, *map(_listed, (now, add, remove))]


def _without(labels: list[str], others: list[str]) -> list[str]:
    known = {plain(label) for label in others}
    return [label for label in labels if plain(label) not in known]


def _listed(labels: list[str]) -> str:
    return ",".join(labels)


def _link(pk: int | None) -> str:
    return f"{settings.SITE_URL}{ScopingIssue(pk=pk).get_absolute_url()}" if pk else ""
