"""Versions of the catalogue: what each changed, and publishing the draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST, require_safe

from emdesk.activity.timeline import timeline
from emdesk.web import SignedIn
from scoping.catalogue.comparing import difference, tally
from scoping.catalogue.drafting import NoDraft, begin_draft, discard_draft
from scoping.catalogue.publishing import Refused, earliest, faults, publish
from scoping.forms.catalogue import PublishForm
from scoping.models import CatalogueVersion
from scoping.rules import keeps_catalogue
from scoping.views.catalogue.frame import draft_of, keepers_only, page, readers_only
from scoping.views.editing import READ_WRITE

GONE = "The draft was published or discarded meanwhile."


@require_safe
def versions(request: SignedIn) -> HttpResponse:
    readers_only(request)
    seen = CatalogueVersion.objects.visible_to(request.user)
    rows = list(seen.select_related("begun_by", "published_by"))
    context = {
        "versions": rows,
        "current": CatalogueVersion.current(localdate()),
        "draft": next((each for each in rows if each.is_draft), None),
    }
    return page(request, "versions", "versions", context)


@READ_WRITE
def version(request: SignedIn, number: int) -> HttpResponse:
    """One version beside another; the draft is published from here, once looked at."""
    readers_only(request)
    seen = CatalogueVersion.objects.visible_to(request.user)
    found = get_object_or_404(seen.select_related("based_on", "published_by"), number=number)
    form = None
    if found.is_draft:
        sent = request.POST if request.method == "POST" else None
        form = PublishForm(found, earliest(localdate()), sent)
        if form.is_valid() and _published(request, found, form):
            return redirect(found)
    elif request.method == "POST":
        messages.error(request, GONE)
        return redirect(found)
    return _shown(request, found, form)


def _shown(request: SignedIn, found: CatalogueVersion, form: PublishForm | None) -> HttpResponse:
    seen = CatalogueVersion.objects.visible_to(request.user).exclude(pk=found.pk)
    against = _against(request, found, seen)
    changes = difference(against, found)
    context = {
        "version": found,
        "against": against,
        "others": seen,
        "changes": changes,
        "tally": tally(changes),
        "form": form,
        "faults": faults(found) if form else [],
        "timeline": timeline(found),
    }
    return page(request, "version", "versions", context, 422 if form and form.errors else 200)


def _against(request: SignedIn, found: CatalogueVersion, seen: Any) -> CatalogueVersion | None:
    number = request.GET.get("against", "")
    if number.isascii() and number.isdigit() and len(number) < 9:
        chosen: CatalogueVersion = get_object_or_404(seen, number=number)
        return chosen
    return found.based_on


def _published(request: SignedIn, draft: CatalogueVersion, form: PublishForm) -> bool:
    if not keeps_catalogue(request.user):
        raise Http404
    try:
        publish(draft, by=request.user, at=now(), today=localdate(), **form.cleaned_data)
    except Refused as refused:
        for why in refused.why:
            form.add_error(None, why)
        return False
    except NoDraft:
        form.add_error(None, GONE)
        return False
    begins = form.cleaned_data["effective_from"]
    messages.success(request, f"Version {draft.number} holds from {begins:%-d %b %Y}.")
    return True


@require_POST
def begin(request: SignedIn) -> HttpResponse:
    keepers_only(request)
    return redirect(begin_draft(by=request.user, at=now()))


@require_POST
def discard(request: SignedIn) -> HttpResponse:
    draft = draft_of(request)
    try:
        discard_draft(draft, by=request.user, at=now())
    except NoDraft:
        messages.error(request, GONE)
    else:
        messages.success(request, f"The draft of version {draft.number} is discarded.")
    return redirect("scoping:catalogue_versions")
