"""The customer's own page: by a link, without an account, and nothing else of the desk.

The secret is in the address only on the way in; then a cookie holds it, and the address tells
nothing (promises.md §3.9). Looking changes nothing but the note that somebody looked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from emdesk.workflow import Refused
from scoping.views.editing import READ_WRITE
from sow import reviewing
from sow.forms.library import one_line, one_line_ends
from sow.models import Purpose, ReviewLink, ReviewVisit
from sow.views.word import word_file

Answer = TypeVar("Answer", bound=HttpResponseBase)
GUESSES = {"guess": "20/15m/ip"}
ACTS = {"act": "120/15m/ip,60/15m/key"}
LONGEST_NOTE, LONGEST_AGENT = 500, 300


@login_not_required
@require_safe
def enter(request: HttpRequest, secret: str) -> HttpResponse:
    """From the address in the mail to one without a secret."""
    link = reviewing.behind(secret)
    if link is None:
        return _guessed(request)
    answer = redirect("sow:review_page", link.pk)
    answer.status_code = 303
    answer.set_cookie(
        _cookie(link.pk),
        secret,
        expires=link.expires_at,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    answer.headers["Referrer-Policy"] = "no-referrer"  # not beyond: forms would lose their origin
    return _unseen(answer)


@login_not_required
@READ_WRITE
def page(request: HttpRequest, link: int) -> HttpResponse:
    """Read; posting ``do`` comments, proposes wording or answers."""
    found = _found(request, link)
    if isinstance(found, HttpResponse):
        return found
    if request.method != "POST":
        _note(request, found, "opened")
        return _page(request, found)
    if not ratelimit.consume(request, app="sow", action="act", config=ACTS, key=str(link)):
        return _unseen(render(request, "429.html", status=429))
    return _act(request, found)


@login_not_required
@require_safe
def pdf(request: HttpRequest, link: int) -> HttpResponseBase:
    found = _found(request, link)
    if isinstance(found, HttpResponse):
        return found
    rows = found.version.documents.filter(purpose=Purpose.DRAFT, made_at__isnull=False)
    document = rows.select_related("file").first()
    if document is None or document.file is None:
        late = "The PDF is still being made. Try again in a minute."
        return _unseen(HttpResponse(late, status=503, content_type="text/plain"))
    _note(request, found, "took the PDF")
    content = document.file.path.open("rb")
    return _unseen(FileResponse(content, as_attachment=True, filename=document.name))


@login_not_required
@require_safe
def docx(request: HttpRequest, link: int) -> HttpResponse:
    found = _found(request, link)
    if isinstance(found, HttpResponse):
        return found
    _note(request, found, "took the Word file")
    return _unseen(word_file(found.version))


def _act(request: HttpRequest, found: ReviewLink) -> HttpResponse:
    said, at = request.POST, now()
    section, text = said.get("section", ""), one_line_ends(said.get("text", ""))
    note = one_line(said.get("note", ""), LONGEST_NOTE)
    acts: dict[str, Callable[[], object]] = {
        "comment": lambda: reviewing.comment(found, section, text, at=at),
        "propose": lambda: reviewing.propose(found, section, text, at=at),
        "take back": lambda: reviewing.propose(found, section, _stands(found, section), at=at),
        "good": lambda: reviewing.looks_good(found, note, at=at),
        "changes": lambda: reviewing.send_changes(found, note, at=at),
    }
    do = said.get("do", "")
    try:
        acts.get(do, _unknown)()
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        _note(request, found, do)
        if do in {"good", "changes"}:
            messages.success(request, "Thank you. We have your answer.")
    place = f"#s-{section}" if section and found.version.said.section(section) else ""
    return _unseen(redirect(reverse("sow:review_page", args=[found.pk]) + place))


def _stands(found: ReviewLink, key: str) -> str:
    section = found.version.said.plain().section(key)
    return section.text if section else ""


def _page(request: HttpRequest, found: ReviewLink) -> HttpResponse:
    said: dict[str, list[Any]] = {}
    for each in found.comments.all():
        said.setdefault(each.section, []).append(each)
    clauses = [
        (each, said.get(each.key, []), found.words.get(each.key))
        for each in found.version.said.plain().sections
    ]
    context = {
        "link": found,
        "content": found.version.said,
        "number": found.statement.number,
        "customer": found.version.said.fields.get("customer", ""),
        "clauses": clauses,
        "writes": not found.answer,
    }
    return _unseen(render(request, "sow/review_page.html", context))


def _found(request: HttpRequest, pk: int) -> ReviewLink | HttpResponse:
    """The link, for who came by its secret; else what to tell them."""
    secret = request.COOKIES.get(_cookie(pk), "")
    if not secret:
        raise Http404
    rows = ReviewLink.objects.select_related("version", "statement__issue__account")
    found = rows.filter(pk=pk).first()
    if found is None or not constant_time_compare(found.digest, reviewing.digest_of(secret)):
        return _guessed(request)
    if why := found.closed(now()):
        context = {"why": why, "number": found.statement.number, "version": found.version.name}
        return _unseen(render(request, "sow/review_over.html", context, status=410))
    return found


def _guessed(request: HttpRequest) -> HttpResponse:
    """Nothing is there; and who tries too often waits."""
    usage = ratelimit.consume(request, app="sow", action="guess", config=GUESSES, limit_get=True)
    if not usage:
        return _unseen(render(request, "429.html", status=429))
    raise Http404


def _note(request: HttpRequest, found: ReviewLink, what: str) -> None:
    agent = request.headers.get("User-Agent", "").replace("\x00", "")[:LONGEST_AGENT]
    address = ratelimit.get_ip(request)[:45]
    ReviewVisit.objects.create(link=found, at=now(), what=what, address=address, agent=agent)


def _cookie(pk: int) -> str:
    return f"__Host-review-{pk}" if settings.SESSION_COOKIE_SECURE else f"review-{pk}"


def _unseen(answer: Answer) -> Answer:
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _unknown() -> None:
    raise Refused("Choose what to do.")
