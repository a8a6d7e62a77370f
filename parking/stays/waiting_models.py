"""The lines of full zones."""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from parking.facilities.models import ParkingZone
from parking.vehicles.models import Vehicle


class WaitingState(models.TextChoices):
    WAITING = "WAITING", "In line"
    OFFERED = "OFFERED", "Has an offer"
    TAKEN = "TAKEN", "Offer accepted"
    LAPSED = "LAPSED", "Offer not accepted in time"
    LEFT = "LEFT", "Left the line"
    OVER = "OVER", "No place came free in time"


OPEN_WAIT = (WaitingState.WAITING, WaitingState.OFFERED)


class WaitingEntry(models.Model):
    """A driver in line for a place of a full zone: for now, or for a window. Those who came first are offered first.

    An offer is a booking (`session`) that must be paid within minutes. Written by `checkout.waiting_list` alone.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    state = models.CharField(max_length=8, choices=WaitingState.choices, default=WaitingState.WAITING)
    driver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="waiting_entries")
    zone = models.ForeignKey(ParkingZone, on_delete=models.PROTECT, related_name="waiting_entries", db_index=False)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="waiting_entries", db_index=False)
    vehicle_kind = models.CharField(max_length=12)
    owner_name = models.CharField(max_length=100)
    until = models.DateTimeField(help_text="How long the driver waits")
    starts_at = models.DateTimeField(null=True, blank=True, help_text="Beginning of a window; empty: for now")
    ends_at = models.DateTimeField(null=True, blank=True)
    session = models.OneToOneField(
        "stays.ParkingSession", on_delete=models.PROTECT, null=True, blank=True, related_name="waiting_entry"
    )
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["driver", "zone", "vehicle"], condition=Q(state__in=["WAITING", "OFFERED"]), name="waits_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["WAITING", "OFFERED"], ended_at=None)
                | Q(state__in=["TAKEN", "LAPSED", "LEFT", "OVER"], ended_at__isnull=False),
                name="waiting_state_fits",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["zone", "id"], condition=Q(state__in=["WAITING", "OFFERED"]), name="waiting_in_line"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"
