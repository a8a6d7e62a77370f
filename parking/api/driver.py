"""What a driver does: find a zone, book, look, cancel."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from parking.api.paging import Paging, page_of
from parking.api.public import ZonesQuery, zones_now
from parking.api.refusals import BOOKING
from parking.api.shapes.bookings import BookingOut, BookingWithBillOut, CancelledOut
from parking.api.shapes.points import UsePoints
from parking.api.shapes.users import SpecialSlot
from parking.api.shapes.zones import ZoneOut
from parking.checkout import booking, cancelling
from parking.checkout.queries import latest_orders
from parking.core import clock
from parking.core.errors import InvalidInput
from parking.core.ids import Ref
from parking.core.qr import qr_png, qr_svg
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, caller, driver_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged
from parking.edge.parsing import Day, In, Note, RefIn, Rupees, Text12, Text20, Text30, Text100, path_ref
from parking.edge.refusal_examples import refusing
from parking.edge.requests import Attempt
from parking.payments.models import PaymentOrder
from parking.stays import access
from parking.stays.kept_places import kept_places_of
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.queries import current_session_of, history_of
from parking.vehicles.models import VehicleKind

router = Router(tags=["Driver"], auth=driver_only)


@router.get(
    "/zones/",
    response={200: Ok[list[ZoneOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped([ZoneOut.example])),
    summary="Zones with free slots",
)
def zones(request: HttpRequest, wanted: Annotated[ZonesQuery, Query()]) -> HttpResponse:
    """As the public list; `bookable_slots` and `by_kind` count free slots too that are kept for the caller's passes."""
    now = clock.now()
    return zones_now(wanted, kept_places_of(caller(request).pk, now))


class BookIn(In):
    zone_id: RefIn
    vehicle_number: Text30
    owner_name: Text100
    vehicle_kind: Annotated[VehicleKind, Field(strict=False)] = VehicleKind.CAR
    gateway: Text12 | None = None
    slot_kind: Annotated[
        SpecialSlot | None, Field(description="A special slot, for drivers whom the office allows it")
    ] = None
    promo_code: Text20 | None = None
    use_points: UsePoints = 0
    expected_rate: Annotated[Rupees | None, Field(description="Refused if an hour costs something else now")] = None


@router.post(
    "/book-slot/",
    response={201: Ok[BookingOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(
            examples(
                request={"zone_id": 1, "vehicle_number": "DL-01-AB-1234", "owner_name": "Asha Rao"},
                response=enveloped(BookingOut.example, "Slot booked: A-001"),
                status=201,
            )
        ),
        *BOOKING,
        "zone_full",
        "special_slot_not_allowed",
    ),
    summary="Book a slot",
)
@requests.idempotent
def book_slot(request: HttpRequest, attempt: Attempt, payload: BookIn) -> HttpResponse:
    """Claim the best free slot of a zone from now on, and collect the booking fee."""
    now = clock.now()
    if attempt.subject is not None:
        booked = booking.resume_booking(subject=attempt.subject, now=now)
    else:
        booked = booking.book(
            actor=actor_of(request),
            zone=payload.zone_id,
            plate=payload.vehicle_number,
            owner_name=payload.owner_name,
            vehicle_kind=payload.vehicle_kind,
            gateway=payload.gateway,
            now=now,
            key=attempt.key,
            special=payload.slot_kind,
            promo_code=payload.promo_code,
            use_points=payload.use_points,
            expected_rate=payload.expected_rate,
        )
    shown = BookingOut.of(booked.session, booked.order, clock.now())
    text = f"Slot booked: {shown.slot_number}" if shown.slot_number else "Place booked"
    return ok(shown, text, status=201)


def _order_of(session: ParkingSession) -> PaymentOrder | None:
    return latest_orders([session.bill_id]).get(session.bill_id)


@router.get(
    "/current-session/",
    response={200: Ok[BookingOut | None], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(BookingOut.example)),
    summary="Present booking",
)
def current_session(request: HttpRequest) -> HttpResponse:
    """The newest open booking of the caller, or null."""
    session = current_session_of(caller(request).pk)
    return ok(BookingOut.of(session, _order_of(session), clock.now()) if session else None)


@router.get(
    "/sessions/{session_ref}/",
    response={200: Ok[BookingWithBillOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(BookingWithBillOut.example)),
    summary="One booking",
)
def one_session(request: HttpRequest, session_ref: str) -> HttpResponse:
    """One of the caller's bookings with its bill."""
    session = access.find(path_ref(session_ref), actor_of(request), only_own=True)
    return ok(BookingWithBillOut.of(session, _order_of(session), clock.now()))


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
    session = access.find(path_ref(session_ref), actor_of(request), only_own=True)
    return HttpResponse(qr_svg(session.qr_code), content_type="image/svg+xml")


@router.get(
    "/sessions/{session_ref}/qr.png",
    response=READ_PROBLEMS,
    openapi_extra=_picture("image/png"),
    summary="QR as PNG",
)
def session_qr_png(request: HttpRequest, session_ref: str) -> HttpResponse:
    """The QR code of one of the caller's bookings."""
    session = access.find(path_ref(session_ref), actor_of(request), only_own=True)
    return HttpResponse(qr_png(session.qr_code), content_type="image/png")


class HistoryQuery(Paging):
    status: SessionStatus | None = None
    from_: Day | None = Field(None, alias="from", description="First day of booking")
    to: Day | None = Field(None, description="Last day of booking")
    zone_id: RefIn | None = None


@router.get(
    "/history/",
    response={200: Ok[Page[BookingOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(BookingOut.example)),
    summary="Bookings of the caller",
)
def history(request: HttpRequest, filters: Annotated[HistoryQuery, Query()]) -> HttpResponse:
    """The caller's bookings, newest first; days are those of the site."""
    if filters.from_ and filters.to and filters.from_ > filters.to:
        raise InvalidInput({"to": ["Not before `from`"]})
    rows = history_of(
        caller(request).pk, status=filters.status, first=filters.from_, last=filters.to, zone=filters.zone_id
    )
    found = page_of(rows, filters)
    return ok(found.showing(BookingOut.rows(found.rows, clock.now())))


class CancelIn(In):
    session_id: RefIn
    reason: Note = ""


@router.post(
    "/cancel-booking/",
    response={200: Ok[CancelledOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"session_id": 123, "reason": "Plans changed"},
            response=enveloped(CancelledOut.example, "Booking cancelled"),
        )
    ),
    summary="Cancel a booking",
)
@requests.idempotent
def cancel_booking(request: HttpRequest, attempt: Attempt, payload: CancelIn) -> HttpResponse:
    """Cancel a booking of the caller whose car has not come."""
    if attempt.subject is not None:
        session = access.find(Ref(uuid=UUID(attempt.subject)), actor_of(request), only_own=True)
        cancelled = cancelling.cancelled_result(session)
    else:
        cancelled = cancelling.cancel(
            actor=actor_of(request),
            session=payload.session_id,
            reason=payload.reason,
            now=clock.now(),
            only_of_caller=True,
            key=attempt.key,
        )
    return ok(CancelledOut.of(cancelled), "Booking cancelled")
