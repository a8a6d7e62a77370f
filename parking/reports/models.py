"""Sums of finished days, so that a report reads days and not rows. Written by `reports.rolling` alone.

A day is that of the row's own site. Money is in whole paise, which both databases add exactly.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from parking.facilities.models import ParkingSite, ParkingZone
from parking.payments.models import PaymentMethod


class _OfDay(models.Model):
    """A day of a site; money and passes without a site have none."""

    day = models.DateField()
    site = models.ForeignKey(ParkingSite, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        abstract = True


class DayMoney(_OfDay):
    """What was captured and what was refunded on a day, by zone and method. Money of passes is in no zone."""

    zone = models.ForeignKey(ParkingZone, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    method = models.CharField(max_length=6, choices=PaymentMethod.choices)
    captured = models.BigIntegerField(default=0, help_text="Paise")
    refunded = models.BigIntegerField(default=0, help_text="Paise, of refunds that are done")
    payments = models.PositiveIntegerField(default=0)
    refunds = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "site", "zone", "method"], name="day_money_once"),
        ]
        # A year of all zones has hundreds of thousands of rows, that of one a few hundred.
        indexes: ClassVar = [models.Index(fields=["zone", "day"], name="day_money_of_zone")]

    def __str__(self) -> str:
        return f"{self.day} {self.method}"


class SiteMoney(_OfDay):
    """The same over all zones of a site: what sums of many days are read from."""

    method = models.CharField(max_length=6, choices=PaymentMethod.choices)
    captured = models.BigIntegerField(default=0, help_text="Paise")
    refunded = models.BigIntegerField(default=0, help_text="Paise, of refunds that are done")
    payments = models.PositiveIntegerField(default=0)
    refunds = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "site money"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "site", "method"], name="site_money_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} site {self.site_id} {self.method}"


class HourMoney(_OfDay):
    """The same by hour of the day, over all zones and methods."""

    hour = models.PositiveSmallIntegerField()
    captured = models.BigIntegerField(default=0, help_text="Paise")
    refunded = models.BigIntegerField(default=0, help_text="Paise, of refunds that are done")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "site", "hour"], name="hour_money_once"),
            models.CheckConstraint(condition=Q(hour__lt=24), name="hour_money_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.hour:02}:00"


class HourStays(_OfDay):
    """How many parking sessions of a site were booked, entered and left in an hour of the day, over all zones."""

    hour = models.PositiveSmallIntegerField()
    booked = models.PositiveIntegerField(default=0)
    entered = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "hour stays"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "site", "hour"], name="hour_stays_once"),
            models.CheckConstraint(condition=Q(hour__lt=24), name="hour_stays_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.hour:02}:00"


class DayStays(_OfDay):
    """How many parking sessions of a zone were booked, entered, left and ended otherwise on a day."""

    zone = models.ForeignKey(ParkingZone, on_delete=models.PROTECT, related_name="+", db_index=False)
    booked = models.PositiveIntegerField(default=0)
    entered = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    no_shows = models.PositiveIntegerField(default=0)
    unpaid = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "day stays"
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "zone"], name="day_stays_once")]

    def __str__(self) -> str:
        return f"{self.day} zone {self.zone_id}"


class RollState(models.Model):
    """Up to which day all days are added up; one row. Days count by the time zones that the sites had then."""

    through = models.DateField(null=True)
    time_zones = models.JSONField(default=dict, help_text="By the site's id")
    rolled_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="roll_state_once")]

    def __str__(self) -> str:
        return f"through {self.through}"
