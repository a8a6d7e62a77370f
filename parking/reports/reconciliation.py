"""Reconciliation of our payments and refunds of one gateway with the gateway's own list.

Reads only, and no transaction is open: a call to a gateway may take its time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from parking.core import clock
from parking.core.errors import Refused
from parking.core.money import LEAST_ONLINE, from_paise
from parking.core.sites import Sites, at_sites
from parking.facilities.calendars import calendar_of
from parking.passes.mandate_models import MandateConsent
from parking.payments.asking import look_up_order, look_up_refund, statement_of
from parking.payments.gateways.base import EntryKind, FurtherPayment, GatewayState, StatementEntry
from parking.payments.gateways.registry import refuse_unknown_gateway
from parking.payments.models import OPEN_ORDER, OrderStatus, Payment, PaymentOrder, Refund, RefundStatus
from parking.payments.schedule import FOLLOWED_FOR
from parking.reports.periods import ClosedPeriod
from parking.reports.rules import PAYMENT, REFUND, Comparison, Movement, Standing, Waiting, compare
from parking.reports.settlement import read_settlement

# A bank may confirm late: the gateway's time of a payment lies up to so long before ours.
_MARGIN = FOLLOWED_FOR
# What a later attempt of a refund adds to its number (`Refund.attempt_id`).
_ATTEMPT = re.compile(r"-R[0-9]+\Z")
_NUMBERS_AT_ONCE = 500
# Only Razorpay charges by mandate.
_MANDATE_GATEWAY = "RAZORPAY"


@dataclass(frozen=True)
class _Span:
    """What is compared: one gateway's money of [since, until) at these sites, as of `now`."""

    gateway: str
    sites: Sites
    since: datetime
    until: datetime
    now: datetime

    @property
    def around(self) -> tuple[datetime, datetime]:
        """Return the longer span in which partners are looked for."""
        return self.since - _MARGIN, self.until + _MARGIN


def reconcile(
    *,
    gateway: str,
    period: ClosedPeriod,
    sites: Sites,
    now: datetime,
    settlement: str | None = None,
    most_calls: int | None = None,
) -> Comparison:
    """Compare the books of the days of a period with the gateway's, or with a settlement file's text.

    A gateway without a list is asked order by order, at most `most_calls` times. Of a list for all sites, what belongs
    to an order of other sites, or to none of ours, is left out unless `sites` are all. Raises Refused
    `gateway_invalid`, `too_many_orders`; InvalidInput for a bad file; Unavailable.
    """
    refuse_unknown_gateway(gateway)
    # A gateway's list is one span: of sites in several time zones, the days are those of most.
    since, until = clock.day_range(period.first, period.last, calendar_of(sites).main)
    span = _Span(gateway, sites, since, until, now)
    # The gateway first: what arrives while it is read is in our books only, and known as such by its time.
    listed = read_settlement(settlement) if settlement is not None else _theirs(span, most_calls)
    theirs = listed if sites is None else _of_sites(list(listed), span)
    return compare(ours=_ours(span), theirs=theirs, since=span.since, until=span.until, waiting=_waiting(span))


# --- Our books -------------------------------------------------------------------------------------


def _ours(span: _Span) -> Iterator[Movement]:
    payments = Payment.objects.filter(gateway=span.gateway, captured_at__range=span.around)
    payments = at_sites(payments.select_related("order", "second_of"), span.sites, "bill__site_id")
    yield from (_of_payment(row, span.now) for row in payments)
    yield from (_of_refund(row, span.now) for row in _refunds(span))
    yield from _of_consents(span)
    in_review = PaymentOrder.objects.filter(
        gateway=span.gateway, status=OrderStatus.REVIEW, created_at__range=span.around
    )
    yield from (
        Movement(PAYMENT, "", order.order_id, order.amount, order.created_at, standing=Standing.NOT_TAKEN)
        for order in at_sites(in_review, span.sites, "bill__site_id")
    )


