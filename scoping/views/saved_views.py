"""Saved views: the menu above board and list, opening one, saving, naming and deleting."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from emdesk.web import SignedIn
from scoping import rules
from scoping.facts import Overtaken
from scoping.forms.saved_view import NameForm, SaveAsForm, SeenForm
from scoping.models import Layout, SavedView
from scoping.models.saved_view import LONGEST_QUERY, normal
from scoping.saving_views import put_first, rewrite, save_as
from scoping.views.editing import READ_WRITE

MEANWHILE = (
    "“{}” was saved by somebody else, or in another window, since you opened it. Nothing was"
    " saved: Reset shows it as it is now, Save as keeps your filters under another name."
)

OVERTAKEN = "Somebody else changed this view meanwhile. Save again to let yours stand."


@dataclass(frozen=True)
class Opened:
    """The view a page was opened with, if any, and what its filters say now."""

    layout: Layout
    names: Container[str]
    query: str
    view: SavedView | None
    may_save: bool

    @cached_property
    def changed(self) -> bool:
        return self.view is not None and self.query != normal(self.view.query, self.names)

    @property
    def menu(self) -> str:
        opened = {"saved": str(self.view.pk)} if self.view else {}
        said = {"layout": self.layout.value, "query": self.query, **opened}
        return f"{reverse('scoping:views')}?{urlencode(said)}"


def opened(request: SignedIn, layout: Layout, query: str, names: Container[str]) -> Opened:
    """``query`` is what the page's filters say; it knows the parameters ``names``.

    A page that was opened without a view asks the database nothing.
    """
    view = _named(request, request.GET.get("saved", ""))
    may_save = view is not None and rules.changes_view(view, request.user)
    return Opened(layout, names, normal(query, names), view, may_save)


def _named(request: SignedIn, pk: str) -> SavedView | None:
    if not (pk.isascii() and pk.isdigit() and len(pk) < 10):
        return None
    return SavedView.objects.visible_to(request.user).filter(pk=pk).first()


def _find(request: SignedIn, pk: int) -> SavedView:
    """The view, for who may change it; a personal one of somebody else does not exist."""
    views = SavedView.objects.visible_to(request.user).select_related("owner")
    view = get_object_or_404(views, pk=pk)
    if not rules.changes_view(view, request.user):
        raise PermissionDenied
    return view


@require_safe
def views(request: SignedIn) -> HttpResponse:
    """The menu: one's own views, the team's, and a name for the filters one looks at."""
    layout = request.GET.get("layout", "")
    layout = layout if layout in Layout.values else Layout.BOARD
    query = normal(request.GET.get("query", "")[:LONGEST_QUERY])
    form = SaveAsForm(request.user, initial={"layout": layout, "query": query})
    return _menu(request, form)


def _menu(request: SignedIn, form: SaveAsForm, status: int = 200) -> HttpResponse:
    found = list(SavedView.objects.in_menu_of(request.user).select_related("owner"))
    context = {
        "own": [view for view in found if view.owner_id == request.user.pk],
        "others": [view for view in found if view.owner_id != request.user.pk],
        "opened": request.GET.get("saved", ""),
        "form": form,
    }
    template = "scoping/_views_menu.html" if request.htmx else "scoping/views.html"
    return render(request, template, context, status=status)


@require_safe
def saved_view(request: SignedIn, pk: int) -> HttpResponse:
    """Open it: its page, with its filters."""
    return redirect(get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk).address)


@require_POST
def save_view(request: SignedIn) -> HttpResponse:
    """Save as: the filters under a new name."""
    form = SaveAsForm(request.user, request.POST)
    if form.is_valid():
        try:
            view = save_as(by=request.user, at=now(), **form.said)
        except ValidationError as refused:
            form.add_error(None, _sentences(refused))
        else:
            messages.success(request, f"“{view}” is saved.")
            return redirect(view)
    return _menu(request, form, status=422)


@require_POST
def save_again(request: SignedIn, pk: int) -> HttpResponse:
    """Save: the opened view gets the filters as they are now."""
    view, form = _find(request, pk), SeenForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"“{view}” was not saved. Open it again and save once more.")
        return redirect(view)
    query = normal(form.cleaned_data["query"])
    try:
        rewrite(view, seen=form.cleaned_data["seen"], at=now(), query=query)
    except Overtaken:
        return _unsaved(request, view, query)
    messages.success(request, f"“{view}” is saved.")
    return redirect(view)


def _unsaved(request: SignedIn, view: SavedView, query: str) -> HttpResponse:
    """Somebody else's filters stand; one's own are offered under another name."""
    form = SaveAsForm(request.user, initial={"layout": view.layout, "query": query})
    context = {"view": view, "form": form, "text": MEANWHILE.format(view)}
    return render(request, "scoping/view_unsaved.html", context, status=409)


@READ_WRITE
def change_view(request: SignedIn, pk: int) -> HttpResponse:
    """Its name, and whether the team has it."""
    view = _find(request, pk)
    form = NameForm(request.user, request.POST or None, instance=view)
    if request.method == "POST" and form.is_valid():
        try:
            return _renamed(request, view, form.said)
        except ValidationError as refused:
            form.add_error(None, _sentences(refused))
        except Overtaken:
            form.add_error(None, OVERTAKEN)
            return _form(request, pk, form, status=409)
    return _form(request, pk, form, status=422 if form.errors else 200)


def _renamed(request: SignedIn, view: SavedView, said: dict[str, Any]) -> HttpResponse:
    seen = request.POST.get("seen", "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else view.version
    if "first" in request.POST:
        put_first(view)
    kept = rewrite(view, seen=version, at=now(), **said)
    messages.success(request, f"“{kept}” is saved.")
    return redirect("scoping:views")


def _form(request: SignedIn, pk: int, form: NameForm, status: int) -> HttpResponse:
    context = {"view": _find(request, pk), "form": form}
    return render(request, "scoping/view_form.html", context, status=status)


@require_POST
def delete_view(request: SignedIn, pk: int) -> HttpResponse:
    view = _find(request, pk)
    view.delete()
    messages.success(request, f"“{view}” is deleted. The issues it showed are untouched.")
    return redirect("scoping:views")


def _sentences(refused: ValidationError) -> ValidationError:
    """All it says, wherever in the model it was found."""
    return ValidationError(refused.messages)
