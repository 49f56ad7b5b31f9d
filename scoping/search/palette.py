"""What the palette offers. Whoever has something to offer appends to ``offers``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from emdesk.people.models import User
from emdesk.web import offers_of, places_of
from scoping import rules
from scoping.models import Layout, SavedView, ScopingIssue
from scoping.search import finding
from scoping.search.asking import Asked, exactly, read
from scoping.states import State

MOST_ISSUES, MOST_CUSTOMERS, MOST_VIEWS = 8, 3, 4


@dataclass(frozen=True)
class Entry:
    """A line to choose; ``keys`` do the same without the palette."""

    heading: str
    label: str
    url: str
    detail: str = ""
    keys: str = ""


@dataclass(frozen=True)
class Look:
    """Who looks, for what, and the issue open on their page, if any."""

    user: User
    asked: Asked
    on: str = ""

    def fits(self, label: str) -> bool:
        """Whether every word begins a word of ``label``."""
        words = label.lower().split()
        wanted = self.asked.text.lower().split()
        return all(any(word.startswith(each) for word in words) for each in wanted)


Offer = Callable[[Look], Iterable[Entry]]
offers: list[Offer] = []


def offered(user: User, text: str, on: str = "") -> dict[str, list[Entry]]:
    """Everything that fits, by heading, in the order it is registered."""
    look = Look(user, read(text, user), on)
    groups: dict[str, list[Entry]] = {}
    for offer in offers:
        for entry in offer(look):
            groups.setdefault(entry.heading, []).append(entry)
    return groups


def issues(look: Look) -> Iterable[Entry]:
    """By number or words; before anything is typed, one's own that moved last."""
    if look.asked.for_anything:
        for hit in finding.ranked(look.asked, look.user, size=MOST_ISSUES):
            yield _issue("Issues", hit.pk, hit.account, hit.title, hit.state)
    elif not look.asked.text:
        own = ScopingIssue.objects.visible_to(look.user).live().worked_by(look.user)
        latest = own.order_by("-entered_state_at", "-pk").values_list(
            "pk", "account__name", "title", "state"
        )
        for row in latest[: MOST_ISSUES // 2]:
            yield _issue("Yours, moved last", *row)


def customers(look: Look) -> Iterable[Entry]:
    if look.asked.said and not look.asked.filters:
        for account in finding.accounts(look.asked, look.user)[:MOST_CUSTOMERS]:
            query = urlencode({"q": exactly("account", account.name)})
            count = account.count
            detail = f"{count} issue{'' if count == 1 else 's'}"
            yield Entry("Accounts", account.name, f"{reverse('scoping:search')}?{query}", detail)


def on_this_issue(look: Look) -> Iterable[Entry]:
    """What can be done with the issue that is open."""
    if not (look.on.isascii() and look.on.isdigit() and len(look.on) < 10):
        return
    issue = ScopingIssue.objects.visible_to(look.user).filter(pk=look.on).first()
    if issue is None:
        return
    acts = [
        (f"Move {issue.reference}", "move", "m", rules.works_issue),
        (f"Assign {issue.reference}", "assign", "", rules.triages),
    ]
    for label, name, keys, rule in acts:
        if rule(issue, look.user) and look.fits(label):
            yield Entry("This issue", label, reverse(f"scoping:{name}", args=[issue.pk]), keys=keys)


def beginnings(look: Look) -> Iterable[Entry]:
    for each in offers_of(look.user):
        if look.fits(each.label):
            yield Entry("Begin", each.label, each.url, keys=each.key)


def places(look: Look) -> Iterable[Entry]:
    for each in places_of(look.user):
        if look.fits(f"Go to {each.label}"):
            keys = f"g {each.key}" if each.key else ""
            yield Entry("Go to", each.label, each.url, keys=keys)


def saved_views(look: Look) -> Iterable[Entry]:
    if look.asked.text:
        views = SavedView.objects.in_menu_of(look.user).values_list("pk", "name", "layout")
        fitting = [(pk, name, kind) for pk, name, kind in views if look.fits(name)]
        for pk, name, kind in fitting[:MOST_VIEWS]:
            url = reverse("scoping:saved_view", args=[pk])
            yield Entry("Saved views", name, url, Layout(kind).label)


def everything(look: Look) -> Iterable[Entry]:
    """The whole search, for what the palette is too small for."""
    if look.asked.for_anything:
        url = f"{reverse('scoping:search')}?{urlencode({'q': look.asked.text})}"
        yield Entry("Search", f"Search for {look.asked.text}", url)


def _issue(heading: str, pk: int, account: str, title: str, state: str) -> Entry:
    url = reverse("scoping:issue", args=[pk])
    return Entry(heading, f"PS-{pk} {account}", url, f"{title} · {State(state).label}")


offers += [on_this_issue, issues, customers, saved_views, beginnings, places, everything]
