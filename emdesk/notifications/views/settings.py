"""What a person wants to hear and how; and leaving a kind of mail by the link in it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from emdesk.notifications.choosing import choose, preferences_of, unsubscribe
from emdesk.notifications.forms import PreferencesForm
from emdesk.notifications.kinds import kinds
from emdesk.notifications.models import Feed
from emdesk.notifications.posting import send_test
from emdesk.notifications.writing import unsubscriber
from emdesk.people.models import User
from emdesk.web import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: SignedIn) -> HttpResponse:
    wishes = preferences_of(request.user)
    form = PreferencesForm(request.POST or None, instance=wishes)
    if form.is_valid():
        wishes.wishes = form.wished()
        choose(wishes, by=request.user, at=now())
        messages.success(request, "Your choices are saved.")
        return redirect("notifications:settings")
    status = 422 if form.errors else 200
    feed = Feed.objects.filter(user=request.user).first()
    context = {"form": form, "feed": feed}
    return render(request, "notifications/settings.html", context, status=status)


@require_POST
def test_mail(request: SignedIn) -> HttpResponse:
    send_test(request.user, now())
    messages.success(request, f"A test mail leaves for {request.user.email}.")
    return redirect("notifications:settings")


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the token says for whom
@login_not_required  # whoever got the mail may stop it
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing: some programs follow every link of a mail."""
    found = unsubscriber(token)
    if found is None or found[1] not in kinds:
        raise Http404
    user = get_object_or_404(User.objects.active(), pk=found[0])
    context = {"kind": kinds[found[1]], "left": request.method == "POST"}
    if request.method == "POST":
        unsubscribe(user, found[1], now())
    return render(request, "notifications/unsubscribe.html", context)
