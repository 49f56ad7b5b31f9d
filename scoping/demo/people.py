"""Who works at the desk of the demo, what each covers, and who is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar

from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from emdesk.calendars.models import WorkingCalendar
from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import append, event_of
from emdesk.people.models import Absence, Coverage, Level, Role, Segment, Territory, User
from emdesk.people.models.kept import Kept

K = TypeVar("K", bound=Kept)
PASSWORD = "a-good-quarter-ahead"  # noqa: S105 (everybody may know it)
DOMAIN = "emdesk.example"
FOUNDED = timedelta(days=1_000)
NEWCOMER = timedelta(days=210)

TERRITORIES = {
    "Northeast Enterprise": "Ent_EAST",
    "Southeast Enterprise": "Ent_EAST",
    "Latin America": "Ent_EAST",
    "Pacific Enterprise": "Ent_WEST",
    "Mountain Enterprise": "Ent_WEST",
    "DACH Enterprise": "Ent_EMEA",
    "UK and Ireland Enterprise": "Ent_EMEA",
    "Nordics Enterprise": "Ent_EMEA",
    "Southern Europe Enterprise": "Ent_EMEA",
    "Japan Enterprise": "Ent_APAC",
    "ANZ Enterprise": "Ent_APAC",
    "Southeast Asia Enterprise": "Ent_APAC",
    "East Mid-Market": "MM_East",
    "West Mid-Market": "MM_West",
    "EMEA Mid-Market": "MM_EMEA",
    "APAC Mid-Market": "MM_APAC",
    "Small Business": "SMB",
    "US Public Sector": "",
}


@dataclass(frozen=True)
class Colleague:
    name: str
    role: Role
    zone: str
    level: str = ""
    covers: tuple[str, ...] = ()
    joined: timedelta = FOUNDED

    @property
    def email(self) -> str:
        return f"{slugify(self.name).replace('-', '.')}@{DOMAIN}"


STAFF = (
    Colleague(
        "Maya Okafor",
        Role.EM,
        "America/New_York",
        Level.SENIOR,
        ("Northeast Enterprise", "US Public Sector"),
    ),
    Colleague("Katrin Vogel", Role.EM_LEAD, "Europe/Berlin", Level.MANAGER),
    Colleague("Adaeze Nwosu", Role.DIRECTOR, "America/Denver", Level.DIRECTOR),
    Colleague("Leo Marchetti", Role.ACCOUNT_TEAM, "America/New_York"),
    Colleague("Yusuf Demir", Role.TECHNICAL_ARCHITECT, "Europe/Istanbul"),
    Colleague("Gwen Hartigan", Role.DELIVERY_MANAGER, "Europe/Dublin"),
    Colleague("Rafael Quintero", Role.PS_LEADERSHIP, "America/Chicago"),
    Colleague("Linnea Åström", Role.REVENUE, "Europe/Stockholm"),
    Colleague("Beatrix Oduya", Role.LEGAL, "Europe/London"),
    Colleague("Harold Penrose", Role.SIGNATORY, "America/Los_Angeles"),
    Colleague("Suri Venkataraman", Role.DEAL_DESK, "Asia/Kolkata"),
    Colleague("Milo Janssen", Role.PROJECT_MANAGER, "Europe/Amsterdam"),
    Colleague("Noor Haddad", Role.PRACTICE_MANAGER, "Europe/Paris"),
    Colleague("Felix Amundsen", Role.VIEWER, "Europe/Oslo"),
    Colleague("Agnes Whitlock", Role.ADMIN, "UTC"),
    Colleague(
        "Jonas Lindqvist",
        Role.EM,
        "Europe/Stockholm",
        Level.STAFF,
        ("DACH Enterprise", "Nordics Enterprise"),
    ),
    Colleague(
        "Priya Raghunathan",
        Role.EM,
        "Europe/London",
        Level.PRINCIPAL,
        ("UK and Ireland Enterprise", "Southern Europe Enterprise"),
    ),
    Colleague("Tomás Ferreira", Role.EM, "Europe/Lisbon", Level.INTERMEDIATE, ("MM_EMEA",)),
    Colleague(
        "Hana Kobayashi",
        Role.EM,
        "Asia/Tokyo",
        Level.SENIOR,
        ("Japan Enterprise", "Southeast Asia Enterprise"),
    ),
    Colleague(
        "Callum Whitford",
        Role.EM,
        "Australia/Sydney",
        Level.INTERMEDIATE,
        ("ANZ Enterprise", "MM_APAC"),
    ),
    Colleague("Renee Castellanos", Role.EM, "America/Los_Angeles", Level.SENIOR, ("Ent_WEST",)),
    Colleague(
        "Samuel Ortega",
        Role.EM,
        "America/Bogota",
        Level.STAFF,
        ("Southeast Enterprise", "Latin America", "MM_East"),
    ),
    Colleague(
        "Devon Ashgrove",
        Role.EM,
        "America/Denver",
        Level.ASSOCIATE,
        ("MM_West", "SMB"),
        joined=NEWCOMER,
    ),
    Colleague("Marcus Delacroix", Role.EM_LEAD, "America/Chicago", Level.SENIOR_MANAGER),
    Colleague("Sofia Brandvold", Role.ACCOUNT_TEAM, "Europe/London"),
    Colleague("Kenji Watarai", Role.ACCOUNT_TEAM, "Asia/Singapore"),
    Colleague("Tamsin Okonjo", Role.ACCOUNT_TEAM, "America/Los_Angeles"),
    Colleague("Ewa Zielonka", Role.TECHNICAL_ARCHITECT, "America/New_York"),
    Colleague("Imogen Castellane", Role.SIGNATORY, "America/New_York"),
)
REPORTS = {
    "Adaeze Nwosu": ("Katrin Vogel", "Marcus Delacroix"),
    "Katrin Vogel": (
        *("Jonas Lindqvist", "Priya Raghunathan", "Tomás Ferreira"),
        *("Hana Kobayashi", "Callum Whitford"),
    ),
    "Marcus Delacroix": ("Maya Okafor", "Renee Castellanos", "Samuel Ortega", "Devon Ashgrove"),
}
HANDED_OVER = ("Renee Castellanos", ("MM_West", "SMB"))
AWAY = (
    ("Tomás Ferreira", "Priya Raghunathan", -3, 6, "Walking in the mountains"),
    ("Renee Castellanos", "Maya Okafor", 12, 19, ""),
    ("Jonas Lindqvist", "Katrin Vogel", -48, -34, "Parental leave"),
)


class Cast:
    """The people of the demo, found by what they do."""

    def __init__(self, users: list[User]) -> None:
        self.users = users
        self.coverage: list[Coverage] = []
        self._of: dict[Role, list[User]] = {
            role: [user for user in users if user.has(role)] for role in Role
        }

    def of(self, role: Role) -> list[User]:
        return self._of[role]

    def named(self, name: str) -> User:
        return next(user for user in self.users if user.name == name)

    def manager_of(self, territory: Territory, day: date, rng: Random) -> User:
        """Who covered the territory or its segment that day; one issue in eight goes elsewhere."""
        covering = [
            each.user
            for each in self.coverage
            if _covers_it(each, territory) and each.since <= day <= (each.until or day)
        ]
        if not covering or rng.random() < 1 / 8:
            covering = [user for user in self.of(Role.EM) if user.name != "Devon Ashgrove"]
        return rng.choice(covering)

    def account_team_for(self, account_id: int, size: int) -> list[User]:
        team = self.of(Role.ACCOUNT_TEAM)
        first = account_id % len(team)
        return [*team, *team][first : first + size]


def _covers_it(coverage: Coverage, territory: Territory) -> bool:
    if coverage.territory_id:
        return coverage.territory_id == territory.pk
    return coverage.segment_id == territory.segment_id


def enrol(now: datetime) -> Cast:
    """Everybody, with the territories they cover and the days they are away."""
    password = make_password(PASSWORD)
    calendars = {calendar.time_zone: calendar for calendar in WorkingCalendar.objects.all()}
    users = User.objects.bulk_create(
        User(
            email=each.email,
            name=each.name,
            roles=[each.role],
            level=each.level,
            time_zone=each.zone,
            calendar=calendars.get(each.zone),
            password=password,
        )
        for each in STAFF
    )
    cast = Cast(users)
    for lead, names in REPORTS.items():
        reporting = [cast.named(name).pk for name in names]
        User.objects.filter(pk__in=reporting).update(reports_to=cast.named(lead))
    admin = cast.of(Role.ADMIN)[0]
    joined = dict(zip(users, (now - each.joined for each in STAFF), strict=True))
    append(
        [
            event_of(
                user,
                "people.joined",
                by=admin,
                at=at,
                origin=Origin.DEMO,
                roles=user.roles,
                level=user.level,
            )
            for user, at in joined.items()
        ]
    )
    territories = _keep(_territories(), admin, now - FOUNDED)
    cast.coverage = _keep(_coverage(cast, territories, now), admin, now - NEWCOMER)
    _keep(_absences(cast, now.date()), admin, now - timedelta(days=60))
    return cast


def _keep(rows: list[K], by: User, at: datetime) -> list[K]:
    """Save rows of one kind, and let the ledger hear of each."""
    type(rows[0])._base_manager.bulk_create(rows)
    append([_kept(row, by, at) for row in rows])
    return rows


def _kept(row: Kept, by: User, at: datetime) -> Event:
    return event_of(row.subject, row.verbs.added, by=by, at=at, origin=Origin.DEMO, **row.facts)


def _territories() -> list[Territory]:
    segments = {segment.name: segment for segment in Segment.objects.all()}
    return [
        Territory(name=name, segment=segments.get(segment)) for name, segment in TERRITORIES.items()
    ]


def _coverage(cast: Cast, territories: list[Territory], now: datetime) -> list[Coverage]:
    places: dict[str, Territory | Segment] = {each.name: each for each in territories}
    places |= {segment.name: segment for segment in Segment.objects.all()}
    rows = [
        _covers(cast.named(each.name), places[name], (now - each.joined).date())
        for each in STAFF
        for name in each.covers
    ]
    name, former = HANDED_OVER
    begun, ended = (now - FOUNDED).date(), (now - NEWCOMER).date() - timedelta(days=1)
    return rows + [_covers(cast.named(name), places[place], begun, ended) for place in former]


def _covers(
    user: User, place: Territory | Segment, since: date, until: date | None = None
) -> Coverage:
    if isinstance(place, Territory):
        return Coverage(user=user, territory=place, since=since, until=until)
    return Coverage(user=user, segment=place, since=since, until=until)


def _absences(cast: Cast, today: date) -> list[Absence]:
    return [
        Absence(
            user=cast.named(name),
            delegate=cast.named(delegate),
            first_day=today + timedelta(days=first),
            last_day=today + timedelta(days=last),
            note=note,
        )
        for name, delegate, first, last, note in AWAY
    ]
