"""What the results say: each issue, and the field its words were found in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.utils.safestring import SafeString

from emdesk.markup import fill
from scoping.card_markup import TAGS, address, avatar, segment
from scoping.search.finding import Hit, remarks
from scoping.search.marking import Pattern, marked, patterns, snippet
from scoping.states import State

HIT = """
<li class="hit{over}"><i class="st s-{state}" aria-hidden="true"></i><div><a href="{url}"><span class="reference">PS-{pk}</span> <b>{account}</b> {title}</a>{why}</div><p>{segment}{tag}<span>{stage}</span>{avatar}</p></li>"""
WHY = '<p class="why"><span>{field}</span> {text}</p>'
LABELS = {state.value: state.label for state in State}
MOST_PLACES = 2
Place = tuple[str, str]


def hits_markup(hits: Sequence[Hit]) -> SafeString:
    """The rows of a page of results."""
    lost = {hit.pk: _unexplained(hit) for hit in hits}
    said = _said([pk for pk, missing in lost.items() if missing])
    return SafeString("".join(_hit(hit, said[hit.pk]) for hit in hits))


def _hit(hit: Hit, said: Iterable[Place]) -> SafeString:
    closed = hit.state == State.CLOSED
    return fill(
        HIT,
        over=" over" if closed else "",
        state=hit.state,
        stage=LABELS[hit.state],
        url=address().format(hit.pk),
        pk=hit.pk,
        account=marked(hit.account, hit.sought),
        title=marked(hit.title, hit.sought),
        segment=segment(hit.segment or ""),
        tag=TAGS.get(hit.outcome, ""),
        avatar=avatar(hit.manager_id, hit.manager or ""),
        why=SafeString("".join(_places(hit, said))),
    )


def _places(hit: Hit, said: Iterable[Place]) -> list[SafeString]:
    """Where the words stand that are neither in title nor account."""
    found: dict[str, SafeString] = {}
    fields = [*_fields(hit), *said]
    for pattern in _not_named(hit):
        for field, text in fields:
            piece = snippet(text, pattern, hit.sought)
            if piece is not None:
                found.setdefault(field, piece)
                break
    return [fill(WHY, field=field, text=text) for field, text in [*found.items()][:MOST_PLACES]]


def _unexplained(hit: Hit) -> bool:
    """Whether a word stands in none of the issue's own fields."""
    texts = [text for _, text in _fields(hit)]
    return any(not any(map(pattern.search, texts)) for pattern in _not_named(hit))


def _not_named(hit: Hit) -> list[Pattern]:
    named = (f"{hit.title} PS-{hit.pk}", hit.account)
    return [each for each in patterns(hit.sought) if not any(map(each.search, named))]


def _fields(hit: Hit) -> list[Place]:
    return [
        ("Next step", hit.next_step),
        ("Current state", hit.current_state),
        ("Labels", ", ".join(hit.labels)),
        ("Description", hit.description),
    ]


def _said(pks: Sequence[int]) -> dict[int, list[Place]]:
    """Answers and comments of these issues."""
    found: dict[int, list[Place]] = defaultdict(list)
    for pk, field, text in remarks(pks) if pks else ():
        found[pk].append((field, text))
    return found
