"""The customer's review: a version sent by a personal link, and what the customer answers.

Sending gives the customer the pen and notes that they have the draft, so that its clock stops;
their answer brings the pen back (domain.md §2.2, §9.2). What they do themselves is written down
as emdesk's doing, with their name: nobody of ours did it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db.models import Count, Max
from django.db.transaction import atomic
from django.urls import reverse
from django.utils.timezone import localdate, localtime

from emdesk.configuration.values import value_of
from emdesk.ledger.models import Event
from emdesk.ledger.recording import record
from emdesk.notifications.writing import absolute, one_line
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh
from scoping.deeds import DEEDS
from scoping.models import ScopingIssue
from scoping.promises import amiss, standing
from scoping.promises import note as note_deed
from sow import outside_mail, rules
from sow.fields import named_in
from sow.greenlights import customer_agreed
from sow.models import OutsideComment, ReviewLink, Side, StatementOfWork, Version
from sow.models.clause import MOST_TEXT
from sow.models.comment import LONGEST_BODY
from sow.models.redline import Part, Source
from sow.models.review import Answer
from sow.outside_mail import REVIEW
from sow.pen import come_back, give, held
from sow.redlines import Wanted, keep_redline, wanted_in
from sow.settings import OUR_SIDE, REVIEW_DAYS

REVIEW_SENT, REVIEW_REVOKED = "sow.review_sent", "sow.review_revoked"
REVIEW_ANSWERED = "sow.review_answered"
MOST_COMMENTS = 500


class Closed(Refused):
    """The link opens no more, or was answered."""


def send(
    statement: StatementOfWork,
    *,
    name: str,
    email: str,
    seen: int,
    by: User,
    at: datetime,
    message: str = "",
    due: date | None = None,
    mail: bool = False,
) -> tuple[ReviewLink, str]:
    """A link to the newest version for one person, and its secret, which is nowhere kept.

    With ``mail`` it is sent to them. Raises :class:`Refused` and :class:`NotAllowed`.
    """
    secret = secrets.token_urlsafe(32)
    with atomic():
        issue = fresh(statement.issue)
        version = _sendable(statement, issue, seen=seen, by=by)
        days = value_of(REVIEW_DAYS, localdate(at))
        link = ReviewLink.objects.create(
            statement=statement,
            version=version,
            name=name,
            email=email,
            digest=digest_of(secret),
            message=message,
            due_date=due,
            made_by=by,
            made_at=at,
            expires_at=at + timedelta(days=days),
        )
        pen = held(statement, at)
        if pen is None or pen.side != Side.CUSTOMER:
            give(statement, Side.CUSTOMER, by=by, at=at, reason=f"Sent to {name}"[:300])
        said = {"sow": statement.number, "version": version.number, "to": name, "link": link.pk}
        event = record(issue, REVIEW_SENT, by=by, at=at, **said)
        if mail:
            _write(link, secret, event, at=at)
        _draft_is_delivered(issue, by=by, at=at)
    return link, secret


def _write(link: ReviewLink, secret: str, event: Event, *, at: datetime) -> None:
    about = {
        "name": one_line(link.name),
        "us": one_line(value_of(OUR_SIDE, localdate(at))),
        "number": link.statement.number,
        "title": one_line(link.statement.issue.title),
        "sender": one_line(link.made_by.name),
        "link": absolute(reverse("sow:review_enter", args=[secret])),
        "until": link.expires_at,
        "due": link.due_date,
        "note": link.message,
    }
    outside_mail.write(REVIEW, event, (link.pk, link.email), about, at=at)


def _sendable(statement: StatementOfWork, issue: ScopingIssue, *, seen: int, by: User) -> Version:
    if not rules.sends_review(issue, by):
        raise NotAllowed("Who speaks with the customer sends the SOW.")
    if not issue.live:
        raise Refused(f"{issue.reference} is closed. Reopen it first.")
    version = StatementOfWork.objects.get(pk=statement.pk).head
    if version.number != seen:
        raise Refused(f"{version.name} was saved meanwhile. Look at it first.")
    left = {name for each in version.said.plain().sections for name in named_in(each.text)}
    if left:
        names = ", ".join(sorted(left))
        raise Refused(f"Nobody filled in yet: {names}. Write it before the customer reads it.")
    return version


def _draft_is_delivered(issue: ScopingIssue, *, by: User, at: datetime) -> None:
    deed = DEEDS["draft_delivered"]
    done = standing(issue)[issue.pk]
    if deed.key not in done and deed.allowed(issue, by) and not amiss(issue, deed, done):
        note_deed(issue, deed, by=by, at=at)


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def behind(secret: str) -> ReviewLink | None:
    rows = ReviewLink.objects.select_related("version", "statement__issue__account")
    return rows.filter(digest=digest_of(secret)).first()


def revoke(link: ReviewLink, *, by: User, at: datetime) -> None:
    """It opens no more; the pen stays where it is until somebody brings it back."""
    with atomic():
        issue = fresh(link.statement.issue)
        if not rules.sends_review(issue, by):
            raise NotAllowed("Who speaks with the customer takes a link back.")
        rows = ReviewLink.objects.filter(pk=link.pk, revoked_at=None)
        if not rows.update(revoked_at=at, revoked_by=by):
            raise Refused("This link was taken back already.")
        said = {"sow": link.statement.number, "to": link.name, "version": link.version.number}
        record(issue, REVIEW_REVOKED, by=by, at=at, **said)


# What the customer does. Nobody of ours is signed in.


def comment(link: ReviewLink, section: str, body: str, *, at: datetime) -> OutsideComment:
    body = body.strip()
    if not body:
        raise Refused("Write something first.")
    if len(body) > LONGEST_BODY:
        raise Refused(f"A comment holds {LONGEST_BODY:,} characters, this one {len(body):,}.")
    with atomic():
        link = _open(link, at)
        _known(link, section)
        if link.comments.count() >= MOST_COMMENTS:
            raise Refused("There are very many comments already. Please call us.")
        said = {"section": section, "version": link.version.number, "body": body}
        return OutsideComment.objects.create(
            statement=link.statement, link=link, author=link.name, at=at, **said
        )


def propose(link: ReviewLink, section: str, words: str, *, at: datetime) -> None:
    """Keep wording for a clause until it is sent; the words that stand there take it back."""
    if len(words) > MOST_TEXT:
        raise Refused(f"A clause holds {MOST_TEXT:,} characters. Shorten it.")
    with atomic():
        link = _open(link, at)
        stands = _known(link, section)
        kept = {key: text for key, text in link.words.items() if key != section}
        said = words.replace("{{", "{ {")  # they name no field of ours
        if said != stands:
            kept[section] = said
        link.words = kept
        link.save(update_fields=["words"])


def looks_good(link: ReviewLink, note: str = "", *, at: datetime) -> None:
    """The customer's go-ahead for the version of the link."""
    with atomic():
        issue = fresh(link.statement.issue)
        link = _open(link, at)
        if link.words:
            raise Refused("You proposed wording. Send your changes, or take the wording back.")
        _answer(link, Answer.LOOKS_GOOD, at=at, note=note)
        evidence = f"“Looks good” by the review link sent to {link.email}"
        evidence += f", {localtime(at):%-d %b %Y, %H:%M}"
        customer_agreed(
            link.statement, who=link.name, evidence=evidence, version=link.version.number, at=at
        )
        come_back(link.statement, at=at, note=f"{link.name}: looks good")
        _tell(link, issue, at, comments=link.comments.count(), clauses=0)


