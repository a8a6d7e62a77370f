"""Reads that join stays with their money."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from parking.core.errors import NotFound
from parking.core.money import LEAST_ONLINE, ZERO
from parking.core.sites import Sites, at_sites
from parking.core.statements import Select
from parking.payments.models import (
    BillKind,
    Debt,
    DebtStatus,
    Payment,
    PaymentMethod,
    PaymentOrder,
    Refund,
    RefundStatus,
)
from parking.payments.queries import left_of
from parking.vehicles.plates import readings, search_key

MOST_SHOWN = 50
_BY_HAND = ~Q(payment__method=PaymentMethod.ONLINE) | Q(amount__lt=LEAST_ONLINE)

_DEBTS = Select(lambda pk: Debt.objects.asked_for().filter(bill__session__vehicle_id=pk), int)
_DEBTS_WITH_SITE = Select(
    lambda pk: Debt.objects.asked_for().filter(bill__session__vehicle_id=pk).select_related("bill"), int
)


def plate_debt(vehicle_id: int, *, sites: Sites, now: datetime) -> Decimal:
    """What a plate is asked for from stays at these sites that ended without full payment (rupees)."""
    if sites is None:
        found = _DEBTS.all(vehicle_id)
    else:
        found = [debt for debt in _DEBTS_WITH_SITE.all(vehicle_id) if debt.bill.site_id in sites]
    return sum((debt.amount for debt in found if debt.is_owed(now)), ZERO)


def debts_of_plate(vehicle_id: int, *, sites: Sites, now: datetime) -> list[Debt]:
    """Return what a plate is asked for at these sites, the oldest first, with the stays and their zones."""
    return [debt for debt in unpaid_of_plate(vehicle_id, sites=sites) if debt.is_owed(now)]


def unpaid_of_plate(vehicle_id: int, *, sites: Sites) -> list[Debt]:
    """Return the debts of a plate at these sites, as `debts_of_plate`, with what may still be paid later."""
    rows = Debt.objects.asked_for().filter(bill__session__vehicle_id=vehicle_id)
    rows = at_sites(rows.select_related("bill__session__zone"), sites, "bill__site_id")
    return list(rows.order_by("created_at", "pk"))


def debts_by_plate(text: str, *, sites: Sites) -> list[Debt]:
    """Return what a plate may pay, by the whole plate in any spelling; as `unpaid_of_plate`, with the vehicles."""
    key = search_key(text)
    rows = Debt.objects.asked_for().filter(bill__session__vehicle__match_key__in={key, *readings(key)})
    rows = at_sites(rows.select_related("bill__session__zone", "bill__session__vehicle"), sites, "bill__site_id")
    return list(rows.order_by("created_at", "pk")[:MOST_SHOWN])


def debts_of_driver(driver_id: int) -> QuerySet[Debt]:
    """Return what a driver owes from own stays, and what was objected to, the newest first; with stays and vehicles."""
    rows = Debt.objects.filter(Q(status=DebtStatus.OPEN) | Q(objected_at__isnull=False))
    rows = rows.filter(bill__session__driver_id=driver_id)
    return rows.select_related("bill__session__zone", "bill__session__vehicle").order_by("-pk")


def latest_orders(bill_ids: list[int]) -> dict[int, PaymentOrder]:
    """The newest payment order of each bill."""
    rows = PaymentOrder.objects.filter(bill_id__in=bill_ids).select_related("bill").order_by("pk")
    return {order.bill_id: order for order in rows}


def is_refused_at_booking(order: PaymentOrder) -> bool:
    """Return whether a gateway that refused an order did so in answer to the booking itself.

    An order that it had taken was declined on its page: the slot stays held, and the driver may try again.
    """
    was_taken = order.gateway_order_id or order.pay_url or order.upi_link
    return not was_taken and not PaymentOrder.objects.filter(bill_id=order.bill_id, pk__lt=order.pk).exists()


def first_payments(bill_ids: list[int]) -> dict[int, int]:
    """The id of the first payment of each bill that has one: with it goes the bill's receipt."""
    rows = Payment.objects.filter(bill_id__in=bill_ids).order_by("-pk")
    return dict(rows.values_list("bill_id", "pk"))


