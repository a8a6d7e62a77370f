"""Slots for reservations that begin soon. Run by the worker every few seconds; each run is safe to repeat.

A reservation that is due is placed in its own zone. From its start on it is moved to another zone of the site, and
where there is none either, it ends: its fee goes back, with a voucher of the same sum.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from parking.audit import services as audit
from parking.checkout import ending, settling_offers
from parking.checkout.hand_backs import ask_for_surplus
from parking.core.actor import SYSTEM
from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.core.money import ZERO
from parking.core.site_settings import CLAIM_MINUTES
from parking.facilities.admitting import is_in_use, is_open, kinds_of
from parking.facilities.models import ParkingSite, ParkingZone
from parking.facilities.queries import free_slots, present_zones
from parking.facilities.services import lock_places
from parking.offers.vouchers import give_voucher
from parking.payments import bills, orders
from parking.payments.asking import send_refunds
from parking.payments.models import Refund
from parking.stays import access, reservations
from parking.stays import services as stays
from parking.stays.events import ReservationClaimed, ReservationUnplaced
from parking.stays.models import ParkingSession
from parking.stays.promises import kinds_to_book
from parking.tariffs.queries import terms_for
from parking.tariffs.rules import Charge, rate_at
from parking.vehicles.services import lock_vehicles

MOST_AT_ONCE = 200


def claim_places(*, now: datetime) -> int:
    """Give reservations that begin soon their slots, the first to begin first; answers of how many it was decided."""
    return sum(place(session_id, now=now) for session_id in _due(now)[:MOST_AT_ONCE])


def _due(now: datetime) -> list[int]:
    site_ids = ParkingSite.objects.values_list("pk", flat=True)
    longest = max((CLAIM_MINUTES.at(site_id) for site_id in site_ids), default=0)
    rows = ParkingSession.objects.waiting().filter(starts_at__lte=now + timedelta(minutes=longest))
    found = rows.order_by("starts_at", "pk").values_list("pk", "starts_at", "zone__site_id")
    return [pk for pk, starts_at, site_id in found if now >= claimed_from(starts_at, site_id)]


def claimed_from(starts_at: datetime, site_id: int) -> datetime:
    """Return from when on a reservation is given its slot, and its car may come in."""
    return starts_at - timedelta(minutes=CLAIM_MINUTES.at(site_id))


def is_due(session: ParkingSession, now: datetime) -> bool:
    """Return whether a reservation that has no slot yet may have one now."""
    return session.is_waiting and now >= claimed_from(session.starts_at, session.zone.site_id)


def place(session_id: int, *, now: datetime) -> bool:
    """Decide about one reservation that has no slot; return whether that changed it.

    Looked at again under the locks: somebody else may have given it a slot, or ended it, since it was listed.
    """
    refunds: tuple[Refund, ...] = ()
    with transaction.atomic(durable=True):
        vehicle_id = ParkingSession.objects.values_list("vehicle_id", flat=True).get(pk=session_id)
        lock_vehicles([vehicle_id])
        session = access.lock(Ref(pk=session_id), SYSTEM)
        if not is_due(session, now) or session.vehicle_id != vehicle_id:
            return False
        overdue = stays.overdue_reason(session, now=now)
        if overdue:
            ending.expire(session=session, reason=overdue, actor=SYSTEM, now=now)
            return True
        if not _has_ended(session, now) and _placed(session, now):
            return True
        if now < session.starts_at:
            return False
        refunds = _end_without_place(session, now)
    send_refunds(refunds, now=now, fresh=True)
    return True


def _has_ended(session: ParkingSession, now: datetime) -> bool:
    """Return whether the whole window went by, because no worker ran: the car has long been elsewhere."""
    return session.ends_at is not None and session.ends_at <= now


# --- In its zone, or in another ------------------------------------------------------------------------------


def _placed(session: ParkingSession, now: datetime) -> bool:
    if now < session.starts_at:
        [zone] = lock_places([session.zone_id])
        return _claimed(session, zone, now)
    # All at once and by their keys, so that two that are moved in opposite directions do not wait for each other.
    zones = lock_places(present_zones().filter(site_id=session.zone.site_id).values_list("pk", flat=True))
    own = next((zone for zone in zones if zone.pk == session.zone_id), None)
    if own is None:
        return False
    return _claimed(session, own, now) or _moved(session, own, zones, now)


def _claimed(session: ParkingSession, zone: ParkingZone, now: datetime) -> bool:
    if not is_in_use(zone):
        return False
    try:
        slot = reservations.claim_slot(session=session, zone=zone, now=now)
    except Refused as refusal:
        if refusal.code != "zone_full":
            raise
        return False
    audit.record(SYSTEM, ReservationClaimed(session_id=session.pk, zone_id=zone.pk, slot_id=slot.pk), now)
    return True


def _moved(session: ParkingSession, own: ParkingZone, zones: Sequence[ParkingZone], now: datetime) -> bool:
    """Move a reservation to the zone that has the most places left for bookings, among those that are not dearer."""
    found: list[tuple[int, ParkingZone, tuple[str, ...]]] = []
    for zone in zones:
        if zone.pk != own.pk and _may_take(zone, session, now):
            kinds, free = kinds_to_book(zone, session.vehicle_kind, None, now), free_slots(zone)
            found.append((sum(free.get(kind, 0) for kind in kinds), zone, kinds))
    places, zone, kinds = max(found, key=_most_places, default=(0, own, ()))
    if not places:
        return False
    slot = reservations.move_to(session=session, before=own, zone=zone, kinds=kinds, now=now)
    claimed = ReservationClaimed(session_id=session.pk, zone_id=zone.pk, slot_id=slot.pk, moved_from=own.pk)
    audit.record(SYSTEM, claimed, now)
    return True


def _most_places(found: tuple[int, ParkingZone, tuple[str, ...]]) -> tuple[int, int]:
    places, zone, _kinds = found
    return places, -zone.pk


def _may_take(zone: ParkingZone, session: ParkingSession, now: datetime) -> bool:
    kind = session.vehicle_kind
    if zone.pass_only or kind not in kinds_of(zone):
        return False
    if not is_in_use(zone) or not is_open(zone, now):
        return False
    own = rate_at(session.starts_at, stays.terms_of(session)).rate
    there = terms_for(zone=zone, vehicle_kind=kind, now=session.starts_at)
    return rate_at(session.starts_at, there).rate <= own


# --- Nowhere ---------------------------------------------------------------------------------------------------


def _end_without_place(session: ParkingSession, now: datetime) -> tuple[Refund, ...]:
    """End a reservation that cannot be kept: all of its money goes back, and as much again is a voucher."""
    paid = session.bill.paid
    voucher = give_voucher(amount=paid, now=now) if paid > ZERO else ""
    stays.end_without_place(session=session, voucher=voucher, now=now)
    settling_offers.give_back(session, now)
    orders.give_up(bill=session.bill, now=now)
    closed = bills.close(bill=session.bill, charge=Charge(()), refund_reason="No place was free", now=now)
    ask_for_surplus(closed.refunds, session_id=session.pk, now=now)
    audit.record(SYSTEM, ReservationUnplaced(session_id=session.pk, refund=paid, voucher=voucher), now)
    return closed.refunds
