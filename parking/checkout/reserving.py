"""Booking ahead: a place for a later window, with its fee."""

from datetime import datetime
from decimal import Decimal
from itertools import islice
from uuid import UUID

from django.db import transaction

from parking.accounts.limits import count_booking
from parking.audit import services as audit
from parking.checkout.booking import (
    Booked,
    Wanted,
    collect_fee,
    fee_order,
    offers_for,
    refuse_other_rate,
    terms_of_vehicle,
    with_fee_pass,
)
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import InvalidInput, Refused
from parking.core.idempotency import RequestKey
from parking.core.ids import Ref, new_uuid
from parking.facilities.admitting import is_in_use, is_open, kinds_of, refuse_vehicle, refuse_without_pass
from parking.facilities.models import ParkingZone
from parking.facilities.queries import find_zone, present_zones
from parking.offers import points
from parking.payments.gateways.registry import chosen_gateway
from parking.stays.covering import cover_of
from parking.stays.events import SessionBooked
from parking.stays.hoarding import refuse_hoarding
from parking.stays.models import ParkingSession
from parking.stays.promises import promises_of
from parking.stays.reservations import reserve_place
from parking.stays.window_rules import (
    OFFERED_WITHIN,
    Window,
    fits,
    free_windows,
    length_problem,
    start_problem,
    whole_minutes_of,
)
from parking.tariffs.queries import terms_for
from parking.tariffs.rules import Terms, rate_at
from parking.vehicles.services import checked_plate, lock_vehicle

_MOST_ZONES = 3


def reserve(
    *,
    actor: Actor,
    zone: Ref,
    plate: str,
    owner_name: str,
    vehicle_kind: str,
    gateway: str | None,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    key: RequestKey | None = None,
    promo_code: str | None = None,
    use_points: int = 0,
    expected_rate: Decimal | None = None,
) -> Booked:
    """Reserve a place for a driver for a later window, under the tariff announced for its start, and collect the fee.

    Raises InvalidInput for a window that is too near, too far, too short or too long; Refused `window_full`, with other
    windows and zones among its facts; else as `booking.book`, where `expected_rate` is that of the window's start.
    """
    window = checked_window(starts_at, ends_at, now)
    code = chosen_gateway(gateway).code
    wanted = Wanted(zone, checked_plate(plate), owner_name, vehicle_kind, None, promo_code, use_points, expected_rate)
    if actor.user_id is not None:
        count_booking(actor.user_id, now=now)
    uuid = new_uuid()
    try:
        with transaction.atomic(durable=True):
            idempotency.claim(key, subject=str(uuid), now=now)
            session, terms = _promise(uuid, wanted, window, actor, now)
            order = fee_order(session, terms, gateway=code, now=now)
    except Refused as refusal:
        if refusal.code != "window_full":
            raise
        # Outside of the transaction: nobody waits for the zone while others are looked through.
        raise _with_others(refusal, find_zone(zone), vehicle_kind, window, now) from refusal
    return collect_fee(session, order, now, fresh=True)


def checked_window(starts_at: datetime, ends_at: datetime, now: datetime) -> Window:
    """Return the window of two times, in whole minutes. Raises InvalidInput."""
    window = whole_minutes_of(starts_at, ends_at)
    problem = start_problem(window.starts_at, now)
    if problem:
        raise InvalidInput({"starts_at": [problem]})
    problem = length_problem(window)
    if problem:
        raise InvalidInput({"ends_at": [problem]})
    return window


