"""A walk-in in one motion: the session is made and the car let in by one call, and nobody is asked for a name."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from parking.audit import services as audit
from parking.checkout import at_entry
from parking.checkout.booking import SpecialSlot, Wanted, claim_place
from parking.checkout.collecting import Collection
from parking.checkout.entering import Entered
from parking.checkout.kept_slots import own_zone_first
from parking.checkout.queries import plate_debt
from parking.checkout.wrong_ways import Way, record_wrong_way
from parking.checkout.zones_here import zones_at
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.idempotency import RequestKey
from parking.core.ids import Ref, new_uuid
from parking.core.sites import at_sites
from parking.stays import scans
from parking.stays import services as stays
from parking.stays.events import SessionEntered, SpecialSlotGiven
from parking.stays.models import ParkingSession, ScanKind, SessionStatus
from parking.stays.tokens import give_token, lock_token, refuse_token
from parking.tariffs.queries import walk_in_terms
from parking.vehicles.models import Vehicle
from parking.vehicles.partial import checked_last_four, lock_partial
from parking.vehicles.plates import Plate
from parking.vehicles.services import checked_plate, lock_vehicle

# Another zone of the gate may still take the car.
_NEXT_ZONE = {"zone_full", "zone_inactive", "kind_not_allowed"}


@dataclass(frozen=True)
class Arrival:
    """A car without a booking; without `zone` it gets a place in the first zone of the gate that has one.

    Without `plate` no more is known of it than its `last_four` digits, or nothing. `token` is the scanned code of the
    plastic that it gets in place of a ticket.
    """

    plate: str = ""
    vehicle_kind: str = "CAR"
    zone: Ref | None = None
    owner_name: str = ""
    special: SpecialSlot | None = None
    last_four: str = ""
    token: str = ""

    def checked(self) -> Plate | None:
        """Return the plate, None for none. Raises Refused `vehicle_invalid`, `last_four_invalid`."""
        if self.plate:
            return checked_plate(self.plate)
        if self.last_four:
            checked_last_four(self.last_four)
        return None


def walk_in(
    *,
    actor: Actor,
    arrival: Arrival,
    now: datetime,
    scan_id: str | None = None,
    key: RequestKey | None = None,
    collection: Collection | None = None,
) -> Entered:
    """Make a session for a car that stands at the gate, and let it in. The same `scan_id` again is the same entry.

    `collection`: how money is paid that is due at the entry, by CASH or UPI; without it `payment_at_entry` is raised.
    Raises Refused `plate_has_booking` and `plate_is_inside` for a plate with an open session at the actor's site, which
    they name, `token_in_use`, `token_lost`; NotFound `zone_not_found`, `token_not_found`; InvalidInput without zone and
    gate; and as a ticket.
    """
    if arrival.special is not None:
        actor.need("assign_special")
    plate = arrival.checked()
    zones = zones_at(actor, arrival.zone)
    uuid = new_uuid()
    with transaction.atomic(durable=True):
        vehicle = _locked_vehicle(arrival, plate, scan_id, now)
        token = lock_token(arrival.token, actor) if arrival.token else None
        session = _entered_before(vehicle, scan_id)
        idempotency.claim(key, subject=str(session.uuid if session else uuid), now=now)
        if session is None:
            _refuse_present(vehicle, actor)
            if token is not None:
                refuse_token(token)
            near = own_zone_first(zones, vehicle, now)
            session = _placed(uuid, _wanted(arrival, vehicle), near, actor, now)
            if arrival.special is not None:
                special = arrival.special
                given = SpecialSlotGiven(session_id=session.pk, kind=special.kind, reason=special.reason)
                audit.record(actor, given, now)
            if token is not None:
                give_token(token=token, session=session, actor=actor, now=now)
            paid = at_entry.collect(session=session, collection=collection, actor=actor, now=now, may_wait=False)
            _let_in(session, scan_id, actor, now)
        else:
            paid = at_entry.paid_before(session)
        debt = plate_debt(session.vehicle_id, sites=actor.sites, now=now)
    return Entered(session, debt, paid.order, paid.charged, paid.change)


def _locked_vehicle(arrival: Arrival, plate: Plate | None, scan_id: str | None, now: datetime) -> Vehicle:
    if plate is not None:
        return lock_vehicle(plate=plate, kind=arrival.vehicle_kind, now=now)
    last_four = checked_last_four(arrival.last_four) if arrival.last_four else ""
    return lock_partial(last_four=last_four, kind=arrival.vehicle_kind, scan_id=scan_id, now=now)


def _wanted(arrival: Arrival, vehicle: Vehicle) -> Wanted:
    plate = Plate(shown=vehicle.vehicle_number, match_key=vehicle.match_key)
    special = arrival.special.kind if arrival.special else None
    return Wanted(Ref(), plate, arrival.owner_name, arrival.vehicle_kind, special)


def _let_in(session: ParkingSession, scan_id: str | None, actor: Actor, now: datetime) -> None:
    stays.scan_entry_qr(session=session, plate_seen=None, now=now, gate_id=actor.gate_id)
    scans.remember_scan(session=session, kind=ScanKind.ENTRY, scan_id=scan_id, now=now)
    audit.record(actor, SessionEntered(session_id=session.pk, slot_id=session.slot_id), now)
    record_wrong_way(actor, session, Way.IN, now)


def _entered_before(vehicle: Vehicle, scan_id: str | None) -> ParkingSession | None:
    """Return the session that this very scan made."""
    if not scan_id:
        return None
    rows = ParkingSession.objects.whole().filter(vehicle=vehicle)
    return rows.filter(scans__kind=ScanKind.ENTRY, scans__scan_id=scan_id).order_by("-pk").first()


def _refuse_present(vehicle: Vehicle, actor: Actor) -> None:
    """Raise Refused for an open session of the vehicle at the actor's site, so that the gate can open it.

    One at another site is nobody's business here: claiming a place refuses it without a word about it.
    """
    rows = at_sites(ParkingSession.objects.claimed().filter(vehicle=vehicle), actor.sites, "zone__site_id")
    present = rows.order_by("-pk").first()
    if present is None:
        return
    if present.status == SessionStatus.ACTIVE:
        raise Refused("plate_is_inside", "This plate is inside already", session_id=present.pk)
    raise Refused("plate_has_booking", "This plate has a booking here", session_id=present.pk)


def _placed(uuid: UUID, wanted: Wanted, zones: list[Ref], actor: Actor, now: datetime) -> ParkingSession:
    """Give the car a place in the first of these zones that takes it. Raises what the first of them says."""
    first: Refused | None = None
    for zone in zones:
        here = Wanted(zone, wanted.plate, wanted.owner_name, wanted.vehicle_kind, wanted.special)
        try:
            session, _ = claim_place(uuid, here, walk_in_terms, driver_id=None, actor=actor, sites=actor.sites, now=now)
        except Refused as refusal:
            if refusal.code not in _NEXT_ZONE:
                raise
            first = first or refusal
        else:
            return session
    raise first or Refused("zone_full", "Zone full, try another zone")
