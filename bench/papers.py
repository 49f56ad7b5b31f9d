"""A SOW of about twelve pages on paper: ``python -m bench.papers``, on a desk begun anew.

Prints, as JSON, seconds: of a worker that makes it (page, press, file, rows) and of the bare library
in a process that did it before; the CPU of a seal; the pages.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median

import django

django.setup()

import weasyprint  # noqa: E402 (all of it needs the setup)
from django.db import connection  # noqa: E402
from django.db.transaction import atomic  # noqa: E402

from emdesk.paper import KEPT, READ, STATIC  # noqa: E402
from emdesk.people.models import User  # noqa: E402
from emdesk.press import SCHEME, file_behind  # noqa: E402
from emdesk.sealing import seal  # noqa: E402
from scoping.models import Account, ScopingIssue  # noqa: E402
from sow import documents  # noqa: E402
from sow.content import Content, Section, digest_of  # noqa: E402
from sow.models import StatementOfWork, Version  # noqa: E402
from sow.paper import PRESS, page_of  # noqa: E402

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ROUNDS, SECTIONS = 5, 7
WORDS = "The parties agree on what is done, by whom and until when, and on what it costs. "
TABLE = "| Role | Hours | Rate |\n| --- | --: | --: |\n" + "| Engineer | 40 | 330.00 |\n" * 12


class OwnFiles(weasyprint.urls.URLFetcher):  # type: ignore[misc]
    def fetch(self, url: str, headers: object = None) -> object:
        content, kind = file_behind(url, STATIC)
        return weasyprint.urls.URLFetcherResponse(url, body=content, headers={"Content-Type": kind})


def version_to_print() -> Version:
    """Past the guards that ask for the estimate it was made from."""
    em = User.objects.create_user(email="em@example.com", name="Amara Osei", roles=["em"])
    account = Account.objects.create(name="Silverlake University")
    issue = ScopingIssue.objects.create(
        account=account,
        title="Migration",
        engagement_manager=em,
        created_at=NOW,
        entered_state_at=NOW,
    )
    said = {"drafted_by": em, "drafted_at": NOW, "latest": 1}
    statement = StatementOfWork.objects.create(issue=issue, **said)
    words = content().written()
    with atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        return Version.objects.create(
            statement=statement,
            number=1,
            content=words,
            digest=digest_of(words),
            estimate_version_id=1,
            saved_by=em,
            saved_at=NOW,
        )


def content() -> Content:
    text = f"{WORDS * 8}\n\n- {WORDS}\n- {WORDS}\n\n{TABLE}\n\n" + f"{WORDS * 10}\n\n" * 3
    first = Section("s0", "scope", "Milestone", text)
    sections = (replace(first, key=f"s{number}") for number in range(SECTIONS))
    return Content({"our_side": "GitLab"}, tuple(sections))


def measured() -> dict[str, float]:
    version = version_to_print()
    by = version.saved_by
    asked = documents.ask(version, by=by, at=NOW)
    html = page_of(asked)
    sealed = PRESS.print(html, KEPT).pdf

    def by_worker() -> None:
        documents.carry_out(asked.pk, at=NOW)
        forget(asked.pk)

    def bare() -> None:
        page = weasyprint.HTML(string=html, base_url=SCHEME, url_fetcher=OwnFiles())
        page.write_pdf(pdf_variant=READ)

    return {
        "pages": PRESS.print(html, READ).pages,
        "worker": middle(by_worker),
        "bare": middle(bare),
        "seal": middle(lambda: seal(sealed, "Measured"), time.process_time),
    }


def forget(pk: int) -> None:
    """So that it can be made again, which nothing can in service."""
    with atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE sow_document SET file_id = NULL, made_at = NULL, sha256 = '', size = 0,"
            " begun_at = NULL WHERE id = %s",
            [pk],
        )
        cursor.execute("DELETE FROM files_storedfile")


def middle(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds of the middle of some rounds, after one that warms up."""
    work()
    found = []
    for _ in range(ROUNDS):
        began = clock()
        work()
        found.append(clock() - began)
    return median(found)


if __name__ == "__main__":
    print(json.dumps(measured()))
