import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scoping", "0006_triage"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("layout", models.CharField(choices=[("board", "Board"), ("list", "List")], default="board", max_length=5)),
                ("query", models.CharField(blank=True, max_length=2000)),
                ("team", models.BooleanField(default=False, help_text="Its name and filters are shown to everybody who may open this page.", verbose_name="share with the team")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("saved_at", models.DateTimeField(editable=False)),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="saved_views", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("layout__in", ["board", "list"])), name="scoping_saved_view_layout"),
                    models.UniqueConstraint(models.F("owner"), django.db.models.functions.text.Lower("name"), name="scoping_saved_view_own_name", violation_error_message="You have a view of this name. Choose another one."),
                    models.UniqueConstraint(django.db.models.functions.text.Lower("name"), condition=models.Q(("team", True)), name="scoping_saved_view_team_name", violation_error_message="The team has a view of this name. Choose another one."),
                ],
            },
        ),
    ]
