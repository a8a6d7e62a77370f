"""The entry of a car whose driver shows the code of a pass: a session is made and entered in one step."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from parking.audit import services as audit
from parking.checkout.booking import Wanted, claim_place
from parking.checkout.queries import plate_debt
from parking.checkout.wrong_ways import Way, record_wrong_way
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.core.ids import Ref, new_uuid, read_pass_code
from parking.core.sites import at_sites
from parking.core.statements import save_fields
from parking.facilities.models import Gate, ParkingZone
from parking.facilities.queries import find_zone
from parking.passes.models import PassStatus, Subscription
from parking.passes.queries import pass_of_code, present_vehicles
from parking.stays import scans
from parking.stays import services as stays
from parking.stays.events import SessionEntered
from parking.stays.models import OPEN_SESSION, ParkingSession, ScanKind, SessionStatus
from parking.tariffs.queries import walk_in_terms
from parking.vehicles.models import Vehicle
from parking.vehicles.plates import Plate, readings
from parking.vehicles.services import lock_vehicle


@dataclass(frozen=True)
class PassEntered:
    """A car that was let in with its pass; what its plate owes from before, in rupees (as `Entered`).

    `in_grace`: money is awaited, for the renewal of a pass that is over or an overdue invoice of its organisation: the
    gate says so in amber.
    """

    session: ParkingSession
    subscription: Subscription
    plate_debt: Decimal
    in_grace: bool


@dataclass(frozen=True)
class _Arrival:
    """A car at the gate, with its pass."""

    held: Subscription
    vehicle: Vehicle
    actor: Actor


def pass_at_gate(qr_code: str) -> Subscription:
    """Return the pass of a code that was scanned. Raises NotFound `pass_not_found`."""
    code = read_pass_code(qr_code)
    if code is None:
        raise NotFound("pass_not_found", "There is no such pass")
    return pass_of_code(code)


def enter_with_pass(
    *,
    actor: Actor,
    qr_code: str,
    plate: str,
    now: datetime,
    zone: Ref | None = None,
    scan_id: str | None = None,
) -> PassEntered:
    """Let a car in with the code of a pass, into a zone of the gate that the pass covers.

    As many as the pass allows are covered; one more is let in as any other car is. A place that was booked for the
    plate is taken. Raises NotFound `pass_not_found`, `zone_not_found`; Refused `pass_not_valid`, `vehicle_not_on_pass`,
    `pass_inside`, `pass_not_here`, `zone_full`, `vehicle_unavailable`, and as an entry.
    """
    held = pass_at_gate(qr_code)
    _refuse_not_valid(held, now)
    vehicle = _vehicle_on(held, plate, now)
    zones = _zones(held, vehicle, zone, actor)
    with transaction.atomic(durable=True):
        locked = lock_vehicle(plate=Plate(vehicle.vehicle_number, vehicle.match_key), kind=vehicle.kind, now=now)
        session = _entered_before(locked, actor, scan_id)
        if session is None:
            session = _booked(locked, actor) or _place(zones, _Arrival(held, locked, actor), now)
            stays.scan_entry_qr(session=session, plate_seen=None, now=now, gate_id=actor.gate_id)
            scans.remember_scan(session=session, kind=ScanKind.ENTRY, scan_id=scan_id, now=now)
            audit.record(actor, SessionEntered(session_id=session.pk, slot_id=session.slot_id), now)
            record_wrong_way(actor, session, Way.IN, now)
        debt = plate_debt(session.vehicle_id, sites=actor.sites, now=now)
    return PassEntered(session, held, debt, in_grace=held.is_amber(now))


def _refuse_not_valid(held: Subscription, now: datetime) -> None:
    if held.status == PassStatus.ACTIVE and held.starts_at <= now < held.admits_until:
        return
    raise Refused(
        "pass_not_valid",
        "This pass does not hold now",
        number=held.number,
        status=held.status,
        starts_at=held.starts_at.isoformat(),
        ends_at=held.ends_at.isoformat(),
    )


def _vehicle_on(held: Subscription, plate: str, now: datetime) -> Vehicle:
    """Return the vehicle on a pass whose plate was seen. Raises Refused `vehicle_not_on_pass`."""
    means = readings(plate)
    found = [row.vehicle for row in present_vehicles(held, now) if row.vehicle.match_key in means]
    if not found:
        raise Refused("vehicle_not_on_pass", "This plate is not on the pass", number=held.number, seen=plate)
    return found[0]


def _zones(held: Subscription, vehicle: Vehicle, wanted: Ref | None, actor: Actor) -> list[ParkingZone]:
    """Return the zones into which the pass lets a vehicle at the actor's gate. Raises Refused `pass_not_here`."""
    zones = [find_zone(wanted, sites=actor.sites)] if wanted else _zones_of_gate(actor)
    fitting = [zone for zone in zones if zone.is_active and held.coverage.fits(zone, vehicle.kind)]
    if not fitting:
        raise Refused("pass_not_here", "This pass does not hold here", number=held.number)
    # Where its own slot is goes first.
    own = held.slot.zone_id if held.slot else None
    return sorted(fitting, key=lambda zone: zone.pk != own)


