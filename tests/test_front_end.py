"""What the browser is given: vendored files, weight, colours, and what templates may not hold."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterable
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.template import Context, Template
from whitenoise.compress import Compressor

from emdesk.styles import SETS, sheets

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "static/js").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
AGREED = {
    "hx-get", "hx-post", "hx-target", "hx-swap", "hx-trigger", "hx-sync", "hx-include",
    "hx-select", "hx-select-oob", "hx-partial",
}  # fmt: skip

INKS = ("text", "text-2", "text-3")
GROUNDS = ("bg", "well", "surface", "raise")
TINTS = ("green", "amber", "red", "grey")
READABLE = [
    *product(INKS, GROUNDS),
    *((f"{tint}-ink", f"{tint}-tint") for tint in TINTS),
    *product(("red-ink", "amber-ink"), ("surface",)),
    ("on-accent", "accent"),
    ("accent-ink", "accent-soft"),
]
VISIBLE = [*product(("ctl", "focus"), ("bg", "surface")), *((t, f"{t}-tint") for t in TINTS)]


def test_every_vendored_file_is_the_one_in_the_lock() -> None:
    runpy.run_path(str(ROOT / "scripts/vendor.py"))["check"]()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_loads_heavy_style_sheets_or_modules(template: Path) -> None:
    everywhere = loaded_by(ROOT / "templates/ui/head.html")
    files = everywhere | loaded_by(template)
    assert len(everywhere) > 15
    assert weight(file for file in files if file.suffix == ".css") <= 15_000
    assert weight(file for file in files if file.suffix == ".js" and file in MODULES) <= 15_360


def loaded_by(template: Path) -> set[Path]:
    """The sheets and modules a template names, and the modules these import."""
    text = template.read_text()
    names = re.findall(r"static '((?:css|js)/[\w-]+\.(?:css|js))'", text)
    names += [sheet for name in re.findall(r'styles "(\w+)"', text) for sheet in sheets(name)]
    waiting, found = [ROOT / "static" / name for name in names], set[Path]()
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            modules = re.findall(r'^import[^;]*"\./([\w-]+\.js)";', file.read_text(), re.M)
            waiting += [file.with_name(module) for module in modules]
    return found


def weight(files: Iterable[Path]) -> int:
    return sum(map(packed, files))


@cache
def packed(file: Path) -> int:
    return len(brotli.compress(file.read_bytes()))


def test_in_production_the_sheets_of_a_set_are_one_file(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Compressor, "should_compress", lambda *_: False)  # it takes a minute
    storage = {"staticfiles": {"BACKEND": "emdesk.web.StaticStorage"}}
    settings.STORAGES, settings.STATIC_ROOT = settings.STORAGES | storage, tmp_path
    for _ in range(2):  # a release over the last one
        call_command("collectstatic", interactive=False, verbosity=0)

    for name in SETS:
        links = re.findall(
            r'href="/static/([^"]+)"', Template(f'{{% styles "{name}" %}}').render(Context())
        )
        by_themselves = [staticfiles_storage.stored_name(sheet) for sheet in sheets(name)]
        assert len(links) == 1
        assert (tmp_path / links[0]).read_text() == "".join(
            (tmp_path / sheet).read_text() for sheet in by_themselves
        )


def test_while_developing_each_sheet_is_its_own() -> None:
    links = Template('{% styles "frame" %}').render(Context()).splitlines()

    assert links == [f'<link rel="stylesheet" href="/static/{each}">' for each in sheets("frame")]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_a_module_is_read_in_one_go(module: Path) -> None:
    assert len(module.read_text().splitlines()) <= 80


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_holds_no_style_and_no_behaviour(template: Path) -> None:
    text = template.read_text()
    assert not re.search(
        r"\sstyle=|<style|\son[a-z]+=|javascript:|js:|<script(?![^>]*\bsrc=)", text
    )
    assert not re.search(r"hx-trigger=\"[^\"]*\[", text)
    assert set(re.findall(r"\bhx-[a-z-]+", text)) <= AGREED


def test_every_icon_shown_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/icons.svg").read_text()))
    shown = re.compile(r'{% icon "([^"]+)" %}')
    named = {name for template in TEMPLATES for name in shown.findall(template.read_text())}
    assert named
    assert named <= drawn


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), READABLE)
def test_words_can_be_read(ink: str, ground: str, theme: int) -> None:
    assert contrast(tokens()[ink][theme], tokens()[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), VISIBLE)
def test_shapes_can_be_seen(shape: str, ground: str, theme: int) -> None:
    assert contrast(tokens()[shape][theme], tokens()[ground][theme]) >= 3.0


def tokens() -> dict[str, tuple[str, str]]:
    """Each colour by name: as it is in light and in dark."""
    sheet = (ROOT / "static/css/tokens.css").read_text()
    pairs = re.findall(r"--([a-z0-9-]+): light-dark\((#\w{6}), (#\w{6})\)", sheet)
    return {name: (light, dark) for name, light, dark in pairs}


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2: from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
