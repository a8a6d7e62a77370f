"""Receipts, tax invoices and credit notes, their number series, and the tax profiles of their issuers."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from parking.facilities.models import ParkingSite
from parking.payments.models import Bill, Payment, Refund


class TaxProfileQuerySet(models.QuerySet["TaxProfile"]):
    def holding(self, site_id: int, day: date) -> "TaxProfileQuerySet":
        """Return the site's profiles that have begun by a day, the one in force first."""
        return self.filter(site_id=site_id, holds_from__lte=day).order_by("-holds_from")


class TaxProfile(models.Model):
    """The seller at a site, and its tax, from a day on. Rows are added, never changed.

    Without a GSTIN the operator is not registered: plain receipts, no tax lines.
    """

    site = models.ForeignKey(ParkingSite, on_delete=models.PROTECT, related_name="tax_profiles")
    holds_from = models.DateField(help_text="First day in the site's time zone; the day of the supply counts")
    legal_name = models.CharField(max_length=150)
    address = models.CharField(max_length=300, blank=True)
    gstin = models.CharField("GSTIN", max_length=15, blank=True, help_text="Empty: not registered")
    state_code = models.CharField(max_length=2, blank=True, help_text="GST code of the State that the land is in")
    rate = models.DecimalField(
        max_digits=4, decimal_places=2, default=Decimal("18.00"), help_text="Percent, both halves"
    )
    sac = models.CharField("SAC", max_length=6, default="996743", help_text="996743: parking lot services")
    prices_include_tax = models.BooleanField(default=True)
    series_prefix = models.CharField(max_length=3, help_text="Begins every number of the site, such as KA1")
    legal_note = models.CharField(
        max_length=300, blank=True, help_text="Printed on every document; at rate 0 it says why there is no tax"
    )
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager["TaxProfile"]] = TaxProfileQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "holds_from"], name="tax_profile_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lt=100), name="tax_profile_rate_in_percent"),
            models.CheckConstraint(condition=Q(gstin="") | ~Q(state_code=""), name="tax_profile_registered_in_state"),
        ]

    def __str__(self) -> str:
        return f"{self.legal_name} from {self.holds_from}"


class CustomerDetails(models.Model):
    """The company, address and GSTIN that shall stand on the documents of a bill, given by driver or attendant.

    They belong to the one bill, not to an account. Once its invoice is issued they are not changed any more.
    """

    bill = models.OneToOneField(Bill, on_delete=models.PROTECT, related_name="customer_details")
    company = models.CharField(max_length=150, blank=True, help_text="Empty: the name of the stay")
    address = models.CharField(max_length=300, blank=True)
    gstin = models.CharField("GSTIN", max_length=15, blank=True)
    given_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "customer details"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(gstin="") | ~Q(company=""), name="customer_gstin_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.company} for {self.bill_id}"


class DocumentKind(models.TextChoices):
    RECEIPT = "RECEIPT", "Receipt"
    TAX_INVOICE = "TAX_INVOICE", "Tax invoice"
    CREDIT_NOTE = "CREDIT_NOTE", "Credit note"
    REFUND_VOUCHER = "REFUND_VOUCHER", "Refund voucher"


class MailState(models.TextChoices):
    WAITING = "WAITING", "On its way, or tried again"
    SENT = "SENT", "Taken by the mail server"
    FAILED = "FAILED", "Not delivered"


class DocumentMail(models.Model):
    """A wish for the documents of a payment by mail; they go to the address of its account.

    How the message fared is on its delivery (`notifications`); here is how that ended.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="mails")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="document_mails")
    state = models.CharField(max_length=7, choices=MailState.choices, default=MailState.WAITING)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["payment", "recipient"], condition=Q(state="WAITING"), name="one_waiting_mail_per_payment"
            ),
        ]

    def __str__(self) -> str:
        return f"Mail of payment {self.payment_id}"


class NumberSeries(models.Model):
    """The last number of one series. Its row is locked while a document is written, so there are no gaps."""

    site = models.ForeignKey(ParkingSite, on_delete=models.PROTECT, related_name="number_series")
    prefix = models.CharField(max_length=3)
    kind = models.CharField(max_length=14, choices=DocumentKind.choices)
    year = models.CharField(max_length=4, help_text="Financial year: 2526 is 1 April 2025 to 31 March 2026")
    last = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True, blank=True, help_text="When the last document was issued")

    class Meta:
        verbose_name_plural = "number series"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["prefix", "kind", "year"], name="number_series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} {self.kind} {self.year}"


def _amount(**options: Any) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(max_digits=10, decimal_places=2, **options)


class TaxDocumentQuerySet(models.QuerySet["TaxDocument"]):
    def of_bill(self) -> "TaxDocumentQuerySet":
        """Return the documents of closed bills: invoices, or receipts of an unregistered operator."""
        return self.filter(payment=None, original=None)


class TaxDocument(models.Model):
    """A receipt, tax invoice, credit note or refund voucher. Written once and never edited.

    Of a whole bill (an invoice; a receipt, if the operator is not registered), of one payment (the voucher for money
    taken before the service), or of a refund (a credit note to an invoice, a refund voucher to a receipt). `snapshot`
    holds all that is printed beside the columns; nothing is read from elsewhere later.
    """

    number = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=14, choices=DocumentKind.choices)
    site = models.ForeignKey(ParkingSite, on_delete=models.PROTECT, related_name="documents")
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="documents")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="documents")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="documents")
    original = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="notes")
    issued_at = models.DateTimeField()
    taxable = _amount(help_text="The total, if there is no tax")
    cgst = _amount()
    sgst = _amount(help_text="UTGST in a union territory without legislature")
    total = _amount()
    snapshot = models.JSONField(help_text="Everything else that is printed (invoices.snapshot.Snapshot)")

    objects: ClassVar[models.Manager["TaxDocument"]] = TaxDocumentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["bill"], condition=Q(payment=None, original=None), name="one_document_per_bill"
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(payment__isnull=False), name="one_receipt_per_payment"
            ),
            models.UniqueConstraint(fields=["refund"], condition=Q(refund__isnull=False), name="one_note_per_refund"),
            models.CheckConstraint(
                condition=Q(kind="TAX_INVOICE", payment=None, refund=None, original=None)
                | Q(kind="RECEIPT", refund=None, original=None)
                | Q(
                    kind__in=["CREDIT_NOTE", "REFUND_VOUCHER"],
                    payment=None,
                    refund__isnull=False,
                    original__isnull=False,
                ),
                name="document_kind_fits",
            ),
            models.CheckConstraint(
                condition=Q(total__gt=0, taxable__gte=0, cgst__gte=0, sgst=F("cgst")), name="document_amounts_fit"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["site", "issued_at"], name="document_by_time")]

    def __str__(self) -> str:
        return self.number
