"""Style sheets that are always loaded together: ``{% styles "frame" %}``.

While developing each is a file of its own. In production they are joined, so that a browser asks
once before it paints.
"""

from __future__ import annotations

from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Library
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = Library()

SETS = {
    "frame": ("tokens", "base", "shell", "parts", "forms", "reading", "record"),
    "board": ("board", "card", "beside", "issue"),
}


def sheets(name: str) -> list[str]:
    """The files of a set, in the order of the cascade."""
    return [f"css/{each}.css" for each in SETS[name]]


def joined(name: str) -> str:
    return f"css/{name}.joined.css"


@register.simple_tag
def styles(name: str) -> SafeString:
    joins = getattr(staticfiles_storage, "joins_styles", False)
    files = [joined(name)] if joins else sheets(name)
    links = ((static(each),) for each in files)
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', links)
