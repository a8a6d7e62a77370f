"""What closed bills are short of."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from parking.facilities.models import Emergency
from parking.payments.models.bills import Bill
from parking.payments.models.fields import amount_field
from parking.payments.models.payments import Payment


class DebtStatus(models.TextChoices):
    OPEN = "OPEN", "Owed"
    PAID = "PAID", "Paid"
    WRITTEN_OFF = "WRITTEN_OFF", "Written off by an administrator"
    LAPSED = "LAPSED", "Too old to be asked for"


class DebtQuerySet(models.QuerySet["Debt"]):
    """Debts."""

    def asked_for(self) -> Self:
        """Keep what the gate asks for: open debts but those whose objection waits for its answer."""
        return self.filter(Q(objected_at=None) | Q(objection_answered_at__isnull=False), status=DebtStatus.OPEN)

    def owed(self, now: datetime) -> Self:
        """Leave out what may still be paid later: it is waited for, and no debt yet."""
        return self.exclude(status=DebtStatus.OPEN, waits_until__gt=now)

    def waited_for(self, now: datetime) -> Self:
        """Keep what may still be paid later."""
        return self.filter(status=DebtStatus.OPEN, waits_until__gt=now)

    def under_objection(self) -> Self:
        """Keep open debts whose objection waits for its answer."""
        return self.filter(status=DebtStatus.OPEN, objected_at__isnull=False, objection_answered_at=None)


class Debt(models.Model):
    """What a closed bill is still short of, owed by the plate; of a car that pays later only after a day."""

    bill = models.OneToOneField(Bill, on_delete=models.PROTECT, related_name="debt")
    amount = amount_field()
    status = models.CharField(max_length=12, choices=DebtStatus.choices, default=DebtStatus.OPEN)
    written_off_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="debt", help_text="What paid it"
    )
    emergency = models.ForeignKey(
        Emergency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="debts",
        help_text="In which the car was let out",
    )
    created_at = models.DateTimeField()
    waits_until = models.DateTimeField(
        null=True, blank=True, help_text="Until when it may be paid later, and is not called a debt"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    objection = models.CharField(
        max_length=500, blank=True, default="", help_text="Why the driver says that nothing is owed"
    )
    objected_at = models.DateTimeField(null=True, blank=True)
    objection_answer = models.CharField(
        max_length=200, blank=True, default="", help_text="What an administrator answered"
    )
    objection_answered_at = models.DateTimeField(null=True, blank=True)
    objection_answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DebtQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="debt_amount_positive"),
            models.CheckConstraint(
                condition=Q(objection="", objected_at=None) | (~Q(objection="") & Q(objected_at__isnull=False)),
                name="debt_objection_fits",
            ),
            models.CheckConstraint(
                condition=Q(objection_answer="", objection_answered_at=None, objection_answered_by=None)
                | (
                    ~Q(objection_answer="")
                    & Q(objected_at__isnull=False)
                    & Q(objection_answered_at__isnull=False)
                    & Q(objection_answered_by__isnull=False)
                ),
                name="debt_objection_answer_fits",
            ),
            models.CheckConstraint(
                condition=Q(status="OPEN", closed_at=None, written_off_by=None, payment=None)
                | Q(status="PAID", closed_at__isnull=False, written_off_by=None, payment__isnull=False)
                | Q(status="WRITTEN_OFF", closed_at__isnull=False, written_off_by__isnull=False, payment=None)
                | Q(status="LAPSED", closed_at__isnull=False, written_off_by=None, payment=None),
                name="debt_state_fits",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], condition=Q(status="OPEN"), name="debt_open_by_time")]

    def __str__(self) -> str:
        return f"Debt of bill {self.bill_id}"

    def is_waited_for(self, now: datetime) -> bool:
        """Return whether it may still be paid later, so that nobody calls it a debt."""
        return self.status == DebtStatus.OPEN and not self.is_owed(now)

    def is_owed(self, now: datetime) -> bool:
        """Return whether the time to pay it later, if there was one, is over."""
        return self.waits_until is None or self.waits_until <= now

    @property
    def is_under_objection(self) -> bool:
        """Return whether the driver's objection waits for its answer."""
        waits = self.objected_at is not None and self.objection_answered_at is None
        return waits and self.status == DebtStatus.OPEN
