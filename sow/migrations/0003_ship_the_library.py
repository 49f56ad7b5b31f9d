"""The first clauses, and the template of domain.md §8.2."""

from django.db import migrations

from sow.shipping import ship


class Migration(migrations.Migration):
    dependencies = [("sow", "0002_guard_what_was_saved")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
