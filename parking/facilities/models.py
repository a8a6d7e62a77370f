"""Car parks, their zones and slots."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from parking.core.site_settings import HOLD_MINUTES, NO_SHOW_MINUTES


class SiteState(models.TextChoices):
    OPEN = "OPEN", "Open"
    CLOSED = "CLOSED", "Closed"


class ParkingSite(models.Model):
    """A car park: an address with one or more zones.

    Its time zone says when its days, hours and shifts begin. `last_exit_at` is the time of day after which no car gets
    out; drivers inside are told before. Its zones may take fewer kinds of vehicle than it does, never more.
    """

    name = models.CharField(max_length=100, unique=True)
    code = models.CharField(max_length=6, unique=True, help_text="2 to 6 capital letters")
    address = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=200, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    contact = models.CharField(max_length=100, blank=True)
    time_zone = models.CharField(max_length=40, default="Asia/Kolkata")
    opens_at = models.TimeField(null=True, blank=True, help_text="Empty: open round the clock")
    closes_at = models.TimeField(null=True, blank=True)
    last_exit_at = models.TimeField(null=True, blank=True)
    vehicle_kinds = models.JSONField(default=list, blank=True, help_text="Kinds of vehicle that park here; empty: all")
    # Read with the site at each booking, so that a price costs no statement of its own. The tax profile says it.
    tax_on_top = models.JSONField(
        default=list, blank=True, help_text="Where prices are written without tax: [{from, percent}], oldest first"
    )
    state = models.CharField(max_length=6, choices=SiteState.choices, default=SiteState.CLOSED)
    retired_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=SiteState.values), name="site_state_known"),
            models.CheckConstraint(
                condition=Q(opens_at=None, closes_at=None) | Q(opens_at__isnull=False, closes_at__isnull=False),
                name="site_hours_both_or_none",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None) | Q(latitude__isnull=False, longitude__isnull=False),
                name="site_point_both_or_none",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GateDirection(models.TextChoices):
    IN = "IN", "In"
    OUT = "OUT", "Out"
    BOTH = "BOTH", "In and out"


class Gate(models.Model):
    """A place where cars come in or leave. Without zones it leads to all zones of its site."""

    site = models.ForeignKey(ParkingSite, on_delete=models.PROTECT, related_name="gates")
    name = models.CharField(max_length=60)
    direction = models.CharField(max_length=4, choices=GateDirection.choices, default=GateDirection.BOTH)
    zones: "models.ManyToManyField[ParkingZone, Any]" = models.ManyToManyField(
        "ParkingZone", related_name="gates", blank=True
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "name"], condition=Q(retired_at=None), name="gate_name_once"),
            models.CheckConstraint(condition=Q(direction__in=GateDirection.values), name="gate_direction_known"),
        ]

    def __str__(self) -> str:
        return self.name


class ParkingZoneQuerySet(models.QuerySet["ParkingZone"]):
    def present(self) -> "ParkingZoneQuerySet":
        """Return zones that are not retired."""
        return self.filter(retired_at=None)


class ParkingZone(models.Model):
    """A part of a site with one price and a set of slots.

    `hourly_rate` and `booking_fee` (rupees) are the flat tariff of cars; other kinds of vehicle may have their own
    (`tariffs.ZoneTariff`). In a zone that is not `marked`, slots hold places for the counting and for the constraints;
    their numbers are shown to nobody. `allowed_kinds` are kinds of vehicle, all of them if it is empty.
    `next_reservation_at` is written by `note_next_reservation` alone, under the zone's lock.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    site = models.ForeignKey(ParkingSite, on_delete=models.PROTECT, related_name="zones")
    name = models.CharField(max_length=100)
    hourly_rate = models.DecimalField(max_digits=10, decimal_places=2)
    booking_fee = models.DecimalField(max_digits=10, decimal_places=2)
    hold_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Time to pay the booking fee; empty: as the site's setting says"
    )
    no_show_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Time to enter after the start; empty: as the site's setting says"
    )
    is_active = models.BooleanField(default=True)
    opens_at = models.TimeField(null=True, blank=True, help_text="Empty: open round the clock")
    closes_at = models.TimeField(null=True, blank=True)
    contact = models.CharField(max_length=100, blank=True)
    place = models.CharField(max_length=200, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    features = models.JSONField(default=list, blank=True, help_text="For example covered, guarded, ev_charging")
    restrictions = models.CharField(max_length=200, blank=True)
    marked = models.BooleanField(default=True, help_text="False: places are counted, without numbers on the ground")
    allowed_kinds = models.JSONField(default=list, blank=True, help_text="Kinds of vehicle; empty: all")
    max_height_cm = models.PositiveSmallIntegerField(null=True, blank=True)
    pass_only = models.BooleanField(default=False, help_text="Only vehicles with a pass")
    next_reservation_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Start of the next reservation that has no slot yet"
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects: ClassVar[models.Manager["ParkingZone"]] = ParkingZoneQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "name"], condition=Q(retired_at=None), name="zone_name_once"),
            models.CheckConstraint(condition=Q(hourly_rate__gte=0), name="zone_rate_not_negative"),
            models.CheckConstraint(condition=Q(booking_fee__gte=0), name="zone_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(opens_at=None, closes_at=None) | Q(opens_at__isnull=False, closes_at__isnull=False),
                name="zone_hours_both_or_none",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def minutes_to_pay(self) -> int:
        """Return how long a booking waits for its fee: the zone's minutes, or those of its site."""
        return HOLD_MINUTES.at(self.site_id) if self.hold_minutes is None else self.hold_minutes

    @property
    def minutes_to_arrive(self) -> int:
        """Return how long a booked slot waits for its car: the zone's minutes, or those of its site."""
        return NO_SHOW_MINUTES.at(self.site_id) if self.no_show_minutes is None else self.no_show_minutes


class ZoneClosure(models.Model):
    """A time in which a manager had closed a zone, still running without `until_at`; opening hours are none.

    `counted_at` is when whoever paid for that time has it back (`checkout.pass_lengthening`).
    """

    zone = models.ForeignKey(ParkingZone, on_delete=models.PROTECT, related_name="closures")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["zone"], condition=Q(until_at=None), name="zone_closed_once_at_a_time"),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gte=F("from_at")), name="zone_closure_ends_after_start"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["from_at"], condition=Q(counted_at=None), name="zone_closure_to_count"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} closed from {self.from_at:%d %b %Y}"


