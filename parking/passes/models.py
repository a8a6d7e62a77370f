"""Plans, and the passes that were sold under them. Amounts are rupees."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from parking.facilities.models import ParkingSite, ParkingZone
from parking.passes.coverage import Coverage
from parking.passes.rules import RENEWAL_GRACE, Period
from parking.payments.models import Bill
from parking.tariffs.rules.changes import Pass
from parking.tariffs.rules.terms import WEEK, clock_minutes
from parking.vehicles.models import Vehicle

MOST_VEHICLES = 20


def whole_week() -> list[str]:
    return [str(day) for day in WEEK]


class Plan(models.Model):
    """What passes are sold as. A change of a plan changes no pass that was sold before.

    `zones` are those in which its passes hold, all zones of the site if there are none; its money is the site's.
    """

    name = models.CharField(max_length=60)
    period = models.CharField(max_length=8, choices=[(period.value, period.value.title()) for period in Period])
    price = models.DecimalField(max_digits=10, decimal_places=2)
    price_reason = models.CharField(max_length=200, blank=True, help_text="Why it costs nothing; only at price 0")
    site = models.ForeignKey(ParkingSite, on_delete=models.PROTECT, related_name="plans")
    zones: "models.ManyToManyField[ParkingZone, Any]" = models.ManyToManyField(
        ParkingZone, related_name="plans", blank=True
    )
    vehicle_kinds = models.JSONField(default=list, blank=True, help_text="Kinds of vehicle; empty: all")
    vehicles = models.PositiveSmallIntegerField(default=1)
    inside = models.PositiveSmallIntegerField(default=1, help_text="How many of them may be inside at once")
    days = models.JSONField(default=whole_week, help_text="Days of the week on which its hours begin")
    begins = models.CharField(max_length=5, default="00:00", help_text="Time of day at the site")
    ends = models.CharField(max_length=5, default="00:00", help_text="Excluded; not after `begins`: past midnight")
    is_active = models.BooleanField(default=True, help_text="Whether it is sold")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "name"], name="plan_name_once_at_site"),
            models.CheckConstraint(
                condition=Q(period__in=[period.value for period in Period]), name="plan_period_known"
            ),
            models.CheckConstraint(
                condition=Q(price__gt=0, price_reason="") | (Q(price=0) & ~Q(price_reason="")),
                name="plan_free_with_reason",
            ),
            models.CheckConstraint(condition=Q(vehicles__gte=1, vehicles__lte=MOST_VEHICLES), name="plan_vehicles_fit"),
            models.CheckConstraint(condition=Q(inside__gte=1, inside__lte=F("vehicles")), name="plan_inside_fits"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def coverage(self) -> Coverage:
        """Return what a pass that is sold now covers; `zones` should be prefetched."""
        days = tuple(day for day in WEEK if day in self.days)
        return Coverage(
            site_id=self.site_id,
            zone_ids=tuple(sorted(zone.pk for zone in self.zones.all())),
            kinds=tuple(self.vehicle_kinds),
            days=days,
            begins=clock_minutes(self.begins),
            ends=clock_minutes(self.ends),
            vehicles=self.vehicles,
            inside=self.inside,
        )


class PassStatus(models.TextChoices):
    PENDING = "PENDING", "Waits for its money"
    ACTIVE = "ACTIVE", "Paid"
    EXPIRED = "EXPIRED", "Over"
    CANCELLED = "CANCELLED", "Cancelled"


OPEN_PASS = (PassStatus.PENDING, PassStatus.ACTIVE)


class Subscription(models.Model):
    """A pass. It runs from `starts_at` to `ends_at`, excluded, which each paid period moves on.

    Its state is changed by `passes.services` alone, under its lock. `covers` is the coverage as it was sold.
    """

    pass_code = models.CharField(max_length=20, unique=True)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="subscriptions")
    driver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="passes")
    status = models.CharField(max_length=9, choices=PassStatus.choices, default=PassStatus.PENDING)
    price = models.DecimalField(max_digits=10, decimal_places=2, help_text="Of a period, as it was last sold")
    covers = models.JSONField(help_text="The passes.coverage.Coverage that was sold")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="Excluded; of the periods that are paid, before that of the first one")
    auto_renew = models.BooleanField(default=False)
    pay_by = models.DateTimeField(null=True, blank=True, help_text="When a pass that was never paid is given up")
    reminded_days = models.PositiveSmallIntegerField(
        default=0, help_text="How many days before the end its holder was last reminded; more for not yet"
    )
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was cancelled or found to be over")

    class Meta:
        verbose_name = "pass"
        verbose_name_plural = "passes"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="pass_ends_after_start"),
            models.CheckConstraint(condition=Q(price__gte=0), name="pass_price_not_negative"),
            models.CheckConstraint(
                condition=Q(status="PENDING", pay_by__isnull=False, ended_at=None)
                | Q(status="ACTIVE", pay_by=None, ended_at=None)
                | Q(status__in=["EXPIRED", "CANCELLED"], pay_by=None, ended_at__isnull=False),
                name="pass_state_fits_its_times",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["driver", "-id"], name="pass_of_driver"),
            models.Index(fields=["ends_at"], condition=Q(status="ACTIVE"), name="pass_active_by_end"),
            models.Index(fields=["pay_by"], condition=Q(status="PENDING"), name="pass_to_pay"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return the number that people know the pass by: P-000123."""
        return f"P-{self.pk:06d}"

    @property
    def coverage(self) -> Coverage:
        return Coverage.from_json(self.covers)

    @property
    def change(self) -> Pass:
        """Return what the pass does to the bill of a session that it covers."""
        covers = self.coverage
        return Pass(self.number, self.ends_at, days=covers.days, begins=covers.begins, ends=covers.ends)

    @property
    def admits_until(self) -> datetime:
        """Return until when the gate lets its vehicles in: two days longer while a renewal may come."""
        return self.ends_at + RENEWAL_GRACE if self.auto_renew else self.ends_at


class PassPeriod(models.Model):
    """A time that is paid by one bill: the first one, and one for each renewal. `paid_at` is empty until then."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="periods")
    number = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    bill = models.OneToOneField(Bill, on_delete=models.PROTECT, related_name="pass_period")
    paid_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "number"], name="pass_period_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="pass_period_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"Period {self.number} of pass {self.subscription_id}"


class PassVehicle(models.Model):
    """A plate on a pass, from a time on; until another takes its place."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="vehicles")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="passes")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    is_swap = models.BooleanField(default=False, help_text="It took the place of another one")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subscription", "vehicle"], condition=Q(until_at=None), name="vehicle_once_on_pass"
            ),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gte=F("from_at")), name="pass_vehicle_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} on pass {self.subscription_id}"
