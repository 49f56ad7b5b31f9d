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
        region = issue.account.sales_territory or issue.segment
        calendar = calendar_of(issue.engagement_manager, region)
        if calendar is None and issue.segment:
            calendar = issue.segment.calendar
        if calendar:
            chosen[issue.pk] = calendar.pk
    latest = CalendarVersion.objects.filter(calendar__in=chosen.values()).order_by("number")
    versions = {version.calendar_id: version for version in latest}
    return {pk: versions[calendar] for pk, calendar in chosen.items() if calendar in versions}
