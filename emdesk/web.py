"""The few pieces every page shares: the shell around it, how forms and static files are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.forms import DateInput
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django_htmx.middleware import HtmxDetails
from whitenoise.storage import CompressedManifestStaticFilesStorage

from emdesk.styles import SETS, joined, sheets

if TYPE_CHECKING:
    from emdesk.people.models import User

THEMES = ("auto", "light", "dark")


class SignedIn(HttpRequest):
    """A request that passed the door: somebody is signed in."""

    user: User
    htmx: HtmxDetails


class FormRenderer(TemplatesSetting):
    """Django's forms, each field in the desk's own template."""

    field_template_name = "ui/field.html"


class DayInput(DateInput):
    """The browser's own calendar. It reads a day in one spelling only, and shows nothing else."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed, compressed files; ES modules find each other by their hashed names."""

    support_js_module_import_aggregation = True
    joins_styles = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._urls: dict[str, str] = {}

    def post_process(
        self,
        paths: dict[str, Any],
        dry_run: bool = False,  # noqa: FBT001, FBT002 (Django's)
        **options: Any,
    ) -> Iterator[Any]:
        """Sheets that belong together also come as one file."""
        for name in SETS if not dry_run else ():
            text = "".join(self._text(*paths[sheet]) for sheet in sheets(name))
            self.delete(joined(name))
            paths[joined(name)] = (self, self.save(joined(name), ContentFile(text)))
        yield from super().post_process(paths, dry_run, **options)

    def _text(self, storage: Storage, path: str) -> str:
        with storage.open(path) as file:
            return str(file.read().decode())

    def url(self, name: str, force: bool = False) -> str:  # noqa: FBT001, FBT002 (Django's)
        """What the manifest says of a name stands for as long as the process does."""
        if name not in self._urls:
            self._urls[name] = super().url(name, force)
        return self._urls[name]


@dataclass(frozen=True)
class Place:
    """A page in the side bar, for those whom ``shown_to`` admits; ``g`` and ``key`` go there."""

    heading: str
    label: str
    icon: str
    url_name: str
    key: str
    shown_to: Callable[[User], bool] = lambda user: True

    @property
    def url(self) -> str:
        return reverse(self.url_name)


_places: list[Place] = []
_offers: list[Place] = []
_counters: list[Callable[[User], int]] = []


def place(*places: Place) -> None:
    """Add pages to the side bar, in this order, those of a heading together."""
    _places.extend(places)
    headings = list(dict.fromkeys(each.heading for each in _places))
    _places.sort(key=lambda each: headings.index(each.heading))


def offer(*places: Place) -> None:
    """Pages that begin something: buttons in the bar, each with ``key`` alone."""
    _offers.extend(places)


def count_waiting(counter: Callable[[User], int]) -> None:
    """Add to what the bar counts as waiting to be read."""
    _counters.append(counter)


def places_of(user: User) -> list[Place]:
    """The pages of the side bar, as far as this person has them."""
    return [each for each in _places if each.shown_to(user)]


def offers_of(user: User) -> list[Place]:
    """What this person may begin."""
    return [each for each in _offers if each.shown_to(user)]


def shell(request: HttpRequest) -> dict[str, Any]:
    """What the frame around every page needs: navigation and theme.

    The navigation is made when a template asks for it; the parts of a page do not.
    """
    theme = request.COOKIES.get("theme", "auto")
    user = getattr(request, "user", None)
    return {
        "theme": theme if theme in THEMES else "auto",
        "keys_off": not getattr(user, "single_keys", True),
        "nav": partial(_navigation, request.path, user),
        "offers": partial(_offered, user),
        "unread_records": partial(_waiting, user),
    }


def _waiting(user: Any) -> int:
    if not (user and user.is_authenticated):
        return 0
    return sum(counter(user) for counter in _counters)


def _offered(user: Any) -> list[Place]:
    if not (user and user.is_authenticated):
        return []
    return offers_of(user)


def _navigation(path: str, user: Any) -> str:
    if not (user and user.is_authenticated):
        return ""
    places = tuple(places_of(user))
    return _side(places, path if path in _addresses(places) else "")


@lru_cache(maxsize=256)
def _side(places: tuple[Place, ...], current: str) -> str:
    """Drawn once for all who have the same places."""
    return render_to_string("ui/side.html", {"places": places, "current": current})


@lru_cache(maxsize=64)
def _addresses(places: tuple[Place, ...]) -> frozenset[str]:
    return frozenset(place.url for place in places)
