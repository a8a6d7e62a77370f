"""Plans, the passes that were sold under them, and organisations with their invoices. Amounts are rupees."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from parking.facilities.models import ParkingSite, ParkingSlot, ParkingZone, ZoneClosure
from parking.passes.coverage import Coverage
from parking.passes.mandate_models import Mandate, MandateCharge, MandateConsent, MandatePlan
from parking.passes.organisation_rules import Billing, Pricing
from parking.passes.rules import RENEWAL_GRACE, Period
from parking.payments.models import Bill
from parking.tariffs.rules.changes import Pass
from parking.tariffs.rules.terms import WEEK, clock_minutes
from parking.vehicles.models import Vehicle

__all__ = ["Mandate", "MandateCharge", "MandateConsent", "MandatePlan"]  # of this app, in a file of their own

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
    reserved = models.BooleanField(default=False, help_text="Whether a slot is kept for each of its passes")
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
            models.CheckConstraint(condition=Q(reserved=False) | Q(inside=1), name="plan_keeps_one_slot"),
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


class OrganisationKind(models.TextChoices):
    TENANT = "TENANT", "Tenant"
    HOSPITAL = "HOSPITAL", "Hospital"
    COMPANY = "COMPANY", "Company"
    SOCIETY = "SOCIETY", "Society"


class Organisation(models.Model):
    """Whoever parks many vehicles under one agreement and pays for a month at a time.

    `plan` says where, on which days and between which hours its vehicles are covered, and whose money it is; its price
    and numbers are the agreement's own. What covers the vehicles is a pass (`Subscription.organisation`).
    """

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=8, choices=OrganisationKind.choices)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="organisations")
    gstin = models.CharField("GSTIN", max_length=15, blank=True, help_text="Empty: not registered")
    address = models.CharField(max_length=300, blank=True)
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        help_text="The account that sees its list and invoices",
    )
    vehicles = models.PositiveSmallIntegerField(help_text="How many vehicles may be on its list at once")
    inside = models.PositiveSmallIntegerField(help_text="How many of them may be inside at once")
    pricing = models.CharField(max_length=11, choices=[(one.value, one.value.title()) for one in Pricing])
    price = models.DecimalField(max_digits=10, decimal_places=2, help_text="Of a month, for each vehicle or for all")
    billing = models.CharField(max_length=7, choices=[(one.value, one.value.title()) for one in Billing])
    due_days = models.PositiveSmallIntegerField(help_text="How many days after an invoice it is due")
    amber_days = models.PositiveSmallIntegerField(help_text="How many days an overdue invoice is amber at the gate")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The last day; empty: until further notice")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "name"], name="organisation_name_once"),
            models.CheckConstraint(
                condition=Q(kind__in=OrganisationKind.values)
                & Q(pricing__in=[one.value for one in Pricing])
                & Q(billing__in=[one.value for one in Billing]),
                name="organisation_words_known",
            ),
            models.CheckConstraint(condition=Q(price__gt=0), name="organisation_price_positive"),
            models.CheckConstraint(
                condition=Q(inside__gte=1, vehicles__gte=F("inside")), name="organisation_inside_fits"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="organisation_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationInvoice(models.Model):
    """A month of an organisation, with its bill: fixed when it is written, due later, paid in one sum or several."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invoices")
    number = models.PositiveSmallIntegerField(help_text="Of the month, the first is 1")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="Excluded")
    vehicles = models.PositiveSmallIntegerField(help_text="How many were on the list at once at most")
    bill = models.OneToOneField(Bill, on_delete=models.PROTECT, related_name="organisation_invoice")
    due_on = models.DateField(help_text="The last day on which it is paid in time")
    due_at = models.DateTimeField(help_text="The midnight after that day")
    paid_at = models.DateTimeField(null=True, blank=True)
    overdue_noted_at = models.DateTimeField(null=True, blank=True, help_text="When the contact was told of it")
    written_off_at = models.DateTimeField(null=True, blank=True, help_text="When what was still due was given up")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "number"], name="organisation_month_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="organisation_month_ends_after_start"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "due_at"], condition=Q(paid_at=None), name="invoice_unpaid")
        ]

    def __str__(self) -> str:
        return f"Month {self.number} of {self.organisation_id}"


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
    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="passes",
        help_text="Whose it is; empty for that of an organisation",
    )
    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="subscription"
    )
    bought_for = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="bought_passes",
        help_text="The organisation that bought it at the counter for its contact, beside its agreement",
    )
    status = models.CharField(max_length=9, choices=PassStatus.choices, default=PassStatus.PENDING)
    price = models.DecimalField(max_digits=10, decimal_places=2, help_text="Of a period, as it was last sold")
    slot = models.ForeignKey(
        ParkingSlot,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="passes",
        help_text="The slot that is kept for its cars while it is open",
    )
    covers = models.JSONField(help_text="The passes.coverage.Coverage that was sold")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="Excluded; of the periods that are paid, before that of the first one")
    auto_renew = models.BooleanField(default=False)
    pay_by = models.DateTimeField(null=True, blank=True, help_text="When a pass that was never paid is given up")
    lengthened_days = models.PositiveSmallIntegerField(
        default=0, help_text="How many days it runs longer, because its zone was closed"
    )
    reminded_days = models.PositiveSmallIntegerField(
        default=0, help_text="How many days before the end its holder was last reminded; more for not yet"
    )
    amber_at = models.DateTimeField(
        null=True, blank=True, help_text="From when an invoice of its organisation is overdue"
    )
    paying_at = models.DateTimeField(
        null=True, blank=True, help_text="From when its vehicles pay like others, because of that invoice"
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
                condition=Q(driver__isnull=False, organisation=None, amber_at=None, paying_at=None)
                | Q(driver=None, organisation__isnull=False, bought_for=None),
                name="pass_of_driver_or_organisation",
            ),
            models.CheckConstraint(
                condition=Q(amber_at=None, paying_at=None) | Q(paying_at__gte=F("amber_at")),
                name="pass_amber_before_paying",
            ),
            models.CheckConstraint(
                condition=Q(status="PENDING", pay_by__isnull=False, ended_at=None)
                | Q(status="ACTIVE", pay_by=None, ended_at=None)
                | Q(status__in=["EXPIRED", "CANCELLED"], pay_by=None, ended_at__isnull=False),
                name="pass_state_fits_its_times",
            ),
            models.UniqueConstraint(
                fields=["slot"], condition=Q(status__in=["PENDING", "ACTIVE"]), name="slot_kept_for_one_pass"
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

    def admits(self, now: datetime) -> bool:
        """Return whether the gate lets its vehicles in under it: not those of an organisation long overdue."""
        return now < self.admits_until and (self.paying_at is None or now < self.paying_at)

    def is_amber(self, now: datetime) -> bool:
        """Return whether the gate says that money is awaited: for a renewal, or an overdue invoice."""
        return now >= self.ends_at or (self.amber_at is not None and now >= self.amber_at)

    @property
    def holder_name(self) -> str:
        """Return whose it is: the organisation, or the driver by the names of the account."""
        organisation = self.organisation or self.bought_for
        if organisation is not None:
            return organisation.name
        if self.driver is None:
            raise ValueError(f"{self} is nobody's")
        return f"{self.driver.first_name} {self.driver.last_name}".strip() or self.driver.username


class PassLengthening(models.Model):
    """By how many days a pass was lengthened for a time in which its zone was closed."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="lengthenings")
    closure = models.ForeignKey(ZoneClosure, on_delete=models.PROTECT, related_name="lengthenings")
    days = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "closure"], name="pass_lengthened_once_for_closure"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.days} days"


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

    def is_on(self, moment: datetime) -> bool:
        """Return whether the plate is on the pass at a moment."""
        return self.from_at <= moment and (self.until_at is None or moment < self.until_at)
