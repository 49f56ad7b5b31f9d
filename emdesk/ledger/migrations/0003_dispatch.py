"""Every event that may be announced leaves a row to claim; loops leave signs of life."""

import django.db.models.deletion
from django.db import migrations, models

DISPATCH = """
CREATE FUNCTION ledger_dispatch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ledger_dispatch (event_id, next_at, attempts, last_error)
  VALUES (NEW.id, NEW.recorded_at, 0, '');
  RETURN NULL;
END $$;

CREATE TRIGGER ledger_event_dispatch AFTER INSERT ON ledger_event
  FOR EACH ROW WHEN (NEW.origin IN ('person', 'system')) EXECUTE FUNCTION ledger_dispatch();
"""

UNDO = """
DROP TRIGGER ledger_event_dispatch ON ledger_event;
DROP FUNCTION ledger_dispatch();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_chain")]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("role", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Dispatch",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        db_constraint=False,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="ledger.event",
                    ),
                ),
                ("next_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                ("dead_at", models.DateTimeField(null=True)),
            ],
            options={"verbose_name_plural": "dispatches"},
        ),
        migrations.RunSQL(DISPATCH, UNDO),
    ]