def _of_consents(span: _Span) -> Iterator[Movement]:
    """Yield what holders paid to agree to mandates, and what the gateway gave back of it by itself.

    These are no payments of ours, but the gateway's books have them.
    """
    near = Q(paid_at__range=span.around) | Q(refunded_at__range=span.around)
    for row in _consents(span).filter(near).order_by("pk"):
        number = row.mandate.number
        yield Movement(PAYMENT, row.payment_id, number, row.amount, row.paid_at)
        if row.refund_id:
            standing = Standing.BOOKED if row.refunded_at else Standing.UNDER_WAY
            yield Movement(REFUND, row.refund_id, number, row.amount, row.refunded_at or row.paid_at, standing=standing)


def _consents(span: _Span) -> QuerySet[MandateConsent]:
    rows = MandateConsent.objects.select_related("mandate")
    rows = rows if span.gateway == _MANDATE_GATEWAY else rows.none()
    return at_sites(rows, span.sites, "mandate__subscription__plan__site_id")


def _of_payment(payment: Payment, now: datetime) -> Movement:
    # A gateway's books hold all that its customer paid.
    return Movement(
        PAYMENT,
        payment.reference,
        payment.paid_order.order_id if payment.paid_order else "",
        payment.amount + payment.customer_fee,
        payment.captured_at,
        standing=Standing.BOOKED if payment.captured_at < now else Standing.UNDER_WAY,
    )


def _of_refund(refund: Refund, now: datetime) -> Movement:
    is_done = refund.completed_at is not None and refund.completed_at < now
    return Movement(
        REFUND,
        refund.gateway_refund_id,
        refund.attempt_id,
        refund.amount,
        refund.completed_at or refund.created_at,
        standing=Standing.BOOKED if is_done else Standing.UNDER_WAY,
    )


def _refunds(span: _Span) -> Iterator[Refund]:
    near = Q(created_at__range=span.around) | Q(completed_at__range=span.around)
    # Less than a gateway takes goes back by hand.
    rows = Refund.objects.filter(near, payment__gateway=span.gateway, amount__gte=LEAST_ONLINE)
    rows = at_sites(rows, span.sites, "payment__bill__site_id")
    yield from rows.select_related("payment__order", "payment__second_of").order_by("pk")


def _waiting(span: _Span) -> list[Waiting]:
    """Return orders and refunds that began before the span's end and are open for too long, whenever they began."""
    before = min(span.until, span.now - timedelta(minutes=settings.PENDING_TOO_LONG_MINUTES))
    orders = PaymentOrder.objects.filter(gateway=span.gateway, status__in=OPEN_ORDER, created_at__lt=before)
    orders = at_sites(orders, span.sites, "bill__site_id")
    refunds = Refund.objects.filter(payment__gateway=span.gateway, created_at__lt=before).owed()
    open_refunds = at_sites(refunds, span.sites, "payment__bill__site_id").exclude(status=RefundStatus.COMPLETED)
    rows = [Waiting(PAYMENT, row.order_id, row.amount, row.status, row.created_at) for row in orders]
    rows += [Waiting(REFUND, row.refund_id, row.amount, row.status, row.created_at) for row in open_refunds]
    kept = _consents(span).filter(refunded_at=None, paid_at__lt=before)
    rows += [Waiting(REFUND, row.mandate.number, row.amount, "CONSENT_NOT_RETURNED", row.paid_at) for row in kept]
    return sorted(rows, key=lambda row: (row.since, row.own_number))


# --- The gateway's books ---------------------------------------------------------------------------


def _theirs(span: _Span, most_calls: int | None) -> list[Movement]:
    since, until = span.around
    listed = statement_of(span.gateway, since=since, until=until)
    if listed is not None:
        return [_of_entry(entry) for entry in listed if _has_moved(entry)]
    return list(_one_by_one(span, most_calls))


