#!/usr/bin/env python3
"""Files of other people that live in this repository: prove them, or fetch another version.

``scripts/vendor.py check`` holds every file against vendor.lock, without a network.
``scripts/vendor.py update NAME VERSION`` has npm fetch a package, copies its files, writes the lock.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "vendor.lock"

ICONS = [
    "activity",
    "bell",
    "book-open",
    "calendar-range",
    "chart-column",
    "chevron-left",
    "chevron-right",
    "circle-check",
    "circle-user",
    "filter",
    "gauge",
    "hash",
    "import",
    "inbox",
    "keyboard",
    "list",
    "list-checks",
    "log-out",
    "mail",
    "maximize-2",
    "menu",
    "moon",
    "octagon-alert",
    "scale",
    "search",
    "scroll-text",
    "settings",
    "square-kanban",
    "sun",
    "sun-moon",
    "text-quote",
    "timer",
    "users",
    "x",
]

Read = Callable[[str], bytes]
Kept = dict[str, bytes]


def copied(files: dict[str, str]) -> Callable[[Read], Kept]:
    """A package of which some files are kept as they are: place here, source in the package."""
    return lambda read: {place: read(source) for place, source in files.items()}


def sprite(read: Read) -> Kept:
    """One drawing with every icon as a symbol; strokes are left to the style sheet."""
    symbols = "\n".join(symbol(name, read(f"icons/{name}.svg").decode()) for name in ICONS)
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'
    return {"static/icons.svg": drawing.encode(), "docs/licences/lucide.txt": read("LICENSE")}


def symbol(name: str, icon: str) -> str:
    inside = re.search(r"<svg[^>]*>(.*)</svg>", icon, re.DOTALL)
    if inside is None:
        raise SystemExit(f"{name}.svg holds no drawing.")
    shapes = "".join(line.strip() for line in inside[1].splitlines()).replace(" />", "/>")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>'


PACKAGES: dict[str, Callable[[Read], Kept]] = {
    "htmx.org": copied(
        {
            "static/vendor/htmx.min.js": "dist/htmx.min.js",
            "docs/licences/htmx.txt": "LICENSE",
        }
    ),
    "@fontsource-variable/inter": copied(
        {
            "static/fonts/inter-latin.woff2": "files/inter-latin-wght-normal.woff2",
            "static/fonts/inter-latin-ext.woff2": "files/inter-latin-ext-wght-normal.woff2",
            "docs/licences/inter.txt": "LICENSE",
        }
    ),
    "@fontsource-variable/source-serif-4": copied(
        {
            "static/fonts/serif-latin.woff2": "files/source-serif-4-latin-wght-normal.woff2",
            "static/fonts/serif-latin-italic.woff2": "files/source-serif-4-latin-wght-italic.woff2",
            "static/fonts/serif-latin-ext.woff2": "files/source-serif-4-latin-ext-wght-normal.woff2",
            "docs/licences/source-serif.txt": "LICENSE",
        }
    ),
    "lucide-static": sprite,
    "axe-core": copied(
        {
            "tests/vendor/axe.min.js": "axe.min.js",
            "docs/licences/axe-core.txt": "LICENSE",
        }
    ),
}


def check() -> None:
    """Compare every kept file with its checksum and leave with 1 when one differs."""
    problems = [
        problem
        for package in locked().values()
        for place, checksum in package["files"].items()
        if (problem := difference(place, checksum))
    ]
    if problems:
        raise SystemExit("\n".join(problems))
    print("Every vendored file is the one vendor.lock names.")


def difference(place: str, checksum: str) -> str:
    if not (ROOT / place).is_file():
        return f"{place} is missing; run scripts/vendor.py update for its package."
    if sha256((ROOT / place).read_bytes()).hexdigest() != checksum:
        return f"{place} is not the file vendor.lock names."
    return ""


def update(name: str, version: str) -> None:
    if name not in PACKAGES:
        raise SystemExit(f"{name} is not vendored here. Known: {', '.join(PACKAGES)}.")
    about, kept = fetched(name, version)
    for place, content in kept.items():
        (ROOT / place).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / place).write_bytes(content)
    checksums = {place: sha256(content).hexdigest() for place, content in kept.items()}
    entry = {"version": about["version"], "licence": about["license"], "files": checksums}
    LOCK.write_text(json.dumps(locked() | {name: entry}, indent=2, sort_keys=True) + "\n")
    print(f"{name} {about['version']}: {', '.join(kept)}")


def fetched(name: str, version: str) -> tuple[dict[str, Any], Kept]:
    """What npm knows of a package and the files kept of it; npm checks the tarball's integrity."""
    with TemporaryDirectory() as folder:
        pack = ["npm", "pack", "--silent", f"{name}@{version}"]
        subprocess.run(pack, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        [tarball] = Path(folder).glob("*.tgz")
        with tarfile.open(tarball) as archive:

            def read(path: str) -> bytes:
                member = archive.extractfile(f"package/{path}")
                if member is None:
                    raise SystemExit(f"{name} {version} has no {path}.")
                return member.read()

            return json.loads(read("package.json")), PACKAGES[name](read)


def locked() -> dict[str, dict[str, Any]]:
    return json.loads(LOCK.read_text()) if LOCK.exists() else {}


def main(arguments: list[str]) -> None:
    match arguments:
        case ["check"]:
            check()
        case ["update", name, version]:
            update(name, version)
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
