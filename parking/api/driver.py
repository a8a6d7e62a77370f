"""What a driver does: find a zone, book, look, cancel."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from parking.api.paging import Paging, page_of
from parking.api.public import zones_now
from parking.api.shapes.bookings import (
    EXAMPLE_BILL,
    EXAMPLE_BOOKING,
    BookingOut,
    BookingWithBillOut,
    present_bill,
    present_booking,
    present_bookings,
)
from parking.api.shapes.zones import EXAMPLE_ZONE, ZoneOut
from parking.checkout import booking as booking_service
from parking.checkout import cancelling
from parking.checkout.booking import Booked
from parking.checkout.cancelling import Cancelled
from parking.checkout.leaving import finished_exit
from parking.checkout.queries import latest_orders
from parking.core import clock
from parking.core.errors import InvalidInput
from parking.core.ids import Ref
from parking.core.qr import qr_png, qr_svg
from parking.edge import requests as idempotency
from parking.edge.answers import ok
from parking.edge.callers import actor_of, caller, driver_only
from parking.edge.describe import (
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    Ok,
    Page,
    enveloped,
    examples,
    keyed,
)
from parking.edge.parsing import Day, In, Note, RefIn, Text12, Text30, Text100, path_ref
from parking.stays.models import ParkingSession
from parking.stays.queries import current_session_of, history_of, session_of_driver

router = Router(tags=["Driver"], auth=driver_only)

VehicleKindIn = Literal["CAR", "TWO_WHEELER", "EV"]


@router.get(
    "/zones/",
    response={200: Ok[list[ZoneOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped([EXAMPLE_ZONE])),
    summary="Zones with free slots",
)
def zones(request: HttpRequest) -> HttpResponse:
    """As the public list."""
    return zones_now()


class BookIn(In):
    zone_id: RefIn
    vehicle_number: Text30
    owner_name: Text100
    vehicle_kind: VehicleKindIn = "CAR"
    gateway: Text12 | None = None


@router.post(
    "/book-slot/",
    response={201: Ok[BookingOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"zone_id": 1, "vehicle_number": "DL-01-AB-1234", "owner_name": "Asha Rao"},
            response=enveloped(EXAMPLE_BOOKING, "Slot booked: A-001"),
            status=201,
        )
    ),
    summary="Book a slot",
)
def book_slot(request: HttpRequest, payload: BookIn) -> HttpResponse:
    """Claim the best free slot of a zone from now on, and collect the booking fee."""
    now = clock.now()
    return idempotency.once(
        request,
        payload,
        call=lambda key: booking_service.book(
            actor=actor_of(request),
            zone=payload.zone_id,
            plate=payload.vehicle_number,
            owner_name=payload.owner_name,
            vehicle_kind=payload.vehicle_kind,
            gateway=payload.gateway,
            now=now,
            key=key,
        ),
        resume=lambda subject: booking_service.resume_booking(subject=subject, now=now),
        render=_booked,
    )


def _booked(booked: Booked) -> HttpResponse:
    booking = present_booking(booked.session, booked.order, clock.now())
    return ok(booking, f"Slot booked: {booking['slot_number']}", status=201)


def _with_order(session: ParkingSession) -> dict[str, Any]:
    order = latest_orders([session.bill_id]).get(session.bill_id)
    return present_booking(session, order, clock.now())


@router.get(
    "/current-session/",
    response={200: Ok[BookingOut | None], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(EXAMPLE_BOOKING)),
    summary="Present booking",
)
def current_session(request: HttpRequest) -> HttpResponse:
    """The newest open booking of the caller, or null."""
    session = current_session_of(caller(request).pk)
    return ok(_with_order(session) if session else None)


@router.get(
    "/sessions/{session_ref}/",
    response={200: Ok[BookingWithBillOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(EXAMPLE_BOOKING | {"bill": EXAMPLE_BILL})),
    summary="One booking",
)
def one_session(request: HttpRequest, session_ref: str) -> HttpResponse:
    """One of the caller's bookings with its bill."""
    session = session_of_driver(path_ref(session_ref), caller(request).pk)
    bill = present_bill(finished_exit(session), clock.now())
    return ok(_with_order(session) | {"bill": bill})


def _picture(media: str) -> dict[str, Any]:
    return {"responses": {200: {"description": "The QR code as a picture", "content": {media: {}}}}}


