"""The one table that spells every event as a sentence, for pages, mail and feeds alike.

The package an event comes from registers its sentence: what was done, after the name of who did
it. A sentence is plain text made from the event alone; it asks the database nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from emdesk.ledger.models import Event

Deed = Callable[[Event], str]
_deeds: dict[str, Deed] = {}


def sentence(*verbs: str) -> Callable[[Deed], Deed]:
    def register(deed: Deed) -> Deed:
        _deeds.update(dict.fromkeys(verbs, deed))
        return deed

    return register


def describe(event: Event) -> str:
    """“Amara Osei moved this to SOW_WIP”: plain text, to be escaped like any other."""
    return f"{who(event)} {what(event)}"


def who(event: Event) -> str:
    return str(event.actor) if event.actor else "emdesk"


def what(event: Event) -> str:
    deed = _deeds.get(event.verb)
    return deed(event) if deed else f"noted “{_words(event.verb)}”"


def unspelled(verbs: Iterable[str]) -> set[str]:
    """Those of these verbs that nobody has put into a sentence."""
    return set(verbs) - set(_deeds)


def _words(verb: str) -> str:
    return verb.rpartition(".")[2].replace("_", " ")
