"""Settings are data: dated, signed and kept. A correction is a new row, never an edit."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class SettingQuerySet(models.QuerySet["Setting"]):
    def known(self, at: datetime | None) -> SettingQuerySet:
        """What had been set by a moment: corrections came later. None for all that is known."""
        return self if at is None else self.filter(set_at__lte=at)

    def holding_on(self, day: date) -> SettingQuerySet:
        """One row per key: the latest to take effect, and of those for one day the newest."""
        begun = self.filter(effective_from__lte=day)
        return begun.order_by("key", "-effective_from", "-pk").distinct("key")


SettingManager = models.Manager.from_queryset(SettingQuerySet)


class Setting(models.Model):
    """The value something has from a day on, who said so, when and why."""

    key = models.CharField(max_length=60)
    value = models.JSONField(encoder=DjangoJSONEncoder, null=True)
    effective_from = models.DateField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    set_at = models.DateTimeField()
    reason = models.CharField(max_length=300)

    objects: ClassVar[SettingManager[Setting]] = SettingManager()

    class Meta:
        indexes = [
            models.Index(
                fields=["key", "-effective_from", "-id"], name="configuration_setting_latest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} from {self.effective_from}"
