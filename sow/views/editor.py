"""The editor of a statement of work: one page, one address to which every change is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from emdesk.web import SignedIn
from emdesk.workflow import Refused
from scoping.views.editing import READ_WRITE, only_if
from sow import arranging, rules
from sow.arranging import Act
from sow.asking import Resets, effects_of, foreseen
from sow.forms.drafting import FieldsForm
from sow.forms.library import one_line, one_line_ends
from sow.models import Clause, StatementOfWork
from sow.page import FIELDS_PART, results, shown
from sow.pen import PenHeld
from sow.saving import Clashed, Typed, merged, save
from sow.views.finding import find

PAGE = "sow/statement.html"
LONGEST_TITLE, LONGEST_WHY = 120, 300


@READ_WRITE
def statement(request: SignedIn, pk: int) -> HttpResponse:
    """Read, or with ``?edit=`` a section's key, ``all`` or ``fields`` edited; posting saves."""
    found = find(request, pk)
    if request.method != "POST":
        return _page(request, found, edit=request.GET.get("edit", ""))
    only_if(rules.edits(found.issue, request.user))
    return _save(request, found)


@require_POST
def check(request: SignedIn, pk: int) -> HttpResponse:
    """The checks of what is typed and not saved yet."""
    found = find(request, pk)
    only_if(rules.edits(found.issue, request.user))
    head = found.head
    content = merged(head.said, head, typed_in(request.POST), {})
    by, at = request.user, now()
    effects = effects_of(head, content, by=by, at=at)
    plan = effects.plan or foreseen(found, head, content, by=by, at=at)
    context = {"statement": found, "typing": True, "effects": effects, "plan": plan}
    context |= results(head, found.issue, content)
    return render(request, "sow/_checks.html", context)


def _save(request: SignedIn, found: StatementOfWork) -> HttpResponse:
    said, typed = request.POST, typed_in(request.POST)
    fields, form = {}, None
    if said.get("part") == FIELDS_PART:
        form = FieldsForm(said, known=found.head.said.fields)
        if not form.is_valid():
            return _page(request, found, edit=FIELDS_PART, form=form, status=422)
        fields = form.said
    why, seen = one_line(said.get("why", ""), LONGEST_WHY), _number(said, "seen")
    try:
        version = save(
            found,
            seen=min(max(seen, 1), found.latest),
            by=request.user,
            at=now(),
            typed=typed,
            fields=fields,
            act=_act(said),
            why=why,
            told=said.getlist("told"),
        )
    except Clashed as clashed:
        return _clash(request, found, clashed, typed, why)
    except PenHeld as refusal:
        kept = "What you wrote is kept as a proposal below." if typed else ""
        return _page(request, found, edit="", status=409, refused=f"{refusal.reason} {kept}")
    except Refused as refusal:
        edit = said.get("edit", "")
        more: dict[str, Any] = {"refused": refusal.reason, "why": why}
        if isinstance(refusal, Resets):
            more |= {"effects": refusal.effects, "told": refusal.effects.takes}
        return _page(request, found, edit=edit, typed=typed, status=422, form=form, **more)
    messages.success(request, f"Saved as v{version.number}." if version else "Nothing changed.")
    return redirect(f"{found.get_absolute_url()}#{_place(said)}")


def _act(said: QueryDict) -> Act | None:
    """What the pressed button does beside saving: ``up:scope-2``, ``take:travel:1``."""
    do, _, rest = said.get("do", "save").partition(":")
    key, _, which = rest.partition(":")
    if do in {"up", "down"}:
        return arranging.move(key, -1 if do == "up" else 1)
    if do == "remove":
        return arranging.remove(key)
    if do == "add":
        return arranging.add(key, _clause(said.get("clause", "")) if said.get("clause") else None)
    if do == "take":
        clause = _clause(said.get(f"clause.{key}", ""))
        return arranging.take(key, clause, int(which) if which.isdecimal() else None)
    return None


def _clause(key: str) -> Clause:
    clause: Clause | None = Clause.objects.in_use().with_text().filter(key=key).first()
    if clause is None:
        raise Refused("The library has no such clause in use any more. Look again.")
    return clause


def _clash(
    request: SignedIn, found: StatementOfWork, clashed: Clashed, typed: Sequence[Typed], why: str
) -> HttpResponse:
    met = {each.typed.key for each in clashed.sections}
    context = {
        "issue": found.issue,
        "statement": found,
        "clashes": clashed.sections,
        "field_clashes": clashed.fields,
        "head": clashed.head,
        "others": [each for each in typed if each.key not in met],
        "clashing": {each.name for each in clashed.fields},
        "fields_part": request.POST.get("part") == FIELDS_PART,
        "said": request.POST,
        "why": why,
    }
    return render(request, "sow/clash.html", context, status=409)


def _page(
    request: SignedIn,
    found: StatementOfWork,
    *,
    edit: str,
    typed: Sequence[Typed] = (),
    status: int = 200,
    form: FieldsForm | None = None,
    **more: Any,
) -> HttpResponse:
    about = request.GET.get("about", "")
    context = shown(found, request.user, now(), edit=edit, typed=typed, about=about)
    if context["edit"] == FIELDS_PART:
        context["form"] = form or FieldsForm(known=context["content"].fields)
    return render(request, PAGE, context | more, status=status)


def typed_in(said: QueryDict) -> list[Typed]:
    """``t.scope`` is the title of a section, ``x.scope`` its text."""
    keys = [name.removeprefix("x.") for name in said if name.startswith("x.")]
    return [
        Typed(
            key,
            one_line(said.get(f"t.{key}", ""), LONGEST_TITLE),
            one_line_ends(said.get(f"x.{key}", "")),
        )
        for key in keys
    ]


def _place(said: QueryDict) -> str:
    key = said.get("edit", "")
    return f"s-{key}" if f"x.{key}" in said else "main"


def _number(said: QueryDict, name: str) -> int:
    text = said.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
