"""Writing what was told: every row in bulk, every event in the order in which it happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any

from django.db import models

from emdesk.activity.models import Comment
from emdesk.ledger.recording import append
from scoping.demo.afterwards import along
from scoping.demo.forecasts import deal_events
from scoping.demo.story import Story
from scoping.models import Opportunity, ScopingIssue
from scoping.states import State

BATCH = 2_000
ENDING = ("outcome", "close_reason", "close_quarter", "merged_into")
ASIDE = (State.AWAITING_DISCOVERY, State.ON_HOLD)
ONWARD = (
    State.STRAWMAN_WIP,
    State.ESTIMATE_FEEDBACK,
    State.SOW_WIP,
    State.READY_FOR_APPROVAL,
    State.APPROVED,
)


def write(stories: Sequence[Story]) -> None:
    issues = [story.issue for story in stories]
    Opportunity.objects.bulk_create(
        [issue.opportunity for issue in issues if issue.opportunity], batch_size=BATCH
    )
    ScopingIssue.objects.bulk_create([_as_opened(issue) for issue in issues], batch_size=BATCH)
    _write_teams(stories)
    _write_comments(stories)
    _write_rows(row for story in stories for row in story.rows)
    events = [event for story in stories for event in [*story.events, *deal_events(story)]]
    events += [event for tell in along for event in tell(stories)]
    append(sorted(events, key=lambda event: event.at))
    _settle(issues)


def _as_opened(issue: ScopingIssue) -> ScopingIssue:
    """The issue as it ended, but in Open, where the database lets an issue begin."""
    row = copy(issue)
    row._meta.get_field("state").set_state(row, State.OPEN)
    row.outcome = row.close_reason = row.close_quarter = ""
    row.merged_into = None
    return row


def _settle(issues: Iterable[ScopingIssue]) -> None:
    """Lead every row by lawful moves to the state its story ended in."""
    ending = defaultdict(list)
    for issue in issues:
        ending[issue.state].append(issue)
    for state in ASIDE:
        _enter(state, ending[state])
    for place, state in enumerate(ONWARD):
        _enter(state, [issue for beyond in ONWARD[place:] for issue in ending[beyond]])
    for end, alike in _by_end(ending[State.CLOSED]).items():
        _enter(State.CLOSED, alike, **dict(zip(ENDING, end, strict=True)))


def _by_end(issues: Iterable[ScopingIssue]) -> dict[tuple[Any, ...], list[ScopingIssue]]:
    ends = defaultdict(list)
    for issue in issues:
        ends[tuple(getattr(issue, name) for name in ENDING)].append(issue)
    return ends


def _enter(state: State, issues: Iterable[ScopingIssue], **fields: Any) -> None:
    rows = ScopingIssue.objects.filter(pk__in=[issue.pk for issue in issues])
    rows.update(state=state, **fields)


def _write_teams(stories: Iterable[Story]) -> None:
    through = ScopingIssue.account_team.through
    through._base_manager.bulk_create(
        [through(scopingissue=each.issue, user=user) for each in stories for user in each.team],
        batch_size=BATCH,
    )


def _write_comments(stories: Iterable[Story]) -> None:
    said = [pair for story in stories for pair in story.said]
    Comment.objects.bulk_create([comment for comment, _ in said], batch_size=BATCH)
    for comment, event in said:
        event.data["comment"] = comment.pk


def _write_rows(rows: Iterable[models.Model]) -> None:
    """Rows of each kind together, in the order in which the kinds were first told."""
    kinds = defaultdict(list)
    for row in rows:
        kinds[type(row)].append(row)
    for kind, told in kinds.items():
        kind._base_manager.bulk_create(told, batch_size=BATCH)
