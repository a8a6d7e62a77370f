"""What parking costs: tariffs of zones and rate cards, each with a date from which it holds, and holidays."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from parking.facilities.models import ParkingSite, ParkingZone
from parking.vehicles.models import VehicleKind


class ZoneTariff(models.Model):
    """The plain prices (rupees) of one kind of vehicle in one zone, below every tariff.

    Without a row the kind pays as cars do; the plain prices of cars are the zone's own columns.
    """

    zone = models.ForeignKey(ParkingZone, on_delete=models.PROTECT, related_name="tariffs")
    vehicle_kind = models.CharField(max_length=12)
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


class RateCard(models.Model):
    """A tariff of one kind of vehicle that is written once and laid on zones; a zone's own tariff goes before it."""

    name = models.CharField(max_length=100, unique=True)
    vehicle_kind = models.CharField(max_length=12, default=VehicleKind.CAR)
    zones: "models.ManyToManyField[ParkingZone, Any]" = models.ManyToManyField(
        ParkingZone, related_name="rate_cards", blank=True
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Tariff(models.Model):
    """A version of what a kind of vehicle pays in a zone, or under a rate card.

    The newest that is not later than the moment holds, of equal dates the one made later. One with `valid_to` is an
    event, which lies over the others until then, excluded. A version is never edited: another follows it. `is_base`:
    the plain rate of a zone, below its rate cards; its own tariffs go before them.
    """

    zone = models.ForeignKey(
        ParkingZone, on_delete=models.PROTECT, null=True, blank=True, related_name="tariff_versions"
    )
    rate_card = models.ForeignKey(RateCard, on_delete=models.PROTECT, null=True, blank=True, related_name="versions")
    vehicle_kind = models.CharField(max_length=12)
    name = models.CharField(max_length=100, blank=True, help_text="Of an event, for example Diwali week")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True, help_text="Excluded; empty: until another version begins")
    is_base = models.BooleanField(default=False)
    terms = models.JSONField(help_text="The tariffs.rules.Prices")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(zone__isnull=False, rate_card=None) | Q(zone=None, rate_card__isnull=False),
                name="tariff_of_zone_or_card",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="tariff_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(is_base=False) | Q(zone__isnull=False, valid_to=None), name="tariff_base_is_of_zone"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["zone", "-valid_from"], name="tariff_of_zone"),
        ]

    def __str__(self) -> str:
        return f"Tariff {self.pk}"

    @property
    def is_event(self) -> bool:
        return self.valid_to is not None


class Holiday(models.Model):
    """A day of a site on which the HOLIDAY bands of its tariffs hold."""

    site = models.ForeignKey(ParkingSite, on_delete=models.PROTECT, related_name="holidays")
    date = models.DateField()
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "date"], name="holiday_once_at_site")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class ZoneDemand(models.Model):
    """How the prices of a zone follow how full it is; without a row, or without steps, they do not."""

    zone = models.OneToOneField(ParkingZone, on_delete=models.PROTECT, related_name="demand")
    steps = models.JSONField(default=list, blank=True, help_text="The tariffs.rules.demand.DemandSteps")
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.zone}"
