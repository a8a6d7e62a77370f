"""What lowers the price of a parking session beside its tariff. Amounts are rupees."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from parking.core.money import ZERO
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession

LONGEST_CODE = 20


class PromoKind(models.TextChoices):
    PERCENT = "PERCENT", "Percent"
    AMOUNT = "AMOUNT", "Amount"
    MINUTES = "MINUTES", "First minutes"


class PromoCode(models.Model):
    """A code that drivers type; what it gives when it is given to a session is copied into the session."""

    code = models.CharField(max_length=LONGEST_CODE, unique=True, help_text="In capitals")
    kind = models.CharField(max_length=7, choices=PromoKind.choices)
    value = models.DecimalField(max_digits=10, decimal_places=2, help_text="Percent, rupees or minutes")
    cap: "models.DecimalField[Decimal | None, Decimal | None]" = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, blank=True, help_text="The most that one use gives"
    )
    valid_from = models.DateField()
    valid_to: "models.DateField[date | None, date | None]" = models.DateField(
        null=True, blank=True, help_text="Included, by the calendar of the zone's site; empty: no end"
    )
    zones: "models.ManyToManyField[ParkingZone, Any]" = models.ManyToManyField(
        ParkingZone, related_name="promo_codes", blank=True, help_text="None: everywhere"
    )
    vehicle_kinds = models.JSONField(default=list, blank=True, help_text="None: every kind")
    uses: "models.PositiveIntegerField[int | None, int | None]" = models.PositiveIntegerField(
        null=True, blank=True, help_text="How often in all; empty: without limit"
    )
    uses_per_driver: "models.PositiveIntegerField[int | None, int | None]" = models.PositiveIntegerField(
        null=True, blank=True, help_text="How often by one driver, or for one plate"
    )
    first_booking = models.BooleanField(default=False, help_text="For the first booking of driver and plate alone")
    least_bill = models.DecimalField(max_digits=10, decimal_places=2, default=ZERO)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=PromoKind.values), name="promo_kind_known"),
            models.CheckConstraint(condition=Q(value__gt=0), name="promo_value_positive"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name="promo_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PromoCount(models.Model):
    """How many uses of a code are held or redeemed: in all, by a driver, for a plate. Written by `counting` alone."""

    code = models.ForeignKey(PromoCode, on_delete=models.PROTECT, related_name="counts")
    key = models.CharField(max_length=40, help_text="all, driver:<id>, vehicle:<id>")
    taken = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "key"], name="promo_count_once")]

    def __str__(self) -> str:
        return f"{self.code_id} {self.key}"


class PromoUse(models.Model):
    """A code that was redeemed: the bill of a session closed with its line."""

    code = models.ForeignKey(PromoCode, on_delete=models.PROTECT, related_name="redeemed")
    session = models.OneToOneField(ParkingSession, on_delete=models.PROTECT, related_name="promo_use")
    amount = models.DecimalField(max_digits=10, decimal_places=2, help_text="What it lowered the bill by")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(amount__gt=0), name="promo_use_gives_something")]

    def __str__(self) -> str:
        return f"{self.code_id} session {self.session_id}"


class PointKind(models.TextChoices):
    EARNED = "EARNED", "Earned"
    HELD = "HELD", "Held for a session, and spent if they are not returned"
    RETURNED = "RETURNED", "Held and not spent"
    LAPSED = "LAPSED", "Lapsed"
    TAKEN_BACK = "TAKEN_BACK", "Taken back after a refund"
    RESTORED = "RESTORED", "Given again after a refund was undone"


class PointEntry(models.Model):
    """An entry of a driver's ledger of points, numbered from 1. Written by `ledger` alone, and never changed."""

    driver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="point_entries")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=PointKind.choices)
    points = models.IntegerField(help_text="More or less")
    balance = models.IntegerField(help_text="With this entry; below zero after a refund of what was spent already")
    session = models.ForeignKey(
        ParkingSession, on_delete=models.PROTECT, null=True, blank=True, related_name="point_entries"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["driver", "number"], name="point_entry_once"),
            models.CheckConstraint(condition=~Q(points=0), name="point_entry_changes_something"),
            models.CheckConstraint(condition=Q(kind__in=PointKind.values), name="point_kind_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=Q(kind="EARNED"), name="point_earned_at"),
        ]

    def __str__(self) -> str:
        return f"{self.driver_id} {self.number}"
