"""Vehicles, one record for each plate, and which of them a driver has saved."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models

from parking.core.vehicle_kinds import KINDS

# Stands for what is not known of a plate.
PARTIAL = "*"


if TYPE_CHECKING:

    class VehicleKind(models.TextChoices):
        """Those that the code names; an installation may have more (docs/kinds.md)."""

        CAR = "CAR"
        TWO_WHEELER = "TWO_WHEELER"

else:
    # In the order in which they are shown; `facilities/rules.py` says which slots each may take.
    VehicleKind = models.TextChoices(
        "VehicleKind", [(code, (code, kind.name)) for code, kind in KINDS.items()], module=__name__
    )


class Vehicle(models.Model):
    """A plate with its kind. The owner's name belongs to the session: any driver may book any plate."""

    match_key = models.CharField(max_length=20, unique=True, help_text="Plate without separators, numbers padded")
    vehicle_number = models.CharField(max_length=24, help_text="Plate as it is shown, for example DL-01-AB-1234")
    kind = models.CharField(max_length=12, default=VehicleKind.CAR)
    has_pass = models.BooleanField(
        default=False, help_text="It may be on a pass that is not over: whoever has its row locked looks for one"
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.vehicle_number

    @property
    def is_partial(self) -> bool:
        """Return whether its plate is not known: it stands for the car of one session (`vehicles.partial`)."""
        return self.match_key.startswith(PARTIAL)

    @property
    def last_four(self) -> str:
        """Return the last four digits of a plate that is known so far only; empty where none are, or all of it is."""
        return self.vehicle_number.lstrip(PARTIAL) if self.is_partial else ""


class SavedVehicle(models.Model):
    """A vehicle that a driver saved for the next booking, with name and kind as booked. It claims no plate."""

    driver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_vehicles")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="saved_by")
    vehicle_kind = models.CharField(max_length=12, default=VehicleKind.CAR)
    owner_name = models.CharField(max_length=100)
    label = models.CharField(max_length=30, blank=True, help_text="What the driver calls it")
    created_at = models.DateTimeField()

    # Read with the list of a driver's vehicles (`stays.queries.vehicles_of`), and there only.
    last_used_at: datetime | None
    open_session_id: int | None

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["driver", "vehicle"], name="saved_vehicle_once"),
        ]

    def __str__(self) -> str:
        return f"Saved vehicle {self.pk}"
