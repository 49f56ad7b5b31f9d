"""What a web worker holds once everything has been asked of it."""

from __future__ import annotations

from pathlib import Path

from bench.figures import Figure

DRAWS_PDF = "libpango"


def memory(workers: list[int]) -> list[Figure]:
    """WeasyPrint cannot be imported without the library that draws its text."""
    drawing = [pid for pid in workers if DRAWS_PDF in Path(f"/proc/{pid}/maps").read_text()]
    return [
        Figure("web worker, proportional memory", max(map(held, workers)), 110, "MiB"),
        Figure("web workers with WeasyPrint in them", len(drawing), 0, ""),
    ]


def held(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    [kib] = [int(line.split()[1]) for line in lines if line.startswith("Pss:")]
    return kib / 1024
