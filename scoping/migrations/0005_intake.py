import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from scoping.question_bank import BY_SERVICE, GENERAL, placed

SERVICES = [
    ("migration", "Migration"),
    ("implementation", "Implementation"),
    ("integration", "Integration"),
    ("ci_cd", "CI/CD"),
    ("security", "Security"),
    ("advisory", "Advisory"),
    ("health_check", "Health check"),
    ("development", "Development"),
    ("transformation", "Transformation"),
    ("training", "Training"),
]
KINDS = [
    ("text", "text"),
    ("number", "number"),
    ("date", "date"),
    ("choice", "one of"),
    ("several", "some of"),
]
BILLING = [
    ("on_signature", "When the SOW is signed"),
    ("on_order", "With the order form"),
    ("as_worked", "Time and materials, monthly"),
    ("by_milestone", "By milestone"),
    ("in_halves", "Half at the start, half at the end"),
    ("at_completion", "When all is done"),
]


def ship(apps, schema_editor):
    """What the questions of every service ask, and the headings of those asked of all."""
    Question = apps.get_model("scoping", "Question")
    for group in BY_SERVICE:
        for fields in placed(group):
            Question.objects.get_or_create(key=fields["key"], defaults=fields)
    for group in GENERAL:
        for fields in placed(group):
            Question.objects.filter(key=fields["key"], section="").update(
                section=group.section, at_intake=group.at_intake
            )


def line(length):
    return models.CharField(blank=True, max_length=length)


def lines(length=5000):
    return models.TextField(blank=True, max_length=length)


class Migration(migrations.Migration):
    dependencies = [("scoping", "0004_imports")]

    operations = [
        migrations.AddField("opportunity", "record_type", line(60)),
        migrations.AddField(
            "opportunity",
            "parent",
            models.CharField(blank=True, max_length=300, verbose_name="parent opportunity"),
        ),
        migrations.AddField("question", "section", line(60)),
        migrations.AddField("question", "at_intake", models.BooleanField(default=True)),
        migrations.AlterField(
            "question", "kind", models.CharField(choices=KINDS, default="text", max_length=10)
        ),
        migrations.AlterField(
            "question", "service", models.CharField(blank=True, choices=SERVICES, max_length=20)
        ),
        migrations.AlterField(
            "scopingissue",
            "services",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=SERVICES, max_length=20),
                blank=True,
                default=list,
                size=None,
            ),
        ),
        migrations.CreateModel(
            "SchedulingIntake",
            [
                ("id", models.BigAutoField(primary_key=True, auto_created=True, serialize=False, verbose_name="ID")),
                (
                    "issue",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scheduling",
                        to="scoping.scopingissue",
                    ),
                ),
                ("sent_with", models.CharField(blank=True, editable=False, max_length=64)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("opportunity_link", line(500)),
                ("summary", lines()),
                ("skills", lines()),
                ("people_asked_for", lines()),
                ("languages", line(300)),
                ("time_zones", line(300)),
                ("clearance", lines()),
                ("on_site", line(300)),
                ("security_rules", lines()),
                ("wanted_start", models.DateField(blank=True, null=True)),
                ("wanted_end", models.DateField(blank=True, null=True)),
                ("fixed_dates", lines()),
                ("hours_per_week", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("customer_lead", line(300)),
                ("sponsor", line(300)),
                ("limits", lines()),
                ("partner", line(300)),
                ("billing", models.CharField(blank=True, choices=BILLING, max_length=20)),
                ("purchase_order", line(300)),
                ("acceptance", lines()),
                ("notes", lines(10000)),
                ("customer_agreed", models.BooleanField(default=False, verbose_name="customer agreed to the SOW")),
                ("quote_exists", models.BooleanField(default=False, verbose_name="services quote exists")),
                ("close_plan_agreed", models.BooleanField(default=False, verbose_name="close plan agreed")),
            ],
            {
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("sent_with", ""), _negated=True),
                        fields=("sent_with",),
                        name="scoping_scheduling_sent_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("wanted_end__gte", models.F("wanted_start")),
                            ("wanted_start", None),
                            ("wanted_end", None),
                            _connector="OR",
                        ),
                        name="scoping_scheduling_ends_after_it_starts",
                    ),
                ]
            },
        ),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
