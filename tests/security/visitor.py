"""Somebody at the desk: signed in by the sign-in page, asking as a browser asks."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

from django.core.files.base import File
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import encode_multipart
from django.utils.http import urlencode

WRITE = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)', re.IGNORECASE)
OF_THE_SESSION = {"django_session", "cache"}
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/board/"}
PASSWORD = "correct horse battery"
BOUNDARY = "a-boundary-of-the-tests"
BOUNDED = f"multipart/form-data; boundary={BOUNDARY}"
URLENCODED = "application/x-www-form-urlencoded"


class Visitor(Client):
    """Every answer is looked at, and taken back: the next question finds the desk as it was."""

    def __init__(self, **options: Any) -> None:
        super().__init__(raise_request_exception=False, **options)
        self.kept = ""
        self.written: set[str] = set()
        self.fault = ""

    def request(self, **request: Any) -> HttpResponse:
        """Without the notes on templates that Django's client takes; they cost half the time."""
        self.fault = ""
        got_request_exception.connect(self._note_fault)
        response = self.handler(self._base_environ(**request))
        got_request_exception.disconnect(self._note_fault)
        self.cookies.update(response.cookies)
        return response

    def sign_in(self, email: str, password: str = PASSWORD) -> Visitor:
        said = {"login": email, "password": password}
        assert self.post("/account/login/", said).status_code == 302, f"{email} stays outside"
        self.kept = self.cookies.output(header="", sep=";")
        return self

    def ask(
        self, path: str, method: str = "GET", data: dict[str, Any] | None = None, **headers: Any
    ) -> HttpResponse:
        """One question, undone afterwards; ``written`` names the tables it wrote to."""
        with transaction.atomic(), self._noting_writes():
            response = self.look(path, method, data, **headers)
            transaction.set_rollback(True)
        return response

    def look(
        self, path: str, method: str = "GET", data: dict[str, Any] | None = None, **headers: Any
    ) -> HttpResponse:
        """One question, and what it does to the desk stays."""
        self.cookies = SimpleCookie(self.kept)
        response = self._send(path, method, data or {}, headers)
        response.page = page_of(response)  # type: ignore[attr-defined]
        return response

    def _send(
        self, path: str, method: str, data: dict[str, Any], headers: dict[str, Any]
    ) -> HttpResponse:
        if method in ("GET", "HEAD"):
            return getattr(self, method.lower())(path, data, **headers)
        if any(isinstance(value, File) for value in data.values()):
            body = encode_multipart(BOUNDARY, data)
            return self.generic(method, path, body, BOUNDED, **headers)
        body = urlencode(data, doseq=True).encode()
        return self.generic(method, path, body, URLENCODED, **headers)

    def _note_fault(self, **_: Any) -> None:
        self.fault = "".join(traceback.format_exception_only(sys.exc_info()[1])).strip()

    @contextmanager
    def _noting_writes(self) -> Iterator[None]:
        self.written = set()

        def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            if found := WRITE.match(sql):
                self.written.add(found[1])
            return execute(sql, *rest)

        with connection.execute_wrapper(note):
            yield
        self.written -= OF_THE_SESSION


def page_of(response: HttpResponse) -> str:
    body = response.getvalue() if response.streaming else response.content  # type: ignore[attr-defined]
    return body.decode(errors="replace")
