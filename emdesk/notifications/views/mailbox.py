"""Every mail as it was sent: one's own, and for administrators everybody's."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from emdesk.notifications.health import reads_health
from emdesk.notifications.models import Mail, MailQuerySet
from emdesk.notifications.posting import send_again
from emdesk.notifications.writing import letter
from emdesk.web import SignedIn

PER_PAGE = 50
SHOWN = {"": "All", "waiting": "Waiting", "dead": "Not delivered"}


def readable(request: SignedIn) -> MailQuerySet:
    mails = Mail.objects.select_related("recipient")
    return mails if reads_health(request.user) else mails.filter(recipient=request.user)


@require_safe
def page(request: SignedIn) -> HttpResponse:
    show = request.GET.get("show", "")
    mails = readable(request)
    if show == "waiting":
        mails = mails.unsettled()
    elif show == "dead":
        mails = mails.dead()
    found = Paginator(mails.order_by("-pk").defer("text", "html"), PER_PAGE)
    context = {
        "page": found.get_page(request.GET.get("page")),
        "show": show,
        "tabs": SHOWN.items(),
        "everybodys": reads_health(request.user),
    }
    return render(request, "notifications/mailbox.html", context)


@require_safe
def mail(request: SignedIn, pk: int) -> HttpResponse:
    found = get_object_or_404(readable(request), pk=pk)
    message = letter(found).message()
    context = {
        "mail": found,
        "headers": message.items(),
        "may_resend": reads_health(request.user),
    }
    return render(request, "notifications/mail_page.html", context)


@require_safe
def source(request: SignedIn, pk: int) -> HttpResponse:
    """The message byte for byte, for any mail program to open."""
    found = get_object_or_404(readable(request), pk=pk)
    content = letter(found).message().as_bytes(linesep="\r\n")
    response = HttpResponse(content, content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="mail-{found.pk}.eml"'
    return response


@require_POST
def resend(request: SignedIn, pk: int) -> HttpResponse:
    found = get_object_or_404(readable(request), pk=pk)
    if not reads_health(request.user):
        raise PermissionDenied("Only administrators send a mail once more.")
    send_again(found, by=request.user, at=now())
    messages.success(request, f"Another copy leaves for {found.address}.")
    return redirect("notifications:mailbox")
