"""What lowers the price of a parking session beside its tariff. Amounts are rupees."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from parking.core.money import ZERO
from parking.facilities.models import ParkingSite, ParkingZone
from parking.stays.models import ParkingSession
from parking.tariffs.rules.changes import Gives

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
    is_voucher = models.BooleanField(
        default=False, help_text="Issued for one session, in rupees: a place of its own on a bill"
    )
    reason = models.CharField(max_length=200, blank=True, default="", help_text="Why a voucher was issued")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_voucher=False) | Q(is_voucher=True, kind="AMOUNT", uses=1), name="voucher_once_in_rupees"
            ),
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
    """A code that was redeemed: the bill of a session closed with its line. A voucher may stand beside a promo code."""

    code = models.ForeignKey(PromoCode, on_delete=models.PROTECT, related_name="redeemed")
    session = models.ForeignKey(ParkingSession, on_delete=models.PROTECT, related_name="promo_uses")
    amount = models.DecimalField(max_digits=10, decimal_places=2, help_text="What it lowered the bill by")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="promo_use_gives_something"),
            models.UniqueConstraint(fields=["session", "code"], name="promo_use_once"),
        ]

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


def _amount(**options: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=10, decimal_places=2, **options)


class Shop(models.Model):
    """A shop whose customers park at its expense. What it gives is copied into each validation."""

    name = models.CharField(max_length=60)
    site = models.ForeignKey(ParkingSite, on_delete=models.PROTECT, related_name="shops")
    gstin = models.CharField("GSTIN", max_length=15, blank=True)
    gives = models.CharField(max_length=8, choices=[(str(kind), str(kind)) for kind in Gives])
    value = _amount(null=True, blank=True, help_text="Minutes, percent or rupees; empty for PURCHASE")
    from_amount = _amount(null=True, blank=True, help_text="PURCHASE: the sum from which all is free")
    per_session = _amount(null=True, blank=True, help_text="The most rupees that it pays for one session")
    per_day: "models.PositiveIntegerField[int | None, int | None]" = models.PositiveIntegerField(
        null=True, blank=True, help_text="Validations in a day of the site"
    )
    per_month: "models.PositiveIntegerField[int | None, int | None]" = models.PositiveIntegerField(
        null=True, blank=True, help_text="Validations in a month"
    )
    people: "models.ManyToManyField[Any, Any]" = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="shops", blank=True
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "name"], name="shop_once_at_site"),
            models.CheckConstraint(condition=Q(gives__in=[str(kind) for kind in Gives]), name="shop_gives_known"),
            models.CheckConstraint(
                condition=Q(gives="PURCHASE", value=None) | (~Q(gives="PURCHASE") & Q(value__gt=0)),
                name="shop_value_fits",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Validation(models.Model):
    """A session that a shop pays for, wholly or in part; `amount` is known when its bill closes."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="validations")
    session = models.ForeignKey(ParkingSession, on_delete=models.PROTECT, related_name="validations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    gift = models.JSONField(help_text="The tariffs.rules.changes.Gift that the session got")
    bill_number = models.CharField(max_length=30, blank=True)
    bill_amount = _amount(null=True, blank=True)
    created_at = models.DateTimeField()
    undo_until = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    amount = _amount(null=True, blank=True, help_text="What the shop pays (rupees); empty until the bill closes")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shop", "session"], condition=Q(undone_at=None), name="validation_once_per_session"
            ),
            models.CheckConstraint(
                condition=Q(amount=None, settled_at=None) | Q(amount__gte=0, settled_at__isnull=False),
                name="validation_settled_with_amount",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["shop", "-created_at"], name="validation_of_shop")]

    def __str__(self) -> str:
        return f"{self.shop_id} session {self.session_id}"


class ShopInvoice(models.Model):
    """What a shop owes for a month: numbered without gaps beside the other documents of its site, never edited."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="invoices")
    month = models.DateField(help_text="Its first day")
    number = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=14)
    issued_at = models.DateTimeField()
    taxable = _amount()
    cgst = _amount()
    sgst = _amount()
    total = _amount()
    snapshot = models.JSONField(help_text="Everything else that is printed (invoices.snapshot.Snapshot)")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "month"], name="shop_invoice_once_a_month"),
            models.CheckConstraint(condition=Q(total__gt=0, taxable__gte=0, cgst__gte=0), name="shop_invoice_amounts"),
        ]

    # What `invoices.sheets` asks a document: this one has neither an original nor a payment of its own.
    original_id: ClassVar[None] = None
    payment_id: ClassVar[None] = None

    def __str__(self) -> str:
        return self.number
