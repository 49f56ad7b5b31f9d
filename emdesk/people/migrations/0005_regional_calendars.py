"""Each segment of a region goes by that region's calendar; SMB has no region."""

from django.db import migrations

REGIONS = {"EAST": "US East", "WEST": "US West", "EMEA": "EMEA", "APAC": "APAC"}


def link(apps, schema_editor):
    Calendar = apps.get_model("calendars", "WorkingCalendar")
    calendars = {calendar.name: calendar for calendar in Calendar.objects.all()}
    for segment in apps.get_model("people", "Segment").objects.filter(calendar=None):
        name = REGIONS.get(segment.name.rpartition("_")[2].upper())
        if name in calendars:
            segment.calendar = calendars[name]
            segment.save(update_fields=["calendar"])


class Migration(migrations.Migration):
    dependencies = [("people", "0004_calendars")]

    operations = [migrations.RunPython(link, migrations.RunPython.noop)]
