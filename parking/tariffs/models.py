"""What a zone charges for vehicles other than cars."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from parking.facilities.models import ParkingZone
from parking.vehicles.models import VehicleKind


class ZoneTariff(models.Model):
    """The flat tariff (rupees) of one kind of vehicle in one zone. Without a row, the zone's own rate applies."""

    zone = models.ForeignKey(ParkingZone, on_delete=models.PROTECT, related_name="tariffs")
    vehicle_kind = models.CharField(max_length=12, choices=VehicleKind.choices)
    hourly_rate = models.DecimalField(max_digits=10, decimal_places=2)
    booking_fee = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["zone", "vehicle_kind"], name="tariff_once_per_kind"),
            models.CheckConstraint(condition=Q(hourly_rate__gte=0), name="tariff_rate_not_negative"),
            models.CheckConstraint(condition=Q(booking_fee__gte=0), name="tariff_fee_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} {self.vehicle_kind}"
