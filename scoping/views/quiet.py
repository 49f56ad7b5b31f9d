"""The two-months rule: what it would do tonight and this week, and keeping issues open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from emdesk.activity.sentences import what, who
from emdesk.ledger.models import Event
from emdesk.money import Money
from emdesk.web import SignedIn
from emdesk.workflow import Refused
from scoping import rules
from scoping.forms.quiet import KeepForm, ticked
from scoping.models import ScopingIssue
from scoping.quarters import FiscalCalendar, day_at
from scoping.quiet.activity import COUNTS
from scoping.quiet.days import Mark
from scoping.quiet.foreseeing import (
    Effect,
    Foreseen,
    Phase,
    effect,
    foresee,
    quiet_of,
    refusals,
)
from scoping.quiet.keeping import Kept, keep_all, keep_open
from scoping.quiet.silences import worth
from scoping.views.editing import READ_WRITE, form_about, only_if
from scoping.views.moves import find
from scoping.win_rate import Tally
from scoping.win_rate_axes import Basis

PAGE = 50
ALL = ""
SHOWN = {
    ALL: "All",
    Phase.TONIGHT: "Tonight",
    Phase.WEEK: "Six nights after",
    Phase.LATER: "Later",
    Phase.KEPT: "Kept open",
}
MARKS = {
    Mark.SIX_WEEKS: "Six weeks",
    Mark.ONE_WEEK: "A week before",
    Mark.TWO_MONTHS: "Two months",
}
TELLS = {
    Mark.SIX_WEEKS: "six weeks are over",
    Mark.ONE_WEEK: "a week is left of two months",
    Mark.TWO_MONTHS: "two months are over",
}
TICK = "Tick the issues to keep open first."
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Line:
    """One quiet issue as the page shows it."""

    issue: ScopingIssue
    foreseen: Foreseen
    last: Event | None
    refused: str
    may_keep: bool
    quarter: str
    today: date

    @property
    def silence(self) -> Any:
        return self.foreseen.quiet.silence

    @property
    def says(self) -> str:
        """What was done last, and by whom."""
        return f"{who(self.last)} {what(self.last)}" if self.last else "Nothing was done here yet"

    @property
    def marks(self) -> list[tuple[str, dict[str, Any]]]:
        """The day of each mark and whether it is over; none for one that a keep leaves out."""
        days = {name: dict(self.silence.marks).get(mark) for mark, name in MARKS.items()}
        return [
            (name, {"day": day, "over": day is not None and day <= self.today})
            for name, day in days.items()
        ]

    @property
    def tells(self) -> str:
        return TELLS[self.foreseen.tells] if self.foreseen.tells else ""


@dataclass(frozen=True)
class Figures:
    """One quarter of the effect, each number with the address of its rows."""

    effect: Effect

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The rate now, after tonight and after the week, and what is lost more by then."""
        more = (0, self.effect.lost_tonight, self.effect.lost_in_week)
        tallies = (self.effect.now, self.effect.tonight, self.effect.week)
        return [
            (_rate(tally), f"{lost} more lost" if lost else "")
            for tally, lost in zip(tallies, more, strict=True)
        ]

    @property
    def rows_url(self) -> str:
        said = {"basis": str(Basis.ISSUES), "by": "quarter", "key": self.effect.now.key}
        return f"{reverse('scoping:win_rate_rows')}?{urlencode(said)}"


