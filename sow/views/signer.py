"""A customer's own page to sign on: no account, a link by mail, a code by mail, and nothing of ours
in it.

The link's secret goes into a cookie and out of the address at once. Looking changes nothing.
"""

from __future__ import annotations

import logging
from typing import Any, TypeVar

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from emdesk.configuration.values import value_of
from emdesk.workflow import Refused
from scoping.views.editing import READ_WRITE
from sow.forms.signing import CodeForm, DeclineForm, SignForm
from sow.models import Progress, SignerLink
from sow.settings import OUR_SIDE
from sow.signing import ceremony, codes
from sow.signing.ceremony import Signature, consent_of, reachable, strokes_in
from sow.signing.holding import Over
from sow.signing.links import link_behind
from sow.views.signing import address_of, agent_of, pdf_file

Answer = TypeVar("Answer", bound=HttpResponseBase)
COOKIE, PROOF = "signing", "signer"
HOURS = 3_600
RATES = {"open": "30/m/ip", "act": "20/m/ip", "code": "6/h/key"}
log = logging.getLogger(__name__)


@login_not_required
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail to the page; the secret goes into a cookie of this browser."""
    if _too_often(request, "open"):
        return _private(render(request, "429.html", status=429))
    if link_behind(token) is None:
        log.warning("a signer's link that nobody was given was opened from %s", address_of(request))
        raise Http404
    response = redirect("signing:page")
    response.status_code = 303
    _keep(response, COOKIE, token, 24 * HOURS)
    _forget(response, PROOF)
    return _private(response)


@login_not_required
@READ_WRITE
def page(request: HttpRequest) -> HttpResponse:
    found = _behind(request)
    if found is None:
        return _private(render(request, "sow/signer_over.html", {"lost": True}, status=410))
    if request.method == "POST" and _too_often(request, "act"):
        return _private(render(request, "429.html", status=429))
    try:
        reachable(found.signer, found, now())
        response = _act(request, found) if request.method == "POST" else _show(request, found)
    except Over as over:
        response = _over(request, found, over.reason)
    return _private(response)


@login_not_required
@require_safe
def file(request: HttpRequest) -> HttpResponseBase:
    """The stamped file or, once everybody signed, the executed one; after the code."""
    found = _behind(request)
    if found is None or not _proven(request, found):
        raise Http404
    try:
        reachable(found.signer, found, now())
    except Over as over:
        return _private(_over(request, found, over.reason))
    signing = found.signer.signing
    executed = signing.executed if signing.standing == Progress.EXECUTED else None
    return _private(pdf_file(executed or signing.stamp.document))


def _act(request: HttpRequest, found: SignerLink) -> HttpResponse:
    do = request.POST.get("do", "")
    if do == "code":
        return _send_code(request, found)
    if do == "identify":
        return _identify(request, found)
    if not _proven(request, found):
        return _show(request, found, refused="Your hour is over. Ask for a new code.", status=403)
    if do == "decline":
        return _decline(request, found)
    return _sign(request, found)


def _send_code(request: HttpRequest, found: SignerLink) -> HttpResponse:
    if _too_often(request, "code", key=str(found.signer_id)):
        return render(request, "429.html", status=429)
    try:
        codes.send_code(found, **_from(request))
    except Over:
        raise
    except Refused as refusal:
        return _show(request, found, refused=refusal.reason, status=422)
    return redirect("signing:page")


def _identify(request: HttpRequest, found: SignerLink) -> HttpResponse:
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            proof = codes.identify(found, form.cleaned_data["code"], **_from(request))
        except codes.WrongCode as wrong:
            form.add_error("code", wrong.reason)
        else:
            response = redirect("signing:page")
            _keep(response, PROOF, proof, HOURS)
            return response
    return _show(request, found, code=form, status=422)


def _sign(request: HttpRequest, found: SignerLink) -> HttpResponse:
    form = _sign_form(found, request.POST)
    if form.is_valid():
        said, where = form.cleaned_data, _from(request)
        try:
            at = where.pop("at")
            given = Signature(said["typed"], strokes_in(said["strokes"]), **where)
            ceremony.sign(found, given, seen=said["seen"], at=at)
        except Over:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return _thanks(request, found, "signed")
    return _show(request, found, form=form, status=422)


def _decline(request: HttpRequest, found: SignerLink) -> HttpResponse:
    form = DeclineForm(request.POST)
    if form.is_valid():
        try:
            ceremony.decline(found, form.cleaned_data["reason"], **_from(request))
        except Over:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return _thanks(request, found, "declined")
    return _show(request, found, decline=form, status=422)


def _thanks(request: HttpRequest, found: SignerLink, did: str) -> HttpResponse:
    return render(request, "sow/signer_done.html", _about(found) | {"did": did})


def _show(
    request: HttpRequest,
    found: SignerLink,
    *,
    code: Any = None,
    form: Any = None,
    decline: Any = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    signer = found.signer
    proven = _proven(request, found)
    context = _about(found) | {
        "proven": proven,
        "asked": signer.asked,
        "code_sent": codes.waits(found, now()),
        "code": code or CodeForm(),
        "form": form or _sign_form(found),
        "decline": decline or DeclineForm(),
        "declines": decline is not None,
        "refused": refused,
        "sha256": signer.signing.sha256,
    }
    return render(request, "sow/signer.html", context, status=status)


def _over(request: HttpRequest, found: SignerLink, why: str) -> HttpResponse:
    return render(request, "sow/signer_over.html", _about(found) | {"why": why}, status=410)


def _about(found: SignerLink) -> dict[str, Any]:
    """What a customer reads of it; nothing else of ours goes into the page."""
    signing = found.signer.signing
    statement = signing.statement
    sender = signing.routed_by or signing.sent_by
    return {
        "name": found.signer.name,
        "email": found.signer.email,
        "us": value_of(OUR_SIDE, localdate(now())),
        "number": statement.number,
        "version": signing.stamp.version.number,
        "title": statement.issue.title,
        "customer": statement.issue.account.name,
        "sender": sender.name,
        "sender_email": sender.email,
        "note": signing.note,
        "until": signing.expires_at,
    }


def _sign_form(found: SignerLink, sent: Any = None) -> SignForm:
    signer = found.signer
    return SignForm(sent, consent=consent_of(signer, now()), sha256=signer.signing.sha256)


def _behind(request: HttpRequest) -> SignerLink | None:
    token = request.COOKIES.get(_name(COOKIE), "")
    return link_behind(token) if token else None


def _proven(request: HttpRequest, found: SignerLink) -> bool:
    return codes.proven(found, request.COOKIES.get(_name(PROOF), ""))


def _from(request: HttpRequest) -> dict[str, Any]:
    return {"at": now(), "address": address_of(request), "agent": agent_of(request)}


def _too_often(request: HttpRequest, action: str, key: str = "") -> bool:
    usage = ratelimit.consume(
        request, app="sow", action=action, config=RATES, key=key or None, limit_get=True
    )
    return not usage


def _name(name: str) -> str:
    return f"__Host-{name}" if settings.PRODUCTION else name


def _keep(response: HttpResponse, name: str, value: str, age: int) -> None:
    response.set_cookie(
        _name(name),
        value,
        max_age=age,
        secure=settings.PRODUCTION,
        httponly=True,
        samesite="Lax",
    )


def _forget(response: HttpResponse, name: str) -> None:
    _keep(response, name, "", 0)


def _private(response: Answer) -> Answer:
    """Kept by nobody on the way, found by no search."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response
