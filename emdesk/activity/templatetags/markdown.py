"""``{{ text|markdown }}`` and ``{{ text|markdown:people }}``."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString, mark_safe

from emdesk.activity.markdown import render

register = template.Library()


@register.filter
def markdown(text: str, people: Mapping[str, str] | None = None) -> SafeString:
    """User text as HTML that has passed the allow-list; ``people`` are names by handle."""
    return mark_safe(render(text, people))  # noqa: S308 (render lets nothing else pass)
