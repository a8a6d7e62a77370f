"""The tokens, the paper slips and the vehicle left behind of the demonstration."""

from datetime import datetime, timedelta

from django.db import transaction

from parking.audit import services as audit
from parking.core.actor import SYSTEM
from parking.core.ids import new_uuid
from parking.core.money import ZERO
from parking.facilities.models import ParkingZone
from parking.stays.events import SessionBooked, SessionEntered
from parking.stays.marks import Mark
from parking.stays.models import PaperBlock, Token
from parking.stays.paper import make_block
from parking.stays.tokens import make_tokens
from parking.stays.without_entry import begin_inside
from parking.tariffs.queries import walk_in_terms
from parking.vehicles.models import Vehicle
from parking.vehicles.plates import read_plate
from parking.vehicles.services import lock_vehicle

LEFT_PLATE = "PB-10-CX-4521"
LEFT_FOR = timedelta(days=8)


def create_demonstration_plastic(*, site_id: int, now: datetime) -> None:
    """Make twenty tokens and a block of fifty slips at a site, unless there are any."""
    if not Token.objects.exists():
        make_tokens(actor=SYSTEM, site_id=site_id, first=1, last=20, now=now)
    if not PaperBlock.objects.exists():
        make_block(actor=SYSTEM, site_id=site_id, name="A1", first=1, last=50, now=now)


def leave_vehicle_behind(*, zone: ParkingZone, now: datetime) -> None:
    """Let a car stand in a zone for eight days, found by nobody's scan and without a slot of its own, once."""
    plate, since = read_plate(LEFT_PLATE), now - LEFT_FOR
    if Vehicle.objects.filter(match_key=plate.match_key).exists():
        return
    with transaction.atomic():
        vehicle = lock_vehicle(plate=plate, kind="CAR", now=since)
        terms = walk_in_terms(zone=zone, vehicle_kind="CAR", now=now)
        session = begin_inside(
            uuid=new_uuid(),
            zone=zone,
            vehicle=vehicle,
            vehicle_kind="CAR",
            terms=terms,
            mark=Mark.FOUND,
            since=since,
            now=since,
        )
        audit.record(SYSTEM, SessionBooked(session_id=session.pk, zone_id=zone.pk, slot_id=None, fee=ZERO), since)
        audit.record(SYSTEM, SessionEntered(session_id=session.pk, slot_id=None), since)
