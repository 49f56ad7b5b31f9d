"""How the desk of the sweeps is built."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from emdesk.calendars.editing import keep_holiday, keep_special_day
from emdesk.calendars.hours import Window
from emdesk.calendars.models import Holiday, SpecialDay
from emdesk.ledger.models import Dispatch, Event
from emdesk.notifications.feeds import make_address
from emdesk.notifications.models import Mail, Notification, SlackChannel
from emdesk.notifications.posting import post
from emdesk.notifications.writing import unsubscribe_token
from emdesk.people.models import Absence, Coverage, Role, Segment, Territory, User
from scoping import bulk
from scoping.imports import runs
from scoping.imports.uploads import take_in
from scoping.models import (
    Deed,
    ImportRun,
    Step,
)
from scoping.saving_views import save_as
from tests.factories import make_calendar, make_user
from tests.security.deals import about_the_deal, deals
from tests.security.matrix import SIGNED_IN
from tests.security.papers import offered, priced, written
from tests.security.signatures import signed
from tests.security.visitor import PASSWORD
from tests.security.world import COLUMNS, SECRETS, World, named


def build(at: datetime) -> World:
    world = World(at)
    for column in SIGNED_IN:
        role = COLUMNS[named(column)]
        world.people[column] = User.objects.create_user(
            email=f"{column.replace(' ', '.').lower()}@example.com",
            password=PASSWORD,
            name=f"Person {column}",
            roles=[role] if role else [],
        )
    _segments(world)
    deals(world)
    about_the_deal(world)
    _of_their_own(world)
    offered(world)
    _imports(world)
    _label_by_batch(world)
    priced(world)
    written(world)
    signed(world)
    _told(world)
    _calendar(world)
    Dispatch.objects.all().delete()  # nothing is due however long the questions take
    Mail.objects.filter(sent_at=None).update(sent_at=at)
    _let_another_transaction_pass()
    return world


def _let_another_transaction_pass() -> None:
    """What the board tells as changed lies before the newest transaction; so let there be one."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
    other.close()


def _segments(world: World) -> None:
    segment = Segment.objects.filter(is_active=True).first()
    territory = Territory.objects.create(name="Alps", segment=segment)
    coverage = Coverage.objects.create(
        user=world.people["EM other"], territory=territory, since=world.at.date()
    )
    world.pks |= {"segment": segment.pk, "territory": territory.pk, "coverage": coverage.pk}


def _told(world: World) -> None:
    """Everybody was told of the deal once, whether or not they may still see it; the EM by mail."""
    event, em = Event.objects.about(world.deals["deal"]).first(), world.people["EM own"]
    for person in world.people.values():
        told = Notification.objects.create(
            key=f"told:{person.pk}",
            event=event,
            recipient=person,
            kind="moved",
            because="you are on it",
            subject_type=event.subject_type,
            subject_id=event.subject_id,
            at=world.at,
            inbox=True,
            digest=False,
        )
    mail = post("told", "moved", em, SECRETS["title"], SECRETS["account"], at=world.at)
    Mail.objects.filter(pk=mail.pk).update(sent_at=world.at)
    leave = unsubscribe_token(em, "moved")
    channel = SlackChannel.objects.create(
        name="#desk", webhook="https://hooks.slack.com/canary", kinds=["ready"]
    )
    world.pks |= {"notice": told.pk, "mail": mail.pk, "leave": leave, "channel": channel.pk}
    world.pks["feed"] = make_address(em, world.at)


def _imports(world: World) -> None:
    """Imports of the EM: one that is checked, one that is done, one a worker is to check."""
    for name, step in (("import", Step.CHECKED), ("imported", Step.DONE)):
        run = take_in([_table()], by=world.people["EM own"], at=world.at)
        runs.ask(run, Deed.CHECK, by=run.by, at=world.at)
        runs.carry_out(run.pk, at=world.at)
        done = {"run_by": world.people["EM lead"], "run_at": world.at} if name == "imported" else {}
        ImportRun.objects.filter(pk=run.pk).update(step=step, **done)
        world.pks[name] = run.pk
    run = take_in([_table()], by=world.people["EM own"], at=world.at)
    runs.ask(run, Deed.CHECK, by=run.by, at=world.at)
    world.pks["checking"] = run.pk


def _table() -> SimpleUploadedFile:
    return SimpleUploadedFile("board.csv", b"Title,State,Labels,IID,Created At (UTC)\n,,,x,\n")


def _label_by_batch(world: World) -> None:
    """What the EM did with many issues a moment ago, and may still take back."""
    by, at = world.people["EM own"], world.at
    labelled = bulk.plan([world.deal("ready")], bulk.Label("by-batch"), by=by, at=at)
    world.pks["batch"] = bulk.carry_out(labelled, by=by, at=at).key


def _calendar(world: World) -> None:
    """One with a holiday and an exceptional day."""
    calendar, by = make_calendar("Bookham"), world.people["director"]
    holiday = Holiday(calendar=calendar, day=date(2030, 5, 1), name="First of May")
    keep_holiday(holiday, by=by, at=world.at)
    special = SpecialDay(calendar=calendar, day=date(2030, 12, 24), name="Half a day")
    keep_special_day(special, (Window(540, 720),), by=by, at=world.at)
    world.pks |= {"calendar": calendar.pk, "holiday": holiday.pk, "special_day": special.pk}


def _of_their_own(world: World) -> None:
    """Days away of the other EM; and a colleague whom no column stands for."""
    absence = Absence(
        user=world.people["EM other"],
        delegate=world.people["EM own"],
        first_day=world.at.date(),
        last_day=world.at.date() + timedelta(days=3),
    )
    absence.keep(by=world.people["EM other"], at=world.at)
    world.pks |= {"absence": absence.pk}
    em, at = world.people["EM own"], world.at
    world.pks |= {
        "own_view": save_as("Kept to oneself", by=em, at=at, query="view=mine").pk,
        "team_view": save_as("For all", by=em, at=at, query="view=team", team=True).pk,
    }
    world.pks |= {
        name: world.people[column].pk
        for name, column in {"em": "EM own", "other_em": "EM other"}.items()
    }
    world.pks["colleague"] = make_user(Role.EM, name="Colleague of all").pk