def order_of_driver(order_id: str, driver_id: int) -> PaymentOrder:
    """A driver's own order by our number, with its bill and stay (`order.bill.session`).

    Or that of a pass, or of an organisation whose contact the driver is.

    Raises NotFound `order_not_found`, also for somebody else's.
    """
    own = Q(bill__session__driver_id=driver_id) | Q(bill__pass_period__subscription__driver_id=driver_id)
    own |= Q(bill__organisation_invoice__organisation__contact_id=driver_id)
    order = _orders_with_stay().filter(own, order_id=order_id).first()
    if order is None:
        raise NotFound("order_not_found", "There is no such payment order")
    return order


def order_of_walk_in(order_id: str) -> PaymentOrder | None:
    """An order for a stay without account, as `order_of_driver`; None for any other.

    Its number is all that such a payer has. It is random, and nobody else is given it.
    """
    return _orders_with_stay().filter(order_id=order_id, bill__kind=BillKind.STAY, bill__session__driver=None).first()


def newest_order(bill_id: int) -> PaymentOrder | None:
    """Return the newest order of a bill with its stay, both of one moment; None where there is none."""
    return _orders_with_stay().filter(bill_id=bill_id).order_by("-pk").first()


def order_again(order: PaymentOrder) -> PaymentOrder:
    """An order as it now stands in the database, with its bill and stay."""
    return _orders_with_stay().get(pk=order.pk)


def _orders_with_stay() -> QuerySet[PaymentOrder]:
    stay = "bill__session"
    return PaymentOrder.objects.select_related("bill", stay, f"{stay}__vehicle", f"{stay}__slot", f"{stay}__zone")


def debts(
    *, sites: Sites, now: datetime, status: str | None = None, under_objection: bool = False, waiting: bool = False
) -> QuerySet[Debt]:
    """What plates owe or owed at these sites, newest first, with the stays that it comes from.

    `waiting`: instead, what may still be paid later. Objections are answered whether it is a debt yet or not.
    """
    rows = Debt.objects.select_related("bill__session__vehicle").order_by("-pk")
    if waiting:
        rows = rows.waited_for(now)
    elif not under_objection:
        rows = rows.owed(now)
    if under_objection:
        rows = rows.under_objection()
    rows = at_sites(rows, sites, "bill__site_id")
    return rows.filter(status=status) if status else rows


def refunds(*, sites: Sites, status: str | None = None) -> QuerySet[Refund]:
    """Refunds of one status at these sites; without one, those that a person must look after. Newest first.

    That is what the gateway refuses, what waits to be handed back, and second payments that wait to be sent back.
    """
    rows = Refund.objects.select_related("payment__bill__session", "paid_already", "asked_by").order_by("-pk")
    rows = at_sites(rows, sites, "payment__bill__site_id")
    if status:
        return rows.filter(status=status)
    refused = Q(status__in=[RefundStatus.REVIEW, RefundStatus.FAILED])
    waits = Q(status=RefundStatus.INITIATED) & (_BY_HAND | Q(is_held=True))
    return rows.filter(refused | waits)


def refunds_to_hand_out(*, sites: Sites) -> list[Refund]:
    """Return refunds that a person has to hand out at these sites, oldest first, with stays, vehicles and who asked."""
    rows = Refund.objects.filter(_BY_HAND, status=RefundStatus.INITIATED, is_held=False)
    rows = rows.select_related("payment__bill__session__vehicle", "asked_by")
    return list(at_sites(rows, sites, "payment__bill__site_id").order_by("created_at", "pk")[:MOST_SHOWN])


def refunds_to_decide(bill_ids: "QuerySet[Any, Any]") -> QuerySet[Refund]:
    """Return the refunds of bills that wait for a second person's word, who hands them out or refuses."""
    return Refund.objects.filter(_BY_HAND, payment__bill_id__in=bill_ids, status=RefundStatus.INITIATED, is_held=False)


def returnable_payments(bill_id: int) -> list[tuple[Payment, Decimal]]:
    """Return the payments of a bill of which something may go back, each with how much (rupees), oldest first."""
    found = [(payment, left_of(payment)) for payment in Payment.objects.filter(bill_id=bill_id).order_by("pk")]
    return [(payment, left) for payment, left in found if left > ZERO]
