"""Sending a stamped SOW for signature, by the desk; and our own signature, signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from emdesk.approvals.deciding import decide
from emdesk.approvals.eligible import may_decide
from emdesk.approvals.models import Step, Verdict
from emdesk.approvals.refusals import Refused as NotPossible
from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping.views.editing import READ_WRITE, only_if
from sow import rules
from sow.forms.signing import (
    CustomersForm,
    DeclineForm,
    ReasonForm,
    ReplaceForm,
    SendForm,
    SignForm,
)
from sow.models import Signer, Signing, StatementOfWork
from sow.signing import ours
from sow.signing.ceremony import Signature, consent_of, strokes_in
from sow.signing.ending import recall as take_back
from sow.signing.holding import Over, open_one
from sow.signing.sending import Named, send
from sow.signing.sending import replace as put_in_place
from sow.signing.sending import route as bring_to_customer
from sow.stamping import standing
from sow.views.finding import find

ANCHOR = "#signatures"


@READ_WRITE
def sending(request: SignedIn, pk: int) -> HttpResponse:
    """Who signs for us and, where one speaks with the customer, who for them; posting sends it."""
    found, at = find(request, pk), now()
    only_if(rules.routes_ours(found.issue, request.user))
    stamp = standing(found)
    if stamp is None:
        return _back(request, found, f"{found.number} has no legal stamp that stands.")
    sent = request.POST if request.method == "POST" else None
    form = SendForm(sent, at=at, by=request.user, version=stamp.version.number)
    routes = rules.routes_customer(found.issue, request.user)
    zone = request.user.time_zone
    customers = CustomersForm(sent, needed=False, zone=zone) if routes else None
    refused, status = "", 200 if sent is None else 422
    if form.is_valid() and (customers is None or customers.is_valid()):
        try:
            people = customers.named if customers else ()
            send(found, **form.said, customers=people, by=request.user, at=at)
        except NotAllowed:
            raise
        except Refused as refusal:
            refused = refusal.reason
        else:
            messages.success(request, f"{found.number} is out for signature.")
            return redirect(f"{found.get_absolute_url()}{ANCHOR}")
    context = {"form": form, "customers": customers, "stamp": stamp, "refused": refused}
    return _form(request, found, "sow/send_signing.html", status, **context)


@READ_WRITE
def route(request: SignedIn, pk: int) -> HttpResponse:
    """Who signs for the customer, named by who speaks with them."""
    found = find(request, pk)
    only_if(rules.routes_customer(found.issue, request.user))
    signing = open_one(found)
    if signing is None:
        return _back(request, found, f"{found.number} is not out for signature.")
    sent = request.POST if request.method == "POST" else None
    form = CustomersForm(sent, zone=request.user.time_zone)
    refused, status = "", 200 if sent is None else 422
    if form.is_valid():
        try:
            bring_to_customer(signing, form.named, by=request.user, at=now())
        except NotAllowed:
            raise
        except Refused as refusal:
            refused, status = refusal.reason, 409 if isinstance(refusal, Over) else 422
        else:
            messages.success(request, "They are asked when their turn comes.")
            return redirect(f"{found.get_absolute_url()}{ANCHOR}")
    context = {"customers": form, "signing": signing, "refused": refused}
    return _form(request, found, "sow/route_signing.html", status, **context)


@require_POST
def recall(request: SignedIn, pk: int) -> HttpResponse:
    def deed(signing: Signing, said: dict[str, Any]) -> str:
        take_back(signing, said["why"], by=request.user, at=now())
        return f"{signing.statement.number} is recalled."

    return _done(request, pk, ReasonForm(request.POST), deed)


@require_POST
def replace(request: SignedIn, pk: int) -> HttpResponse:
    """Somebody else signs for the customer."""

    def deed(signing: Signing, said: dict[str, Any]) -> str:
        old = get_object_or_404(signing.signers, pk=said["signer"])
        to = Named(said["name"], said["email"], old.time_zone)
        put_in_place(old, to, why=said["why"], by=request.user, at=now())
        return f"{to.name} signs in place of {old.name}."

    return _done(request, pk, ReplaceForm(request.POST), deed)


@READ_WRITE
def sign(request: SignedIn, pk: int) -> HttpResponse:
    """Our signature: read, agree, type or draw; given by who has just shown who they are."""
    found = find(request, pk)
    step, signer = _turn(request, found)
    if request.method == "POST":
        return reauthentication_required(_sign)(request, found, step, signer)  # type: ignore[no-any-return]
    return _ceremony(request, found, step, signer)


def _sign(request: SignedIn, found: StatementOfWork, step: Step, signer: Signer) -> HttpResponse:
    at, declines = now(), request.POST.get("do") == "decline"
    form: Any = DeclineForm(request.POST) if declines else _sign_form(request, signer)
    if not form.is_valid():
        return _ceremony(request, found, step, signer, status=422, declines=declines, form=form)
    said, status = form.cleaned_data, 422
    try:
        if declines:
            digest = step.request.digest
            reason, by = said["reason"], request.user
            decide(step, Verdict.REJECTED, by=by, at=at, digest=digest, reason=reason)
        else:
            given = Signature(
                said["typed"], strokes_in(said["strokes"]), address_of(request), agent_of(request)
            )
            ours.sign(step, given, by=request.user, at=at, seen=said["seen"])
    except NotAllowed:
        raise
    except (Refused, NotPossible) as refusal:
        form.add_error(None, refusal.reason)
        return _ceremony(request, found, step, signer, status=status, declines=declines, form=form)
    did = "You declined" if declines else "You signed"
    messages.success(request, f"{did} {found.number}.")
    return redirect("approvals:request", step.request_id)


@require_safe
def file(request: SignedIn, pk: int) -> FileResponse:
    """The stamped file, as it is put to signatures."""
    found = find(request, pk)
    stamp = standing(found)
    if stamp is None:
        raise Http404
    return pdf_file(stamp.document)


def pdf_file(document: Any) -> FileResponse:
    try:
        content = document.file.path.open("rb")
    except FileNotFoundError:
        raise Http404(f"{document} is not where it was put.") from None
    response = FileResponse(content, content_type="application/pdf", filename=document.name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def address_of(request: HttpRequest) -> str | None:
    found: str | None = get_adapter(request).get_client_ip(request)
    return found


def agent_of(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")[:200]


def _turn(request: SignedIn, found: StatementOfWork) -> tuple[Step, Signer]:
    """The open signature of our side that this person may give."""
    at = now()
    for step in ours.open_steps(found.issue):
        if may_decide(step, request.user, at):
            signer = ours.signer_of(step)
            return step, signer
    only_if(not ours.open_steps(found.issue))
    raise Http404


def _sign_form(request: SignedIn, signer: Signer) -> SignForm:
    sent = request.POST if request.method == "POST" else None
    return SignForm(sent, consent=consent_of(signer, now()), sha256=signer.signing.sha256)


def _ceremony(
    request: SignedIn,
    found: StatementOfWork,
    step: Step,
    signer: Signer,
    *,
    status: int = 200,
    declines: bool = False,
    form: Any = None,
) -> HttpResponse:
    fresh_form = SignForm(consent=consent_of(signer, now()), sha256=signer.signing.sha256)
    context = {
        "signer": signer,
        "signing": signer.signing,
        "step": step,
        "form": fresh_form if declines or form is None else form,
        "decline": form if declines else DeclineForm(),
        "declines": declines,
    }
    return _form(request, found, "sow/sign.html", status, **context)


def _done(
    request: SignedIn, pk: int, form: Any, deed: Callable[[Signing, dict[str, Any]], str]
) -> HttpResponse:
    found = find(request, pk)
    only_if(rules.minds_signing(found.issue, request.user))
    signing = open_one(found)
    if signing is None:
        return _back(request, found, f"{found.number} is not out for signature.")
    if not form.is_valid():
        faults = (f"{form.fields[name].label}: {said[0]}" for name, said in form.errors.items())
        return _back(request, found, " ".join(faults))
    try:
        messages.success(request, deed(signing, form.cleaned_data))
    except NotAllowed:
        raise
    except Refused as refusal:
        return _back(request, found, refusal.reason)
    return redirect(f"{found.get_absolute_url()}{ANCHOR}")


def _back(request: SignedIn, found: StatementOfWork, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect(f"{found.get_absolute_url()}{ANCHOR}")


def _form(
    request: SignedIn, found: StatementOfWork, template: str, status: int, **context: Any
) -> HttpResponse:
    about = {"issue": found.issue, "statement": found}
    return render(request, template, about | context, status=status)
