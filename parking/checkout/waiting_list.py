"""Waiting for a place of a full zone: standing in line, offers as places come free, accepting, leaving.

A place that comes free is offered to the first in line: a booking with its slot, or for a later window without, that is
the driver's if its fee is paid within ten minutes (setting). The worker looks every two seconds.
"""

from datetime import datetime, timedelta
from enum import Enum, auto

from django.db import transaction

from parking.audit import services as audit
from parking.checkout import cancelling, paying
from parking.checkout.booking import lock_demand, terms_of_vehicle, with_demand, with_fee_pass
from parking.checkout.reserving import checked_window
from parking.core import idempotency
from parking.core.actor import SYSTEM, Actor
from parking.core.errors import InvalidInput, Refused
from parking.core.idempotency import RequestKey
from parking.core.ids import Ref, new_uuid
from parking.core.money import ZERO
from parking.core.site_settings import OFFER_MINUTES
from parking.facilities.admitting import is_in_use, is_open, refuse_vehicle, refuse_without_pass
from parking.facilities.models import ParkingZone
from parking.facilities.queries import find_zone, free_slots
from parking.facilities.rules import suitable_slot_kinds
from parking.stays import access, waiting
from parking.stays import services as stays
from parking.stays.covering import cover_of, has_kept
from parking.stays.events import PlaceOffered, SessionBooked, WaitingEnded, WaitingJoined
from parking.stays.hoarding import refuse_hoarding
from parking.stays.models import OPEN_SESSION, ParkingSession, SessionStatus
from parking.stays.promises import kinds_to_book, promises_of
from parking.stays.reservations import reserve_place
from parking.stays.waiting_models import OPEN_WAIT, WaitingEntry, WaitingState
from parking.stays.window_rules import LATEST, Window, fits, start_problem
from parking.tariffs.queries import terms_for
from parking.tariffs.rules import NO_OFFERS
from parking.vehicles.models import Vehicle
from parking.vehicles.services import checked_plate, lock_vehicle, lock_vehicles

MOST_AT_ONCE = 200

# --- In line ---------------------------------------------------------------------------------------------------


def join(
    *,
    actor: Actor,
    zone: Ref,
    plate: str,
    owner_name: str,
    vehicle_kind: str,
    until: datetime,
    now: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    key: RequestKey | None = None,
) -> WaitingEntry:
    """Put a driver in line for a place of a full zone, for now or for a window, until a time.

    Raises Refused `zone_not_full`, `already_waiting`, `vehicle_already_parked`, `vehicle_invalid`, and as a booking for
    a zone that does not take the vehicle; InvalidInput; RepeatedRequest.
    """
    if actor.user_id is None:
        raise ValueError("drivers alone stand in line")
    window = _window(starts_at, ends_at, now)
    if not now < until <= now + LATEST:
        raise InvalidInput({"until": ["Later than now, and at most 60 days from now"]})
    wanted, place = checked_plate(plate), find_zone(zone)
    entry = WaitingEntry(
        uuid=new_uuid(),
        driver_id=actor.user_id,
        zone=place,
        vehicle_kind=vehicle_kind,
        owner_name=owner_name,
        until=until,
        starts_at=window.starts_at if window else None,
        ends_at=window.ends_at if window else None,
        created_at=now,
    )
    with transaction.atomic(durable=True):
        idempotency.claim(key, subject=str(entry.uuid), now=now)
        refuse_vehicle(place, vehicle_kind=vehicle_kind, actor=actor, now=entry.starts_at or now)
        entry.vehicle = lock_vehicle(plate=wanted, kind=vehicle_kind, now=now)
        _refuse_waiting(entry, window, actor, now)
        _write(entry, window, actor, now)
    return entry


def _refuse_waiting(entry: WaitingEntry, window: Window | None, actor: Actor, now: datetime) -> None:
    """Raise Refused for who may not park there, is in line already, or need not wait. The vehicle must be locked."""
    zone, kind = entry.zone, entry.vehicle_kind
    cover = cover_of(vehicle=entry.vehicle, zone=zone, vehicle_kind=kind, now=entry.starts_at or now)
    if cover.subscription is None:
        refuse_without_pass(zone, actor=actor)
    _refuse_second(actor, zone, entry.vehicle)
    own_is_free = window is None and has_kept(cover, zone, suitable_slot_kinds(kind))
    if own_is_free or _has_place(zone, kind, window, now):
        raise Refused("zone_not_full", "A place is free: book it")


def _write(entry: WaitingEntry, window: Window | None, actor: Actor, now: datetime) -> None:
    entry.save(force_insert=True)
    joined = WaitingJoined(
        waiting_id=entry.pk,
        zone_id=entry.zone_id,
        until=entry.until.isoformat(),
        starts_at=window.starts_at.isoformat() if window else "",
        ends_at=window.ends_at.isoformat() if window else "",
    )
    audit.record(actor, joined, now)


