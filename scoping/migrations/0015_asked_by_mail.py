"""Questions to requesters leave by the way of every other mail."""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.db import migrations


def hand_over(apps: Apps, schema_editor: Any) -> None:
    """What has not left yet leaves as a mail of its own."""
    Inquiry, Mail = apps.get_model("scoping.Inquiry"), apps.get_model("notifications.Mail")
    Event = apps.get_model("ledger.Event")
    for inquiry in Inquiry.objects.filter(sent_at=None, parked_at=None, withdrawn_at=None):
        about = {"subject_type": "scoping.scopingissue", "subject_id": inquiry.issue_id}
        asked = Event.objects.filter(verb="scoping.asked", at=inquiry.asked_at, **about).first()
        Mail.objects.create(
            key=f"inquiry:{inquiry.pk}",
            event=asked,
            kind="question",
            recipient_id=inquiry.recipient_id,
            address=inquiry.address,
            subject=inquiry.subject,
            text=inquiry.body,
            headers={"Reply-To": inquiry.asker.email},
            message_id=inquiry.message_id,
            written_at=inquiry.asked_at,
            leaves_at=inquiry.asked_at,
            next_at=inquiry.next_at,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("scoping", "0014_risks"),
        ("notifications", "0001_initial"),
        ("ledger", "0003_dispatch"),
    ]

    operations = [
        migrations.RunPython(hand_over, migrations.RunPython.noop),
        migrations.DeleteModel("Inquiry"),
    ]
