"""What is sent to other hosts reaches no host of our own network, by whatever way."""

from __future__ import annotations

import json
import socket
from contextlib import suppress

import pytest

from emdesk import outbound
from emdesk.outbound import Answered, Inside, Unreached, is_public, post_json, split
from tests.reports import report
from tests.webhooks import NAME, hosting, leads_to

OURS = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.255.255",
    "169.254.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2002:a9fe:a9fe::",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "100::1",
]
OTHERS = ["1.1.1.1", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "2002:808:808::"]
SPELLINGS = [
    "127.1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "127.0.0.1.",
    "localhost",
    "0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "0x7f.1",
    "169.254.169.254",
    "[fd00:ec2::254]",
    "2852039166",
]


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A host that counts as somebody else's, though it is here."""
    with hosting(tmp_path) as found:
        monkeypatch.setattr(outbound, "trust", lambda: found.trusted)
        monkeypatch.setattr(outbound, "is_public", lambda address: address == "127.0.0.1")
        monkeypatch.setattr(socket, "getaddrinfo", leads_to("127.0.0.1"))
        yield found


def test_no_address_of_our_own_is_public_however_it_is_wrapped():
    assert [address for address in OURS if is_public(address)] == []
    assert all(map(is_public, OTHERS))


def test_a_host_with_one_address_inside_is_not_spoken_to(monkeypatch):
    """Not even when its other addresses are public, and nothing is connected before all are known."""
    reached = []
    monkeypatch.setattr(socket, "create_connection", lambda place, *_: reached.append(place))
    for address in OURS:
        monkeypatch.setattr(socket, "getaddrinfo", leads_to("8.8.8.8", address))
        with pytest.raises(Inside):
            post_json("https://hooks.example/", {})

    report("security", "S10 addresses", tried=len(OURS), escapes=len(reached))
    assert reached == []


def test_no_spelling_of_a_number_leads_inside(monkeypatch):
    reached = []
    monkeypatch.setattr(socket, "create_connection", lambda place, *_: reached.append(place))
    for spelling in SPELLINGS:
        with pytest.raises(Unreached):
            post_json(f"https://{spelling}/latest/meta-data/", {})

    report("security", "S10 spellings", tried=len(SPELLINGS), escapes=len(reached))
    assert reached == []


def test_the_connection_goes_to_the_address_that_was_checked(host, monkeypatch):
    """The name is resolved once: a second answer, as rebinding gives it, is never asked for."""
    answers = iter(["127.0.0.1", "127.0.0.2"])
    asked = []

    def rebinding(name, *more, **named):
        asked.append(name)
        return leads_to(next(answers) if name == NAME else "")(name, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    post_json(host.url, {"text": "Hello"})

    ((where, body),) = host.taken
    assert where == f"{NAME}:{host.port} /services/T0/B0/canary-secret"
    assert json.loads(body) == {"text": "Hello"}
    assert asked.count(NAME) == 1


def test_a_redirect_is_not_followed(host, monkeypatch):
    host.elsewhere = f"https://{NAME}:{host.port}/elsewhere"
    with pytest.raises(Answered) as refused:
        post_json(host.url, {})

    report("security", "S10 redirects", tried=1, followed=len(host.taken) - 1)
    assert (refused.value.status, len(host.taken)) == (302, 1)


def test_a_host_that_cannot_prove_its_name_gets_nothing(host, monkeypatch):
    with pytest.raises(Unreached):
        post_json(host.url.replace(NAME, "other.example"), {})
    assert host.taken == []


def test_no_error_names_the_secret_in_the_address(host):
    said = []
    host.status = 404
    for url in (host.url, "https://other.example/services/T0/B0/canary-secret"):
        with suppress(Exception):
            post_json(url, {})
            pytest.fail("it was taken")
        try:
            post_json(url, {})
        except (Answered, OSError) as error:
            said.append(f"{type(error).__name__}: {error!r}")
    assert len(said) == 2
    assert not [text for text in said if "canary" in text]


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/x",
        "https:///x",
        "https://me:secret@hooks.slack.com/",
        "https://hooks.slack.com:0/",
        "https://hooks.slack.com/a b",
        "https://hooks.slack.com/\r\nHost: x",
        "ftp://x.example",
        "",
    ],
)
def test_only_a_plain_https_address_is_one(url):
    with pytest.raises(ValueError, match="address"):
        split(url)
