"""What pages with a form about an issue share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from emdesk.web import SignedIn
from scoping.facts import Overtaken
from scoping.models import ScopingIssue

Meanwhile = list[tuple[str, Any]]
FORM = "scoping/form.html"
READ_WRITE = require_http_methods(["GET", "HEAD", "POST"])


def keep(form: Any, save: Callable[[Any], Any], prefix: str = "") -> tuple[Any, int, Meanwhile]:
    """Save what a form says, unless somebody else changed the same meanwhile.

    Form and status to show it again with, and what others changed; no form once it is saved.
    """
    if not form.is_valid():
        return form, 422, []
    try:
        save(form)
    except Overtaken as meanwhile:
        again = form.shown(meanwhile.fields)
        told = [(again[prefix + name].label, value) for name, value in meanwhile.fields.items()]
        return again, 409, told
    return None, 302, []


def form_about(
    request: SignedIn, found: ScopingIssue, form: forms.BaseForm, title: str, button: str
) -> HttpResponse:
    """A page with one form about an issue."""
    context = {"issue": found, "form": form, "title": title, "button": button}
    return render(request, FORM, context, status=422 if form.errors else 200)


def only_if(allowed: bool) -> None:  # noqa: FBT001 (reads as the sentence it is)
    if not allowed:
        raise PermissionDenied
