"""A signed-in visitor: one kept connection, cookies, and the cost of each reply."""

from __future__ import annotations

import gzip
import http.client
import time
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import SimpleCookie
from urllib.parse import urlencode


@dataclass(frozen=True)
class Reply:
    """An answer: how long it took, what it cost the server, what came over the wire."""

    status: int
    took: float
    cpu: float
    statements: int
    wire: bytes
    packed: bool

    @property
    def body(self) -> bytes:
        return gzip.decompress(self.wire) if self.packed else self.wire


class Visitor:
    """Speaks HTTP as a browser behind a proxy that ends TLS would."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.port = port
        self.cookies = dict(cookies or {})
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def sign_in(self, login: str, password: str) -> None:
        self.get("/account/login/")
        reply = self.post("/account/login/", {"login": login, "password": password})
        if reply.status != HTTPStatus.FOUND:
            raise ConnectionError(f"{login} cannot sign in: {reply.status}")

    def again(self) -> Visitor:
        """The same person in another window."""
        return Visitor(self.port, self.cookies)

    def get(self, path: str) -> Reply:
        return self._ask("GET", path, {}, None)

    def post(self, path: str, fields: dict[str, str], page: str = "") -> Reply:
        """Send a form; with ``page`` as htmx does from there."""
        token = next((kept for name, kept in self.cookies.items() if "csrf" in name), "")
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": token}
        if page:
            headers |= {"HX-Request": "true", "HX-Current-URL": f"{self._origin}{page}"}
        return self._ask("POST", path, headers, urlencode(fields))

    @property
    def _origin(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def _ask(self, method: str, path: str, headers: dict[str, str], body: str | None) -> Reply:
        headers = headers | {
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Origin": self._origin,
            "X-Cost": "please",
            "X-Forwarded-Proto": "https",
        }
        began = time.perf_counter()
        self.line.request(method, path, body, headers)
        answer = self.line.getresponse()
        wire = answer.read()
        took = time.perf_counter() - began
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: kept.value for name, kept in SimpleCookie(line).items()}
        return Reply(
            status=answer.status,
            took=took,
            cpu=float(answer.headers.get("X-CPU", 0)),
            statements=int(answer.headers.get("X-Statements", 0)),
            wire=wire,
            packed=answer.headers.get("Content-Encoding") == "gzip",
        )
