"""A stamped SOW out for signature, without the approvals before it, which are asked about elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from emdesk.files.storing import keep
from emdesk.people.models import User
from sow.models import Document, Purpose, Signer, SignerLink, Signing, Stamp, StatementOfWork
from sow.settings import CUSTOMER_FIRST
from sow.signing.links import hashed
from sow.signing.sending import Named, send


def stamped_by_hand(statement: StatementOfWork, legal: User, at: datetime) -> Stamp:
    """Its file is a few bytes that say which one it is."""
    version = statement.head
    document = Document.objects.create(
        statement=statement, version=version, purpose=Purpose.STAMPED, asked_by=legal, asked_at=at
    )
    pdf = BytesIO(f"%PDF-1.7\n% {statement.number}\n%%EOF\n".encode())
    file = keep(document, pdf, document.name, by=legal, at=at)
    Document.objects.filter(pk=document.pk).update(
        file=file, sha256=file.sha256, size=file.size, made_at=at
    )
    return Stamp.objects.create(
        statement=statement,
        version=version,
        document=document,
        sha256=file.sha256,
        by=legal,
        at=at,
        name=legal.name,
        date=at.date(),
        text="Approved for signature",
    )


def out(
    statement: StatementOfWork,
    ours: Sequence[User],
    em: User,
    at: datetime,
    order: str = CUSTOMER_FIRST,
    names: Sequence[str] = ("Casey",),
) -> Signing:
    """Sent to these customers, who sign at the same time, and to ours."""
    customers = [
        Named(f"{name} Customer", f"{name.lower()}@customer.example", order=1) for name in names
    ]
    return send(statement, by=em, at=at, order=order, ours=ours, customers=customers)


def linked(signer: Signer, token: str) -> SignerLink:
    """A link whose secret the test knows."""
    signing = signer.signing
    return SignerLink.objects.create(
        signer=signer, token_hash=hashed(token), made_at=signing.sent_at, until=signing.expires_at
    )
