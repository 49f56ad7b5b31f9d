"""Calendars of the regions the boards are sorted by, and two more to choose from.

They matter only where a policy counts working time, which none does as delivered.
"""

from datetime import UTC, datetime

from django.db import migrations
from django.db.transaction import atomic

from emdesk.calendars.hours import Timetable, Window, ZoneInfo
from emdesk.calendars.public_holidays import public_holidays

SINCE = datetime(2024, 1, 1, tzinfo=UTC)
YEARS = range(2024, 2031)
NINE, FIVE = 9 * 60, 17 * 60
SHIPPED = [
    ("US East", "America/New_York", "US", ""),
    ("US West", "America/Los_Angeles", "US", ""),
    ("EMEA", "Europe/London", "GB", "ENG"),
    ("APAC", "Asia/Singapore", "SG", ""),
    ("Germany", "Europe/Berlin", "DE", ""),
    ("Australia", "Australia/Sydney", "AU", "NSW"),
]


@atomic
def ship(apps, schema_editor):
    Calendar, Opening, Holiday, Version = (
        apps.get_model("calendars", name)
        for name in ("WorkingCalendar", "Opening", "Holiday", "CalendarVersion")
    )
    for name, zone, country, part in SHIPPED:
        calendar = Calendar.objects.create(
            name=name, time_zone=zone, country=country, subdivision=part
        )
        Opening.objects.bulk_create(
            Opening(calendar=calendar, weekday=day, opens=NINE, closes=FIVE) for day in range(5)
        )
        days = public_holidays(country, part, YEARS)
        place = "-".join(filter(None, (country, part)))
        Holiday.objects.bulk_create(
            Holiday(calendar=calendar, day=day, name=called, copied_from=place)
            for day, called in days.items()
        )
        week = ((Window(NINE, FIVE),),) * 5 + ((), ())
        hours = Timetable(ZoneInfo(zone), week, holidays=frozenset(days)).as_json()
        Version.objects.create(calendar=calendar, number=1, since=SINCE, hours=hours)


class Migration(migrations.Migration):
    dependencies = [("calendars", "0002_guards")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
