"""Sending a stamped statement of work for signature, and who of the customer signs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.transaction import atomic
from django.utils.timezone import localdate

from emdesk.configuration.values import value_of
from emdesk.ledger.models import Origin
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh
from sow import rules
from sow.legal import out_of_step
from sow.models import (
    Place,
    Signer,
    SignerTurn,
    Signing,
    SigningSide,
    Stamp,
    StatementOfWork,
)
from sow.settings import CUSTOMER_FIRST, OURS_FIRST, SIGNING_DAYS
from sow.signatories import away, first_named, signatories
from sow.signing.holding import (
    REPLACED,
    ROUTED,
    SENT,
    Over,
    in_hand,
    insist_on_out,
    tell,
)
from sow.signing.turning import advance, ask_customer, sent_to_customer
from sow.stamping import standing

FIRST, SECOND = 10, 20
MOST_CUSTOMERS, MOST_OURS = 4, 2


@dataclass(frozen=True)
class Named:
    """Somebody of the customer who signs; those of one ``order`` at the same time."""

    name: str
    email: str
    time_zone: str = "UTC"
    order: int = 1


def send(
    statement: StatementOfWork,
    *,
    ours: Sequence[User],
    by: User,
    at: datetime,
    customers: Sequence[Named] = (),
    order: str = OURS_FIRST,
    in_turn: bool = True,
    seen: int | None = None,
    note: str = "",
    why: str = "",
    days: int | None = None,
    origin: str = Origin.PERSON,
) -> Signing:
    """Put the stamped file to our signatories and, by who may, to the customer.

    ``ours`` sign one after the other, or with ``in_turn`` off together; ``seen`` is the version
    the person looked at, ``why`` the reason for another signatory than the one who is named.
    Raises :class:`Refused`, saying what would make it possible, and :class:`NotAllowed`.
    """
    with atomic():
        issue = fresh(statement.issue)
        if not rules.routes_ours(issue, by):
            raise NotAllowed("Its EM or a lead sends it to our signatories.")
        if customers and not rules.routes_customer(issue, by):
            raise NotAllowed("Who speaks with the customer sends it to them. Leave them out.")
        statement = StatementOfWork.objects.select_related("issue").get(pk=statement.pk)
        stamp = _stamp(statement, seen)
        if wrong := out_of_step(statement, at):
            raise Refused(wrong)
        _insist_on_people(ours, by, why, at)
        period = timedelta(days=days or value_of(SIGNING_DAYS, localdate(at)))
        ours_first = order == OURS_FIRST
        signing = Signing.objects.create(
            statement=statement,
            stamp=stamp,
            sha256=stamp.sha256,
            customer_place=SECOND if ours_first else FIRST,
            note=note,
            sent_by=by,
            sent_at=at,
            expires_at=at + period,
        )
        base = SECOND if order == CUSTOMER_FIRST else FIRST
        for step, user in enumerate(ours):
            _sign_up(signing, user, base + (step if in_turn else 0))
        said: dict[str, Any] = {"ours": [user.name for user in ours], "order": order, "why": why}
        tell(signing, SENT, by=by, at=at, origin=origin, **said)
        if customers:
            _route(signing, customers, by=by, at=at, origin=origin)
        advance(signing, at=at, origin=origin, insist=True)
    return signing


def route(
    signing: Signing,
    customers: Sequence[Named],
    *,
    by: User,
    at: datetime,
    origin: str = Origin.PERSON,
) -> None:
    """Name who signs for the customer; they are asked when their turn comes."""
    with atomic():
        signing = in_hand(signing)
        if not rules.routes_customer(signing.statement.issue, by):
            raise NotAllowed("Who speaks with the customer, as agreed for this deal, sends it.")
        insist_on_out(signing)
        known = signing.signers.filter(side=SigningSide.CUSTOMER)
        if known.exclude(turn=SignerTurn.DROPPED).exists():
            raise Over("It is sent to the customer already. Look at who was named.")
        _route(signing, customers, by=by, at=at, origin=origin)
        advance(signing, at=at, origin=origin)


def replace(
    signer: Signer, to: Named, *, why: str, by: User, at: datetime, origin: str = Origin.PERSON
) -> Signer:
    """Somebody else signs in a customer's place; the first one's link is over."""
    with atomic():
        signing = in_hand(signer.signing)
        old = signing.signers.get(pk=signer.pk)
        if not rules.routes_customer(signing.statement.issue, by):
            raise NotAllowed("Who speaks with the customer, as agreed for this deal, says who.")
        insist_on_out(signing)
        if old.ours or old.turn not in {SignerTurn.LATER, SignerTurn.ASKED}:
            raise Over(f"{old.name}: {old.get_turn_display().lower()}. Nothing was changed.")
        if not why.strip():
            raise Refused("Say why somebody else signs.")
        _insist_on_new(signing, [to])
        was, old.turn, old.remind_at = old.turn, SignerTurn.DROPPED, None
        old.save(update_fields=["turn", "remind_at"])
        new = _customer(signing, to, old.place)
        said = {"was": old.name, "why": why.strip()}
        tell(signing, REPLACED, by=by, at=at, signer=new, origin=origin, **said)
        if was == SignerTurn.ASKED:
            new.turn, new.asked_at = SignerTurn.ASKED, at
            new.save(update_fields=["turn", "asked_at"])
            if signing.where == Place.HERE:
                ask_customer(new, at=at, origin=origin)
                sent_to_customer(signing, at=at, origin=origin)
    return new


def _stamp(statement: StatementOfWork, seen: int | None) -> Stamp:
    stamp = standing(statement)
    if not statement.issue.live:
        raise Refused(f"{statement.issue.reference} is closed. Reopen it first.")
    if stamp is None:
        raise Refused(f"{statement.number} has no legal stamp that stands. Legal gives it.")
    if seen is not None and seen != stamp.version.number:
        raise Refused(f"{stamp.version.name} is stamped by now. Look at it first.")
    if known := statement.signings.filter(standing__in=["out", "signed", "executed"]).first():
        stands = known.get_standing_display().lower()
        raise Refused(f"{statement.number} is {stands} already.")
    return stamp


def _insist_on_people(ours: Sequence[User], by: User, why: str, at: datetime) -> None:
    able = set(signatories())
    if not ours or len(ours) > MOST_OURS or len(set(ours)) < len(ours):
        raise Refused(f"Choose one signatory of ours, or {MOST_OURS} different ones.")
    if strangers := [user.name for user in ours if user not in able]:
        raise Refused(f"{strangers[0]} may not sign for us. Choose a signatory.")
    if by in ours:
        raise Refused("Who sends it does not sign it. Choose another signatory.")
    first = first_named(at)
    if first and first not in ours and first != by and not away(first, at) and not why.strip():
        raise Refused(f"{first.name} signs for us and is here. Say why somebody else does.")


def _route(
    signing: Signing, customers: Sequence[Named], *, by: User, at: datetime, origin: str
) -> None:
    if not customers or len(customers) > MOST_CUSTOMERS:
        raise Refused(f"Name one to {MOST_CUSTOMERS} people who sign for the customer.")
    _insist_on_new(signing, customers)
    signing.routed_by = by
    signing.save(update_fields=["routed_by"])
    for each in customers:
        _customer(signing, each, signing.customer_place + each.order - 1)
    names = [each.name for each in customers]
    tell(signing, ROUTED, by=by, at=at, origin=origin, customers=names)


def _insist_on_new(signing: Signing, people: Sequence[Named]) -> None:
    """Nobody signs twice; a colleague of ours does not sign for the customer."""
    known = signing.signers.exclude(turn=SignerTurn.DROPPED).values_list("email", flat=True)
    seen = {address.lower() for address in known}
    for each in people:
        if each.email.lower() in seen:
            raise Refused(f"{each.email} is named twice. Each signs once.")
        seen.add(each.email.lower())
        if User.objects.active().filter(email__iexact=each.email).exists():
            raise Refused(f"{each.email} is a colleague of yours. Name who signs for the customer.")


def _customer(signing: Signing, named: Named, place: int) -> Signer:
    return Signer.objects.create(
        signing=signing,
        place=place,
        side=SigningSide.CUSTOMER,
        name=named.name,
        email=named.email,
        time_zone=named.time_zone,
    )


def _sign_up(signing: Signing, user: User, place: int) -> None:
    Signer.objects.create(
        signing=signing,
        place=place,
        side=SigningSide.OURS,
        user=user,
        name=user.name,
        email=user.email,
        time_zone=user.time_zone,
    )
