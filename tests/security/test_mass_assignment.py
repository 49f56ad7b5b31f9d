"""S3: a form changes what it owns. Whatever else is sent along with it changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from scoping.states import State
from tests.reports import report
from tests.security.asking import Question
from tests.security.catalogue import DESK
from tests.security.dom import fields_of, names_on
from tests.security.doors import ADMIN
from tests.security.rows import taken_back
from tests.security.visitor import HTMX
from tests.security.world import World

OURS = {
    "scoping",
    "people",
    "calendars",
    "activity",
    "files",
    "configuration",
    "ledger",
    "notifications",
}
WISHED: dict[str, Any] = {
    "state": State.APPROVED,
    "held_from": State.SOW_WIP,
    "closed_from": State.SOW_WIP,
    "outcome": "won",
    "close_reason": "signed",
    "close_quarter": "Q199",
    "em_status": "waiting",
    "waiting_on": "customer",
    "architect_help": "given",
    "architect_review": "approved",
    "delivery_review": "approved",
    "communication_owner": "shared",
    "agreement": "in_place",
    "services": "training",
    "roles": "admin",
    "level": "director",
    "audience": "customer",
    "origin": "import",
    "is_staff": "on",
    "is_superuser": "on",
}
NOTHING_STORED = (
    *("/theme/", "/activity/scoping.scopingissue/{deal}/unwatch/"),
    *("/catalogue/draft/begin/", "/forecast/{quarter}/call/begin/"),  # there is one already
    *("/sow/{written}/stamp/", "/sow/{written}/stamp/void/"),  # nobody approved it
    "/sow/{written}/returned/",  # no file comes with it
    "/issues/{priced}/estimate/v{sent}/review/",  # it was asked for already
)
# Fields of a form that is sent without them.
OPTIONAL = {
    "/profile/absences/": {"note"},
    "/issues/{deal}/move/": {"note"},
    "/issues/{incoming}/verdict/ decline": {"note"},
    "/issues/{incoming}/verdict/ ask": {"note", "questions", "until"},
    "/issues/{incoming}/verdict/ snooze": {"day"},
    "/views/save/": {"query", "team"},
    "/forecast/{quarter}/calls/{em}/submit/": {"note"},
    "/forecast/{quarter}/plans/set/": {"revenue", "recognised"},
    "/forecast/{quarter}/call/{opportunity}/": {"next_step"},
    "/inbox/act/": {"until"},
    "/issues/{deal}/status/": {"status"},
    "/issues/{priced}/estimate/v{sent}/answer/": {"answer"},
    "/sow/{written}/pen/": {"reason", "side"},
    "/sow/{turned}/pen/": {"side"},
    "/sow/{written}/legal/": {"number", "link", "note"},
    "/sow/{written}/booking/": {"who", "link"},
}
WRITING = [
    question for question in [*DESK, *ADMIN] if question.method == "POST" and question.ok == (302,)
]


def fields() -> list[models.Field[Any, Any]]:
    found = (model for model in apps.get_models() if model._meta.app_label in OURS)
    every = (field for model in found for field in model._meta.get_fields())
    return [field for field in every if isinstance(field, models.Field)]


def value_for(field: models.Field[Any, Any], world: World) -> Any:
    """Something the column would take, and that it does not hold now."""
    if field.name in WISHED:
        return WISHED[field.name]
    if isinstance(field, models.ForeignKey | models.ManyToManyField):
        return _another(field, world)
    if isinstance(field, models.DateTimeField):
        return "1999-01-01T01:01:01+00:00"
    if isinstance(field, models.DateField):
        return "1999-01-01"
    if isinstance(field, models.BooleanField):
        return "on"
    return "1999"


def _another(field: models.Field[Any, Any], world: World) -> str:
    names = {"user": "other_em", "scopingissue": "elsewhere", "opportunity": "opportunity"}
    model = field.related_model._meta.model_name  # type: ignore[union-attr]
    return str(world.pks.get(names.get(model, model), 1))


def unasked(world: World, owned: set[str]) -> dict[str, Any]:
    """Every column of every model by its names, but those the form has a field for."""
    found = dict(WISHED)
    for field in fields():
        found[field.name] = found[field.attname] = value_for(field, world)
    return {name: value for name, value in found.items() if name not in owned}


def effect(world: World, role: str, question: Question, data: dict[str, Any], **more: Any) -> Any:
    """The answer, and every row that is there only after the request or only before it."""
    visitor = world[role]
    with taken_back() as changed:
        answer = visitor.look(question.address(world), "POST", data, **more)
    return answer.status_code, set(changed)


@pytest.mark.parametrize("question", WRITING, ids=str)
def test_a_form_changes_what_it_owns_and_nothing_else(
    world: World,
    question: Question,
    full: bool,
) -> None:
    """Sent with every other column there is, it has the effect it has by itself.

    In turns whole and by htmx; with ``--full`` each in both ways.
    """
    role = question.who_may()
    page = world[role].ask(question.address(world)).page if question.fills else ""
    sent = question.sent(world)
    shown, names = fields_of(page, *sent), names_on(page, *sent)
    form = f"{question.path} {question.data.get('verdict', '')}".strip()
    owned = names | OPTIONAL.get(form, set())
    extra = unasked(world, owned | set(sent))

    status, changed = effect(world, role, question, shown | question.sent(world))
    same = [
        effect(world, role, question, extra | shown | question.sent(world), **headers)
        for headers in (({}, HTMX) if full else [({}, HTMX)[WRITING.index(question) % 2]])
    ]

    differing = [row for _, also in same for row in sorted(changed ^ also)]
    tried = f"{question.path} {' '.join(question.data)}".strip()
    report("security", f"S3 {tried}", fields=len(same) * len(extra), rows_changed=len(differing))
    assert status == 302
    assert all(code < 400 for code, _ in same)
    assert changed or question.path in NOTHING_STORED
    assert not differing, "\n".join(map(str, differing))
