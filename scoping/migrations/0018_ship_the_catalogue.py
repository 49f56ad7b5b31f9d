"""The first version of the catalogue, roles, bill rates, and an example of standard cost."""

from django.db import migrations

from scoping.catalogue.shipping import ship


class Migration(migrations.Migration):
    dependencies = [("scoping", "0017_guard_the_catalogue")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
