"""Stays of cars that are inside although no scan let them in: they begin with the car inside, without slot."""

from datetime import datetime
from uuid import UUID

from parking.core.ids import new_qr_code
from parking.core.statements import insert
from parking.facilities.models import ParkingZone
from parking.payments import bills
from parking.payments.models import BillKind
from parking.stays.covering import NOT_COVERED, Cover
from parking.stays.marks import Mark
from parking.stays.models import ParkingSession, SessionStatus
from parking.tariffs.rules import Terms
from parking.vehicles.models import Vehicle


def begin_inside(
    *,
    uuid: UUID,
    zone: ParkingZone,
    vehicle: Vehicle,
    vehicle_kind: str,
    terms: Terms,
    mark: Mark,
    since: datetime,
    now: datetime,
    cover: Cover = NOT_COVERED,
) -> ParkingSession:
    """Write a stay that is ACTIVE since a time that somebody states. The vehicle's row must be locked."""
    session = ParkingSession(
        uuid=uuid,
        qr_code=new_qr_code(),
        status=SessionStatus.ACTIVE,
        owner_name="",
        vehicle=vehicle,
        vehicle_kind=vehicle_kind,
        zone=zone,
        slot=None,
        without_slot=True,
        subscription=cover.subscription,
        pass_note=cover.note,
        bill=bills.open(kind=BillKind.STAY, site_id=zone.site_id, payer_id=None, now=now),
        terms=terms.to_json(),
        marks=[mark.value],
        booked_at=now,
        starts_at=since,
        enter_by=since,
        entry_time=since,
    )
    insert(session)
    return session
