"""The segments of the boards, spelled as there."""

from django.db import migrations

NAMES = [
    "Ent_APAC",
    "Ent_EAST",
    "Ent_WEST",
    "Ent_EMEA",
    "MM_APAC",
    "MM_East",
    "MM_EMEA",
    "MM_West",
    "SMB",
]


def ship(apps, schema_editor):
    Segment = apps.get_model("people", "Segment")
    Segment.objects.bulk_create(
        Segment(name=name, position=position) for position, name in enumerate(NAMES, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
