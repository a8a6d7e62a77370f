"""Screens that show the driver at a gate what is to pay."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from parking.facilities.models import Gate


class CounterDisplay(models.Model):
    """A browser that shows the bills of a gate, once somebody at the gate typed the code that it shows.

    It is known by a secret in its cookie, of which the hash is kept. Written by `stays.displays` alone.
    """

    secret_hash = models.CharField(max_length=64, unique=True)
    code = models.CharField(max_length=6, blank=True, help_text="Empty once it is paired")
    code_until = models.DateTimeField()
    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, null=True, blank=True, related_name="displays")
    paired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    paired_at = models.DateTimeField(null=True, blank=True)
    session = models.ForeignKey(
        "stays.ParkingSession", on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    shown_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="display_code_once"),
            models.CheckConstraint(
                condition=Q(code="", gate__isnull=False, paired_at__isnull=False) | (~Q(code="") & Q(gate=None)),
                name="display_paired_or_code",
            ),
        ]

    def __str__(self) -> str:
        return f"Display {self.pk}"
