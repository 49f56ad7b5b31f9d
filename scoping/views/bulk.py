"""Many issues at once: what would go and what not, doing it, and taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from emdesk.web import SignedIn
from scoping import rules
from scoping.bulk import MOST, Batch, Plan, Seen, carry_out, look, plan, take_back
from scoping.forms.bulk import BulkForm, as_ticked, ticked
from scoping.forms.listing import ListFilter
from scoping.forms.moving import MoveForm
from scoping.listing.tables import default_order
from scoping.models import ScopingIssue
from scoping.models.finding import ScopingIssueQuerySet

PAGE = "scoping/bulk.html"
NONE_TICKED = "Tick the issues it is about first."
LONGEST_KEY = 32


@require_POST
def bulk(request: SignedIn) -> HttpResponse:
    """First what would go; with ``go``, doing it. The address carries the list's filter."""
    if not rules.acts_in_bulk(request.user):
        raise PermissionDenied
    at, form, seen = now(), BulkForm(request.POST), ticked(request.POST, MOST)
    issues = list(_asked(request, seen)[:MOST])
    if not form.is_valid() or not issues:
        text = NONE_TICKED if form.is_valid() else " ".join(map(_first, form.errors.values()))
        return render(request, PAGE, {"text": text, "back": _back(request)}, status=422)
    details = form.details(request.user, at)
    planned = plan(
        issues,
        form.deed_with(details),
        by=request.user,
        at=at,
        seen=seen,
        key=form.cleaned_data["key"] or uuid4().hex,
    )
    if "go" not in request.POST or not (details is None or details.is_valid()):
        return _preview(request, form, planned, details)
    return _go(request, planned, at)


@require_POST
def bulk_undo(request: SignedIn, key: str) -> HttpResponse:
    """Take a whole batch back, as far as nobody changed its issues since."""
    if not rules.acts_in_bulk(request.user):
        raise PermissionDenied
    if len(key) > LONGEST_KEY:
        raise Http404
    batch = take_back(key, by=request.user, at=now())
    if batch.done:
        messages.success(request, f"{_count(batch.done)} as before.")
    if batch.refused:
        _tell_left(request, batch)
    if not batch.done and not batch.refused:
        messages.error(request, "There is nothing to undo any more.")
    if request.htmx:
        return render(request, "scoping/_bulk_undone.html")
    return redirect(_back(request))


def _asked(request: SignedIn, seen: dict[int, Seen]) -> ScopingIssueQuerySet:
    """The ticked issues, or all of the filter; of those this person may see."""
    visible = ScopingIssue.objects.visible_to(request.user)
    if "all" in request.POST and "go" not in request.POST:
        return default_order(ListFilter(request.user, request.GET).applied(visible))
    return visible.filter(pk__in=seen)


def _preview(
    request: SignedIn, form: BulkForm, planned: Plan, details: MoveForm | None
) -> HttpResponse:
    asked_again = "go" in request.POST
    context: dict[str, Any] = {
        "plan": planned,
        "form": form,
        "details": details,
        "ticked": [as_ticked(issue.pk, look(issue)) for issue in planned.ready],
        "most": MOST if len(planned.ready) + len(planned.refused) == MOST else 0,
        "back": _back(request),
        "action": f"{reverse('scoping:bulk')}?{_filter(request)}",
    }
    return render(request, PAGE, context, status=422 if asked_again else 200)


def _go(request: SignedIn, planned: Plan, at: datetime) -> HttpResponse:
    batch = carry_out(planned, by=request.user, at=at)
    undo_url = reverse("scoping:bulk_undo", args=[batch.key])
    if batch.refused:
        context = {"batch": batch, "words": planned.deed.words, "undo_url": undo_url}
        return render(request, PAGE, context | {"back": _back(request)})
    text = f"{planned.deed.words}: {_count(batch.done)} done."
    messages.success(request, text, extra_tags=undo_url)
    return redirect(_back(request))


def _tell_left(request: SignedIn, batch: Batch) -> None:
    reasons = [f"{issue.reference}: {reason}" for issue, reason in batch.refused[:3]]
    more = f" And {len(batch.refused) - 3} more." if len(batch.refused) > 3 else ""
    messages.error(request, f"{_count(batch.refused)} left as now. {' '.join(reasons)}{more}")


def _count(found: list[Any]) -> str:
    return f"{len(found)} issue{pluralize(len(found))}"


def _filter(request: SignedIn) -> str:
    return ListFilter(request.user, request.GET).address()


def _back(request: SignedIn) -> str:
    """The list as it was, or the page of ours that asked."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return f"{reverse('scoping:issues')}?{_filter(request)}"


def _first(errors: Any) -> str:
    return str(errors[0])
