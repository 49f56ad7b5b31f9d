"""Posting to addresses that people wrote down, never to a host of our own network.

The host's name is resolved once, every address it has is checked, and the connection goes to one
that was checked: an answer of the name server that changes in between, or a redirect, leads nowhere.
"""

from __future__ import annotations

import json
import socket
import ssl
from contextlib import closing
from http.client import HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

TIMEOUT = 7  # seconds for each step
MOST_READ = 300
HTTPS = 443
TRANSLATED = IPv6Network("64:ff9b::/96")  # an IPv4 address stands in its last bits
TRANSLATED_HERE = IPv6Network("64:ff9b:1::/48")
NOBODYS = IPv4Network("192.0.0.0/24")
AZURE = IPv4Address("168.63.129.16")  # public by its number, yet only seen inside


class Unreached(OSError):
    """Nothing was sent: the host is not there, or not to be spoken to."""


class Inside(Unreached):
    """The host has an address of our own network, or one that is nobody's."""


class Answered(Exception):
    """The host said no."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"the answer was {status} {said}".strip())
        self.status = status


def is_public(address: str) -> bool:
    """Whether this is the address of somebody else's host, also when it is wrapped in another."""
    found = ip_address(address)
    return all(map(_is_global, (found, *_within(found))))


def _is_global(found: IPv4Address | IPv6Address) -> bool:
    if found in NOBODYS or found == AZURE:
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _within(found: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """The addresses that an IPv6 address stands for."""
    if isinstance(found, IPv4Address):
        return []
    if found in TRANSLATED:
        return [IPv4Address(int(found) & 0xFFFFFFFF)]
    if found in TRANSLATED_HERE or found.is_site_local:
        return [IPv4Address("0.0.0.0")]  # noqa: S104 (stands for: not public)
    return [each for each in (found.ipv4_mapped, found.sixtofour, *(found.teredo or ())) if each]


def split(url: str) -> SplitResult:
    """The parts of an https address without a user in it, or :class:`ValueError` with what to do."""
    found = urlsplit(url)
    if found.scheme != "https" or not found.hostname or found.username is not None:
        raise ValueError("Write an address that begins with https:// and names a host.")
    if found.port == 0 or not url.isprintable() or " " in url:
        raise ValueError("Copy the address again; there are signs in it that no address has.")
    return found


def post_json(url: str, said: dict[str, Any]) -> None:
    """Hand this over; :class:`Answered`, :class:`Unreached` or another OSError when it fails."""
    place = split(url)
    host, port = str(place.hostname), place.port or HTTPS
    with closing(_connected(host, port)) as line:
        path = f"{place.path or '/'}{'?' if place.query else ''}{place.query}"
        try:
            line.request("POST", path, json.dumps(said), {"Content-Type": "application/json"})
            answer = line.getresponse()
            text = answer.read(MOST_READ).decode(errors="replace")
        except HTTPException as error:
            raise ConnectionError(f"no answer: {type(error).__name__}") from None
    if not 200 <= answer.status < 300:
        raise Answered(answer.status, " ".join(text.split())[:100])


def addresses_of(host: str, port: int) -> list[str]:
    """Every address the host has, or :class:`Inside` when one of them is not public."""
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise Unreached("the host has no address") from None
    if not all(map(is_public, found)):
        raise Inside("the host is in our own network")
    return sorted(found)


def _connected(host: str, port: int) -> HTTPSConnection:
    line = HTTPSConnection(host, port, timeout=TIMEOUT)
    for address in addresses_of(host, port):
        try:
            plain = socket.create_connection((address, port), TIMEOUT)
        except OSError:
            continue
        try:
            line.sock = trust().wrap_socket(plain, server_hostname=host)
        except OSError as error:
            plain.close()
            raise Unreached(f"no safe connection: {type(error).__name__}") from None
        return line
    raise Unreached("the host does not answer")


def trust() -> ssl.SSLContext:
    """Whose word is taken for who a host is."""
    return ssl.create_default_context()
