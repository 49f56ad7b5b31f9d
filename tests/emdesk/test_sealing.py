"""Seals: what is sealed can be proven whole and ours, and any change shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from emdesk.paper import pdf_of
from emdesk.sealing import Unsealable, make_own, seal, verify

REASON = "Frozen by Rafael Quintero"


@pytest.fixture(scope="module")
def page() -> bytes:
    return pdf_of("<!DOCTYPE html><html lang='en'><title>Q</title><p>Won 5 of 8</p></html>")


@pytest.fixture
def own(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("emdesk.sealing.BITS", 2_048)  # a long key takes seconds to make
    settings.EMDESK_SEAL = tmp_path / "keys" / "seal.p12"
    settings.EMDESK_SEAL_PASSWORD = "hedgehog"
    settings.PRODUCTION = False
    return settings.EMDESK_SEAL


def test_what_is_sealed_is_whole_ours_and_says_why(page: bytes, own: Path) -> None:
    sealed = seal(page, REASON)
    found = verify(sealed)
    assert sealed.startswith(page)
    assert found is not None
    assert (found.good, found.reason, found.by) == (True, REASON, "emdesk, self-made seal")
    assert found.at is not None
    assert own.stat().st_mode & 0o777 == 0o600
    assert verify(page) is None
    assert verify(b"no document") is None


def test_a_changed_byte_shows_and_so_does_whatever_is_added(page: bytes, own: Path) -> None:
    sealed = seal(page, REASON)
    at = sealed.index(b"/Producer") + 12
    changed = verify(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :])
    assert changed is not None
    assert not changed.whole
    added = verify(sealed + b"\n% and more\n")
    assert added is None or not added.whole


@pytest.mark.parametrize("step", [4_001, pytest.param(3, marks=pytest.mark.full)])
def test_no_changed_byte_passes_wherever_it_is(page: bytes, own: Path, step: int) -> None:
    """Signature and certificate too, and the room left behind them."""
    sealed = seal(page, REASON)
    for at in range(step // 2, len(sealed), step):
        found = verify(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :])
        assert found is None or not found.good, at


def test_anothers_seal_is_whole_and_not_ours(page: bytes, own: Path) -> None:
    sealed = seal(page, REASON)
    own.unlink()
    found = verify(sealed)
    assert found is not None
    assert (found.whole, found.ours, found.good) == (True, False, False)


def test_a_key_once_made_stays(page: bytes, own: Path) -> None:
    make_own(own)
    before = own.read_bytes()
    make_own(own)
    assert own.read_bytes() == before
    assert [each.name for each in own.parent.iterdir()] == ["seal.p12"]


def test_a_server_makes_no_key_and_says_what_is_missing(page: bytes, own: Path, settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(Unsealable, match="EMDESK_SEAL"):
        seal(page, REASON)
    settings.PRODUCTION = False
    make_own(own)
    settings.EMDESK_SEAL_PASSWORD = "wrong"
    with pytest.raises(Unsealable, match="PASSWORD"):
        seal(page, REASON)