class SlotKind(models.TextChoices):
    CAR = "CAR", "Car"
    TWO_WHEELER = "TWO_WHEELER", "Two-wheeler"
    EV = "EV", "Electric car"
    BICYCLE = "BICYCLE", "Bicycle"
    LARGE = "LARGE", "Large vehicle"
    ACCESSIBLE = "ACCESSIBLE", "Accessible"
    VIP = "VIP", "VIP"


class SlotStatus(models.TextChoices):
    FREE = "FREE", "Free"
    BOOKED = "BOOKED", "Booked"
    OCCUPIED = "OCCUPIED", "Occupied"
    OUT_OF_SERVICE = "OUT_OF_SERVICE", "Out of service"


class ParkingSlot(models.Model):
    """One parking space. Its status is written by `facilities.services` alone, on behalf of a parking session."""

    zone = models.ForeignKey(ParkingZone, on_delete=models.PROTECT, related_name="slots")
    slot_number = models.CharField(max_length=50)
    sort_key = models.CharField(max_length=80, help_text="The number with its digits padded: A-2 comes before A-10")
    kind = models.CharField(max_length=12, choices=SlotKind.choices, default=SlotKind.CAR)
    status = models.CharField(max_length=14, choices=SlotStatus.choices, default=SlotStatus.FREE)
    kept = models.BooleanField(default=False, help_text="Kept for the cars of a pass, also while it is free")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["zone", "slot_number"], name="slot_number_once_in_zone"),
            models.CheckConstraint(condition=Q(status__in=SlotStatus.values), name="slot_status_known"),
            models.CheckConstraint(condition=Q(kind__in=SlotKind.values), name="slot_kind_known"),
        ]
        indexes: ClassVar = [
            # Claiming reads the first entry of this index, however many slots and stays there are.
            models.Index("zone", "kind", F("sort_key").asc(), condition=Q(status="FREE"), name="slot_free_in_order"),
        ]

    def __str__(self) -> str:
        return self.slot_number

    @property
    def is_occupied(self) -> bool:
        """Return whether the slot is booked or has a car in it; `is_occupied` is the older name for both."""
        return self.status in {SlotStatus.BOOKED, SlotStatus.OCCUPIED}

    @property
    def shown_status(self) -> str:
        """Return the status that people see: a free slot that is kept for a pass is KEPT."""
        return "KEPT" if self.kept and self.status == SlotStatus.FREE else self.status


class EmergencyStatus(models.TextChoices):
    WAITS = "WAITS", "Waits for a second person"
    RUNS = "RUNS", "Every car is let out"
    OVER = "OVER", "Over"
    REFUSED = "REFUSED", "Refused or taken back"


class Emergency(models.Model):
    """A time in which a site lets every car out at once. Written by `facilities.emergencies` alone.

    It begins when a second person confirms it (`begins_at`), and ends by itself at `ends_at`, or before at `ended_at`.
    """

    site = models.ForeignKey(ParkingSite, on_delete=models.PROTECT, related_name="emergencies")
    reason = models.CharField(max_length=200)
    minutes = models.PositiveSmallIntegerField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    begins_at = models.DateTimeField(null=True, blank=True, help_text="Empty: nobody confirmed it")
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When somebody ended or refused it")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=240), name="emergency_has_an_end"),
            models.CheckConstraint(
                condition=Q(begins_at=None, ends_at=None, confirmed_by=None)
                | Q(begins_at__isnull=False, ends_at__isnull=False, confirmed_by__isnull=False),
                name="emergency_is_confirmed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["site"], condition=Q(ended_at=None), name="emergency_not_ended"),
        ]

    def __str__(self) -> str:
        return f"Emergency {self.pk}"

    def status_at(self, now: datetime) -> EmergencyStatus:
        """Return how it stands at a moment."""
        if self.begins_at is None or self.ends_at is None:
            return EmergencyStatus.REFUSED if self.ended_at else EmergencyStatus.WAITS
        return EmergencyStatus.OVER if self.ended_at or now >= self.ends_at else EmergencyStatus.RUNS
