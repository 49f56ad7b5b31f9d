"""The list of statements of work: how each stands, who holds its pen, what it is worth, how old."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import django_tables2 as tables
from django import forms
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.http import QueryDict
from django.utils.timezone import localdate

from emdesk.approvals.models import Request, Standing
from emdesk.people.models import Role, User
from scoping.listing.tables import Paged
from scoping.models import ScopingIssue
from scoping.states import State
from sow.approval_brief import KEY
from sow.duties import SIGNED
from sow.models import BookingDeed, Done, Pen, Side, StatementOfWork, Version
from sow.pen import lease_on

LABEL = ScopingIssue._meta.label_lower
STANDS: dict[str, str] = {
    "draft": "Draft",
    "asked": "In approval",
    "back": "Came back",
    "approved": "Approved",
    "signed": "Signed by both",
    "booked": "Booked",
}
FREE, MINE = "free", "mine"
KINDS = {"sow": "SOWs", "order": "Change orders"}
PENS = {FREE: "Free", **dict(Side.choices)}
BACK = (Standing.SENT_BACK, Standing.REJECTED)


def listed(user: User, at: datetime) -> Any:
    """Those this person sees, each with ``stands``, ``pen``, ``asked`` and what it is worth."""
    head = Version.objects.filter(statement=OuterRef("pk"), number=OuterRef("latest"))
    requests = Request.objects.filter(
        subject_type=LABEL, subject_id=OuterRef("issue"), chain=KEY
    ).order_by("-asked_at", "-pk")
    held = Pen.objects.filter(statement=OuterRef("pk"), released_at=None).filter(
        Q(holder=None) | Q(renewed_at__gte=at - lease_on(at))
    )
    rows = StatementOfWork.objects.visible_to(user).select_related(
        "issue__account", "issue__engagement_manager"
    )
    return rows.annotate(
        newest=Subquery(head.values("pk")[:1]),
        value=Subquery(head.values("estimate_version__final_total")[:1]),
        before=F("issue__change_order__basis__final_total"),
        currency=Subquery(head.values("estimate_version__currency")[:1]),
        saved_at=Subquery(head.values("saved_at")[:1]),
        asked=Subquery(requests.values("pk")[:1]),
        asked_about=Subquery(requests.values("document_id")[:1]),
        standing=Subquery(requests.values("standing")[:1]),
        pen=Subquery(held.values("side")[:1]),
        holder=Subquery(held.values("holder__name")[:1]),
        signed_us=Exists(_deeds(SIGNED[0], version=OuterRef("latest"))),
        signed_them=Exists(_deeds(SIGNED[1], version=OuterRef("latest"))),
        is_booked=Exists(_deeds(Done.BOOKED)),
    ).annotate(stands=_stands())


def _deeds(key: str, **more: Any) -> Any:
    return BookingDeed.objects.filter(statement=OuterRef("pk"), key=key, until=None, **more)


def _stands() -> Case:
    """What is about an earlier version says nothing of the newest."""
    now = Q(asked_about=F("newest"))
    return Case(
        When(is_booked=True, then=Value("booked")),
        When(signed_us=True, signed_them=True, then=Value("signed")),
        When(now & Q(standing=Standing.APPROVED), then=Value("approved")),
        When(now & Q(standing=Standing.WAITING), then=Value("asked")),
        When(now & Q(standing__in=BACK), then=Value("back")),
        default=Value("draft"),
        output_field=CharField(),
    )


class StatementFilter(forms.Form):
    """Whose, how they stand, who holds the pen, in which column. What is broken is ignored."""

    em = forms.ChoiceField(label="Engagement manager", required=False)
    stands = forms.ChoiceField(
        label="Stands", required=False, choices=[("", "All"), *STANDS.items()]
    )
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All"), *KINDS.items()])
    pen = forms.ChoiceField(label="Pen", required=False, choices=[("", "All"), *PENS.items()])
    column = forms.ChoiceField(
        label="Column", required=False, choices=[("", "All"), *State.choices]
    )

    def __init__(self, user: User, data: QueryDict) -> None:
        super().__init__({name: data.get(name, "") for name in self.base_fields})
        self._user = user
        managers = User.objects.engagement_managers().values_list("pk", "name")
        mine = [(MINE, "Mine")] if user.has(Role.EM) else []
        everybody = [("", "Everybody"), *mine, *((str(pk), name) for pk, name in managers)]
        self.fields["em"].choices = everybody  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def said(self) -> Mapping[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if value}

    def address(self, **changes: str) -> str:
        said = {**self.said, **changes}
        return urlencode({name: value for name, value in said.items() if value})

    def narrowed(self, rows: Any, *without: str) -> Any:
        """By all that is said but the names of ``without``."""
        said = {name: value for name, value in self.said.items() if name not in without}
        if em := said.get("em"):
            rows = rows.filter(issue__engagement_manager=self._user.pk if em == MINE else em)
        if stands := said.get("stands"):
            rows = rows.filter(stands=stands)
        if kind := said.get("kind"):
            rows = rows.filter(amends__isnull=kind == "sow")
        if pen := said.get("pen"):
            rows = rows.filter(pen=None if pen == FREE else pen)
        if column := said.get("column"):
            rows = rows.filter(issue__state=column)
        return rows


def counts(rows: Any) -> dict[str, int]:
    """How many stand how, in one query."""
    found = dict(rows.order_by().values_list("stands").annotate(Count("pk")))
    return {stands: found.get(stands, 0) for stands in STANDS}


class StatementTable(Paged):
    """Sorted by any column; those untouched for longest stand first."""

    number = tables.Column("SOW", order_by="pk")
    customer = tables.Column("Customer", order_by=("issue__account__name", "pk"))
    stands = tables.Column("Stands")
    pen = tables.Column("Pen")
    value = tables.Column("Value", order_by=("currency", "value", "pk"))
    age = tables.Column("Last saved", order_by=("saved_at", "pk"), empty_values=())
    em = tables.Column("Engagement manager", order_by=("issue__engagement_manager__name", "pk"))

    class Meta:
        order_by = ("age",)

    def __init__(self, rows: Any, at: datetime, sort: str) -> None:
        known = {name for key in self.base_columns for name in (key, f"-{key}")}
        super().__init__(rows, order_by=sort if sort in known else None)
        self._at = at

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The rows of the page, as the template writes them."""
        return [self._line(row.record) for row in self.paginated_rows]

    @property
    def heads(self) -> list[dict[str, str]]:
        return [
            {
                "label": str(column.header),
                "next": str(column.order_by_alias.next),
                "sorted": _sorted(column),
            }
            for column in self.columns
        ]

    def _line(self, row: Any) -> dict[str, Any]:
        idle = (localdate(self._at) - localdate(row.saved_at)).days
        return {
            "row": row,
            "stands": STANDS[row.stands],
            "adds": row.value - row.before if row.amends_id else None,
            "pen": row.holder or PENS[row.pen or FREE],
            "days": "today" if idle == 0 else f"{idle} day{'' if idle == 1 else 's'}",
        }


def _sorted(column: Any) -> str:
    if not column.is_ordered:
        return "none"
    return "descending" if column.order_by_alias.is_descending else "ascending"
