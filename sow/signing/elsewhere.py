"""What was signed elsewhere: the executed file is handed in, or a signature service has it.

The end is the same as for what is signed here: a document that is executed, found by its hash.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any, BinaryIO

from django.db import IntegrityError
from django.db.transaction import atomic
from django.utils.timezone import get_current_timezone, localdate

from emdesk.configuration.values import value_of
from emdesk.files.kinds import kind_of
from emdesk.files.refusal import Refused as NotTaken
from emdesk.ledger.models import Origin
from emdesk.paper import Printed
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh
from sow import rules
from sow.models import (
    Document,
    Place,
    Progress,
    Purpose,
    Signer,
    SignerTurn,
    Signing,
    SigningSide,
    Stamp,
    StatementOfWork,
)
from sow.paper import put_away
from sow.settings import SIGNING_DAYS
from sow.signing.executing import file_away
from sow.signing.holding import ELSEWHERE, RECALLED, tell
from sow.signing.turning import PENDING, end, sent_to_customer
from sow.stamping import standing

MOST_BYTES = 30_000_000


@dataclass(frozen=True)
class Word:
    """Who signed for one side, on which day."""

    name: str
    on: date


def record(
    statement: StatementOfWork,
    file: BinaryIO,
    *,
    ours: Word,
    customer: Word,
    where: str = Place.PAPER,
    by: User,
    at: datetime,
    origin: str = Origin.PERSON,
) -> Document:
    """File what both sides signed elsewhere. Raises :class:`Refused` and :class:`NotAllowed`."""
    content = _content(file)
    with atomic():
        statement, stamp = _ready(statement, by)
        _insist_on_days(stamp, ours, customer, at)
        if hashlib.sha256(content).hexdigest() == stamp.sha256:
            raise Refused("This is the stamped file itself; nobody signed it. Send the signed one.")
        signing = _signing(statement, stamp, where, by=by, at=at, origin=origin)
        for side, word in ((SigningSide.OURS, ours), (SigningSide.CUSTOMER, customer)):
            _note(signing, side, word)
        said: dict[str, Any] = {"where": where, "by_hand": True}
        tell(signing, ELSEWHERE, by=by, at=at, origin=origin, **said)
        sent_to_customer(signing, at=at, origin=origin)
        signing.ended_at = signing.ended_at or at
        document = Document.objects.create(
            statement=statement,
            version=stamp.version,
            purpose=Purpose.EXECUTED,
            asked_by=by,
            asked_at=at,
        )
        put_away(document, Printed(content, pages=0), at=at, origin=origin)
        file_away(signing, document, at=at, origin=origin)
    return document


def note_envelope(
    statement: StatementOfWork,
    *,
    where: str,
    envelope: str,
    by: User,
    at: datetime,
    origin: str = Origin.PERSON,
) -> Signing:
    """It is out with a signature service, which tells how far it is. Raises :class:`Refused`."""
    from sow.signing.deliveries import look_again  # noqa: PLC0415 (it leads back here)

    try:
        with atomic():
            statement, stamp = _ready(statement, by)
            if statement.signings.out().exists():
                raise Refused("It is out for signature here. Recall it first.")
            signing = _new(statement, stamp, where, envelope.strip(), by=by, at=at)
            said: dict[str, Any] = {"where": where, "envelope": envelope.strip()}
            tell(signing, ELSEWHERE, by=by, at=at, origin=origin, **said)
            sent_to_customer(signing, at=at, origin=origin)
            look_again(where, envelope.strip(), at)
    except IntegrityError:
        raise Refused("This envelope is noted with another SOW already.") from None
    return signing


def _ready(statement: StatementOfWork, by: User) -> tuple[StatementOfWork, Stamp]:
    issue = fresh(statement.issue)
    if not rules.minds_signing(issue, by):
        raise NotAllowed("Its EM, or who speaks with the customer, notes what is signed elsewhere.")
    statement = StatementOfWork.objects.select_related("issue__account").get(pk=statement.pk)
    stamp = standing(statement)
    if not issue.live:
        raise Refused(f"{issue.reference} is closed. Reopen it first.")
    if stamp is None:
        raise Refused(f"{statement.number} has no legal stamp that stands. Legal gives it.")
    if statement.signings.filter(standing=Progress.EXECUTED).exists():
        raise Refused(f"{statement.number} is executed already.")
    return statement, stamp


def _signing(
    statement: StatementOfWork, stamp: Stamp, where: str, *, by: User, at: datetime, origin: str
) -> Signing:
    """The one that is out with that service, or a new one; what is out here ends."""
    known = statement.signings.filter(standing__in=[Progress.OUT, Progress.SIGNED]).first()
    if known and known.where == Place.HERE:
        if known.standing == Progress.SIGNED:
            raise Refused("Everybody signed it here. Its executed file is being made.")
        why = "It was signed elsewhere."
        end(known, Progress.RECALLED, RECALLED, by=by, at=at, why=why, origin=origin, reason=why)
        known = None
    if known and known.where != where:
        raise Refused(f"It is out with {known.get_where_display()}. Say that it was signed there.")
    return known or _new(statement, stamp, where, "", by=by, at=at)


def _new(
    statement: StatementOfWork, stamp: Stamp, where: str, envelope: str, *, by: User, at: datetime
) -> Signing:
    period = timedelta(days=value_of(SIGNING_DAYS, localdate(at)))
    return Signing.objects.create(
        statement=statement,
        stamp=stamp,
        sha256=stamp.sha256,
        where=where,
        envelope=envelope,
        sent_by=by,
        sent_at=at,
        routed_by=by,
        expires_at=at + period,
    )


def _note(signing: Signing, side: SigningSide, word: Word) -> None:
    """Unless the service told of somebody of that side already."""
    told = signing.signers.filter(side=side, turn=SignerTurn.SIGNED)
    if told.exists():
        return
    signing.signers.filter(side=side, turn__in=PENDING).update(turn=SignerTurn.DROPPED)
    Signer.objects.create(
        signing=signing,
        place=1 if side == SigningSide.OURS else 2,
        side=side,
        name=word.name,
        turn=SignerTurn.SIGNED,
        typed=word.name,
        done_at=datetime.combine(word.on, time(12), get_current_timezone()),
    )


def _insist_on_days(stamp: Stamp, ours: Word, customer: Word, at: datetime) -> None:
    for word in (ours, customer):
        if not stamp.date <= word.on <= localdate(at):
            raise Refused(
                f"{word.name} can have signed from {stamp.date:%-d %b %Y}, the day of the stamp, "
                "to today. Check the date."
            )


def _content(file: BinaryIO) -> bytes:
    file.seek(0)
    content = file.read(MOST_BYTES + 1)
    if not content or len(content) > MOST_BYTES:
        raise Refused(f"Send the executed file as one PDF of up to {MOST_BYTES // 10**6} MB.")
    try:
        kind_of("executed.pdf", BytesIO(content))
    except NotTaken as reason:
        raise Refused(str(reason)) from None
    return content
