"""Whose turn it is to sign, how each is asked, and how a signing ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.transaction import atomic, on_commit
from django.utils.timezone import localdate

from emdesk.approvals.asking import supersede
from emdesk.approvals.clock import USUAL_WEEK
from emdesk.calendars.hours import Hours, Timetable, due
from emdesk.configuration.values import value_of
from emdesk.ledger.models import Origin
from emdesk.people.models import User
from emdesk.workflow import Refused
from scoping.deeds import DEEDS
from scoping.promises import note as note_deed
from scoping.promises import standing as deeds_of
from sow.models import Place, Progress, Signer, SignerTurn, Signing, SigningSide
from sow.settings import SIGNER_HOURS, SIGNER_REMINDERS
from sow.signing.holding import ALL_SIGNED, ASKED, by_emdesk, tell
from sow.signing.links import make_link, write

NOBODY = (
    "Nobody can sign for us: of the signatories nobody is left who did not write, send, approve or "
    "stamp it. Ask an administrator to give somebody the role."
)
PENDING = (SignerTurn.LATER, SignerTurn.ASKED)


def advance(
    signing: Signing, *, at: datetime, origin: str = Origin.PERSON, insist: bool = False
) -> None:
    """Ask those whose turn it is now; once everybody has signed, that is the end of it.

    With ``insist`` it raises :class:`Refused` when nobody could sign for us; otherwise that is
    tried again later, for what others signed stands.
    """
    signers = list(signing.signers.select_related("user"))
    pending = [each for each in signers if each.turn in PENDING]
    routed = any(not each.ours for each in signers if each.turn != SignerTurn.DROPPED)
    if not pending:
        if routed and any(each.ours and each.signed for each in signers):
            end(signing, Progress.SIGNED, ALL_SIGNED, by=None, at=at, origin=origin)
        return
    place = min(each.place for each in pending)
    if place > signing.customer_place and not routed:
        return
    group = [each for each in pending if each.place == place and each.turn == SignerTurn.LATER]
    for each in group:
        each.signing = signing
        each.turn, each.asked_at = SignerTurn.ASKED, at
        each.save(update_fields=["turn", "asked_at"])
    if signing.where == Place.HERE:
        _ask(signing, group, at, origin, insist=insist)


def _ask(signing: Signing, group: list[Signer], at: datetime, origin: str, *, insist: bool) -> None:
    ours = [each for each in group if each.side == SigningSide.OURS]
    if ours and not put_to_ours(signing, ours, at=at, origin=origin) and insist:
        raise Refused(NOBODY)
    customers = [each for each in group if each.side == SigningSide.CUSTOMER]
    for each in customers:
        ask_customer(each, at=at, origin=origin)
    if customers:
        sent_to_customer(signing, at=at, origin=origin)


def put_to_ours(signing: Signing, signers: list[Signer], *, at: datetime, origin: str) -> bool:
    """Whether there is somebody who can sign for us."""
    from sow.signing.ours import ask_ours  # noqa: PLC0415 (the approval leads back here)

    try:
        with atomic():
            ask_ours(signing, signers, at=at, origin=origin)
    except Refused:
        return False
    return True


def ask_customer(signer: Signer, *, at: datetime, origin: str = Origin.PERSON) -> None:
    """By mail, with a link of their own; their clock for reminders starts."""
    signing = signer.signing
    signer.reminded, signer.remind_at = 0, reminder_after(signer, 0, at)
    signer.save(update_fields=["reminded", "remind_at"])
    event = tell(signing, ASKED, by=None, at=at, signer=signer, origin=by_emdesk(origin))
    mail_link(signer, event, "ask", at=at)


def mail_link(signer: Signer, event: Any, what: str, *, at: datetime) -> None:
    signing = signer.signing
    sender = signing.routed_by or signing.sent_by
    link = make_link(signer, at=at, until=signing.expires_at)
    write(signer, event, what, at=at, link=link, note=signing.note, sender=sender.name)


def reminder_after(signer: Signer, told: int, at: datetime) -> datetime | None:
    """When so many office hours more have passed where they work; None after the last one."""
    if told >= value_of(SIGNER_REMINDERS, localdate(at)):
        return None
    hours = timedelta(hours=value_of(SIGNER_HOURS, localdate(at)))
    table = Timetable(ZoneInfo(signer.time_zone), USUAL_WEEK)
    return due(at, hours, Hours.OFFICE, table)


def sent_to_customer(signing: Signing, *, at: datetime, origin: str) -> None:
    """The promise of a stamped SOW is kept by it (domain.md Q-09)."""
    deed_done(signing, "stamped_sow_sent", signing.routed_by or signing.sent_by, at, origin)


def deed_done(signing: Signing, key: str, by: User, at: datetime, origin: str) -> None:
    """Note a deed of the clocks, once, by whoever may; the demo tells its own."""
    issue, deed = signing.statement.issue, DEEDS[key]
    if origin != Origin.PERSON or key in deeds_of(issue)[issue.pk]:
        return
    try:
        note_deed(issue, deed, by=by, at=at)
    except Refused:
        return


def end(
    signing: Signing,
    standing: Progress,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    why: str = "",
    signer: Signer | None = None,
    origin: str = Origin.PERSON,
    **said: Any,
) -> None:
    """It ended: nobody is asked any more, and customers who were are told."""
    asked = list(signing.signers.filter(turn=SignerTurn.ASKED).select_related("user"))
    signing.standing, signing.ended_at, signing.why = standing, at, why
    signing.save(update_fields=["standing", "ended_at", "why"])
    left = signing.signers.filter(turn__in=PENDING)
    left.update(turn=SignerTurn.DROPPED, remind_at=None)
    said |= {"asked": [each.user_id for each in asked if each.user_id]}
    event = tell(signing, verb, by=by, at=at, signer=signer, origin=origin, **said)
    if signing.where == Place.HERE:
        _call_off(signing, asked, event, by=by, at=at, origin=origin)
    if standing == Progress.SIGNED and signing.where == Place.HERE:
        from sow.signing.tasks import execute_signing  # noqa: PLC0415 (tasks lead back here)

        on_commit(lambda: execute_signing.delay(signing.pk) and None, robust=True)


def _call_off(
    signing: Signing, asked: list[Signer], event: Any, *, by: User | None, at: datetime, origin: str
) -> None:
    from sow.signing.ours import CHAIN  # noqa: PLC0415 (the approval leads back here)

    supersede(CHAIN, signing.statement.issue, by=by or signing.sent_by, at=at, origin=origin)
    for each in asked:
        if each.side == SigningSide.CUSTOMER:
            each.signing = signing
            write(each, event, "over", at=at)
