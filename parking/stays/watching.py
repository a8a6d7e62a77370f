"""What live pages watch: short texts that change when there is something new to show.

A page asks every second or two whether its part has changed, mostly for nothing. So the record is asked for news first
(`audit/news.py`), once a second by each process, and only after news one of these is read again, each by one statement.
"""

from dataclasses import dataclass

from django.db.models import CharField, Count, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat

from parking.audit.news import news_now
from parking.core.fresh import UntilNews, fingerprint
from parking.facilities.models import ParkingSlot, ParkingZone, SlotKind, SlotStatus
from parking.facilities.queries import ZoneCounts, counts_of_kind
from parking.payments.models import PaymentOrder, Refund
from parking.stays.models import ParkingSession

# --- Stays -------------------------------------------------------------------------------------------


def stay_state(session_id: int) -> str:
    """Return a text that changes with a stay; empty for one that is not there.

    It follows state, slot, window, offers, the money and freezing of the bill, the newest order, and how refunds are.
    That a frozen bill thaws or a hold runs out changes nothing here: pages have clocks.
    """
    row = ParkingSession.objects.filter(pk=session_id).values_list(
        "status",
        "end_reason",
        "slot_id",
        "vehicle_id",
        "zone_id",
        "ends_at",
        "enter_by",
        "offers",
        "bill__captured",
        "bill__refunded",
        "bill__total",
        "bill__frozen_until",
        "bill__closed_at",
        _newest_order(),
        _news_of_refunds(),
    )
    return "".join(fingerprint(*parts) for parts in row)


def _newest_order() -> Subquery:
    """Return number and status of the newest order of the stay's bill, as one text."""
    orders = PaymentOrder.objects.filter(bill_id=OuterRef("bill_id")).order_by("-pk")
    text = Concat(Cast("pk", CharField()), Value(" "), "status", output_field=CharField())
    return Subquery(orders.values(summary=text)[:1])


def _news_of_refunds() -> Subquery:
    """Return when a refund of the stay's bill changed last."""
    refunds = Refund.objects.filter(payment__bill_id=OuterRef("bill_id")).order_by().values("payment__bill_id")
    return Subquery(refunds.annotate(at=Max("updated_at")).values("at"))


# --- Zones and slots ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class ZoneState:
    """The counts of a zone's slots, and a text that changes with these or with the zone."""

    counts: ZoneCounts
    fingerprint: str


_OF_SLOTS = {
    "total": Count("slots"),
    "booked": Count(
        "slots", filter=Q(slots__status=SlotStatus.BOOKED) | Q(slots__status=SlotStatus.FREE, slots__kept=True)
    ),
    "occupied": Count("slots", filter=Q(slots__status=SlotStatus.OCCUPIED)),
    "out_of_service": Count("slots", filter=Q(slots__status=SlotStatus.OUT_OF_SERVICE)),
}


def zones_state() -> dict[int, ZoneState]:
    """Return the present zones by id, also those without slots."""
    zones = ParkingZone.objects.filter(retired_at=None).order_by("pk", "slots__kind")
    rows = zones.values_list("pk", "updated_at", "marked", "slots__kind").annotate(**_OF_SLOTS)
    counts: dict[int, ZoneCounts] = {}
    parts: dict[int, list[object]] = {}
    for pk, updated_at, marked, kind, *numbers in rows:
        before = counts.get(pk, ZoneCounts())
        counts[pk] = before if kind is None else before.with_kind(kind, counts_of_kind(*numbers, marked=marked))
        parts.setdefault(pk, [pk, updated_at]).extend((kind, *numbers))
    return {pk: ZoneState(of_zone, fingerprint(*parts[pk])) for pk, of_zone in counts.items()}


def slots_state(zone_id: int | None = None) -> str:
    """Return a text that changes with any slot of a zone, or of all zones, beside the text of the zones.

    Slots for cars that are free are most of them, and are left out: one that comes to them, or leaves them, is missed
    by the others. A slot is never deleted, and a new one changes the counts of its zone.
    """
    slots = ParkingSlot.objects.exclude(status=SlotStatus.FREE, kept=False, kind=SlotKind.CAR).order_by("pk")
    if zone_id is not None:
        slots = slots.filter(zone_id=zone_id)
    return fingerprint(*slots.values_list("pk", "status", "kind", "kept"))


# --- What pages ask ----------------------------------------------------------------------------------


stay_now: UntilNews[str] = UntilNews(stay_state, news_now)
zones_now: UntilNews[dict[int, ZoneState]] = UntilNews(zones_state, news_now)
slots_now: UntilNews[str] = UntilNews(slots_state, news_now)


def all_zones_text() -> str:
    """Return a text that changes with any present zone or its counts."""
    return fingerprint(*(zone.fingerprint for zone in zones_now.value().values()))


def counts_now() -> dict[int, ZoneCounts]:
    """Return the counts of all present zones as of the last news: for parts that are drawn when these change."""
    return {pk: zone.counts for pk, zone in zones_now.value().items()}


def zone_text(zone_id: int) -> str:
    """Return a text that changes with a zone or its counts; empty for one that is not there."""
    zone = zones_now.value().get(zone_id)
    return zone.fingerprint if zone else ""


def everything_text() -> str:
    """Return a text that changes with every line of the record: for what shows many stays, or all of one's story.

    To render such a part once too often costs less than to find out, for every line, whether it is about this part.
    """
    return fingerprint(*news_now.value())