def _zones_of_gate(actor: Actor) -> list[ParkingZone]:
    gate = Gate.objects.filter(pk=actor.gate_id).first() if actor.gate_id else None
    rows = at_sites(ParkingZone.objects.present().select_related("site"), actor.sites, "site_id")
    if gate is not None and gate.zones.exists():
        rows = rows.filter(gates=gate)
    return list(rows.order_by("pk"))


def _entered_before(vehicle: Vehicle, actor: Actor, scan_id: str | None) -> ParkingSession | None:
    """Return the session that this very scan let in, also when its car has left since."""
    if not scan_id:
        return None
    rows = ParkingSession.objects.whole().filter(vehicle=vehicle, scans__kind=ScanKind.ENTRY, scans__scan_id=scan_id)
    return at_sites(rows, actor.sites, "zone__site_id").order_by("-pk").first()


def _booked(vehicle: Vehicle, actor: Actor) -> ParkingSession | None:
    """Lock and return the booking of a vehicle at the actor's sites. Raises Refused `pass_inside`.

    One at another site is nobody's business here: claiming a place refuses the vehicle without a word about it.
    """
    # The one inside before one that waits for it to leave.
    rows = ParkingSession.objects.locked().filter(vehicle=vehicle, status__in=OPEN_SESSION, slot__isnull=False)
    present = at_sites(rows, actor.sites, "zone__site_id").order_by("status").first()
    if present is not None and present.status == SessionStatus.ACTIVE:
        raise Refused("pass_inside", "This car is inside already", session_id=present.pk)
    return present


def _place(zones: list[ParkingZone], arrival: _Arrival, now: datetime) -> ParkingSession:
    """Give the car a place in the first of these zones that has one. Raises Refused `zone_full`."""
    for zone in zones[:-1]:
        try:
            return _claimed(zone, arrival, now)
        except Refused as refusal:
            if refusal.code != "zone_full":
                raise
    return _claimed(zones[-1], arrival, now)


def _claimed(zone: ParkingZone, arrival: _Arrival, now: datetime) -> ParkingSession:
    vehicle, actor, held = arrival.vehicle, arrival.actor, arrival.held
    plate = Plate(vehicle.vehicle_number, vehicle.match_key)
    wanted = Wanted(Ref(pk=zone.pk), plate, held.holder_name[:100], vehicle.kind)
    session, _ = claim_place(new_uuid(), wanted, walk_in_terms, driver_id=None, actor=actor, sites=actor.sites, now=now)
    if held.driver_id is not None:
        # The holder sees it among the own sessions; the limits of those who book do not count at the gate.
        session.driver_id = held.driver_id
        save_fields(session, "driver_id")
    return session
