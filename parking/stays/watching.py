"""What live pages watch: short texts that change when there is something new to show.

A page asks every second or two whether its part has changed, mostly for nothing. So each of these is one statement,
read once a second by each process (`…_now`), and a page that finds its text unchanged answers 304 with no other.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import CharField, Count, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from parking.core import clock
from parking.core.fresh import FreshValue, fingerprint
from parking.facilities.models import ParkingZone, SlotStatus
from parking.facilities.queries import ZoneCounts
from parking.payments.models import (
    OPEN_ORDER,
    Debt,
    DebtStatus,
    OrderStatus,
    Payment,
    PaymentOrder,
    Refund,
    RefundStatus,
)
from parking.stays.models import OPEN_SESSION, ParkingSession

# How long a page is told of a stay that has ended.
WATCHED_AFTER_END = timedelta(minutes=10)

# --- Stays -------------------------------------------------------------------------------------------


def open_states() -> dict[int, str]:
    """Every open stay, and those that ended in the last ten minutes, by id: a text that changes with the stay.

    It follows state, slot, the money and freezing of the bill, the newest payment order, and how refunds stand. That a
    frozen bill thaws or a hold runs out changes nothing here: pages have clocks.
    """
    lately = clock.now() - WATCHED_AFTER_END
    rows = ParkingSession.objects.filter(Q(status__in=OPEN_SESSION) | Q(ended_at__gte=lately)).values_list(
        "pk",
        "status",
        "end_reason",
        "slot_id",
        "bill__captured",
        "bill__refunded",
        "bill__total",
        "bill__frozen_until",
        "bill__closed_at",
        _newest_order(),
        _news_of_refunds(),
    )
    return {pk: fingerprint(*parts) for pk, *parts in rows}


def _newest_order() -> Subquery:
    """Number and status of the newest order of the stay's bill, as one text."""
    orders = PaymentOrder.objects.filter(bill_id=OuterRef("bill_id")).order_by("-pk")
    text = Concat(Cast("pk", CharField()), Value(" "), "status", output_field=CharField())
    return Subquery(orders.values(told=text)[:1])


def _news_of_refunds() -> Subquery:
    """When a refund of the stay's bill changed last."""
    refunds = Refund.objects.filter(payment__bill_id=OuterRef("bill_id")).order_by().values("payment__bill_id")
    return Subquery(refunds.annotate(at=Max("updated_at")).values("at"))


# --- Zones and slots ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class ZoneState:
    """The slots of a zone: their counts, the status of each by slot id, and a text that changes with zone or slots."""

    counts: ZoneCounts
    fingerprint: str
    statuses: dict[int, str] = field(default_factory=dict)


def facilities_state() -> dict[int, ZoneState]:
    """The present zones by id, also those without slots."""
    rows = (
        ParkingZone.objects.filter(retired_at=None)
        .order_by("pk", "slots__pk")
        .values_list("pk", "updated_at", "slots__pk", "slots__status", "slots__kind", "slots__slot_number")
    )
    return {pk: _zone_state([row[1:] for row in slots]) for pk, slots in groupby(rows, key=lambda row: row[0])}


def _zone_state(rows: list[tuple[Any, ...]]) -> ZoneState:
    statuses = {slot_id: status for _, slot_id, status, *_ in rows if slot_id is not None}
    number = list(statuses.values()).count
    counts = ZoneCounts(
        total=len(statuses),
        booked=number(SlotStatus.BOOKED),
        occupied=number(SlotStatus.OCCUPIED),
        out_of_service=number(SlotStatus.OUT_OF_SERVICE),
    )
    return ZoneState(counts, fingerprint(*(part for row in rows for part in row)), statuses)


# --- Money -------------------------------------------------------------------------------------------


def money_state() -> str:
    """A text that changes with each payment, refund, open debt, and order that waits or needs a person.

    What is over is not counted but known by its newest row: old payments, however many, cost nothing.
    """
    rows = _newest("payment", Payment.objects.all(), "captured_at").union(
        _newest("refund", Refund.objects.all(), "completed_at"),
        # A finished refund has a time, and nothing else has: this goes by the index on it.
        _open("refund", Refund.objects.filter(completed_at=None).exclude(status=RefundStatus.COMPLETED), "updated_at"),
        # Not by the time of change, which moves whenever the worker asks the gateway.
        _open("order", PaymentOrder.objects.filter(status__in=OPEN_ORDER), "created_at"),
        _open("order", PaymentOrder.objects.filter(status=OrderStatus.REVIEW, review_closed_at=None), "created_at"),
        _open("debt", Debt.objects.filter(status=DebtStatus.OPEN), "created_at"),
        all=True,
    )
    return fingerprint(*sorted(" ".join(map(_as_text, row)) for row in rows))


def _newest(kind: str, rows: "QuerySet[Any]", moment: str) -> "QuerySet[Any, Any]":
    newest = rows.order_by().values(kind=Value(kind), state=Value(""))
    found: QuerySet[Any, Any] = newest.annotate(number=Max("pk"), at=Max(moment))
    return found.values_list("kind", "state", "number", "at")


def _open(kind: str, rows: "QuerySet[Any]", moment: str) -> "QuerySet[Any, Any]":
    counted = rows.order_by().values(kind=Value(kind), state=F("status"))
    found: QuerySet[Any, Any] = counted.annotate(number=Count("pk"), at=Max(moment))
    return found.values_list("kind", "state", "number", "at")


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


states_now: FreshValue[dict[int, str]] = FreshValue(open_states)
facilities_now: FreshValue[dict[int, ZoneState]] = FreshValue(facilities_state)
money_now: FreshValue[str] = FreshValue(money_state)
