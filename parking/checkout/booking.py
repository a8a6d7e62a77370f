"""Booking a slot with its fee, and the ticket from the kiosk."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from parking.accounts.limits import count_booking
from parking.accounts.queries import special_slots_of
from parking.audit import services as audit
from parking.checkout.paying import collect_with_page
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import Refused, Unavailable
from parking.core.idempotency import RequestKey
from parking.core.ids import Ref, new_uuid
from parking.core.money import ZERO
from parking.core.sites import ALL_SITES, Sites
from parking.core.together import together
from parking.facilities.admitting import refuse_vehicle, refuse_without_pass
from parking.facilities.models import ParkingZone
from parking.facilities.queries import find_zone, zone_not_found
from parking.facilities.services import lock_places
from parking.offers import holding, points
from parking.payments import orders
from parking.payments.gateways.registry import chosen_gateway
from parking.payments.models import OrderPurpose, OrderStatus, PaymentOrder
from parking.stays.covering import Cover, cover_of
from parking.stays.events import SessionBooked, SpecialSlotGiven, TicketGiven
from parking.stays.hoarding import refuse_hoarding
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.queries import has_had_free_minutes, session_by_uuid
from parking.stays.services import allocate_slot
from parking.tariffs.demand import demand_now, percent_of_claim
from parking.tariffs.queries import terms_for, walk_in_terms
from parking.tariffs.rules import NO_OFFERS, Offers, Terms, rate_at
from parking.tariffs.rules.demand import changed
from parking.vehicles.models import Vehicle
from parking.vehicles.plates import Plate
from parking.vehicles.services import checked_plate, lock_vehicle


@dataclass(frozen=True)
class Wanted:
    """A slot as somebody asks for it."""

    zone: Ref
    plate: Plate
    owner_name: str
    vehicle_kind: str
    special: str | None = None
    promo_code: str | None = None
    use_points: int = 0
    expected_rate: Decimal | None = None


@dataclass(frozen=True)
class SpecialSlot:
    """A special slot (ACCESSIBLE, VIP) that an attendant gives, with the reason."""

    kind: str
    reason: str


@dataclass(frozen=True)
class Booked:
    """A booking and the order of its fee, if it owes one."""

    session: ParkingSession
    order: PaymentOrder | None


def book(
    *,
    actor: Actor,
    zone: Ref,
    plate: str,
    owner_name: str,
    vehicle_kind: str,
    gateway: str | None,
    now: datetime,
    key: RequestKey | None = None,
    special: str | None = None,
    promo_code: str | None = None,
    use_points: int = 0,
    expected_rate: Decimal | None = None,
) -> Booked:
    """Book a slot for a driver, from now on, and collect the booking fee.

    A `special` slot (ACCESSIBLE, VIP) is for drivers whom the office allows it. The claim, its bill, its order and the
    idempotency key are committed before the gateway is called. Raises NotFound `zone_not_found`; Refused
    `zone_inactive`, `kind_not_allowed`, `zone_closed`, `pass_needed`, `zone_full`, `vehicle_invalid`,
    `vehicle_already_parked`, `vehicle_unavailable`, `booking_limit`, `gateway_invalid`, `special_slot_not_allowed`,
    `code_unknown`, `code_expired`, `code_not_here`, `code_used_up`, `points_not_enough`, `price_changed`,
    `payment_failed` (the slot is
    free again); TooMany `too_many_requests`; RepeatedRequest.
    """
    code = chosen_gateway(gateway).code
    wanted = Wanted(
        zone, checked_plate(plate), owner_name, vehicle_kind, special, promo_code, use_points, expected_rate
    )
    if special is not None and special not in special_slots_of(actor.user_id):
        raise Refused("special_slot_not_allowed", "The office has not allowed you slots of this kind")
    if actor.user_id is not None:
        count_booking(actor.user_id, now=now)
    uuid = new_uuid()
    with transaction.atomic(durable=True), together():
        idempotency.claim(key, subject=str(uuid), now=now)
        session, terms = claim_place(
            uuid, wanted, terms_for, driver_id=actor.user_id, actor=actor, sites=ALL_SITES, now=now
        )
        order = fee_order(session, terms, gateway=code, now=now)
    return collect_fee(session, order, now, fresh=True)


def resume_booking(*, subject: str, now: datetime) -> Booked:
    """Go on with a booking whose answer was lost: its fee is asked after, nothing is booked again."""
    # The order first: what is read of it has then happened to the stay as well.
    fees = PaymentOrder.objects.filter(bill__session__uuid=subject, purpose=OrderPurpose.FEE).select_related("bill")
    order = fees.first()
    return collect_fee(session_by_uuid(UUID(subject)), order, now, fresh=False)


def take_ticket(
    *,
    actor: Actor,
    zone: Ref,
    plate: str,
    owner_name: str,
    now: datetime,
    vehicle_kind: str = "CAR",
    key: RequestKey | None = None,
    special: SpecialSlot | None = None,
    at_gate: bool = False,
) -> ParkingSession:
    """Give a car that drives up a slot and a QR, without account and without fee, at one of the actor's sites.

    `at_gate`: an attendant gives it, who is asked later what became of it; it is no no-show. Raises as `book`.
    """
    if special is not None:
        actor.need("assign_special")
    kind = special.kind if special else None
    wanted = Wanted(zone, checked_plate(plate), owner_name, vehicle_kind, kind)
    uuid = new_uuid()
    with transaction.atomic(durable=True):
        idempotency.claim(key, subject=str(uuid), now=now)
        session, _ = claim_place(uuid, wanted, walk_in_terms, driver_id=None, actor=actor, sites=actor.sites, now=now)
        if at_gate:
            audit.record(actor, TicketGiven(session_id=session.pk), now)
        if special is not None:
            given = SpecialSlotGiven(session_id=session.pk, kind=special.kind, reason=special.reason)
            audit.record(actor, given, now)
    return session


def fee_order(session: ParkingSession, terms: Terms, *, gateway: str, now: datetime) -> PaymentOrder | None:
    """Write the first order of a new booking, that of its fee; None where there is no fee."""
    if terms.booking_fee <= ZERO:
        return None
    return orders.place(
        bill=session.bill,
        purpose=OrderPurpose.FEE,
        gateway=gateway,
        amount=terms.booking_fee,
        attendant_id=None,
        now=now,
        is_first=True,
    )


def terms_of_vehicle(terms: Terms, cover: Cover, vehicle: Vehicle, *, begins: datetime) -> Terms:
    """Return terms without the fee that a pass takes off, and without free minutes that the vehicle has had."""
    if cover.subscription is not None:
        terms = terms.without_fee()
    return replace(terms, free_minutes=0) if has_had_free_minutes(vehicle.pk, terms, now=begins) else terms


def with_fee_pass(offers: Offers, terms: Terms, cover: Cover, zone: ParkingZone) -> Offers:
    """Return offers that say which pass a reservation hangs on: one that takes its fee off, or lets it in at all."""
    held = cover.subscription
    return replace(offers, fee_pass=held.pk) if held and (terms.booking_fee > ZERO or zone.pass_only) else offers


def _known_zone(ref: Ref, sites: Sites) -> ParkingZone:
    """Return the zone that a client names, a second old at most if its price follows how full it is: that is locked
    and read a little later, and one statement more is enough for it. Raises NotFound `zone_not_found`.
    """
    zone = demand_now.value().zone_of(ref)
    if zone is None or not (sites is None or zone.site_id in sites):
        return find_zone(ref, sites=sites)
    return zone


def lock_demand(zone: ParkingZone, vehicle_kind: str) -> tuple[ParkingZone, int]:
    """Lock a zone whose price follows how full it is; answers it as it is then, with the change (percent) for a slot
    that is claimed now.

    The vehicle and its passes must be locked before, as by whoever reserves (docs/locking.md). Raises NotFound
    `zone_not_found` for one that was retired meanwhile.
    """
    if demand_now.value().zone_of(Ref(pk=zone.pk)) is None:
        return zone, 0
    [locked] = lock_places([zone.pk])
    if locked.retired_at is not None:
        raise zone_not_found()
    return locked, percent_of_claim(locked, vehicle_kind)


def with_demand(offers: Offers, percent: int, cover: Cover) -> Offers:
    """Return offers with the change of a busy or quiet time, which a vehicle with a pass does not pay."""
    return replace(offers, demand_percent=percent) if percent and cover.subscription is None else offers


def claim_place(
    uuid: UUID,
    wanted: Wanted,
    terms_of_zone: Callable[..., Terms],
    *,
    driver_id: int | None,
    actor: Actor,
    sites: Sites,
    now: datetime,
) -> tuple[ParkingSession, Terms]:
    """Inside a transaction: lock the vehicle, claim a slot, write booking, bill and audit line. Raises as `book`."""
    known = _known_zone(wanted.zone, sites)
    refuse_vehicle(known, vehicle_kind=wanted.vehicle_kind, actor=actor, now=now)
    if driver_id is not None:
        refuse_hoarding(driver_id=driver_id, site_id=known.site_id, now=now)
    vehicle = lock_vehicle(plate=wanted.plate, kind=wanted.vehicle_kind, now=now)
    cover = cover_of(vehicle=vehicle, zone=known, vehicle_kind=wanted.vehicle_kind, now=now)
    zone, demand_percent = lock_demand(known, wanted.vehicle_kind)
    if zone is not known:
        refuse_vehicle(zone, vehicle_kind=wanted.vehicle_kind, actor=actor, now=now)
    terms = terms_of_zone(zone=zone, vehicle_kind=wanted.vehicle_kind, now=now)
    refuse_other_rate(wanted, changed(rate_at(now, terms).rate, demand_percent))
    if cover.subscription is None:
        refuse_without_pass(zone, actor=actor)
    terms = terms_of_vehicle(terms, cover, vehicle, begins=now)
    offers = with_demand(offers_for(wanted, zone, vehicle, driver_id, now), demand_percent, cover)
    session = allocate_slot(
        uuid=uuid,
        zone=zone,
        vehicle=vehicle,
        vehicle_kind=wanted.vehicle_kind,
        driver_id=driver_id,
        owner_name=wanted.owner_name,
        terms=terms,
        now=now,
        special=wanted.special,
        offers=offers,
        cover=cover,
    )
    points.hold(driver_id=driver_id, points=offers.points, held=0, session_id=session.pk, now=now)
    booked = SessionBooked(
        session_id=session.pk,
        zone_id=zone.pk,
        slot_id=session.slot_id,
        fee=terms.booking_fee,
        promo_code=offers.codes[0].promo.code if offers.codes else "",
        points=offers.points,
    )
    audit.record(actor, booked, now)
    return session, terms


def refuse_other_rate(wanted: Wanted, rate: Decimal) -> None:
    """Raise Refused `price_changed` where an hour costs (rupees) something else than a driver was shown."""
    if wanted.expected_rate not in {None, rate}:
        raise Refused("price_changed", f"An hour costs ₹{rate} now", rate=str(rate))


def offers_for(wanted: Wanted, zone: ParkingZone, vehicle: Vehicle, driver_id: int | None, now: datetime) -> Offers:
    """Take for a booking what it asks for beside its terms, inside its transaction."""
    offers = NO_OFFERS
    if wanted.promo_code is not None:
        held = holding.hold(
            wanted.promo_code,
            zone=zone,
            vehicle_kind=wanted.vehicle_kind,
            vehicle_id=vehicle.pk,
            driver_id=driver_id,
            now=now,
        )
        offers = offers.with_code(held)
    return offers.with_points(wanted.use_points)


def collect_fee(session: ParkingSession, order: PaymentOrder | None, now: datetime, *, fresh: bool) -> Booked:
    """Ask the gateway for the fee of a booking that was committed. Raises Refused `payment_failed`."""
    if order is not None and order.is_open:
        try:
            session, order = collect_with_page(order, now=now, fresh=fresh)
        except Unavailable:
            # Nobody knows whether the gateway has the order. The slot is held; the worker asks again.
            return Booked(session, order)
    if order is not None and order.status == OrderStatus.FAILED and session.status == SessionStatus.EXPIRED:
        raise Refused("payment_failed", "Payment issue, retry")
    return Booked(session, order)
