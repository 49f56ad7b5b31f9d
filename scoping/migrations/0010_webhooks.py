from django.db import migrations, models

STATES = [
    ("waiting", "waiting"),
    ("applied", "applied"),
    ("ignored", "ignored"),
    ("failed", "failed"),
]


class Migration(migrations.Migration):
    dependencies = [("scoping", "0009_import_runs")]

    operations = [
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True)),
                ("event", models.CharField(blank=True, max_length=80)),
                ("body", models.TextField(blank=True)),
                ("received_at", models.DateTimeField()),
                ("state", models.CharField(choices=STATES, default="waiting", max_length=8)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "webhook deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["id"],
                        name="scoping_webhook_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", [state for state, _ in STATES])),
                        name="scoping_webhook_known_state",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="imported",
            name="project_number",
            field=models.BigIntegerField(db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="scopingissue",
            name="close_to_note",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddConstraint(
            model_name="scopingissue",
            constraint=models.CheckConstraint(
                condition=models.Q(("close_to_note", False), ("state", "closed"), _connector="OR"),
                name="scoping_issue_only_a_close_is_noted",
            ),
        ),
        migrations.AddIndex(
            model_name="scopingissue",
            index=models.Index(
                condition=models.Q(("close_to_note", True)),
                fields=["engagement_manager"],
                name="scoping_issue_close_to_note",
            ),
        ),
    ]
