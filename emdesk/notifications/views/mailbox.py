"""Every mail as it was sent: one's own, and for administrators everybody's."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from emdesk.notifications.health import reads_health
from emdesk.notifications.models import Mail, MailQuerySet
from emdesk.notifications.posting import send_again
from emdesk.notifications.writing import letter
from emdesk.web import SignedIn

PER_PAGE = 50
SHOWN: dict[str, tuple[str, Callable[[MailQuerySet], MailQuerySet]]] = {
    "": ("All", MailQuerySet.all),
    "waiting": ("Waiting", MailQuerySet.unsettled),
    "dead": ("Not delivered", MailQuerySet.dead),
    "doubled": ("Perhaps sent twice", MailQuerySet.perhaps_doubled),
}


def readable(request: SignedIn) -> MailQuerySet:
    """What has not left may be about what its person may not see any more."""
    mails = Mail.objects.select_related("recipient")
    if reads_health(request.user):
        return mails
    return mails.filter(recipient=request.user, sent_at__isnull=False)


@require_safe
def page(request: SignedIn) -> HttpResponse:
    everybodys = reads_health(request.user)
    show = request.GET.get("show", "") if everybodys else ""
    _, part = SHOWN.get(show, SHOWN[""])
    found = Paginator(part(readable(request)).order_by("-pk").defer("text", "html"), PER_PAGE)
    context = {
        "page": found.get_page(request.GET.get("page")),
        "show": show,
        "tabs": [(key, name) for key, (name, _) in SHOWN.items()],
        "everybodys": everybodys,
    }
    return render(request, "notifications/mailbox.html", context)


@require_safe
def mail(request: SignedIn, pk: int) -> HttpResponse:
    found = get_object_or_404(readable(request), pk=pk)
    message = letter(found).message()
    context = {
        "mail": found,
        "headers": message.items(),
        "may_resend": reads_health(request.user) and found.text,
    }
    return render(request, "notifications/mail_page.html", context)


@require_safe
def source(request: SignedIn, pk: int) -> HttpResponse:
    """The message byte for byte, for any mail program to open, until its text is removed."""
    found = get_object_or_404(readable(request).exclude(text=""), pk=pk)
    content = letter(found).message().as_bytes(linesep="\r\n")
    response = HttpResponse(content, content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="mail-{found.pk}.eml"'
    return response


@require_POST
def resend(request: SignedIn, pk: int) -> HttpResponse:
    found = get_object_or_404(readable(request), pk=pk)
    if not reads_health(request.user):
        raise PermissionDenied("Only administrators send a mail once more.")
    if not found.text:
        raise Http404("Its text was removed, so there is nothing to send.")
    send_again(found, by=request.user, at=now())
    messages.success(request, f"Another copy leaves for {found.address}.")
    return redirect("notifications:mailbox")