def _promise(uuid: UUID, wanted: Wanted, window: Window, actor: Actor, now: datetime) -> tuple[ParkingSession, Terms]:
    """Inside a transaction: lock the vehicle, promise a place of the zone, write reservation, bill and audit line."""
    zone = find_zone(wanted.zone)
    refuse_vehicle(zone, vehicle_kind=wanted.vehicle_kind, actor=actor, now=window.starts_at)
    if actor.user_id is not None:
        refuse_hoarding(driver_id=actor.user_id, site_id=zone.site_id, now=now)
    terms = terms_for(zone=zone, vehicle_kind=wanted.vehicle_kind, now=window.starts_at)
    refuse_other_rate(wanted, rate_at(window.starts_at, terms).rate)
    vehicle = lock_vehicle(plate=wanted.plate, kind=wanted.vehicle_kind, now=now)
    # A pass takes the fee off; it covers the stay when its car comes in, so that it covers others until then.
    cover = cover_of(vehicle=vehicle, zone=zone, vehicle_kind=wanted.vehicle_kind, now=window.starts_at)
    if cover.subscription is None:
        refuse_without_pass(zone, actor=actor)
    offers = with_fee_pass(offers_for(wanted, zone, vehicle, actor.user_id, now), terms, cover, zone)
    terms = terms_of_vehicle(terms, cover, vehicle, begins=window.starts_at)
    session = reserve_place(
        uuid=uuid,
        zone_id=zone.pk,
        vehicle=vehicle,
        vehicle_kind=wanted.vehicle_kind,
        driver_id=actor.user_id,
        owner_name=wanted.owner_name,
        terms=terms,
        window=window,
        now=now,
        offers=offers,
    )
    points.hold(driver_id=actor.user_id, points=offers.points, held=0, session_id=session.pk, now=now)
    booked = SessionBooked(
        session_id=session.pk,
        zone_id=zone.pk,
        slot_id=None,
        fee=terms.booking_fee,
        promo_code=offers.codes[0].promo.code if offers.codes else "",
        points=offers.points,
        starts_at=window.starts_at.isoformat(),
        ends_at=window.ends_at.isoformat(),
    )
    audit.record(actor, booked, now)
    return session, terms


# --- Instead of a full window ------------------------------------------------------------------------------


def _with_others(refusal: Refused, zone: ParkingZone, vehicle_kind: str, window: Window, now: datetime) -> Refused:
    """Return a refusal of a full window with windows that are free in this zone, and zones that are free in it."""
    windows = [
        {"starts_at": one.starts_at, "ends_at": one.ends_at} for one in free_windows_of(zone, vehicle_kind, window, now)
    ]
    zones = [{"zone_id": one.pk, "zone_name": one.name} for one in zones_free_in(window, vehicle_kind, but=zone)]
    return Refused("window_full", refusal.message, windows=windows, zones=zones)


def free_windows_of(zone: ParkingZone, vehicle_kind: str, wanted: Window, now: datetime) -> list[Window]:
    """Return up to three windows near the one wanted, as long as it is, in which a zone has places to promise."""
    span = Window(wanted.starts_at - OFFERED_WITHIN, wanted.ends_at + OFFERED_WITHIN)
    promises = promises_of(zone, vehicle_kind, span)

    def may_begin(moment: datetime) -> bool:
        return start_problem(moment, now) is None and is_open(zone, moment)

    return free_windows(wanted, promises.promised, promises.limits, may_begin=may_begin)


def zones_free_in(window: Window, vehicle_kind: str, *, but: ParkingZone) -> list[ParkingZone]:
    """Return up to three other zones, those of the same site first, that have a place to promise in a window."""
    zones = [zone for zone in present_zones() if zone.pk != but.pk and _takes(zone, vehicle_kind, window)]
    zones.sort(key=lambda zone: zone.site_id != but.site_id)
    free = (zone for zone in zones if _has_place(zone, vehicle_kind, window))
    return list(islice(free, _MOST_ZONES))


def _takes(zone: ParkingZone, vehicle_kind: str, window: Window) -> bool:
    may_come = not zone.pass_only and vehicle_kind in kinds_of(zone)
    return may_come and is_in_use(zone) and is_open(zone, window.starts_at)


def _has_place(zone: ParkingZone, vehicle_kind: str, window: Window) -> bool:
    promises = promises_of(zone, vehicle_kind, window)
    return fits(window, promises.promised, promises.limits)
