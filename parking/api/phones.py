"""The driver's phone at the gate: finding a stay by it, and calling."""

from datetime import datetime
from typing import Self

from django.http import HttpRequest, HttpResponse
from ninja import Router

from parking.core import clock
from parking.edge.answers import ok
from parking.edge.callers import actor_of, staff_only
from parking.edge.describe import WRITE_PROBLEMS, Ok, enveloped, examples
from parking.edge.parsing import GateId, In, Text30, path_ref
from parking.edge.shapes import Shape
from parking.facilities.gates import actor_at
from parking.stays.by_phone import find_by_phone, number_to_call
from parking.stays.models import ParkingSession, SessionStatus

router = Router(tags=["Staff"], auth=staff_only)


class PhoneIn(In):
    phone: Text30
    gate_id: GateId | None = None


class FoundOut(Shape):
    session_id: int
    vehicle_number: str
    status: SessionStatus
    slot_number: str | None
    zone_name: str
    entry_time: datetime | None

    example = {
        "session_id": 123,
        "vehicle_number": "DL-01-AB-1234",
        "status": "ACTIVE",
        "slot_number": "A-001",
        "zone_name": "Zone A",
        "entry_time": "2026-11-22T04:35:00Z",
    }

    @classmethod
    def of(cls, session: ParkingSession) -> Self:
        """Return a stay that was found."""
        return cls.read(
            session,
            session_id=session.pk,
            vehicle_number=session.vehicle.vehicle_number,
            slot_number=session.slot_number,
            zone_name=session.zone.name,
        )


@router.post(
    "/phone-search/",
    response={200: Ok[list[FoundOut]], **WRITE_PROBLEMS},
    openapi_extra=examples(request={"phone": "98765 43210"}, response=enveloped([FoundOut.example])),
    summary="Find a stay by phone",
)
def phone_search(request: HttpRequest, payload: PhoneIn) -> HttpResponse:
    """Open stays at the caller's sites whose driver has this number, given with all its digits. It is on record.

    A POST, so that no address holds the number.
    """
    actor = actor_at(actor_of(request), payload.gate_id)
    found = find_by_phone(actor=actor, phone=payload.phone, now=clock.now())
    return ok([FoundOut.of(session) for session in found])


class CallIn(In):
    gate_id: GateId | None = None


class CallOut(Shape):
    phone: str

    example = {"phone": "+919876543210"}


@router.post(
    "/sessions/{session_ref}/call/",
    response={200: Ok[CallOut], **WRITE_PROBLEMS},
    openapi_extra=examples(request={"gate_id": 1}, response=enveloped(CallOut.example)),
    summary="Call the driver",
)
def call(request: HttpRequest, session_ref: str, payload: CallIn) -> HttpResponse:
    """The number of the driver of an open session, for dialling; it is on record. Elsewhere only its end is shown."""
    actor = actor_at(actor_of(request), payload.gate_id)
    return ok(CallOut(phone=number_to_call(actor=actor, session=path_ref(session_ref), now=clock.now())))
