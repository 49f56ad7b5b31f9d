"""Seals on documents: a PDF as it left the desk, provably unchanged since.

The key and its certificate are a PKCS #12 file that ``EMDESK_SEAL`` names. A desk on one machine
makes its own; a server never does, because a seal is worth what its certificate is worth.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

Found = TypeVar("Found")
FIELD = "Seal"
YEARS = timedelta(days=3_650)
BITS = 3_072
SIGNATURE = 4_096  # bytes it takes beside the certificates, generously


class Unsealable(Exception):
    """There is no seal to use; says what to do."""


@dataclass(frozen=True)
class Seal:
    """What a sealed document says of itself.

    ``whole``: no byte changed and none was added since; ``ours``: sealed with this desk's key.
    """

    by: str
    at: datetime | None
    reason: str
    whole: bool
    ours: bool

    @property
    def good(self) -> bool:
        return self.whole and self.ours


def seal(pdf: bytes, reason: str) -> bytes:
    """The same document with a seal that forbids every later change."""
    return _apart(lambda: _sealed(pdf, reason))


def verify(pdf: bytes) -> Seal | None:
    """What the document's seal proves; None for one that has none, or is no PDF any more."""
    return _apart(lambda: _verified(pdf))


def _apart(work: Callable[[], Found]) -> Found:
    """In a thread of its own: pyHanko starts an event loop, and no thread may have two."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def _sealed(pdf: bytes, reason: str) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import (  # noqa: PLC0415 (slow import)
        IncrementalPdfFileWriter,
    )
    from pyhanko.sign import fields, signers  # noqa: PLC0415

    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        reason=reason,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        subfilter=fields.SigSeedSubFilter.PADES,
    )
    signer = _signer()
    sealed: Any = signers.sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)),
        about,
        signer=signer,
        output=BytesIO(),
        bytes_reserved=_room(signer),
    )
    return bytes(sealed.getvalue())


def _room(signer: SimpleSigner) -> int:
    """Hex digits for the signature, so that it need not be made once to be measured."""
    certificates: Any = [signer.signing_cert, *signer.cert_registry]
    return 2 * (SIGNATURE + sum(len(each.dump()) for each in certificates))


def _verified(pdf: bytes) -> Seal | None:
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 (slow import)

    own: Any = _signer().signing_cert
    try:
        found = PdfFileReader(BytesIO(pdf)).embedded_signatures
    except Exception:  # noqa: BLE001 (whatever it stumbles over, it is no PDF to rely on)
        return None
    if not found:
        return None
    try:
        return _judged(found[0], own)
    except Exception:  # noqa: BLE001 (a changed file may break the library anywhere)
        return Seal(by="", at=None, reason="", whole=False, ours=False)


def _judged(found: EmbeddedPdfSignature, own: Any) -> Seal:
    from pyhanko.sign.validation import validate_pdf_signature  # noqa: PLC0415 (slow import)
    from pyhanko.sign.validation.status import SignatureCoverageLevel  # noqa: PLC0415
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    context = ValidationContext(trust_roots=[own], allow_fetching=False)
    status = validate_pdf_signature(found, context)
    everything = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    signer: Any = found.signer_cert
    return Seal(
        by=str(signer.subject.native.get("common_name", "")),
        at=found.self_reported_timestamp,
        reason=str(found.sig_object.get("/Reason", "")),
        whole=bool(status.intact and status.valid and everything and _nothing_behind(found)),
        ours=bool(signer.sha256 == own.sha256),
    )


def _nothing_behind(found: EmbeddedPdfSignature) -> bool:
    """The room left behind the signature is signed by nobody, and so has to be empty."""
    from asn1crypto.cms import ContentInfo  # noqa: PLC0415 (slow import)

    content: bytes = found.pkcs7_content
    size = len(ContentInfo.load(content).dump())
    return not content[size:].strip(b"\0")


def _signer() -> SimpleSigner:
    path: Path = settings.EMDESK_SEAL
    if not path.exists():
        if settings.PRODUCTION:
            raise Unsealable(
                f"There is no seal at {path}. Put the key and certificate there, or set EMDESK_SEAL."
            )
        make_own(path)
    found = _loaded(path, settings.EMDESK_SEAL_PASSWORD, path.stat().st_mtime_ns)
    if found is None:
        raise Unsealable(f"{path} cannot be read as PKCS #12. Check EMDESK_SEAL_PASSWORD.")
    return found


@lru_cache(maxsize=1)
def _loaded(path: Path, password: str, changed: int) -> SimpleSigner | None:
    """Kept while the file stays as it is: proving a key takes longer than using it."""
    from pyhanko.sign.signers import SimpleSigner  # noqa: PLC0415 (slow import)

    load: Any = SimpleSigner.load_pkcs12
    found: SimpleSigner | None = load(str(path), passphrase=password.encode() or None)
    return found


def make_own(path: Path) -> None:
    """A key with a certificate that vouches for itself; whoever comes first makes it for all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(draft, "xb", opener=_private) as file:
        file.write(_self_made(datetime.now(UTC)))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _self_made(at: datetime) -> bytes:
    from cryptography import x509  # noqa: PLC0415 (only when there is no key yet)
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: PLC0415

    key = rsa.generate_private_key(public_exponent=65_537, key_size=BITS)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "emdesk, self-made seal")])
    uses = dict.fromkeys(
        (
            *("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign"),
            *("crl_sign", "encipher_only", "decipher_only"),
        ),
        False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, **uses), critical=True
        )
        .sign(key, hashes.SHA256())
    )
    password = settings.EMDESK_SEAL_PASSWORD.encode()
    locked: Any = (
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption()
    )
    return pkcs12.serialize_key_and_certificates(b"emdesk", key, certificate, None, locked)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
