"""Claims mails among many that were sent, in a process of its own: ``python -m bench.claiming SENT``.

Several senders at once claim what is due and note each mail as taken, without a mail server. Prints,
as JSON, the milliseconds within which 95 of 100 claims were done, how many mails a second were
claimed and noted, and how many were claimed twice.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import datetime
from statistics import quantiles
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 (models need the setup)

from emdesk.clock import database_now  # noqa: E402
from emdesk.notifications.delivery import BATCH  # noqa: E402
from emdesk.notifications.handing_over import claim, pass_on  # noqa: E402
from emdesk.notifications.models import Mail  # noqa: E402

DUE, SENDERS = 5_000, 2
FILL = """
INSERT INTO notifications_mail (key, kind, address, subject, text, html, headers, message_id,
  written_at, leaves_at, next_at, attempts, unknown_outcomes, last_error, sent_at)
SELECT %(name)s || n, 'ready', 'em@example.com', 'An estimate is ready', repeat('words ', 50), '',
  '{}', n::text, %(at)s, %(at)s, %(at)s, 0, 0, '', CASE WHEN %(sent)s THEN %(at)s END
  FROM generate_series(1, %(count)s) n
"""


def fill(name: str, count: int, at: datetime, *, sent: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"name": name, "count": count, "at": at, "sent": sent})


def send_all(at: datetime, took: list[float], claimed: list[int]) -> None:
    while True:
        began = time.perf_counter()
        batch = claim(Mail.objects.select_related("recipient"), at, BATCH)
        took.append((time.perf_counter() - began) * 1_000)
        if not batch:
            break
        claimed += [mail.pk for mail in batch]
        for taken, following in zip([None, *batch], [*batch, None], strict=True):
            pass_on(taken, following, at)
    connection.close()


def measured(sent: int) -> dict[str, Any]:
    at = database_now()
    fill("sent", sent, at, sent=True)
    fill("due", DUE, at, sent=False)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) notifications_mail")
    took: list[float] = []
    claimed: list[int] = []
    senders = [threading.Thread(target=send_all, args=(at, took, claimed)) for _ in range(SENDERS)]
    began = time.perf_counter()
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    seconds = time.perf_counter() - began
    assert not Mail.objects.unsettled().exists()  # noqa: S101
    return {
        "p95": quantiles(took, n=20)[-1],
        "rate": DUE / seconds,
        "doubled": len(claimed) - len(set(claimed)),
    }


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]))))
