"""An export as a tracker of some years writes it: made up, and the same every time."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from emdesk.fiscal import Quarter
from scoping.demo.names import STEMS

HEADER = (
    *("ID", "IID", "Title", "Description", "Type", "URL", "State", "Confidential", "Locked"),
    *("Milestone", "Labels", "Author", "Author Username", "Assignee", "Assignee Username"),
    *("Created At (UTC)", "Updated At (UTC)", "Closed At (UTC)", "Due Date", "Start Date"),
    *("Parent ID", "Parent IID", "Parent Title", "Time Estimate", "Time Spent", "Weight"),
)
PLACE = "https://tracker.example/services/ps-plan/-/issues"
WORKED = ("Awaiting_Discovery", "Strawman_WIP", "Estimate_Feedback", "SOW_WIP", "Approved")
SEGMENTS = ("Ent_EMEA", "Ent_EAST", "MM_APAC", "MM_West", "SMB")
PEOPLE = [(f"person-{number}", f"Person {number}") for number in range(12)]
FISCAL_FEBRUARY = 2
BEGIN = datetime(2023, 2, 1, tzinfo=UTC)


def export(file: Path, issues: int) -> Path:
    """Write so many issues to ``file``; two thirds of them are closed."""
    chance = Random(issues)  # noqa: S311 (the same export every time is what is wanted)
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        writer.writerows(_rows(issues, chance))
    return file


def _rows(issues: int, chance: Random) -> Iterator[list[object]]:
    for iid in range(1, issues + 1):
        created = BEGIN + timedelta(hours=3 * iid)
        closed = created + timedelta(days=40) if chance.random() < 2 / 3 else None
        (author, writes), (manager, manages) = chance.choice(PEOPLE), chance.choice(PEOPLE)
        title = f"{chance.choice(STEMS)} - Scope Issue and Write SOW"
        text = f"## Request\n\n{title}, for {iid % 900 + 20} users.\n" * 4
        yield [
            *(10**7 + iid, iid, title, text, "Issue", f"{PLACE}/{iid}"),
            *("Closed" if closed else "Open", "No", "No", "", _labels(chance, closed)),
            *(writes, author, manages, manager),
            *map(_written, (created, closed or created, closed)),
            *("", "", "", "", "", 0, 0, ""),
        ]


def _labels(chance: Random, closed: datetime | None) -> str:
    labels = [f"Segment::{chance.choice(SEGMENTS)}", "Services Calculator"]
    if closed:
        quarter = Quarter.containing(closed.date(), FISCAL_FEBRUARY)
        labels += [
            f"proposal::{chance.choice(('Closed_Won', 'Closed_Lost'))}",
            f"close_qtr::{quarter}",
        ]
    else:
        labels += [
            f"proposal::{chance.choice(WORKED)}",
            f"EM_Status::{chance.choice(('ToDo', 'Waiting'))}",
        ]
    return ",".join(labels)


def _written(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""
