"""Cars at the exit whose ticket is lost and of which nothing is known: hours from midnight, and the fee.

A car with an entry record leaves as one without a code (`identifying`), without a fee.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from parking.audit import services as audit
from parking.checkout import ending
from parking.checkout.collecting import Collection
from parking.checkout.emergencies import refuse_unknown_unless_emergency
from parking.checkout.leaving import Left, finish_ending, resume_ending
from parking.checkout.wrong_ways import Way, record_wrong_way
from parking.checkout.zones_here import zones_at
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.clock import day_start
from parking.core.errors import Refused
from parking.core.idempotency import RequestKey
from parking.core.ids import Ref, new_uuid
from parking.core.money import ZERO
from parking.core.sites import Sites, at_sites
from parking.facilities.calendars import zone_of
from parking.facilities.models import ParkingZone
from parking.facilities.queries import find_zone
from parking.stays import scans
from parking.stays import services as stays
from parking.stays.events import LostTicketTaken, SessionBooked, SessionEntered
from parking.stays.evidence import photo_ids_of
from parking.stays.marks import Mark
from parking.stays.models import EndReason, ParkingSession, ScanKind, SessionStatus
from parking.stays.without_entry import begin_inside
from parking.tariffs.queries import walk_in_terms
from parking.vehicles.models import Vehicle
from parking.vehicles.near import within
from parking.vehicles.services import checked_plate, lock_vehicle

# A plate that somebody typed in the evening may be this far from the one that was typed in the morning.
MOST_CHANGES = 2
MOST_SHOWN = 10


@dataclass(frozen=True)
class Lost:
    """A car whose ticket is lost, as the attendant says; with `not_listed` none of the similar plates is this car.

    With `is_owner` the driver showed proof of ownership, and owes no fee for the ticket.
    """

    plate: str
    vehicle_kind: str = "CAR"
    zone: Ref | None = None
    not_listed: bool = False
    is_owner: bool = False


def similar_inside(plate: str, *, sites: Sites) -> list[ParkingSession]:
    """Return the cars inside whose plate is within two characters, the same plate first."""
    key = checked_plate(plate).match_key
    rows = ParkingSession.objects.whole().filter(status=SessionStatus.ACTIVE)
    inside = at_sites(rows, sites, "zone__site_id").order_by("entry_time", "pk")
    near = [session for session in inside if _is_near(session.vehicle, key)]
    return sorted(near, key=lambda session: session.vehicle.match_key != key)[:MOST_SHOWN]


def _is_near(vehicle: Vehicle, key: str) -> bool:
    """Return whether a plate is within two characters, or ends as one of which no more is known."""
    if vehicle.is_partial:
        return bool(vehicle.last_four) and key.endswith(vehicle.last_four)
    return within(vehicle.match_key, key, MOST_CHANGES)


def let_out(
    *,
    actor: Actor,
    lost: Lost,
    collection: Collection,
    now: datetime,
    scan_id: str | None = None,
    key: RequestKey | None = None,
) -> Left:
    """Make the session of a lost ticket and end it, in one transaction; ONLINE waits for its payment.

    Raises Refused `has_entry_record` with the `session_id` of the plate inside, `similar_plates_inside` with the
    `sessions`, `plate_has_booking`, and as an exit; NotFound `zone_not_found`.
    """
    refuse_unknown_unless_emergency(collection, now)
    plate, uuid = checked_plate(lost.plate), new_uuid()
    with transaction.atomic(durable=True):
        vehicle = lock_vehicle(plate=plate, kind=lost.vehicle_kind, now=now)
        session = _of_scan(vehicle, scan_id)
        ended = None
        idempotency.claim(key, subject=str(session.uuid if session else uuid), now=now)
        if session is None:
            session = _opened(uuid, actor, vehicle, lost, now)
            refuse_unknown_unless_emergency(collection, now, site_id=session.zone.site_id)
            scans.remember_scan(session=session, kind=ScanKind.EXIT, scan_id=scan_id, now=now)
            stays.note_exit_gate(session=session, gate_id=actor.gate_id)
            ended = ending.end(session=session, reason=EndReason.EXIT, collection=collection, actor=actor, now=now)
            record_wrong_way(actor, session, Way.OUT, now)
    if ended is None:
        return resume_ending(subject=str(session.uuid), now=now, tendered=collection.tendered)
    return finish_ending(session, ended, now)


def open_session(*, actor: Actor, lost: Lost, now: datetime, key: RequestKey | None = None) -> ParkingSession:
    """Make the session of a lost ticket, whose bill the gate shows as any other. Raises as `let_out`."""
    plate, uuid = checked_plate(lost.plate), new_uuid()
    with transaction.atomic(durable=True):
        idempotency.claim(key, subject=str(uuid), now=now)
        vehicle = lock_vehicle(plate=plate, kind=lost.vehicle_kind, now=now)
        return _opened(uuid, actor, vehicle, lost, now)


def _of_scan(vehicle: Vehicle, scan_id: str | None) -> ParkingSession | None:
    """Return the session that this very scan made."""
    if not scan_id:
        return None
    rows = ParkingSession.objects.filter(vehicle=vehicle, scans__kind=ScanKind.EXIT, scans__scan_id=scan_id)
    return rows.order_by("-pk").first()


def _opened(uuid: UUID, actor: Actor, vehicle: Vehicle, lost: Lost, now: datetime) -> ParkingSession:
    _refuse_known(actor, vehicle, lost)
    zone = find_zone(zones_at(actor, lost.zone)[0], sites=actor.sites)
    terms = replace(walk_in_terms(zone=zone, vehicle_kind=lost.vehicle_kind, now=now), free_minutes=0)
    if lost.is_owner:
        terms = replace(terms, lost_ticket_fee=ZERO)
    since = _inside_since(vehicle, zone, now)
    session = begin_inside(
        uuid=uuid,
        zone=zone,
        vehicle=vehicle,
        vehicle_kind=lost.vehicle_kind,
        terms=terms,
        mark=Mark.LOST_TICKET,
        since=since,
        now=now,
    )
    audit.record(actor, SessionBooked(session_id=session.pk, zone_id=zone.pk, slot_id=None, fee=ZERO), now)
    taken = LostTicketTaken(session_id=session.pk, since=since.isoformat(), is_owner=lost.is_owner)
    audit.record(actor, taken, now)
    audit.record(actor, SessionEntered(session_id=session.pk, slot_id=None), now)
    return session


def _inside_since(vehicle: Vehicle, zone: ParkingZone, now: datetime) -> datetime:
    """Return since when a car without a record is billed: midnight at its site, or when it last left there today."""
    here = zone_of(zone.site_id)
    midnight = day_start(now.astimezone(here).date(), here).astimezone(UTC)
    rows = ParkingSession.objects.filter(vehicle=vehicle, zone__site_id=zone.site_id, exit_time__gt=midnight)
    left_at = rows.order_by("-exit_time").values_list("exit_time", flat=True).first()
    return left_at or midnight


def _refuse_known(actor: Actor, vehicle: Vehicle, lost: Lost) -> None:
    """Raise Refused for a car of which something is known: its plate has an open session, or one that is similar."""
    present = ParkingSession.objects.claimed().filter(vehicle=vehicle)
    here = at_sites(present, actor.sites, "zone__site_id").order_by("-pk").first()
    if here is not None and here.status == SessionStatus.ACTIVE:
        raise Refused("has_entry_record", "This plate has an entry record: no fee", session_id=here.pk)
    if here is not None:
        raise Refused("plate_has_booking", "This plate has a booking here", session_id=here.pk)
    similar = [] if lost.not_listed else similar_inside(lost.plate, sites=actor.sites)
    if similar:
        photos = photo_ids_of(similar)
        rows = [
            {"session_id": row.pk, "vehicle_number": row.vehicle.vehicle_number, "photos": photos[row.pk]}
            for row in similar
        ]
        raise Refused("similar_plates_inside", "Is it one of these cars?", sessions=rows)
    if present.exists():
        raise Refused("vehicle_unavailable", "This vehicle cannot be booked now")