@router.get(
    "/sessions/{session_ref}/qr.svg",
    response=READ_PROBLEMS,
    openapi_extra=_picture("image/svg+xml"),
    summary="QR as SVG",
)
def session_qr_svg(request: HttpRequest, session_ref: str) -> HttpResponse:
    """The QR code of one of the caller's bookings."""
    session = session_of_driver(path_ref(session_ref), caller(request).pk)
    return HttpResponse(qr_svg(session.qr_code), content_type="image/svg+xml")


@router.get(
    "/sessions/{session_ref}/qr.png",
    response=READ_PROBLEMS,
    openapi_extra=_picture("image/png"),
    summary="QR as PNG",
)
def session_qr_png(request: HttpRequest, session_ref: str) -> HttpResponse:
    """The QR code of one of the caller's bookings."""
    session = session_of_driver(path_ref(session_ref), caller(request).pk)
    return HttpResponse(qr_png(session.qr_code), content_type="image/png")


class HistoryQuery(Paging):
    status: Literal["BOOKED", "ACTIVE", "COMPLETED", "CANCELLED", "EXPIRED"] | None = None
    from_: Day | None = Field(None, alias="from", description="First day of booking")
    to: Day | None = Field(None, description="Last day of booking")
    zone_id: RefIn | None = None


@router.get(
    "/history/",
    response={200: Ok[Page[BookingOut]], **READ_PROBLEMS},
    openapi_extra=examples(
        response=enveloped({"results": [EXAMPLE_BOOKING], "count": 1, "page": 1, "page_size": 20, "pages": 1})
    ),
    summary="Bookings of the caller",
)
def history(request: HttpRequest, filters: Annotated[HistoryQuery, Query()]) -> HttpResponse:
    """The caller's bookings, newest first; days are those of the site."""
    if filters.from_ and filters.to and filters.from_ > filters.to:
        raise InvalidInput({"to": ["Not before `from`"]})
    rows = history_of(
        caller(request).pk, status=filters.status, first=filters.from_, last=filters.to, zone=filters.zone_id
    )
    return ok(page_of(rows, filters, lambda sessions: present_bookings(sessions, clock.now())))


class CancelIn(In):
    session_id: RefIn
    reason: Note = ""


class CancelledOut(BaseModel):
    session_id: int
    session_uuid: UUID
    status: Literal["CANCELLED"]
    refund_eligible: bool
    refund_amount: float
    refund_reason: str
    refund_status: str | None
    slot_number: str | None


EXAMPLE_CANCELLED = {
    "session_id": 123,
    "session_uuid": "7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6d21",
    "status": "CANCELLED",
    "refund_eligible": True,
    "refund_amount": 50.0,
    "refund_reason": "Cancelled within grace period (2 min < 5 min). 100% refund eligible.",
    "refund_status": "COMPLETED",
    "slot_number": "A-001",
}


@router.post(
    "/cancel-booking/",
    response={200: Ok[CancelledOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"session_id": 123, "reason": "Plans changed"},
            response=enveloped(EXAMPLE_CANCELLED, "Booking cancelled"),
        )
    ),
    summary="Cancel a booking",
)
def cancel_booking(request: HttpRequest, payload: CancelIn) -> HttpResponse:
    """Cancel a booking of the caller whose car has not come."""
    now = clock.now()
    return idempotency.once(
        request,
        payload,
        call=lambda key: cancelling.cancel(
            actor=actor_of(request),
            lookup=payload.session_id.lookup(),
            reason=payload.reason,
            now=now,
            only_of_caller=True,
            key=key,
        ),
        resume=_cancelled_before(caller(request).pk),
        render=_cancelled,
    )


def _cancelled_before(driver_id: int) -> Any:
    return lambda subject: cancelling.cancelled_result(session_of_driver(Ref(uuid=UUID(subject)), driver_id))


def _cancelled(cancelled: Cancelled) -> HttpResponse:
    session, decision = cancelled.session, cancelled.decision
    data = {
        "session_id": session.pk,
        "session_uuid": session.uuid,
        "status": session.status,
        "refund_eligible": decision.eligible,
        "refund_amount": decision.amount,
        "refund_reason": decision.reason,
        "refund_status": cancelled.refunds[0].status if cancelled.refunds else None,
        "slot_number": session.slot.slot_number if session.slot else None,
    }
    return ok(data, "Booking cancelled")
