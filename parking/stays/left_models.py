"""Vehicles that were left behind: what was done about each, and when."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class LeftBehindWay(models.TextChoices):
    MESSAGE = "MESSAGE", "Message to the driver"
    NOTICE = "NOTICE", "Notice with photo at the vehicle"
    LETTER = "LETTER", "Letter to the owner"


class LeftBehindStep(models.Model):
    """A step against a vehicle that stays for days. It is due by itself; a person says when paper was handed over."""

    session = models.ForeignKey("stays.ParkingSession", on_delete=models.PROTECT, related_name="left_behind_steps")
    way = models.CharField(max_length=7, choices=LeftBehindWay.choices)
    due_at = models.DateTimeField(help_text="When the sweep wrote it")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "way"], name="left_behind_step_once"),
            models.CheckConstraint(condition=models.Q(way__in=LeftBehindWay.values), name="left_behind_way_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(done_at=None), name="left_behind_to_do"),
        ]

    def __str__(self) -> str:
        return f"{self.way} of {self.session_id}"
