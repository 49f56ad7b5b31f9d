"""Segment, engagement manager and load of a new issue once more, from domain.md §2.5 and §4.5.

Written for rows one looks at one by one: no query is shared with the desk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from emdesk.people.models import Absence, Coverage, Segment, User
from scoping.models import Account, ScopingIssue


def expected_segment(issue: ScopingIssue) -> str:
    """The segment's name; empty when nobody can tell."""
    account = issue.account
    in_use = [segment.name for segment in Segment.objects.all() if segment.is_active]
    for named in (issue.segment, account.segment):
        if named and named.name in in_use:
            return named.name
    if sized := _sized(account, in_use):
        return sized
    territory = account.sales_territory
    if territory and territory.segment and territory.segment.name in in_use:
        return territory.segment.name
    return ""


def _sized(account: Account, in_use: list[str]) -> str:
    if account.employees is None:
        return ""
    if account.employees <= 100:
        wanted = "SMB"
    else:
        size = "MM" if account.employees <= 2000 else "Ent"
        wanted = f"{size}_{_region(account)}"
    return next((name for name in in_use if name.upper() == wanted.upper()), "")


def _region(account: Account) -> str:
    territory = account.sales_territory
    if territory is None:
        return ""
    names = [territory.segment.name.split("_")[-1]] if territory.segment else []
    for name in [*names, territory.name]:
        words = name.upper().replace("LATIN AMERICA", "LATAM").split()
        for word, region in [
            ("LATAM", "EAST"),
            ("EMEA", "EMEA"),
            ("APAC", "APAC"),
            ("EAST", "EAST"),
            ("WEST", "WEST"),
        ]:
            if word in words:
                return region
    return ""


@dataclass
class Desk:
    live: int = 0
    to_do: int = 0
    due: int = 0


def expected_load(user: User, day: date) -> Desk:
    desk = Desk()
    for issue in ScopingIssue.objects.all():
        if issue.engagement_manager_id != user.pk or issue.state == "closed":
            continue
        desk.live += 1
        desk.to_do += issue.em_status == "todo"
        desk.due += bool(issue.next_step_date and issue.next_step_date <= day + timedelta(days=1))
    return desk


def expected_manager(account: Account, segment: Segment | None, day: date) -> User | None:
    """By territory, else by segment; a delegate for who is away; the least loaded, then by name."""
    territory = account.sales_territory
    by_territory, by_segment = set(), set()
    for row in Coverage.objects.all():
        if row.since > day or (row.until and row.until < day) or not _takes_issues(row.user):
            continue
        fits = row.segment_id is None or row.segment_id == (segment.pk if segment else None)
        if territory and row.territory_id == territory.pk and fits:
            by_territory.add(row.user)
        if segment and row.territory_id is None and row.segment_id == segment.pk:
            by_segment.add(row.user)
    for covering in (by_territory, by_segment):
        here = {user for user in covering if _absence(user, day) is None}
        candidates = here or {acting for user in covering if (acting := _acting(user, day))}
        if candidates:
            return min(candidates, key=lambda u: (expected_load(u, day).live, u.name))
    return None


def _takes_issues(user: User) -> bool:
    return user.is_active and "em" in user.roles


def _absence(user: User, day: date) -> Absence | None:
    rows = [row for row in Absence.objects.all() if row.user_id == user.pk]
    return next((row for row in rows if row.first_day <= day <= row.last_day), None)


def _acting(user: User, day: date) -> User | None:
    asked = [user]
    while away := _absence(asked[-1], day):
        if away.delegate in asked:
            return None
        asked.append(away.delegate)
    return asked[-1] if _takes_issues(asked[-1]) else None
