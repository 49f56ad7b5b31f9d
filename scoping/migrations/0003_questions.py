"""The questions of every engagement: first discovery, and what shapes delivery."""

from django.db import migrations

from scoping.question_bank import FIRST_DISCOVERY, SHAPE_OF_DELIVERY, questions


def ship(apps, schema_editor):
    Question = apps.get_model("scoping", "Question")
    for group in (FIRST_DISCOVERY, SHAPE_OF_DELIVERY):
        for fields in questions(group):
            Question.objects.get_or_create(key=fields["key"], defaults=fields)


class Migration(migrations.Migration):
    dependencies = [("scoping", "0002_guard_the_state")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
