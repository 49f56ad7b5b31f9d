"""Drawing pages is most of the work of a walk, and who may is decided before it begins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.template.backends.django import Template
from django.utils.safestring import SafeString


@contextmanager
def undrawn() -> Iterator[None]:
    """Views do all they do, and every template comes out empty."""
    drawn = Template.render
    Template.render = _nothing
    try:
        yield
    finally:
        Template.render = drawn


def _nothing(*_: Any, **__: Any) -> SafeString:
    return SafeString("")
