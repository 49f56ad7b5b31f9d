"""The icons of ``static/icons.svg`` for templates: ``{% icon "menu" %}``."""

from django.template import Library
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Nothing a screen reader says: the words stand beside it."""
    drawing = f"{static('icons.svg')}#{name}"
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}" /></svg>', drawing)