def _window(starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> Window | None:
    if starts_at is None and ends_at is None:
        return None
    if starts_at is None or ends_at is None:
        missing = "starts_at" if starts_at is None else "ends_at"
        raise InvalidInput({missing: ["A window has a start and an end"]})
    return checked_window(starts_at, ends_at, now)


def _refuse_second(actor: Actor, zone: ParkingZone, vehicle: Vehicle) -> None:
    rows = WaitingEntry.objects.filter(driver_id=actor.user_id, zone=zone, vehicle=vehicle, state__in=OPEN_WAIT)
    if rows.exists():
        raise Refused("already_waiting", "This vehicle is in line for this zone already")


def _has_place(zone: ParkingZone, vehicle_kind: str, window: Window | None, now: datetime) -> bool:
    if window is not None:
        promises = promises_of(zone, vehicle_kind, window)
        return fits(window, promises.promised, promises.limits)
    free = free_slots(zone)
    return any(free.get(kind) for kind in kinds_to_book(zone, vehicle_kind, None, now))


def leave(*, actor: Actor, entry_id: int, now: datetime) -> None:
    """Take a driver out of the line; an offer that was not accepted ends too. Raises NotFound `waiting_not_found`."""
    own = waiting.entry_of(entry_id, actor.user_id)
    with transaction.atomic(durable=True):
        entry = waiting.lock_entry(own.pk)
        offered = entry.session_id if entry.state == WaitingState.OFFERED else None
        if waiting.end_wait(entry, WaitingState.LEFT, now):
            audit.record(actor, WaitingEnded(waiting_id=entry.pk, state=entry.state), now)
    if offered is not None and _is_unanswered(offered):
        cancelling.cancel(actor=actor, session=Ref(pk=offered), reason="", now=now, only_of_caller=True)


def _is_unanswered(session_id: int) -> bool:
    return ParkingSession.objects.filter(pk=session_id, status=SessionStatus.BOOKED, bill__captured=ZERO).exists()


# --- Accepted --------------------------------------------------------------------------------------------------


def accept(*, actor: Actor, entry_id: int, gateway: str | None, now: datetime) -> ParkingSession:
    """Accept an offer and pay its fee as that of a booking; called again, it goes on with the payment.

    Raises NotFound `waiting_not_found`; Refused `no_offer`, `booking_expired`, and as `paying.start_payment`.
    """
    entry = waiting.entry_of(entry_id, actor.user_id)
    if entry.session_id is None or entry.state not in {WaitingState.OFFERED, WaitingState.TAKEN}:
        raise Refused("no_offer", "There is no offer to accept")
    ref = Ref(pk=entry.session_id)
    if _accept_free(actor, ref, now) or not _is_unanswered(entry.session_id):
        follow_offers(now=now)
        return access.find(ref, actor, only_own=True)
    paying.start_payment(actor=actor, session=ref, gateway=gateway, now=now)
    follow_offers(now=now)
    return access.find(ref, actor, only_own=True)


def _accept_free(actor: Actor, ref: Ref, now: datetime) -> bool:
    """Accept an offer that costs no fee; return whether it is one."""
    with transaction.atomic(durable=True):
        session = access.lock(ref, actor, only_own=True)
        if stays.terms_of(session).booking_fee > ZERO or session.status != SessionStatus.BOOKED:
            return False
        if stays.overdue_reason(session, now=now):
            raise stays.booking_expired(session)
        waiting.accept_free(session)
    return True


# --- Offered ---------------------------------------------------------------------------------------------------


class _Found(Enum):
    """What came of asking for one in line.

    NONE: nothing for anybody who waits for the same; HOLDS_ENOUGH: nothing for this driver at the site.
    """

    OFFERED = auto()
    NONE = auto()
    HOLDS_ENOUGH = auto()
    NOT_NOW = auto()


def offer_places(*, now: datetime) -> int:
    """Offer places that are free to those in line, and end what is over; answers how many offers were made."""
    follow_offers(now=now)
    _end_old(now)
    rows = WaitingEntry.objects.filter(state=WaitingState.WAITING).order_by("pk")
    full: set[tuple[object, ...]] = set()
    served: set[tuple[int, int]] = set()
    made = asked = 0
    columns = ("zone_id", "vehicle_kind", "starts_at", "ends_at")
    for pk, driver_id, site_id, *line in rows.values_list("pk", "driver_id", "zone__site_id", *columns):
        # Who waits for the same comes after: a long line does not keep the others from being asked for, nor does a
        # driver with many plates.
        if tuple(line) in full or (driver_id, site_id) in served:
            continue
        found = _offer(pk, now)
        made += found == _Found.OFFERED
        if found == _Found.NONE:
            full.add(tuple(line))
        if found == _Found.HOLDS_ENOUGH:
            served.add((driver_id, site_id))
        asked += 1
        if asked == MOST_AT_ONCE:
            break
    return made


def _offer(entry_id: int, now: datetime) -> _Found:
    with transaction.atomic(durable=True):
        waits = WaitingEntry.objects.select_related("zone").get(pk=entry_id)
        if _holds_enough(waits, now):
            return _Found.HOLDS_ENOUGH
        [vehicle] = lock_vehicles([waits.vehicle_id])
        entry = waiting.lock_entry(entry_id)
        if entry.state != WaitingState.WAITING:
            return _Found.NOT_NOW
        zone, window = find_zone(Ref(pk=entry.zone_id)), waiting.window_of(entry)
        if not is_in_use(zone) or not is_open(zone, window.starts_at if window else now):
            return _Found.NONE
        try:
            with transaction.atomic():
                session = _book(entry, zone, vehicle, window, now)
        except Refused as refusal:
            return _Found.NONE if refusal.code in {"zone_full", "window_full"} else _Found.NOT_NOW
        pay_by = now + timedelta(minutes=OFFER_MINUTES.at(zone.site_id))
        waiting.give_offer(entry, session, pay_by)
        audit.record(SYSTEM, _booked(session), now)
        audit.record(SYSTEM, PlaceOffered(waiting_id=entry.pk, session_id=session.pk), now)
    return _Found.OFFERED


def _holds_enough(entry: WaitingEntry, now: datetime) -> bool:
    """Return whether a driver holds as many bookings as the site allows, offers among them: then others come before."""
    try:
        refuse_hoarding(driver_id=entry.driver_id, site_id=entry.zone.site_id, now=now)
    except Refused:
        return True
    return False


def _book(
    entry: WaitingEntry, zone: ParkingZone, vehicle: Vehicle, window: Window | None, now: datetime
) -> ParkingSession:
    """Book what an entry waits for, at the price of a booking made now.

    Raises Refused `zone_full`, `window_full`; else where the vehicle is elsewhere.
    """
    begins = window.starts_at if window else now
    terms = terms_for(zone=zone, vehicle_kind=entry.vehicle_kind, now=begins)
    cover = cover_of(vehicle=vehicle, zone=zone, vehicle_kind=entry.vehicle_kind, now=begins)
    offers = with_fee_pass(NO_OFFERS, terms, cover, zone) if window else NO_OFFERS
    terms = terms_of_vehicle(terms, cover, vehicle, begins=begins)
    if window is not None:
        return reserve_place(
            uuid=new_uuid(),
            zone_id=zone.pk,
            vehicle=vehicle,
            vehicle_kind=entry.vehicle_kind,
            driver_id=entry.driver_id,
            owner_name=entry.owner_name,
            terms=terms,
            window=window,
            now=now,
            offers=offers,
        )
    zone, demand_percent = lock_demand(zone, entry.vehicle_kind)
    return stays.allocate_slot(
        uuid=new_uuid(),
        zone=zone,
        vehicle=vehicle,
        vehicle_kind=entry.vehicle_kind,
        driver_id=entry.driver_id,
        owner_name=entry.owner_name,
        terms=terms,
        now=now,
        offers=with_demand(NO_OFFERS, demand_percent, cover),
        cover=cover,
    )


def _booked(session: ParkingSession) -> SessionBooked:
    return SessionBooked(
        session_id=session.pk,
        zone_id=session.zone_id,
        slot_id=session.slot_id,
        fee=stays.terms_of(session).booking_fee,
        starts_at=session.starts_at.isoformat() if session.ends_at else "",
        ends_at=session.ends_at.isoformat() if session.ends_at else "",
    )


# --- What became of it -------------------------------------------------------------------------------------------


def follow_offers(*, now: datetime) -> int:
    """End the places in line whose offer was accepted, or lapsed; answers how many."""
    rows = WaitingEntry.objects.filter(state=WaitingState.OFFERED, session__isnull=False).order_by("pk")
    found = rows.values_list("pk", "session__status", "session__pay_by", "session__bill__captured")
    ended = 0
    for pk, status, pay_by, captured in found:
        taken = status in OPEN_SESSION and (captured > ZERO or pay_by is None)
        if taken or status not in OPEN_SESSION:
            ended += _end(pk, WaitingState.TAKEN if taken or captured > ZERO else WaitingState.LAPSED, now)
    return ended


def _end_old(now: datetime) -> None:
    """End the places of those who do not wait any longer, and of windows that are too near."""
    rows = WaitingEntry.objects.filter(state=WaitingState.WAITING).values_list("pk", "until", "starts_at")
    for pk, until, starts_at in rows:
        if until <= now or (starts_at is not None and start_problem(starts_at, now) is not None):
            _end(pk, WaitingState.OVER, now)


def _end(entry_id: int, state: WaitingState, now: datetime) -> bool:
    with transaction.atomic(durable=True):
        entry = waiting.lock_entry(entry_id)
        ended = waiting.end_wait(entry, state, now)
        if ended:
            audit.record(SYSTEM, WaitingEnded(waiting_id=entry_id, state=state), now)
    return ended
