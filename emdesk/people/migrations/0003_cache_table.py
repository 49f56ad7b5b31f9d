"""The table behind the cache, where login limits survive a restart and are shared by all workers."""

from django.core.management import call_command
from django.db import migrations


def create(apps: object, schema_editor: object) -> None:
    call_command("createcachetable", verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("people", "0002_segments")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