def send_changes(link: ReviewLink, note: str, *, at: datetime) -> None:
    """Comments and wording go to whoever works on the SOW; each change waits for a decision."""
    with atomic():
        issue = fresh(link.statement.issue)
        link = _open(link, at)
        comments = link.comments.count()
        if not (link.words or comments or note):
            raise Refused("Write a comment, propose wording, or say what should change.")
        _answer(link, Answer.CHANGES, at=at, note=note)
        wanted, texts = _wanted(link, at)
        if wanted:
            keep_redline(
                link.statement,
                wanted,
                version=link.version.number,
                source=Source.LINK,
                author=link.name,
                texts=texts,
                by=None,
                at=at,
                note=note,
            )
        come_back(link.statement, at=at, note=f"{link.name} sent changes")
        _tell(link, issue, at, comments=comments, clauses=len(texts))


def _wanted(link: ReviewLink, at: datetime) -> tuple[list[Wanted], Mapping[str, Mapping[str, str]]]:
    wanted: list[Wanted] = []
    texts = {}
    for section in link.version.said.plain().sections:
        if section.key in link.words:
            words = link.words[section.key]
            wanted += wanted_in(section.key, section.text, words, link.name, at, Part.TEXT)
            texts[section.key] = {"title": section.title, "text": section.text}
    return wanted, texts


def _open(link: ReviewLink, at: datetime) -> ReviewLink:
    """The link as it is now, locked. Raises :class:`Closed`."""
    rows = ReviewLink.objects.select_for_update(of=("self",))
    found = rows.select_related("version", "statement__issue").get(pk=link.pk)
    if why := found.closed(at):
        raise Closed(f"This link {why}.")
    if found.answer:
        raise Closed("You have answered already. Ask for a new link to say more.")
    if not found.statement.issue.live:
        raise Closed("This engagement is closed. Please call us.")
    return found


def _known(link: ReviewLink, section: str) -> str:
    """The text of a clause as the customer reads it."""
    found = link.version.said.plain().section(section)
    if found is None:
        raise Refused("This clause is not in this version.")
    return found.text


def _answer(link: ReviewLink, answer: str, *, at: datetime, note: str = "") -> None:
    link.answer, link.answered_at, link.note = Answer(answer), at, note
    link.save(update_fields=["answer", "answered_at", "note"])


def _tell(
    link: ReviewLink, issue: ScopingIssue, at: datetime, *, comments: int, clauses: int
) -> None:
    said = {"sow": link.statement.number, "version": link.version.number, "who": link.name}
    said |= {"answer": link.answer, "note": link.note, "sender": link.made_by_id}
    record(issue, REVIEW_ANSWERED, by=None, at=at, comments=comments, clauses=clauses, **said)


def links_of(statement: StatementOfWork, at: datetime) -> list[ReviewLink]:
    """Newest first, each with why it opens no more and when it was opened last."""
    rows = statement.review_links.select_related("version", "made_by")
    links: list[ReviewLink] = list(
        rows.annotate(opened=Count("visits"), last_opened=Max("visits__at"))
    )
    newest = max((each.version.number for each in links), default=0)
    for each in links:
        each.over = each.closed_beside(newest, at)  # type: ignore[attr-defined]
    return links