def _of_sites(movements: list[Movement], span: _Span) -> list[Movement]:
    """Return the movements whose order, refund or consent is one of the span's sites."""
    sites = span.sites
    numbers = [_without_attempt(movement.own_number) for movement in movements]
    orders = at_sites(PaymentOrder.objects.all(), sites, "bill__site_id")
    refunds = at_sites(Refund.objects.all(), sites, "payment__bill__site_id")
    known: set[str] = set()
    for begin in range(0, len(numbers), _NUMBERS_AT_ONCE):
        some = numbers[begin : begin + _NUMBERS_AT_ONCE]
        known.update(orders.filter(order_id__in=some).values_list("order_id", flat=True))
        known.update(refunds.filter(refund_id__in=some).values_list("refund_id", flat=True))
    consents = _numbers_of_consents([movement.number for movement in movements], span)
    return [
        movement
        for movement, number in zip(movements, numbers, strict=True)
        if number in known or movement.number in consents
    ]


def _numbers_of_consents(numbers: list[str], span: _Span) -> set[str]:
    """Return which of the gateway's numbers are consents of the span's sites, or what went back of these."""
    known: set[str] = set()
    for begin in range(0, len(numbers), _NUMBERS_AT_ONCE):
        some = numbers[begin : begin + _NUMBERS_AT_ONCE]
        known.update(_consents(span).filter(payment_id__in=some).values_list("payment_id", flat=True))
        known.update(_consents(span).filter(refund_id__in=some).values_list("refund_id", flat=True))
    return known


def _without_attempt(own_number: str) -> str:
    return _ATTEMPT.sub("", own_number)


def _has_moved(entry: StatementEntry) -> bool:
    """Return whether money moved: a payment once it is ours; a refund from the moment the gateway accepted it."""
    if entry.kind == EntryKind.PAYMENT:
        return entry.state == GatewayState.COMPLETED
    return entry.state != GatewayState.FAILED


def _of_entry(entry: StatementEntry) -> Movement:
    is_payment = entry.kind == EntryKind.PAYMENT
    return Movement(
        kind=PAYMENT if is_payment else REFUND,
        number=entry.reference if is_payment else entry.gateway_refund_id,
        own_number=entry.order_id if is_payment else entry.refund_id,
        amount=from_paise(entry.amount),
        at=entry.made_at,
        currency=entry.currency,
    )


def _one_by_one(span: _Span, most_calls: int | None) -> Iterator[Movement]:
    """Yield what the gateway returns for each order and refund of the span; what only it knows cannot be found so."""
    inside = (span.since, span.until)
    within = Q(created_at__range=inside) | Q(payment__captured_at__range=inside)
    rows = PaymentOrder.objects.filter(within, gateway=span.gateway).select_related("payment").order_by("pk")
    orders = list(at_sites(rows, span.sites, "bill__site_id"))
    refunds = [row for row in _refunds(span) if span.since <= (row.completed_at or row.created_at) < span.until]
    if most_calls is not None and len(orders) + len(refunds) > most_calls:
        raise Refused("too_many_orders", f"More than {most_calls} orders: choose fewer days, or give a settlement file")
    for order in orders:
        yield from _of_order_there(order)
    for refund in refunds:
        yield from _of_refund_there(refund)


def _of_order_there(order: PaymentOrder) -> Iterator[Movement]:
    answer = look_up_order(order)
    if answer is None or answer.state != GatewayState.COMPLETED:
        return
    payment: Payment | None = getattr(order, "payment", None)
    at = payment.captured_at if payment else order.created_at
    paid = FurtherPayment(answer.reference, answer.amount, answer.currency, answer.customer_fee)
    for one in (paid, *answer.also_paid):
        amount = from_paise(one.amount + one.customer_fee)
        yield Movement(PAYMENT, one.reference, order.order_id, amount, at, one.currency)


def _of_refund_there(refund: Refund) -> Iterator[Movement]:
    answer = look_up_refund(refund)
    if answer is None or answer.state == GatewayState.FAILED:
        return
    at = refund.completed_at or refund.created_at
    yield Movement(REFUND, answer.gateway_refund_id, refund.attempt_id, from_paise(answer.amount), at)
