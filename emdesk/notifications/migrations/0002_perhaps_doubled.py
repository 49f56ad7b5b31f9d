"""Mails that may have arrived twice are found at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("unknown_outcomes__gt", 0)),
                fields=["id"],
                name="notifications_mail_unknown",
            ),
        ),
    ]
