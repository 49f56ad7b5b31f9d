"""Under which version and in which calendar the clocks of a batch run."""

from __future__ import annotations

from collections.abc import Sequence

from emdesk.calendars.models import CalendarVersion
from emdesk.sla.course import Course, Cycle
from emdesk.sla.models import CountsIn, Policy
from emdesk.sla.signs import Watch
from emdesk.sla.versions import Versions

Key = tuple[int, str, int]


class Settled:
    """Reads what was settled when clocks started, and settles it for those that start now."""

    def __init__(
        self,
        watch: Watch,
        versions: Versions,
        courses: Sequence[tuple[int, Course]],
        *,
        keep: bool,
    ) -> None:
        self._watch, self._versions, self._keep = watch, versions, keep
        asking = {
            (subject, cycle.key, cycle.number)
            for subject, course in courses
            for cycle in course.cycles
            if (policy := self.policy(cycle)) and policy.counts_in_calendar
        }
        self._known = self._settled(asking) if asking else {}
        new = asking - self._known.keys()
        if new:
            self._settle(new)

    def policy(self, cycle: Cycle) -> Policy | None:
        """The version a clock runs under; None when its promise was not made then."""
        if cycle.migrated_to is not None:
            return self._versions.numbered(cycle.key, cycle.migrated_to)
        policy = self._versions.at(cycle.key, cycle.start)
        return policy if policy and (policy.enabled or cycle.announced) else None

    def calendar(self, subject: int, cycle: Cycle, policy: Policy) -> CalendarVersion | None:
        if not policy.counts_in_calendar:
            return None
        return self._known.get((subject, cycle.key, cycle.number))

    def _settled(self, asking: set[Key]) -> dict[Key, CalendarVersion]:
        subjects = {subject for subject, *_ in asking}
        found = CountsIn.objects.filter(subject_type=self._watch.label, subject_id__in=subjects)
        rows = found.select_related("calendar")
        return {(each.subject_id, each.key, each.number): each.calendar for each in rows}

    def _settle(self, new: set[Key]) -> None:
        now = self._watch.calendars({subject for subject, *_ in new})
        found = {key: now[key[0]] for key in new if key[0] in now}
        self._known |= found
        if self._keep:
            label = self._watch.label
            CountsIn.objects.bulk_create(
                CountsIn(
                    subject_type=label, subject_id=pk, key=key, number=number, calendar=version
                )
                for (pk, key, number), version in found.items()
            )
