"""What a driver gives to an open session to lower its bill."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from parking.api.refusals import PROMO_CODE
from parking.api.shapes.bookings import BookingWithBillOut
from parking.api.shapes.points import PointsOut, UsePointsIn
from parking.api.shapes.promo_codes import DiscountOut, PromoCodeIn
from parking.checkout import offering
from parking.checkout.queries import latest_orders
from parking.core import clock
from parking.core.ids import Ref
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, caller, driver_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, enveloped, examples, keyed
from parking.edge.parsing import path_ref
from parking.edge.refusal_examples import refusing
from parking.edge.requests import Attempt
from parking.offers.points import points_of
from parking.stays import access
from parking.stays.models import ParkingSession

router = Router(tags=["Driver"], auth=driver_only)


@router.post(
    "/sessions/{session_ref}/promo-code/",
    response={200: Ok[BookingWithBillOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(
            examples(
                request={"promo_code": "WELCOME"},
                response=enveloped(
                    BookingWithBillOut.example | {"discounts": [DiscountOut.example]}, "Promo code given"
                ),
            )
        ),
        *PROMO_CODE,
        "session_over",
        "payment_under_way",
        "code_minimum",
        "session_not_found",
    ),
    summary="Give a promo code",
)
@requests.idempotent
def give_code(request: HttpRequest, attempt: Attempt, session_ref: str, payload: PromoCodeIn) -> HttpResponse:
    """Let one of the caller's open sessions hold a code, in place of one that it held before."""
    if attempt.subject is not None:
        session = access.find(Ref(uuid=UUID(attempt.subject)), actor_of(request), only_own=True)
    else:
        session = offering.give_code(
            actor=actor_of(request),
            session=path_ref(session_ref),
            code=payload.promo_code,
            now=clock.now(),
            key=attempt.key,
        )
    return _shown(session, "Promo code given")


@router.post(
    "/sessions/{session_ref}/points/",
    response={200: Ok[BookingWithBillOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(
            examples(
                request={"use_points": 300},
                response=enveloped(
                    BookingWithBillOut.example
                    | {"discounts": [DiscountOut.example | {"kind": "POINTS", "label": "300 points"}]},
                    "Points held",
                ),
            )
        ),
        "session_over",
        "payment_under_way",
        "points_not_enough",
        "session_not_found",
    ),
    summary="Use points",
)
@requests.idempotent
def give_points(request: HttpRequest, attempt: Attempt, session_ref: str, payload: UsePointsIn) -> HttpResponse:
    """Hold points for one of the caller's open sessions, in place of those that it held; 0 holds none.

    As many hundreds as fit are spent when the bill closes, the others are returned.
    """
    if attempt.subject is not None:
        session = access.find(Ref(uuid=UUID(attempt.subject)), actor_of(request), only_own=True)
    else:
        session = offering.give_points(
            actor=actor_of(request),
            session=path_ref(session_ref),
            use_points=payload.use_points,
            now=clock.now(),
            key=attempt.key,
        )
    return _shown(session, "Points held")


@router.get(
    "/points/",
    response={200: Ok[PointsOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(PointsOut.example)),
    summary="Points of the caller",
)
def points_of_caller(request: HttpRequest) -> HttpResponse:
    """Return what the caller has, when it lapses, and the newest entries of the ledger."""
    return ok(PointsOut.of(points_of(caller(request).pk)))


def _shown(session: ParkingSession, text: str) -> HttpResponse:
    order = latest_orders([session.bill_id]).get(session.bill_id)
    return ok(BookingWithBillOut.of(session, order, clock.now()), text)
