"""From due to accepted by the mail server, against a bare loop that does the same for each mail."""

from __future__ import annotations

from typing import Any

from bench.desks import EmptyDesk, empty_desk
from bench.figures import Figure

MAILS = 1_000
ROUNDS = 3
SENT = 1_000_000


def notices() -> list[Figure]:
    """The middle of some rounds, each of both ways one after the other."""
    with empty_desk("notices") as desk:
        found = [_told(desk) for _ in range(ROUNDS)]
        claims: dict[str, Any] = desk.told_by("bench.claiming", str(SENT))
    ratios = sorted(each["bare"] / each["ours"] for each in found)
    fastest = min(found, key=lambda each: each["ours"])
    return [
        Figure(
            "due to accepted by SMTP : bare loop",
            ratios[ROUNDS // 2],
            0.5,
            at_least=True,
            note=f"{MAILS / fastest['ours']:,.0f} mails/s against {MAILS / fastest['bare']:,.0f}",
        ),
        Figure("events announced", MAILS / fastest["announced"], unit="/s"),
        Figure("claim of a batch among 1 M sent mails, p95", claims["p95"], 20, "ms"),
        Figure("mails claimed and noted", claims["rate"], 500, "/s", at_least=True),
        Figure("mails claimed twice", claims["doubled"], 0, ""),
        Figure(
            "statements, one event to 50 people", max(each["statements"] for each in found), 10, ""
        ),
    ]


def _told(desk: EmptyDesk) -> dict[str, Any]:
    """Both ways on a desk that was empty before."""
    found: dict[str, Any] = desk.told_by("bench.telling", str(MAILS))
    assert found["accepted"] == 2 * MAILS  # noqa: S101
    return found
