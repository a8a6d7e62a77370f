"""A stay, from booking to exit."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from parking.audit.models import AuditEntry
from parking.core.money import ZERO
from parking.facilities.models import Gate, ParkingSite, ParkingSlot, ParkingZone
from parking.passes.models import Subscription
from parking.payments.models import Bill, PaymentMethod
from parking.stays import waiting_models  # noqa: F401 - tables of this app, too
from parking.stays.display_models import CounterDisplay
from parking.stays.events.gate import TicketGiven
from parking.stays.exempt_models import ExemptClass, Exemption, ParkingSessionEvidence
from parking.stays.left_models import LeftBehindStep
from parking.stays.note_models import NoteKind, SessionNote
from parking.stays.paper_models import PaperBlock, PaperSlip
from parking.stays.token_models import Token
from parking.vehicles.models import Vehicle

# Tables that have a module of their own.
__all__ = [
    "CounterDisplay",
    "ExemptClass",
    "Exemption",
    "LeftBehindStep",
    "NoteKind",
    "PaperBlock",
    "PaperSlip",
    "ParkingSessionEvidence",
    "SessionNote",
    "Token",
]


class SessionStatus(models.TextChoices):
    BOOKED = "BOOKED", "Booked"
    ACTIVE = "ACTIVE", "Car inside"
    COMPLETED = "COMPLETED", "Completed"
    CANCELLED = "CANCELLED", "Cancelled"
    EXPIRED = "EXPIRED", "Expired"


OPEN_SESSION = (SessionStatus.BOOKED, SessionStatus.ACTIVE)


class EndReason(models.TextChoices):
    EXIT = "EXIT", "Left through the gate"
    TERMINATED = "TERMINATED", "Ended by staff"
    CANCELLED = "CANCELLED", "Cancelled"
    NO_SHOW = "NO_SHOW", "Did not come"
    UNPAID = "UNPAID", "Fee not paid in time"
    NO_PLACE = "NO_PLACE", "No place was free"


class EndMethod(models.TextChoices):
    """How the end of a stay was to be paid."""

    CASH = PaymentMethod.CASH.value, PaymentMethod.CASH.label
    ONLINE = PaymentMethod.ONLINE.value, PaymentMethod.ONLINE.label
    UPI = PaymentMethod.UPI.value, PaymentMethod.UPI.label
    CARD = PaymentMethod.CARD.value, PaymentMethod.CARD.label
    # Ended by staff without money: what was due became a debt.
    NONE = "NONE", "Nobody paid"


class PassNote(models.TextChoices):
    """Why a session whose plate is on a pass is not covered by it."""

    ALL_INSIDE = "ALL_INSIDE", "As many as the pass allows were inside already"


class PaymentStatus(models.TextChoices):
    PENDING = "PENDING", "Nothing captured"
    PARTIAL = "PARTIAL", "Something captured, stay open or something due"
    PAID = "PAID", "Closed, nothing due"
    REFUNDED = "REFUNDED", "All of it went back"


# What no step of a stay reads of its vehicle, slot and zone: half of the columns, on the hottest statement.
_NOT_AT_THE_GATE = tuple(
    f"{joined}__{field.name}"
    for joined, model, needed in (
        ("vehicle", Vehicle, {"id", "match_key", "vehicle_number", "has_pass"}),
        ("slot", ParkingSlot, {"id", "slot_number", "status"}),
        ("zone", ParkingZone, {"id", "name", "site", "marked", "opens_at", "closes_at"}),
        ("subscription", Subscription, {"id", "organisation", "covers", "starts_at", "ends_at", "amber_at"}),
        ("zone__site", ParkingSite, {"id", "name", "time_zone", "opens_at", "closes_at"}),
    )
    for field in model._meta.concrete_fields  # noqa: SLF001 - Django's own name for it
    if field.name not in needed
)


# A car that an attendant gave a ticket to stands at the gate: somebody says what became of it.
_GIVEN = Exists(AuditEntry.objects.filter(subject_kind="session", subject_id=OuterRef("pk"), action=TicketGiven.action))


class ParkingSessionQuerySet(models.QuerySet["ParkingSession"]):
    def open(self) -> "ParkingSessionQuerySet":
        return self.filter(status__in=OPEN_SESSION)

    def whole(self) -> "ParkingSessionQuerySet":
        """With everything that a booking or bill shows, in one statement."""
        return self.select_related("bill", "vehicle", "slot", "zone__site", "subscription")

    def locked(self) -> "ParkingSessionQuerySet":
        """Lock session and bill, always both and in this one statement (docs/locking.md)."""
        return self.whole().defer(*_NOT_AT_THE_GATE).select_for_update(of=("self", "bill"), no_key=True)

    def unpaid_since(self, moment: datetime) -> "ParkingSessionQuerySet":
        """Holds whose time to pay the fee ended before `moment`."""
        return self.filter(status=SessionStatus.BOOKED, pay_by__lt=moment, bill__captured=ZERO)

    def overdue(self, moment: datetime) -> "ParkingSessionQuerySet":
        """Bookings whose time to enter ended before `moment`; one that never had a slot was not missed.

        Tickets that attendants gave are not among them.
        """
        rows = self.filter(status=SessionStatus.BOOKED, enter_by__lt=moment, slot__isnull=False)
        return rows.filter(Q(driver__isnull=False) | ~_GIVEN)

    def given_tickets(self) -> "ParkingSessionQuerySet":
        """Tickets that attendants gave and whose cars are not inside yet."""
        return self.filter(_GIVEN, status=SessionStatus.BOOKED, driver=None)

    def told_whether_given(self) -> "ParkingSessionQuerySet":
        """With `was_given`, for lists: else each row asks for it in a statement of its own."""
        return self.annotate(was_given=_GIVEN)

    def claimed(self) -> "ParkingSessionQuerySet":
        """Open stays, without reservations that have no slot yet: those have not claimed their vehicle."""
        return self.open().exclude(status=SessionStatus.BOOKED, slot=None, ends_at__isnull=False)

    def waiting(self) -> "ParkingSessionQuerySet":
        """Reservations that have no slot yet."""
        return self.filter(status=SessionStatus.BOOKED, slot=None, ends_at__isnull=False)


class ParkingSession(models.Model):
    """One stay of one vehicle. Its state is changed by `stays.services` alone, under its lock.

    A booking for now claims slot and vehicle at once. A reservation (`ends_at`) holds a place of its zone's capacity,
    and claims slot and vehicle shortly before it begins. Where the vehicle is in another stay then, it has the slot
    alone (`slot_alone_since`) until its car comes in.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    qr_code = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=10, choices=SessionStatus.choices, default=SessionStatus.BOOKED)
    end_reason = models.CharField(max_length=10, choices=EndReason.choices, blank=True)
    end_note = models.CharField(max_length=200, blank=True, help_text="The reason that a person gave")

    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,  # session_of_driver serves
        related_name="sessions",
    )
    owner_name = models.CharField(max_length=100)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="sessions")
    vehicle_kind = models.CharField(max_length=12)
    zone = models.ForeignKey(ParkingZone, on_delete=models.PROTECT, db_index=False, related_name="sessions")
    slot = models.ForeignKey(ParkingSlot, on_delete=models.PROTECT, null=True, related_name="sessions")
    bill = models.OneToOneField(Bill, on_delete=models.PROTECT, related_name="session")
    terms = models.JSONField(help_text="Copy of the tariffs.rules.Terms that the stay was booked under")
    offers = models.JSONField(default=dict, blank=True, help_text="The tariffs.rules.Offers that the stay has")
    subscription = models.ForeignKey(
        Subscription,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="sessions",
        help_text="The pass that covers it",
    )
    pass_note = models.CharField(
        max_length=12, choices=PassNote.choices, blank=True, default="", help_text="Why a pass does not cover it"
    )
    payment_method = models.CharField(max_length=6, choices=EndMethod.choices, blank=True)
    marks = models.JSONField(default=list, blank=True, help_text="What was unusual: stays.marks.Mark")
    without_slot = models.BooleanField(
        default=False, help_text="Inside although nobody gave it a slot: found, lost ticket, paper slip, offline"
    )
    open_notes = models.PositiveSmallIntegerField(default=0, help_text="Notes and problems that are not ticked off")

    booked_at = models.DateTimeField()
    starts_at = models.DateTimeField(help_text="Beginning of the booked window; the booking itself, if for now")
    ends_at = models.DateTimeField(null=True, blank=True, help_text="End of the reserved window; empty: booked for now")
    refund_until = models.DateTimeField(
        null=True, blank=True, help_text="Up to when cancelling a reservation gives all its money back"
    )
    slot_alone_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when it has a slot while its vehicle is in another stay"
    )
    moved_from_zone = models.ForeignKey(
        ParkingZone,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        help_text="Where it was reserved, if there was no place",
    )
    phone = models.CharField(max_length=20, blank=True, default="", help_text="Of who comes; empty: the driver's own")
    late_at = models.DateTimeField(null=True, blank=True, help_text="When the driver asked for more time to arrive")
    plate_changed_at = models.DateTimeField(null=True, blank=True, help_text="When the driver named another plate")
    voucher = models.CharField(
        max_length=20, blank=True, default="", help_text="What its driver got because there was no place"
    )
    pay_by = models.DateTimeField(null=True, blank=True, help_text="When an unpaid fee ends the booking; empty: no fee")
    enter_by = models.DateTimeField(help_text="After this a car that has not come is a no-show")
    entry_time = models.DateTimeField(null=True, blank=True)
    exit_time = models.DateTimeField(null=True, blank=True)
    entry_gate = models.ForeignKey(
        Gate,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        help_text="Where it was let in",
    )
    exit_gate = models.ForeignKey(
        Gate,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        help_text="Where it was scanned out",
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["ParkingSession"]] = ParkingSessionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["slot"],
                condition=Q(status__in=["BOOKED", "ACTIVE"]),
                name="one_open_session_per_slot",
            ),
            models.UniqueConstraint(
                fields=["vehicle"],
                condition=Q(status__in=["BOOKED", "ACTIVE"], slot__isnull=False, slot_alone_since=None),
                name="one_open_session_per_vehicle",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status="BOOKED", entry_time=None, exit_time=None, ended_at=None, end_reason="")
                    | Q(
                        status="ACTIVE",
                        entry_time__isnull=False,
                        exit_time=None,
                        ended_at=None,
                        end_reason="",
                    )
                    | (
                        Q(status="COMPLETED", entry_time__isnull=False, ended_at__isnull=False)
                        & Q(exit_time__isnull=False, end_reason__in=["EXIT", "TERMINATED"])
                    )
                    | (
                        Q(status="CANCELLED", entry_time=None, ended_at__isnull=False)
                        & Q(end_reason__in=["CANCELLED", "NO_PLACE"])
                    )
                    | (
                        Q(status="EXPIRED", entry_time=None, ended_at__isnull=False)
                        & Q(end_reason__in=["NO_SHOW", "UNPAID"])
                    )
                ),
                name="session_state_fits_its_times",
            ),
            models.CheckConstraint(
                condition=Q(exit_time=None) | Q(exit_time__gte=models.F("entry_time")),
                name="session_exit_after_entry",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["BOOKED", "CANCELLED", "EXPIRED"])
                | Q(slot__isnull=False)
                | Q(without_slot=True),
                name="session_inside_has_slot",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=models.F("starts_at")), name="session_window_has_length"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["driver", "-id"], name="session_of_driver"),
            # The newest of a zone, and how many it has, from the index alone.
            models.Index(fields=["zone", "id"], name="session_of_zone"),
            models.Index(fields=["booked_at"], name="session_by_booking"),
            models.Index(fields=["ended_at"], name="session_by_end"),
            models.Index(fields=["enter_by"], condition=Q(status="BOOKED"), name="session_to_enter"),
            models.Index(fields=["entry_time"], condition=Q(status="ACTIVE"), name="session_inside"),
            models.Index(fields=["entry_time"], condition=Q(entry_time__isnull=False), name="session_by_entry"),
            # All outcomes but the usual one. Owners' names have an index of migration 0009 on PostgreSQL.
            models.Index(
                fields=["end_reason", "id"],
                condition=Q(end_reason__in=["TERMINATED", "CANCELLED", "NO_PLACE", "NO_SHOW", "UNPAID"]),
                name="session_by_other_end",
            ),
            models.Index(fields=["zone"], condition=Q(status__in=["BOOKED", "ACTIVE"]), name="session_open_in_zone"),
            models.Index(
                fields=["starts_at"],
                condition=Q(status="BOOKED", slot=None, ends_at__isnull=False),
                name="session_without_slot",
            ),
            models.Index(fields=["subscription"], condition=Q(subscription__isnull=False), name="session_under_pass"),
        ]

    def __str__(self) -> str:
        return f"Booking {self.pk}"

    @property
    def slot_number(self) -> str | None:
        """Return the number of the slot; None without one, and where places have no numbers on the ground."""
        return self.slot.slot_number if self.slot and self.zone.marked else None

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_SESSION

    @property
    def is_reservation(self) -> bool:
        return self.ends_at is not None

    @property
    def is_waiting(self) -> bool:
        """Return whether it is a reservation that has no slot yet."""
        return self.status == SessionStatus.BOOKED and self.slot_id is None and self.ends_at is not None

    @property
    def site_id(self) -> int:
        return self.zone.site_id

    @property
    def is_walk_in(self) -> bool:
        """A ticket from the kiosk: no account and no fee."""
        return self.pay_by is None and self.driver_id is None

    @property
    def entry_qr_scanned(self) -> bool:
        return self.entry_time is not None

    @property
    def exit_qr_scanned(self) -> bool:
        return self.end_reason == EndReason.EXIT

    @property
    def amount_paid(self) -> Decimal:
        """Rupees that we keep: captured less refunded."""
        return self.bill.paid

    @property
    def payment_status(self) -> PaymentStatus:
        """How the money stands; follows from state and bill (docs/glossary.md)."""
        bill = self.bill
        if bill.captured > ZERO and bill.captured == bill.refunded:
            return PaymentStatus.REFUNDED
        if self.is_open or bill.due > ZERO:
            return PaymentStatus.PARTIAL if bill.captured > ZERO else PaymentStatus.PENDING
        if bill.captured == ZERO and self.status != SessionStatus.COMPLETED:
            return PaymentStatus.PENDING
        return PaymentStatus.PAID

    @property
    def is_paid(self) -> bool:
        return self.payment_status == PaymentStatus.PAID


class ScanKind(models.TextChoices):
    ENTRY = "ENTRY", "Entry"
    EXIT = "EXIT", "Exit"


class GateScan(models.Model):
    """A scan that changed a stay, by the number that the gate gave it: the same scan gets the same answer."""

    kind = models.CharField(max_length=5, choices=ScanKind.choices)
    scan_id = models.CharField(max_length=64)
    session = models.ForeignKey(ParkingSession, on_delete=models.PROTECT, related_name="scans")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "kind", "scan_id"], name="gate_scan_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.scan_id}"
