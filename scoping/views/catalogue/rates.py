"""Rate cards: what holds where, every card given so far, and giving a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_safe

from emdesk.web import SignedIn
from scoping.catalogue.rating import give_card
from scoping.forms.rates import RateCardForm
from scoping.models import RateCard, ResourceRole
from scoping.rules import sets_bill_rates
from scoping.views.catalogue.frame import page, readers_only
from scoping.views.editing import READ_WRITE


@require_safe
def rates(request: SignedIn) -> HttpResponse:
    readers_only(request)
    today = localdate()
    cards = list(_cards(request))
    held = set(RateCard.objects.in_force(today).values_list("pk", flat=True))
    roles = list(ResourceRole.objects.filter(is_active=True))
    context = {
        "roles": roles,
        "in_force": [_line(card, roles) for card in cards if card.pk in held],
        "to_come": [_line(card, roles) for card in cards if card.effective_from > today],
        "past": [
            _line(card, roles)
            for card in cards
            if card.pk not in held and card.effective_from <= today
        ],
    }
    return page(request, "rates", "rates", context)


@require_safe
def rate_card(request: SignedIn, pk: int) -> HttpResponse:
    readers_only(request)
    card = get_object_or_404(_cards(request), pk=pk)
    roles = list(ResourceRole.objects.all())
    context = {"card": card, "as_lines": [_line(card, roles)], "roles": roles}
    return page(request, "rate_card", "rates", context)


@READ_WRITE
def new_rate_card(request: SignedIn) -> HttpResponse:
    """Beginning with the figures of the card named in the address, if any."""
    readers_only(request)
    if not sets_bill_rates(request.user):
        raise PermissionDenied
    number = request.GET.get("like", "")
    like = _cards(request).filter(pk=number).first() if _is_key(number) else None
    form = RateCardForm(localdate(), like, request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in form.base_fields}
        card = give_card(own_rates=form.by_role, by=request.user, at=now(), **said)
        messages.success(request, f"The card for {card} is given.")
        return redirect("scoping:rates")
    return page(request, "new_rate_card", "rates", {"form": form}, 422 if form.errors else 200)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _cards(request: SignedIn) -> Any:
    rows = RateCard.objects.visible_to(request.user).select_related("set_by")
    return rows.prefetch_related("own_rates__role")


def _line(card: RateCard, roles: list[ResourceRole]) -> dict[str, Any]:
    own = {each.role_id for each in card.own_rates.all()}
    return {"card": card, "rates": [(card.rate_of(role), role.pk in own) for role in roles]}
