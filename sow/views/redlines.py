"""What others want changed: each change read beside the newest version, accepted or rejected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from emdesk.web import SignedIn
from emdesk.workflow import NotAllowed, Refused
from scoping.rules import comments as may_comment
from scoping.views.editing import READ_WRITE, only_if
from sow import rules
from sow.asking import Resets
from sow.forms.library import one_line
from sow.models import Redline, RedlineChange, StatementOfWork
from sow.models.redline import Part, Verdict
from sow.pen import PenHeld
from sow.redlining import Outcome, decide
from sow.taking_in import Carried
from sow.views.commenting import settled
from sow.views.finding import find

LONGEST_WHY = 200


@dataclass(frozen=True)
class Run:
    """Text that stands, or a change in it."""

    text: str = ""
    change: RedlineChange | None = None


@dataclass(frozen=True)
class Clause:
    """A clause as it went out, with the changes somebody wants in it."""

    key: str
    title: str
    runs: tuple[Run, ...]
    changes: tuple[RedlineChange, ...]


@READ_WRITE
def redline(request: SignedIn, pk: int, redline: int) -> HttpResponse:
    """Read; posting decides: ``v.12`` is the verdict on change 12."""
    found = find(request, pk)
    chosen = get_object_or_404(found.redlines.select_related("by", "file"), pk=redline)
    if request.method != "POST":
        return _page(request, found, chosen)
    only_if(rules.edits(found.issue, request.user))
    verdicts, said = _verdicts(request.POST), request.POST
    why = one_line(said.get("why", ""), LONGEST_WHY)
    more: dict[str, Any] = {"verdicts": verdicts, "why": why, "status": 422}
    if not verdicts:
        return _page(request, found, chosen, refused="Accept or reject a change first.", **more)
    told = said.getlist("told")
    try:
        done = decide(found, chosen, verdicts, by=request.user, at=now(), why=why, told=told)
    except NotAllowed:
        raise
    except Resets as resets:
        more |= {"effects": resets.effects, "told": resets.effects.takes}
        return _page(request, found, chosen, refused=resets.reason, **more)
    except Refused as refusal:
        more["status"] = 409 if isinstance(refusal, PenHeld) else 422
        return _page(request, found, chosen, refused=refusal.reason, **more)
    _tell(request, done)
    return redirect(chosen)


@require_POST
def settle(request: SignedIn, pk: int, remark: int) -> HttpResponse:
    """Resolve or reopen what somebody outside said."""
    found = find(request, pk)
    only_if(may_comment(found.issue, request.user))
    return settled(request, found, get_object_or_404(found.outside_comments, pk=remark))


def _verdicts(said: QueryDict) -> dict[int, str]:
    keys = {name.removeprefix("v."): said[name] for name in said if name.startswith("v.")}
    return {
        int(key): verdict
        for key, verdict in keys.items()
        if key.isascii() and key.isdigit() and len(key) < 12 and verdict in Verdict.values
    }


def _tell(request: SignedIn, done: Outcome) -> None:
    if done.version:
        messages.success(request, f"Saved as v{done.version.number}.")
    if done.late:
        names = " and ".join(sorted({str(each.decided_by) for each in done.late}))
        messages.error(request, f"{names} decided {len(done.late)} of them meanwhile; that stands.")
    if done.clashed:
        many = "One change" if len(done.clashed) == 1 else f"{len(done.clashed)} changes"
        messages.error(
            request,
            f"{many} could not be taken in: the passage says something else by now. "
            "Nothing is lost; change it by hand, then mark it so.",
        )


def _page(
    request: SignedIn,
    found: StatementOfWork,
    chosen: Redline,
    *,
    verdicts: Mapping[int, str] | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    head = found.head
    changes = list(chosen.changes.select_related("decided_by"))
    carried = Carried(chosen, head)
    for each in changes:
        each.chosen = (verdicts or {}).get(each.pk, "")  # type: ignore[attr-defined]
        each.fits = bool(each.verdict) or carried.can(each)  # type: ignore[attr-defined]
    context = {
        "issue": found.issue,
        "statement": found,
        "redline": chosen,
        "version": head,
        "clauses": _clauses(chosen, carried, changes),
        "undecided": sum(not each.verdict for each in changes),
        "untracked": sum(not each.tracked for each in changes),
        "remarks": list(chosen.comments.select_related("resolved_by", "statement")),
        "may_comment": may_comment(found.issue, request.user),
        "decides": found.issue.live and rules.edits(found.issue, request.user),
        "says_why": rules.says_why(found.issue, request.user),
    }
    return render(request, "sow/redline.html", context | more, status=status)


def _clauses(chosen: Redline, carried: Carried, changes: list[RedlineChange]) -> list[Clause]:
    """In the order of the version they were made over."""
    order = {each.key: place for place, each in enumerate(carried.base.sections)}
    titles = {each.key: carried.base.title_of(each) for each in carried.base.sections}
    changes.sort(key=lambda each: (order.get(each.section, len(order)), each.start, each.pk))
    found = []
    for key, group in groupby(changes, key=lambda each: each.section):
        own = tuple(group)
        text = chosen.texts.get(key, {}).get("text", "")
        runs = tuple(_runs(text, [each for each in own if each.part == Part.TEXT]))
        found.append(Clause(key, titles.get(key, key), runs, own))
    return found


def _runs(text: str, changes: list[RedlineChange]) -> Iterator[Run]:
    at = 0
    for each in changes:
        if each.start > at:
            yield Run(text[at : each.start])
        yield Run(change=each)
        at = max(at, each.end)
    if changes:
        yield Run(text[at:])
