"""One question to the desk, and the answers that the matrix allows for it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from tests.security.dom import fields_of
from tests.security.drawing import undrawn
from tests.security.matrix import ANONYMOUS, MATRIX
from tests.security.world import World

FILE = "<a file>"
EVERYBODY = "see one's own pages"


@dataclass(frozen=True)
class Question:
    """``path`` and ``data`` name records in braces; ``ok`` and ``refused`` are answers expected.

    With ``fills`` the data is written into the form that the same address shows.
    """

    method: str
    path: str
    act: str
    data: Mapping[str, Any] = field(default_factory=dict)
    ok: tuple[int, ...] = (200,)
    refused: tuple[int, ...] = (403,)
    public: bool = False
    fills: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path} {dict(self.data) or ''}".strip()

    def expected(self, role: str) -> tuple[int, ...]:
        if self.public:
            return self.ok
        word = MATRIX[self.act][role]
        return {"yes": self.ok, "no": self.refused, "hidden": (404,), "login": (302,)}[word]

    def who_may(self) -> str:
        """The first role that may; a stranger where anybody may, an administrator where nobody."""
        if self.public:
            return ANONYMOUS
        return next((role for role, word in MATRIX[self.act].items() if word == "yes"), "admin")

    def address(self, world: World) -> str:
        return self.path.format(**world.pks)

    def sent(self, world: World) -> dict[str, Any]:
        return {_filled(name, world): _filled(value, world) for name, value in self.data.items()}

    def put_to(
        self, world: World, role: str, *, drawn: bool = True, **headers: Any
    ) -> HttpResponse:
        """Asked by somebody of this role; ``drawn`` says whether the page of the answer matters."""
        data = self.sent(world)
        if self.fills and MATRIX[self.act][role] == "yes":
            data = self._form(world, role) | data
        with nullcontext() if drawn else undrawn():
            return world[role].ask(self.address(world), self.method, data, **headers)

    def _form(self, world: World, role: str) -> dict[str, Any]:
        """As the first who was asked to found it; the others send the same."""
        if str(self) not in world.forms:
            page = world[role].ask(self.address(world)).page
            world.forms[str(self)] = fields_of(page, *self.sent(world))
        return world.forms[str(self)]


def _filled(value: Any, world: World) -> Any:
    if value == FILE:
        return SimpleUploadedFile("plan.txt", b"What we plan")
    return value.format(**world.pks) if isinstance(value, str) else value


def get(path: str, act: str, **options: Any) -> Question:
    return Question("GET", path, act, **options)


def fill(path: str, act: str, refused: tuple[int, ...] = (403,), **data: Any) -> Question:
    return Question("POST", path, act, data, ok=(302,), refused=refused, fills=True)


def post(path: str, act: str, ok: int = 302, **options: Any) -> Question:
    return Question("POST", path, act, ok=(ok,), **options)
