"""What the events of statements of work and of the library say, after the name of who did it."""

from __future__ import annotations

from emdesk.activity.sentences import sentence
from emdesk.ledger.models import Event
from scoping.quiet.activity import counts
from sow.drafting import DRAFTED
from sow.library import CLAUSE_SAVED, TEMPLATE_SAVED
from sow.saving import SAVED

counts(DRAFTED, SAVED, called="work on the SOW")


@sentence(DRAFTED)
def drafted(event: Event) -> str:
    data = event.data
    left = len(data["missing"])
    still_open = f", with {left} field{'' if left == 1 else 's'} still open" if left else ""
    return f"drafted {data['sow']} from v{data['estimate']} of the estimate{still_open}"


@sentence(SAVED)
def saved(event: Event) -> str:
    data = event.data
    why = f". “{data['why']}”" if data["why"] else ""
    return f"saved v{data['version']} of {data['sow']}: {', '.join(data['difference'])}{why}"


@sentence(CLAUSE_SAVED)
def clause_saved(event: Event) -> str:
    return f"saved v{event.data['version']} of this clause: “{event.data['why']}”"


@sentence(TEMPLATE_SAVED)
def template_saved(event: Event) -> str:
    return f"saved v{event.data['version']} of this template: “{event.data['why']}”"
