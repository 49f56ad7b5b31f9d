"""The events of risks and calls for help as sentences."""

from __future__ import annotations

from typing import Any

from emdesk.activity.sentences import sentence
from emdesk.ledger.models import Event
from scoping.models import Risk
from scoping.risks import CHANGED, HELP_ASKED, HELP_OVER, NOTED


@sentence(HELP_ASKED)
def help_asked(event: Event) -> str:
    return f"needs help: “{event.data['changed']['help_needed'][1]}”"


@sentence(HELP_OVER)
def help_over(event: Event) -> str:
    return "needs no more help"


@sentence(NOTED)
def risk_noted(event: Event) -> str:
    return f"noted a risk: “{event.data['text']}”"


@sentence(CHANGED)
def risk_changed(event: Event) -> str:
    parts = [_said(name, *pair) for name, pair in event.data["changed_risk"].items()]
    return f"changed the risk “{event.data['text']}”: {'; '.join(parts)}"


def _said(name: str, old: Any, new: Any) -> str:
    field: Any = Risk._meta.get_field(name)
    if field.is_relation:
        return str(field.verbose_name)
    names = dict(field.flatchoices)
    return f"{field.verbose_name} from “{names.get(old, old)}” to “{names.get(new, new)}”"
