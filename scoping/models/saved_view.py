"""Saved views: filters, columns and order of the board or the list, under a name.

A view is an address, not a work record: it gives nobody a right, what it shows is what its
reader may see anyway, and no ledger event tells of it.
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Lower
from django.urls import reverse

if TYPE_CHECKING:
    from emdesk.people.models import User

LONGEST_QUERY = 2_000
LEFT_OUT = {"saved", "page", "board", "after", "since", "csrfmiddlewaretoken"}
IN_THEIR_ORDER = {"sort", "cols"}


def normal(query: str, names: Container[str] | None = None) -> str:
    """The same filters always as the same text: sorted, each once, nothing empty.

    With ``names`` only these parameters stay, so that what a page ignores makes no difference.
    """
    pairs = [
        (name, value)
        for name, value in parse_qsl(query)
        if name not in LEFT_OUT and (names is None or name in names)
    ]
    pairs.sort(key=lambda pair: (pair[0], "" if pair[0] in IN_THEIR_ORDER else pair[1]))
    return urlencode(list(dict.fromkeys(pairs)))


class Layout(models.TextChoices):
    BOARD = "board", "Board"
    LIST = "list", "List"
    DEALS = "deals", "Opportunities"

    @property
    def address(self) -> str:
        pages = {Layout.BOARD: "board", Layout.LIST: "issues", Layout.DEALS: "opportunities"}
        return reverse(f"scoping:{pages[self]}")


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> SavedViewQuerySet:
        """One's own and the team's; somebody else's personal view does not exist."""
        return self.filter(Q(owner=user) | Q(team=True))

    def in_menu_of(self, user: User) -> SavedViewQuerySet:
        """One's own first, in the order one gave them, then the team's by name."""
        others = Case(When(owner=user, then=Value(0)), default=Value(1))
        own_place = Case(When(owner=user, then="position"), default=Value(0))
        return self.visible_to(user).order_by(others, own_place, Lower("name"), "pk")


SavedViewManager = models.Manager.from_queryset(SavedViewQuerySet)


class SavedView(models.Model):
    """One name for a way to look at the issues. Personal, unless shared with the team.

    ``version`` counts how often it was changed, so that nobody overwrites what they did not see.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    layout = models.CharField(max_length=5, choices=Layout, default=Layout.BOARD)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    team = models.BooleanField(
        "share with the team",
        default=False,
        help_text="Its name and filters are shown to everybody who may open this page.",
    )
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1, editable=False)
    saved_at = models.DateTimeField(editable=False)

    objects: ClassVar[SavedViewManager[SavedView]] = SavedViewManager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(layout__in=Layout.values), name="scoping_saved_view_layout"
            ),
            models.UniqueConstraint(
                "owner",
                Lower("name"),
                name="scoping_saved_view_own_name",
                violation_error_message="You have a view of this name. Choose another one.",
            ),
            models.UniqueConstraint(
                Lower("name"),
                condition=Q(team=True),
                name="scoping_saved_view_team_name",
                violation_error_message="The team has a view of this name. Choose another one.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("scoping:saved_view", args=[self.pk])

    @property
    def address(self) -> str:
        """The page it opens, with its filters."""
        query = "&".join(filter(None, [normal(self.query), f"saved={self.pk}"]))
        return f"{Layout(self.layout).address}?{query}"