def for_the_desk(view: View) -> View:
    """For everybody else these pages do not exist."""

    @wraps(view)
    def guarded(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponse:
        if not rules.sees_quiet(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_the_desk
def quiet(request: SignedIn) -> HttpResponse:
    """What closes first on top."""
    at = now()
    return _page(request, at, KeepForm(None, at=at))


@require_POST
@for_the_desk
def keep_ticked(request: SignedIn) -> HttpResponse:
    """Each ticked issue is judged by itself; what cannot be kept stays as it is and is named."""
    at, pks = now(), ticked(request.POST)
    form = KeepForm(request.POST, at=at)
    if not form.is_valid() or not pks:
        if not pks:
            form.add_error(None, TICK)
        return _page(request, at, form, pks)
    issues = ScopingIssue.objects.visible_to(request.user).filter(pk__in=pks)
    _tell(request, keep_all(issues, by=request.user, at=at, **form.cleaned_data))
    return redirect(_address(request.POST.get("show", "")))


@READ_WRITE
def keep(request: SignedIn, pk: int) -> HttpResponse:
    """Keep one issue open."""
    found, at = find(request, pk), now()
    only_if(rules.closes(found, request.user) and found.live)
    form = KeepForm(request.POST or None, at=at)
    if request.method == "POST" and form.is_valid():
        try:
            keep_open(found, by=request.user, at=at, **form.cleaned_data)
            return redirect(found)
        except Refused as refusal:
            form.add_error("until", refusal.reason)
    return form_about(request, found, form, f"Keep {found.reference} open", "Keep open")


def _page(
    request: SignedIn, at: datetime, form: KeepForm, pks: Sequence[int] | set[int] = ()
) -> HttpResponse:
    today, user = day_at(at), request.user
    foreseen = foresee(quiet_of(user), at, today)
    refused = refusals(foreseen, at)
    show = (request.GET or request.POST).get("show", "")
    chosen = show if show in SHOWN else ALL
    rows = [each for each in foreseen if chosen in (ALL, each.phase)]
    shown = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counts = Counter(each.phase for each in foreseen)
    context = {
        "form": form,
        "ticked": pks,
        "today": today,
        "shown": shown,
        "lines": _lines(shown.object_list, refused, request, today),
        "show": chosen,
        "ways": [
            (key, name, counts[key] if key else len(foreseen), _address(key))
            for key, name in SHOWN.items()
        ],
        "sums": [_sum(foreseen, phase) for phase in (Phase.TONIGHT, Phase.WEEK)],
        "activity": dict.fromkeys(COUNTS.values()),
        "effects": [Figures(each) for each in effect(foreseen, refused, user)],
        "here": f"{reverse('scoping:quiet')}?{urlencode({'show': chosen})}",
    }
    status = 422 if form.errors else 200
    return render(request, "scoping/quiet.html", context, status=status)


def _lines(
    shown: Sequence[Foreseen], refused: dict[int, str], request: SignedIn, today: date
) -> list[Line]:
    issues = ScopingIssue.objects.with_people().in_bulk([each.quiet.pk for each in shown])
    events = Event.objects.select_related("actor").in_bulk(
        [each.quiet.activity for each in shown if each.quiet.activity]
    )
    calendar = FiscalCalendar()
    return [
        Line(
            issue := issues[each.quiet.pk],
            each,
            events.get(each.quiet.activity or 0),
            refused.get(issue.pk, ""),
            rules.closes(issue, request.user),
            str(calendar.quarter_of(each.quiet.silence.due)),
            today,
        )
        for each in shown
        if each.quiet.pk in issues
    ]


def _sum(foreseen: Sequence[Foreseen], phase: Phase) -> dict[str, Any]:
    found = [each.quiet for each in foreseen if each.phase == phase]
    values = [Money(amount, currency).short for currency, amount in worth(found).items()]
    name = SHOWN[phase].lower()
    return {"count": len(found), "name": name, "values": values, "url": _address(phase)}


def _tell(request: SignedIn, kept: Kept) -> None:
    if kept.done:
        count = len(kept.done)
        messages.success(request, f"{count} issue{pluralize(count)} kept open.")
    if kept.refused:
        reasons = [f"{issue.reference}: {reason}" for issue, reason in kept.refused[:3]]
        more = f" And {len(kept.refused) - 3} more." if len(kept.refused) > 3 else ""
        messages.error(request, f"Not kept: {' '.join(reasons)}{more}")


def _address(show: str) -> str:
    known = show if show in SHOWN else ALL
    return f"{reverse('scoping:quiet')}?{urlencode({'show': known})}" if known else _all()


def _all() -> str:
    return reverse("scoping:quiet")


def _rate(tally: Tally) -> str:
    return "—" if tally.rate is None else f"{tally.rate:.1%}"
