"""What a typed text may mean: the conditions by which lists and the search find it, each by an index.

A text is looked up first (`MANY` rows at most of each kind), and the list is then narrowed to the ids that were found.
A text that more rows have is common: the newest of them are found by walking the list itself.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from parking.core.ids import QR_PREFIX, parse_ref, read_qr_code
from parking.core.parts import SHORTEST, HasPart
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.stays.models import OPEN_SESSION, ParkingSession
from parking.vehicles.models import Vehicle
from parking.vehicles.plates import readings, search_key

MANY = 1000


def stays_found(text: str) -> Q:
    """Return the condition that a text is part of plate or owner's name, begins the QR code, or is the booking number.

    Two statements look the text up. One sign alone finds names of open stays only: no index has it.
    """
    return named_exactly(text) | _by_plate(text) | _by_owner(text)


def named_exactly(text: str) -> Q:
    """Return the condition that a text is the number or long number of a stay, or the beginning of its QR code."""
    if code := read_qr_code(text):
        return Q(qr_code=code)
    if text.upper().startswith(QR_PREFIX) and len(text) > len(QR_PREFIX):
        return Q(qr_code__startswith=text.upper())
    try:
        return Q(**parse_ref(text.removeprefix("#")).lookup())
    except ValueError:
        return Q(pk__in=[])


def _by_plate(text: str) -> Q:
    part = search_key(text)
    if not part:
        return Q(pk__in=[])
    # A whole plate is kept with its numbers padded, so a text may mean several.
    of_plate = Vehicle.objects.filter(Q(HasPart(part, "match_key")) | Q(match_key__in=readings(part)))
    return _among(of_plate, "vehicle_id", Q(HasPart(part, "vehicle__match_key")))


def _by_owner(text: str) -> Q:
    named = Q(HasPart(text, "owner_name"))
    stays = ParkingSession.objects.filter(named)
    expected = stays.filter(status__in=OPEN_SESSION)
    if len(text) < SHORTEST:
        return Q(pk__in=list(expected.order_by().values_list("pk", flat=True)[:MANY]))
    over = stays.filter(ended_at__isnull=False)
    return _among(expected.union(over, all=True), "pk", named)


def _among(rows: "QuerySet[Any]", column: str, common: Q) -> Q:
    """Return the condition that a column is the id of one of these rows, in figures unless there are too many."""
    ids = list(rows.order_by().values_list("pk", flat=True)[: MANY + 1])
    return Q(**{f"{column}__in": ids}) if len(ids) <= MANY else common


# --- Money -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MoneyFound:
    """The conditions on payments and on refunds."""

    payments: Q
    refunds: Q


def money_found(text: str) -> MoneyFound:
    """Return the conditions that a text is, or begins, a number of a payment, order or refund, or finds the stay.

    The numbers are ours, the gateway's and the bank's. Five statements look the text up.
    """
    payments = numbered(text) | _of_stays(text)
    own = begins("refund_id", text) | given("gateway_refund_id", text)
    paid = Payment.objects.filter(payments)
    ids = list(paid.order_by().values_list("pk", flat=True)[: MANY + 1])
    of_payment = Q(payment__in=ids) if len(ids) <= MANY else Q(payment__in=paid.values("pk"))
    return MoneyFound(payments, own | of_payment)


def numbered(text: str) -> Q:
    """Return the condition that a text is, or begins, the number of a payment at gateway or bank, or of its order."""
    orders = PaymentOrder.objects.filter(begins("order_id", text))
    ids = list(orders.order_by().values_list("pk", flat=True)[: MANY + 1])
    if len(ids) > MANY:
        return given("reference", text) | begins("order__order_id", text) | begins("second_of__order_id", text)
    return given("reference", text) | Q(order_id__in=ids) | Q(second_of_id__in=ids)


def _of_stays(text: str) -> Q:
    stays = ParkingSession.objects.filter(stays_found(text))
    bills = list(stays.order_by().values_list("bill_id", flat=True)[: MANY + 1])
    return Q(bill_id__in=bills) if len(bills) <= MANY else Q(bill_id__in=stays.values("bill_id"))


def refunds_numbered(text: str) -> "QuerySet[Refund]":
    """Return the refunds whose number, ours or the gateway's, a text is or begins."""
    return Refund.objects.filter(begins("refund_id", text) | given("gateway_refund_id", text))


def begins(column: str, text: str) -> Q:
    """Return the condition that a number begins so, as it was typed or in capital letters."""
    typed = Q(**{f"{column}__startswith": text})
    return typed if text == text.upper() else typed | Q(**{f"{column}__startswith": text.upper()})


def given(column: str, text: str) -> Q:
    """Return the same of a number that may be empty: only those that are not are in the index."""
    return begins(column, text) & ~Q(**{column: ""})
