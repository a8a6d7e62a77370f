"""Booking ahead: a driver's reservations."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from parking.api.refusals import BOOKING
from parking.api.shapes.bookings import BookingOut
from parking.api.shapes.points import UsePoints
from parking.api.shapes.users import Phone
from parking.checkout import booking, changing, reserving
from parking.checkout.queries import latest_orders
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, driver_only
from parking.edge.describe import WRITE_PROBLEMS, Ok, enveloped, examples, keyed
from parking.edge.parsing import In, RefIn, Rupees, Text12, Text20, Text30, Text100, TimeIn, path_ref
from parking.edge.refusal_examples import refusing
from parking.edge.requests import Attempt
from parking.stays import access
from parking.vehicles.models import VehicleKind

router = Router(tags=["Reservations"], auth=driver_only)

RESERVATION: dict[str, Any] = BookingOut.example | {
    "slot_number": None,
    "starts_at": "2026-11-23T04:30:00Z",
    "ends_at": "2026-11-23T08:30:00Z",
    "enter_by": "2026-11-23T05:00:00Z",
}


class ReserveIn(In):
    zone_id: RefIn
    vehicle_number: Text30
    owner_name: Text100
    starts_at: Annotated[TimeIn, Field(description="15 minutes to 60 days from now; seconds are cut")]
    ends_at: Annotated[TimeIn, Field(description="30 minutes to 30 days after the start; seconds are cut")]
    vehicle_kind: Annotated[VehicleKind, Field(strict=False)] = VehicleKind.CAR
    gateway: Text12 | None = None
    promo_code: Text20 | None = None
    use_points: UsePoints = 0
    expected_rate: Annotated[Rupees | None, Field(description="Refused if an hour costs something else then")] = None


@router.post(
    "/reservations/",
    response={201: Ok[BookingOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(
            examples(
                request={
                    "zone_id": 1,
                    "vehicle_number": "DL-01-AB-1234",
                    "owner_name": "Asha Rao",
                    "starts_at": "2026-11-23T04:30:00Z",
                    "ends_at": "2026-11-23T08:30:00Z",
                },
                response=enveloped(RESERVATION, "Place reserved"),
                status=201,
            )
        ),
        *BOOKING,
        "window_full",
    ),
    summary="Reserve a place",
)
@requests.idempotent
def reserve(request: HttpRequest, attempt: Attempt, payload: ReserveIn) -> HttpResponse:
    """Reserve a place for a later window, and collect the booking fee; the slot is claimed 30 minutes before.

    Refused with `window_full` where the zone has promised all that it may; `details` then has other windows and zones.
    """
    now = clock.now()
    if attempt.subject is not None:
        booked = booking.resume_booking(subject=attempt.subject, now=now)
    else:
        booked = reserving.reserve(
            actor=actor_of(request),
            zone=payload.zone_id,
            plate=payload.vehicle_number,
            owner_name=payload.owner_name,
            vehicle_kind=payload.vehicle_kind,
            gateway=payload.gateway,
            starts_at=payload.starts_at,
            ends_at=payload.ends_at,
            now=now,
            key=attempt.key,
            promo_code=payload.promo_code,
            use_points=payload.use_points,
            expected_rate=payload.expected_rate,
        )
    return ok(BookingOut.of(booked.session, booked.order, clock.now()), "Place reserved", status=201)


class ChangeIn(In):
    starts_at: Annotated[TimeIn | None, Field(description="Of a reservation, at least 15 minutes ahead")] = None
    ends_at: Annotated[TimeIn | None, Field(description="Of a reservation, also while the car is inside")] = None
    vehicle_number: Annotated[Text30 | None, Field(description="Once, up to two hours before the start")] = None
    owner_name: Text100 | None = None
    phone: Annotated[Phone | None, Field(description="Of who comes, for questions at the gate")] = None
    late: Annotated[bool, Field(description="Fifteen minutes more to arrive, once")] = False


@router.patch(
    "/reservations/{session_ref}/",
    response={200: Ok[BookingOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(
            examples(
                request={"ends_at": "2026-11-23T10:30:00Z"},
                response=enveloped(RESERVATION | {"ends_at": "2026-11-23T10:30:00Z"}, "Booking changed"),
            )
        ),
        "session_over",
        "already_entered",
        "booking_expired",
        "not_a_reservation",
        "window_full",
        "zone_closed",
        "plate_changed_once",
        "too_late_to_change",
        "late_used",
        "vehicle_invalid",
        "vehicle_already_parked",
        "vehicle_unavailable",
        "vehicle_not_on_pass",
        "pass_not_valid",
        "session_not_found",
    ),
    summary="Change a booking",
)
@requests.idempotent
def change(request: HttpRequest, attempt: Attempt, session_ref: str, payload: ChangeIn) -> HttpResponse:
    """Change one of the caller's bookings before its car comes in, all or nothing; its end also while it is inside.

    Where a longer window is full, `details.ends_at` is the latest end that is possible. Fee and terms do not change.
    """
    session = path_ref(session_ref)
    if attempt.subject is not None:
        changed = access.find(session, actor_of(request), only_own=True)
    else:
        wanted = changing.Wanted(
            payload.starts_at,
            payload.ends_at,
            payload.vehicle_number,
            payload.owner_name,
            payload.phone,
            late=payload.late,
        )
        changed = changing.change(
            actor=actor_of(request), session=session, wanted=wanted, now=clock.now(), key=attempt.key
        )
    order = latest_orders([changed.bill_id]).get(changed.bill_id)
    return ok(BookingOut.of(changed, order, clock.now()), "Booking changed")
