"""An import as people make it, by the pages; the worker's part is done in this process."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from emdesk.people.models import User
from scoping.imports import runs
from scoping.imports.outcome import problems
from scoping.models import ImportRun

HEADER = "Title,Description,Issue ID,URL,State,Author,Author Username,Assignee,Assignee Username,Confidential,Due Date,Created At (UTC),Updated At (UTC),Closed At (UTC),Labels"
URL = "https://gitlab.example.com/services/plan/-/issues"


def issues_csv(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows]).encode() + b"\n"


def row(
    iid: int,
    title: str = "Acme - Migration",
    labels: str = "proposal::SOW_WIP",
    updated: str = "2026-01-09",
    **said: str,
) -> str:
    state, closed = said.get("state", "Open"), said.get("closed", "")
    return (
        f"{title},,{iid},{URL}/{iid},{state},Nova Reyes,nova.reyes,{said.get('em', 'Kim Stone')},"
        f'{said.get("handle", "kim.stone")},No,,2026-01-05 09:00:00,{updated} 09:00:00,{closed},"{labels}"'
    )


@dataclass
class Importer:
    """Somebody before the pages."""

    user: User
    client: Client

    @classmethod
    def signed_in(cls, user: User) -> Importer:
        client, user = Client(), User.objects.get(pk=user.pk)
        client.force_login(user)
        return cls(user, client)

    def upload(self, *files: tuple[str, bytes]) -> Any:
        sent = [SimpleUploadedFile(name, content) for name, content in files]
        return self.client.post("/import/", {"upload": sent})

    def uploaded(self, *files: tuple[str, bytes]) -> ImportRun:
        answer = self.upload(*files)
        assert answer.status_code == 302, answer.content.decode()
        return ImportRun.objects.get(pk=int(answer["Location"].split("/")[2]))

    def map(self, run: ImportRun, **said: str) -> Any:
        kinds = {f"kind_{file.pk}": file.kind for file in run.files.all()}
        return self.client.post(f"/import/{run.pk}/map/", kinds | said)

    def checked(self, *files: tuple[str, bytes], **said: str) -> ImportRun:
        run = self.uploaded(*files)
        assert self.map(run, **said).status_code == 302
        return worked(run)

    def imported(self, *files: tuple[str, bytes], **said: str) -> ImportRun:
        run = self.checked(*files, **said)
        assert not run.refused, reasons(run)
        return self.run(run)

    def run(self, run: ImportRun) -> ImportRun:
        assert self.client.post(f"/import/{run.pk}/start/").status_code == 302
        return worked(run)

    def undo(self, run: ImportRun) -> ImportRun:
        assert self.client.post(f"/import/{run.pk}/undo/").status_code == 302
        return worked(run)

    def page(self, run: ImportRun, part: str = "") -> str:
        answer = self.client.get(f"/import/{run.pk}/{part}")
        assert answer.status_code == 200
        return str(answer.content.decode())


def worked(run: ImportRun) -> ImportRun:
    """What the worker does with it."""
    assert runs.carry_out(run.pk, at=now())
    return ImportRun.objects.get(pk=run.pk)


def events(*lines: dict[str, Any]) -> bytes:
    return "\n".join(map(json.dumps, lines)).encode()


def read(path: Path) -> tuple[str, bytes]:
    return path.name, path.read_bytes()


def unpacked(path: Path, lines: int) -> tuple[str, bytes]:
    with gzip.open(path) as text:
        return path.name.removesuffix(".gz"), b"".join(
            line for _, line in zip(range(lines), text, strict=False)
        )


def reasons(run: ImportRun) -> Sequence[str]:
    return [each.reason for each in problems(run)]
