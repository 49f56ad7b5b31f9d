"""Writing in the draft: one page for each item."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from emdesk.web import SignedIn
from scoping.catalogue.drafting import NoDraft, add_item, change_item, remove_item, set_bands
from scoping.catalogue.kinds import ACTIVITY, KINDS, SERVICE, Kind
from scoping.forms.catalogue import FORMS, BandsForm, ItemForm
from scoping.models import CatalogueVersion
from scoping.views.catalogue.frame import draft_of, page
from scoping.views.catalogue.versions import GONE
from scoping.views.editing import READ_WRITE, Meanwhile, keep


@READ_WRITE
def new_item(request: SignedIn, kind: str) -> HttpResponse:
    draft, of = draft_of(request), _kind(kind)
    if request.method != "POST":
        told = {"service": draft.services.filter(key=request.GET.get("service", "")[:40]).first()}
        return _page(request, draft, FORMS[kind](draft, initial=told))
    form: Any = FORMS[kind](draft, request.POST)
    if not form.is_valid():
        return _page(request, draft, form, 422)
    hours = form.hours if of is ACTIVITY else {}
    try:
        item = add_item(of, form.made, draft, by=request.user, at=now(), hours=hours)
    except NoDraft:
        return _gone(request)
    messages.success(request, f"“{item}” is in the draft.")
    return redirect(_home(draft, item))


@READ_WRITE
def item(request: SignedIn, kind: str, key: str) -> HttpResponse:
    draft, of = draft_of(request), _kind(kind)
    found = _find(of, draft, key)
    if request.method != "POST":
        return _page(request, draft, FORMS[kind](draft, instance=found))
    home = _home(draft, found)
    form = FORMS[kind](draft, request.POST, instance=found)
    try:
        again, status, meanwhile = keep(form, lambda form: _save(request, of, key, draft, form))
    except NoDraft:
        return _gone(request)
    if again is None:
        return redirect(home)
    return _page(request, draft, again, status, meanwhile)


def _save(request: SignedIn, kind: Kind, key: str, draft: CatalogueVersion, form: Any) -> None:
    """The form's own instance holds what was said already, so the change is made on a fresh one."""
    said = {name: value for name, value in form.said.items() if name in kind.fields}
    seen = {name: value for name, value in form.seen.items() if name in kind.fields}
    hours: Any = {"hours": form.hours, "hours_seen": form.hours_seen} if kind is ACTIVITY else {}
    stored = _find(kind, draft, key)
    change_item(kind, stored, said, seen=seen, by=request.user, at=now(), **hours)


@require_POST
def remove(request: SignedIn, kind: str, key: str) -> HttpResponse:
    draft, of = draft_of(request), _kind(kind)
    found = _find(of, draft, key)
    try:
        remove_item(of, found, by=request.user, at=now())
    except NoDraft:
        return _gone(request)
    messages.success(request, f"“{found}” is withdrawn from the draft.")
    return redirect(_home(draft, found if of is not SERVICE else None))


@READ_WRITE
def bands(request: SignedIn, key: str) -> HttpResponse:
    draft = draft_of(request)
    service = _find(SERVICE, draft, key)
    form = BandsForm(request.POST) if request.method == "POST" else BandsForm.showing(service)
    if form.is_valid():
        try:
            set_bands(service, form.cleaned_data["lines"], by=request.user, at=now())
        except NoDraft:
            return _gone(request)
        return redirect(_home(draft, service))
    return _page(request, draft, form, 422 if form.errors else 200)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _find(kind: Kind, draft: CatalogueVersion, key: str) -> Any:
    return get_object_or_404(kind.of(draft), **{kind.key: key.replace("\x00", "")})


def _home(draft: CatalogueVersion, item: Any) -> str:
    """The page of the draft on which the item stands."""
    service = getattr(item, "service", item)
    place = reverse("scoping:catalogue")
    if service is not None:
        place = reverse("scoping:catalogue_service", args=[service.key])
    return f"{place}?version={draft.number}"


def _gone(request: SignedIn) -> HttpResponse:
    messages.error(request, f"{GONE} Nothing was saved.")
    return redirect("scoping:catalogue_versions")


def _page(
    request: SignedIn,
    draft: CatalogueVersion,
    form: Any,
    status: int = 200,
    meanwhile: Meanwhile | None = None,
) -> HttpResponse:
    found = form.instance if isinstance(form, ItemForm) and form.instance.pk else None
    context = {
        "version": draft,
        "form": form,
        "kind": getattr(form, "kind", SERVICE),
        "item": found,
        "key": getattr(found, form.kind.key) if found else "",
        "bands": isinstance(form, BandsForm),
        "overtaken": meanwhile or [],
        "back": _home(draft, found),
    }
    return page(request, "item", "versions", context, status)
