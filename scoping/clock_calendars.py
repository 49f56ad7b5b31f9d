"""In which calendar the clocks of an issue count: its EM's, else that of its region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from emdesk.calendars.models import CalendarVersion
from emdesk.people.calendars import calendar_of
from scoping.models import ScopingIssue


def calendars(subjects: Iterable[int]) -> Mapping[int, CalendarVersion]:
    """The calendar of each issue's EM, else of the region it is sold in, as it is now."""
    issues = ScopingIssue.objects.filter(pk__in=subjects).select_related(
        "engagement_manager__calendar",
        "segment__calendar",
        "account__sales_territory__calendar",
        "account__sales_territory__segment__calendar",
    )
    chosen = {}
    for issue in issues:
        regions = (issue.account.sales_territory, issue.segment)
        calendar = calendar_of(issue.engagement_manager, *regions)
        if calendar:
            chosen[issue.pk] = calendar.pk
    newest = CalendarVersion.objects.filter(calendar__in=chosen.values()).newest()
    versions = {version.calendar_id: version for version in newest}
    return {pk: versions[calendar] for pk, calendar in chosen.items() if calendar in versions}
