"""Vehicles: one record for each plate."""

from typing import ClassVar

from django.db import models


class VehicleKind(models.TextChoices):
    CAR = "CAR", "Car"
    TWO_WHEELER = "TWO_WHEELER", "Two-wheeler"
    EV = "EV", "Electric car"


class Vehicle(models.Model):
    """A plate. The owner's name belongs to the session: any driver may book any plate."""

    match_key = models.CharField(max_length=20, unique=True, help_text="Plate without separators, numbers padded")
    vehicle_number = models.CharField(max_length=24, help_text="Plate as it is shown, for example DL-01-AB-1234")
    kind = models.CharField(max_length=12, choices=VehicleKind.choices, default=VehicleKind.CAR)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=VehicleKind.values), name="vehicle_kind_known"),
        ]

    def __str__(self) -> str:
        return self.vehicle_number
