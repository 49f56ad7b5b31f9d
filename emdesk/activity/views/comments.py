"""Writing a comment, rewording it, taking it back, and reading what it said before."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from emdesk.activity import commenting
from emdesk.activity.forms import CommentForm, new_comment, reworded
from emdesk.activity.models import Audience, Comment
from emdesk.activity.rules import commenters, may_reword, may_withdraw
from emdesk.activity.timeline import timeline
from emdesk.subjects import visible_subjects
from emdesk.web import SignedIn

require_page_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_POST
def comment(request: SignedIn, label: str, pk: int, audience: str) -> HttpResponse:
    subject = visible_subjects.find(label, pk, request.user)
    if audience not in Audience.values:
        raise Http404
    _insist(commenters.allow(subject, request.user))
    form = new_comment(label, pk, audience, request.POST)
    if not form.to_save:
        return _box(request, subject, form)
    body = form.cleaned_data["body"]
    said = commenting.comment(subject, body, by=request.user, at=now(), audience=audience)
    if not request.htmx:
        return _back_to(subject, said)
    context = {"form": new_comment(label, pk, audience), "timeline": timeline(subject)}
    return render(request, "activity/_said.html", context)


@require_page_or_post
def reword(request: SignedIn, pk: int) -> HttpResponse:
    said, subject = _found(request, pk)
    _insist(may_reword(said, request.user) and commenters.allow(subject, request.user))
    form = reworded(said, request.POST or None)
    if not form.to_save:
        return _box(request, subject, form)
    body = form.cleaned_data["body"]
    commenting.reword(said, subject, body, by=request.user, at=now())
    return _shown(request, subject, said)


@require_page_or_post
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    said, subject = _found(request, pk)
    _insist(may_withdraw(said, request.user))
    if request.method == "POST":
        commenting.withdraw(said, subject, by=request.user, at=now())
        return _back_to(subject, said)
    return render(request, "activity/withdraw.html", {"comment": said, "subject": subject})


@require_safe
def history(request: SignedIn, pk: int) -> HttpResponse:
    said, subject = _found(request, pk)
    if said.withdrawn_at:
        raise Http404
    edits = said.edits.select_related("by").order_by("-at", "-pk")
    context = {"comment": said, "subject": subject, "edits": edits}
    return render(request, "activity/history.html", context)


@require_safe
def show(request: SignedIn, pk: int) -> HttpResponse:
    """One comment by itself: what a cancelled rewording goes back to."""
    said, subject = _found(request, pk)
    return _shown(request, subject, said)


def _found(request: SignedIn, pk: int) -> tuple[Comment, Any]:
    said = get_object_or_404(Comment.objects.as_entries(), pk=pk)
    return said, visible_subjects.find(said.subject_type, said.subject_id, request.user)


def _insist(allowed: bool) -> None:  # noqa: FBT001
    if not allowed:
        raise PermissionDenied


def _box(request: SignedIn, subject: models.Model, form: CommentForm) -> HttpResponse:
    template = "activity/_box.html" if request.htmx else "activity/box.html"
    context = {"form": form, "subject": subject}
    return render(request, template, context, status=422 if form.refused else 200)


def _shown(request: SignedIn, subject: models.Model, said: Comment) -> HttpResponse:
    if not request.htmx:
        return _back_to(subject, said)
    said = Comment.objects.as_entries().get(pk=said.pk)
    return render(request, "activity/_comment.html", {"comment": said})


def _back_to(subject: Any, said: Comment) -> HttpResponse:
    return redirect(f"{subject.get_absolute_url()}#comment-{said.pk}")
