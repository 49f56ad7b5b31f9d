"""The markup of a card. Boards hold thousands: a template would take most of a request for it.

Every value goes through ``fill``, which escapes it. What many cards share is made once.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.safestring import SafeString

from emdesk.markup import fill
from emdesk.people.models import Segment, User
from scoping.states import EmStatus, Outcome

if TYPE_CHECKING:
    from scoping.cards import Card

CARD = """
<li class="card {staleness}" id="c{pk}" draggable="true" data-state="{state}" data-em="{manager}" data-segment="{segment}" data-confidence="{confidence}" data-seen="{moves}" data-rev="{changed_in}" data-to="{legal}">
<p><span class="reference">PS-{pk}</span>{segment_name}{tag}<a class="mover-link" href="{url}{deed}/" aria-label="Move PS-{pk}" draggable="false"></a></p>
<a class="card-link" href="{url}" draggable="false"><b>{account}</b><span class="value">{value}</span><span class="title">{title}</span></a>
{clock}<p>{next_step}<span class="age" title="In this column{typical}">{age}</span>{avatar}</p></li>"""

CLOCK = '<p class="clk c-{sign}">{name} · {words}</p>'
SEGMENT = '<span class="segment">{label}</span>'
AVATAR = '<i class="av a{slot}" role="img" aria-label="EM {name}" title="{name}">{initials}</i>'
TAGS = {
    Outcome.WON.value: SafeString('<span class="tag won">Won</span>'),
    Outcome.LOST.value: SafeString('<span class="tag">Lost</span>'),
    EmStatus.TODO.value: SafeString('<span class="tag todo">To do</span>'),
    EmStatus.WAITING.value: SafeString('<span class="tag wait">Waiting</span>'),
}
NEXT_STEP = {
    "overdue": '<span class="next-step overdue" title="{step}">Overdue · {step}</span>',
    "today": '<span class="next-step today" title="{step}">Today · {step}</span>',
    "later": '<span class="next-step" title="{step}">{step}</span>',
    "none": '<span class="next-step none">No next step</span>',
    "over": "",
}


def card_markup(card: Card) -> SafeString:
    typical = card.typical_short
    return fill(
        CARD,
        pk=card.pk,
        url=address().format(card.pk),
        deed=card.deed,
        state=card.state,
        moves=card.moves,
        changed_in=card.changed_in,
        legal=card.legal,
        manager=card.engagement_manager_id or "none",
        segment=card.segment_id or "none",
        segment_name=segment(card.segment or ""),
        confidence=card.confidence or "none",
        account=card.account,
        value=card.value_short,
        title=card.title,
        clock=clock(card),
        tag=TAGS.get(card.outcome or card.em_status, ""),
        next_step=fill(NEXT_STEP[card.next_step_state], step=card.next_step),
        staleness=card.staleness,
        typical=f"; typical {typical}" if typical else "",
        age=f"{card.age_short} / {typical}" if typical else card.age_short,
        avatar=avatar(card.engagement_manager_id, card.manager or ""),
    )


def clock(card: Card) -> SafeString | str:
    """The live clock that is due first."""
    if card.clock is None or card.chip is None:
        return ""
    return fill(CLOCK, sign=card.chip.sign, name=card.clock["name"], words=card.chip.words)


@cache
def address() -> str:
    """Where an issue is, with a gap for its number: reversing each would cost more than its card."""
    return reverse("scoping:issue", args=[0]).replace("0", "{}")


@lru_cache(maxsize=200)
def segment(name: str) -> SafeString | str:
    return fill(SEGMENT, label=Segment(name=name).label) if name else ""


@lru_cache(maxsize=500)
def avatar(pk: int | None, name: str) -> SafeString | str:
    person = User(pk=pk, name=name)
    return fill(AVATAR, slot=person.slot, name=name, initials=person.initials) if pk else ""
