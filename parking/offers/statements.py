"""What a shop owes for a month: the sessions that it paid for, and its tax invoice.

What a shop pays is its part of the price of parking, not a discount: drivers' documents charge what is left, the
invoice of the shop charges the rest, and together they are the whole price once.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from parking.audit import services as audit
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.core.errors import Refused
from parking.core.money import ZERO
from parking.core.site_settings import RECEIPT_FOOTER
from parking.invoices.models import DocumentKind, TaxProfile
from parking.invoices.profiles import profile_at
from parking.invoices.rules import split_tax
from parking.invoices.services import take_number
from parking.invoices.snapshot import Details, Line, Recipient, Snapshot, Supplier
from parking.offers.events import ShopInvoiced
from parking.offers.models import Shop, ShopInvoice, Validation


@dataclass(frozen=True)
class Statement:
    """The validations of a shop whose bills closed in a month (its first day), those that cost nothing left out."""

    shop: Shop
    month: date
    rows: list[Validation]
    invoice: ShopInvoice | None

    @property
    def total(self) -> Decimal:
        return sum((row.amount or ZERO for row in self.rows), ZERO)


def statement_of(shop: Shop, month: date) -> Statement:
    begins, ends = _bounds(shop, month)
    rows = Validation.objects.filter(shop=shop, amount__gt=0, settled_at__gte=begins, settled_at__lt=ends)
    whole = list(rows.select_related("session__vehicle", "session__zone").order_by("settled_at", "pk"))
    return Statement(shop, month, whole, ShopInvoice.objects.filter(shop=shop, month=month).first())


def invoice_of(shop: Shop, month: date, *, now: datetime) -> ShopInvoice:
    """Return the invoice of a shop for a month that is over; write it at the first call.

    Raises Refused `month_not_over`, `nothing_to_invoice`, `series_used_up`.
    """
    _, ends = _bounds(shop, month)
    if now < ends:
        raise Refused("month_not_over", "This month is not over yet")
    with transaction.atomic():
        # Two first calls at once: the second waits for the shop and finds the invoice of the first.
        Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
        statement = statement_of(shop, month)
        if statement.invoice is not None:
            return statement.invoice
        if not statement.rows:
            raise Refused("nothing_to_invoice", "This shop owes nothing for this month")
        return _issued(statement, ends - timedelta(seconds=1), now)


def _issued(statement: Statement, in_month: datetime, now: datetime) -> ShopInvoice:
    shop = statement.shop
    profile = profile_at(shop.site, in_month)
    kind = DocumentKind.TAX_INVOICE if profile.gstin else DocumentKind.RECEIPT
    rate = profile.rate if profile.gstin else ZERO
    split = split_tax(statement.total, rate, inclusive=True)
    number, issued_at = take_number(site=shop.site, prefix=profile.series_prefix, kind=kind, now=now)
    invoice = ShopInvoice(
        shop=shop,
        month=statement.month,
        number=number,
        kind=kind,
        issued_at=issued_at,
        taxable=split.taxable,
        cgst=split.cgst,
        sgst=split.sgst,
        total=split.total,
        snapshot=_snapshot(statement, profile).to_json(),
    )
    invoice.save(force_insert=True)
    text = f"{statement.month:%Y-%m}"
    audit.record(SYSTEM, ShopInvoiced(shop_id=shop.pk, month=text, number=number, total=split.total), now)
    return invoice


def _snapshot(statement: Statement, profile: TaxProfile) -> Snapshot:
    shop, count = statement.shop, len(statement.rows)
    sessions = "1 session" if count == 1 else f"{count} sessions"
    label = f"Parking of customers, {statement.month:%b %Y}, {sessions}"
    return Snapshot(
        supplier=Supplier(profile.legal_name, profile.address, profile.gstin, profile.state_code),
        recipient=Recipient(name=shop.name, gstin=shop.gstin, company=shop.name),
        details=Details(booking=0, plate="", site=shop.site.name, zone=""),
        lines=(Line(label, 1, statement.total, statement.total),),
        sac=profile.sac,
        rate=profile.rate,
        legal_note=profile.legal_note,
        footer=RECEIPT_FOOTER.at(shop.site_id),
        time_zone=shop.site.time_zone,
    )


def _bounds(shop: Shop, month: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(shop.site.time_zone)
    following = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return clock.day_start(month, zone), clock.day_start(following, zone)
