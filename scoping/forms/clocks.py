"""Which running clocks to show. All of it is in the address; what is broken is ignored."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from emdesk.people.models import Role, Segment, User
from emdesk.sla.chips import SOON
from emdesk.sla.models import Clock, Policy, State
from emdesk.sla.states import BREACH
from scoping.models import ScopingIssue

NOBODY, MINE = "none", "mine"
STANDS = [
    ("", "Any"),
    ("overdue", "Overdue"),
    ("soon", f"More than {SOON} % used"),
    ("paused", "Paused"),
]


class ClockFilter(forms.Form):
    """Whose clocks, of which promise, in which segment, and how they stand."""

    em = forms.ChoiceField(label="Engagement manager", required=False)
    policy = forms.ChoiceField(label="Promise", required=False)
    segment = forms.ChoiceField(label="Segment", required=False)
    stands = forms.ChoiceField(label="Stands", required=False, choices=STANDS)

    def __init__(self, user: User, data: QueryDict) -> None:
        super().__init__({name: data.get(name, "") for name in self.base_fields})
        self._user = user
        managers = User.objects.engagement_managers().values_list("pk", "name")
        promises = dict(Policy.objects.values_list("key", "name"))
        chosen: dict[str, list[tuple[str, str]]] = {
            "em": [
                ("", "Everybody"),
                *([(MINE, "Mine")] if user.has(Role.EM) else []),
                (NOBODY, "Nobody's"),
                *((str(pk), name) for pk, name in managers),
            ],
            "policy": [("", "All"), *promises.items()],
            "segment": [
                ("", "All"),
                *((str(each.pk), each.label) for each in Segment.objects.all()),
            ],
        }
        for name, choices in chosen.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def said(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def address(self) -> str:
        return urlencode(self.said)

    def narrowed(self, clocks: QuerySet[Clock], at: datetime) -> Any:
        said = self.said
        if key := said.get("policy"):
            clocks = clocks.filter(key=key)
        if about := self._about(said):
            issues = ScopingIssue.objects.filter(about).values("pk")
            clocks = clocks.filter(subject_id__in=issues)
        return clocks.filter(_standing(said.get("stands", ""), at))

    def _about(self, said: dict[str, Any]) -> Q:
        about = Q()
        if em := said.get("em"):
            whose = {MINE: self._user.pk, NOBODY: None}
            about &= Q(engagement_manager=whose.get(em, em))
        if segment := said.get("segment"):
            about &= Q(segment=segment)
        return about


def _standing(stands: str, at: datetime) -> Q:
    if stands == "overdue":
        return Q(due_at__lte=at)
    if stands == "soon":
        return Q(due_at__gt=at, noted__overlap=list(range(SOON, BREACH)))
    return Q(state=State.PAUSED) if stands == "paused" else Q()
