"""One issue's life, told in memory by the moves a person would have made.

Nothing is asked of the database: the transitions are the issue's own, the events read like those
of :func:`emdesk.workflow.perform` and :func:`scoping.facts.amend`, and all of it is written later.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models

from emdesk.activity.models import Audience, Comment, Mention, Watching
from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import event_of
from emdesk.people.models import User
from emdesk.workflow import changes, values
from scoping.deeds import Deed
from scoping.models import Answer, Meeting, Question, ScopingIssue
from scoping.states import EmStatus, State

OPENS, CLOSES = 9, 18
FRIDAY = 4


class Story:
    """An issue, and what is told about it so far. ``at`` is when the last of it happened."""

    def __init__(
        self, issue: ScopingIssue, requester: User, manager: User, rng: Random, now: datetime
    ) -> None:
        self.issue, self.rng, self.now = issue, rng, now
        self.at = issue.created_at
        self.zone = ZoneInfo(manager.time_zone)
        self.events: list[Event] = []
        self.said: list[tuple[Comment, Event]] = []
        self.rows: list[models.Model] = []
        self.team: list[User] = []
        self.answered: set[str] = set()
        self.watchers: set[User] = set()
        self.requester = requester
        self.acts: list[Any] = []
        self._was = values(issue)
        self._note("opened", requester, after=State.OPEN)

    @property
    def manager(self) -> User | None:
        return self.issue.engagement_manager

    def later(self, moment: datetime) -> None:
        """Go on at this moment, or in the next office hours."""
        self.at = max(self.office_hours(moment), self._soon())

    def office_hours(self, moment: datetime) -> datetime:
        """This moment or the next at which people work; never after the end of time."""
        local = moment.replace(microsecond=0).astimezone(self.zone)
        if local.weekday() > FRIDAY:
            local += timedelta(days=7 - local.weekday())
        if not OPENS <= local.hour < CLOSES:
            local = local.replace(hour=self.rng.randrange(OPENS, CLOSES))
        while local > self.now:
            local -= timedelta(days=1)
        return local.astimezone(UTC)

    def do(self, move: str, by: User, fill: dict[str, Any] | None = None, **details: Any) -> None:
        """Make a move, as :func:`emdesk.workflow.perform` would."""
        before = self.issue.state
        for name, value in (fill or {}).items():
            setattr(self.issue, name, value)
        getattr(self.issue, move)(**details)
        self.issue.moves += 1
        self.issue.entered_state_at = self.at
        after = self.issue.state
        self._note(move, by, before=before, after=after, changed=self._changed(), **details)

    def amend(self, by: User, verb: str = "amended", **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self.issue, name, value)
        changed = self._changed()
        if changed:
            self._note(verb, by, changed=changed)

    def set_status(self, by: User, waiting_on: str = "") -> None:
        self.amend(
            by,
            "status_set",
            em_status=EmStatus.WAITING if waiting_on else EmStatus.TODO,
            em_status_at=self.at,
            waiting_on=waiting_on,
        )

    def put_together(self, team: list[User], by: User) -> None:
        self.team = team
        self._note("team_changed", by, names=[person.name for person in team])

    def hear(self, by: User, verb: str, about: Story) -> None:
        """Something happened to another issue that this one's history tells too."""
        own, self.at = self.at, about.at
        self._note(verb, by, reference=about.issue.reference)
        self.at = own

    def say(self, body: str, by: User, called: dict[str, User], *, customer: bool) -> None:
        audience = Audience.CUSTOMER if customer else Audience.INTERNAL
        comment = Comment(
            subject_type=self.issue._meta.label_lower,
            subject_id=self.issue.pk,
            author=by,
            body=body,
            audience=audience,
            created_at=self.at,
        )
        self.rows += [Mention(comment=comment, user=user, handle=at) for at, user in called.items()]
        mentions = sorted(user.pk for user in called.values())
        said = {"audience": audience, "mentions": mentions, "roles": list(by.roles)}
        event = self._note("activity.commented", by, **said)
        self.said.append((comment, event))

    def answer(self, question: Question, text: str, source: str, by: User) -> None:
        self.rows.append(
            Answer(
                issue=self.issue,
                question=question,
                text=text,
                source=source,
                answered_by=by,
                answered_at=self.at,
            )
        )
        self.answered.add(question.key)
        self._note("answered", by, question=question.prompt, text=text)

    def meet(self, meeting: Meeting, people: list[User], by: User) -> None:
        meeting.issue = self.issue
        through = Meeting.people.through
        self.rows.append(meeting)
        self.rows += [through(meeting=meeting, user=person) for person in people]
        self._note("meeting_planned", by, kind=meeting.get_kind_display().lower())

    def met(self, meeting: Meeting, notes: str, by: User) -> None:
        meeting.held_at, meeting.notes = self.at, notes
        self._note("meeting_held", by, kind=meeting.get_kind_display().lower())

    def keep(self, deed: Deed, by: User, at: datetime) -> None:
        """A promise is kept at this moment, between what was told and what comes next."""
        self.tell(deed.verb, by, at, **deed.data)

    def tell(self, verb: str, by: User, at: datetime, **said: Any) -> None:
        event = event_of(self.issue, verb, by=by, at=at, origin=Origin.DEMO, **said)
        self.events.append(event)

    def watch(self, by: User) -> None:
        if by in self.watchers:
            return
        self.watchers.add(by)
        kind, pk = self.issue._meta.label_lower, self.issue.pk
        self.rows.append(Watching(subject_type=kind, subject_id=pk, user=by, since=self.at))
        self._note("activity.watched", by)

    def _changed(self) -> dict[str, list[Any]]:
        changed = changes(self._was, self.issue)
        self._was |= {name: new for name, (_, new) in changed.items()}
        return changed

    def _note(self, verb: str, by: User, **what: Any) -> Event:
        verb = verb if "." in verb else f"scoping.{verb}"
        event = event_of(self.issue, verb, by=by, at=self.at, origin=Origin.DEMO, **what)
        self.events.append(event)
        self.at = self._soon()
        return event

    def _soon(self) -> datetime:
        """A few minutes on."""
        return min(self.at + timedelta(seconds=self.rng.randrange(40, 900)), self.now)
