"""Scoping issues and the opportunities they belong to, found by number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from emdesk.ledger.models import Origin
from emdesk.ledger.recording import append, event_of
from scoping.imports import values
from scoping.models import Imported, Opportunity, ScopingIssue

TRACKER_LINK = re.compile(
    r"https?://[^/\s]+/(?P<project>[^\s?#]+?)/(?:-/)?issues/(?P<iid>\d{1,18})"
)
DEAL_LINK = re.compile(r"/(?:Opportunity/)?(?P<id>006[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?)\b")
NAMED_DEAL = re.compile(r"/Opportunity/(?P<id>[A-Za-z0-9]{6,18})(?=[/\s|)]|$)")
Links = Mapping[str, tuple[Opportunity, str]]


def place_of(link: str) -> tuple[str, int] | None:
    """Project and number that a link to an issue of the tracker names."""
    found = TRACKER_LINK.search(link)
    return (found["project"], int(found["iid"])) if found else None


def deal_named_in(text: str) -> str:
    """The id of the opportunity a description links to, in its long form."""
    found = NAMED_DEAL.search(text) or DEAL_LINK.search(text)
    if found is None:
        return ""
    short = len(found["id"]) == 15 and found["id"].startswith("006")
    return values.record_id(found["id"], "006", "opportunities") if short else found["id"]


def link(links: Links, *, at: datetime) -> set[int]:
    """Give these deals the issues that name them, or that they name; keys of the issues."""
    places = {place: deal for deal, text in links.values() if (place := place_of(text)) is not None}
    named = Q(deal_id__in=links)
    for project, iid in places:
        named |= Q(project=project, iid=iid)
    found = Imported.objects.filter(named, issue__opportunity=None).select_related("issue")
    events = []
    for imported in found.select_for_update(of=("issue",)).order_by("pk"):
        by_id = links.get(imported.deal_id)
        issue = imported.issue
        issue.opportunity = by_id[0] if by_id else places[imported.project, imported.iid]
        changed = {"opportunity_id": [None, issue.opportunity.pk]}
        events.append(
            event_of(
                issue, "scoping.amended", by=None, at=at, origin=Origin.IMPORT, changed=changed
            )
        )
    if events:
        append(events)
        for event in events:
            ScopingIssue.objects.filter(pk=event.subject_id).update(
                opportunity_id=event.data["changed"]["opportunity_id"][1]
            )
    return {event.subject_id for event in events}
