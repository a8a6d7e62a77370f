"""What an attendant does for a car that is inside, away from the exit: its plate, its slot, and its money ahead."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from parking.accounts.models import Approval
from parking.api.counter_money import TenderedIn
from parking.api.shapes.approvals import AskedOut, asked
from parking.api.shapes.bills import BillOut
from parking.api.shapes.bookings import BookingOut
from parking.api.shapes.plastic import ItemOut
from parking.checkout import correcting, moving, paying_ahead, ticket_answers
from parking.checkout.collecting import Collection
from parking.checkout.queries import newest_order
from parking.checkout.ticket_answers import TicketAnswer
from parking.core import clock
from parking.core.ids import MAX_ID
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, staff_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, enveloped, examples, keyed
from parking.edge.parsing import GateId, GateQuery, In, Text20, Text30, Text200, path_ref
from parking.edge.requests import Attempt
from parking.facilities.gates import actor_at
from parking.stays import access
from parking.stays.items import give_item
from parking.stays.models import ParkingSession
from parking.stays.tokens import items_of

router = Router(tags=["Staff"], auth=staff_only)


class PlateIn(In):
    vehicle_number: Text30
    reason: Text200
    gate_id: GateId | None = None


@router.post(
    "/sessions/{session_ref}/plate/",
    response={200: Ok[BookingOut], 202: Ok[AskedOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"vehicle_number": "DL-01-AB-1284", "reason": "Read wrongly at the entry"},
        response=enveloped(BookingOut.example | {"vehicle_number": "DL-01-AB-1284"}, "Plate corrected"),
    ),
    summary="Correct the plate of a car inside",
)
def correct_plate(request: HttpRequest, session_ref: str, payload: PlateIn) -> HttpResponse:
    """Write another plate to a session whose car is inside. It never gains a pass, and loses one that does not name it.

    From the first quote at an exit on only an ADMIN may (`quote_given`). A plate that is open elsewhere is refused:
    `plate_is_inside`, `plate_has_booking` with `details.session_id`, `vehicle_unavailable`. A plate that owes less than
    the former one waits for a second person (202).
    """
    changed = correcting.correct_plate(
        actor=actor_at(actor_of(request), payload.gate_id),
        session=path_ref(session_ref),
        plate=payload.vehicle_number,
        reason=payload.reason,
        now=clock.now(),
    )
    if isinstance(changed, Approval):
        return asked(changed)
    shown = ParkingSession.objects.whole().get(pk=changed.pk)
    return ok(BookingOut.of(shown, newest_order(shown.bill_id), clock.now()), "Plate corrected")


class MoveIn(In):
    slot_id: int = Field(ge=1, le=MAX_ID)
    swap: bool = False
    gate_id: GateId | None = None


@router.post(
    "/sessions/{session_ref}/move/",
    response={200: Ok[BookingOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"slot_id": 12},
        response=enveloped(BookingOut.example | {"slot_number": "A-012", "marks": ["MOVED"]}, "Moved"),
    ),
    summary="Move a car to another slot",
)
def move(request: HttpRequest, session_ref: str, payload: MoveIn) -> HttpResponse:
    """Move a booked car, or one that is inside, to a free slot of its site, else `slot_taken`; it is marked MOVED.

    With `swap` it changes places with the car of that slot. Its terms stay; what it pays counts for the zone where it
    ends. To another zone only before the first quote at an exit (`quote_given`). Needs the permission `move`, for an
    accessible or VIP slot also `assign_special`.
    """
    moved = moving.move(
        actor=actor_at(actor_of(request), payload.gate_id),
        session=path_ref(session_ref),
        slot_id=payload.slot_id,
        swap=payload.swap,
        now=clock.now(),
    )
    shown = ParkingSession.objects.whole().get(pk=moved.pk)
    return ok(BookingOut.of(shown, newest_order(shown.bill_id), clock.now()), "Moved")


class TicketAnswerIn(In):
    answer: Annotated[TicketAnswer, Field(strict=False)]
    gate_id: GateId | None = None


@router.post(
    "/sessions/{session_ref}/ticket/",
    response={200: Ok[BookingOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"answer": "ENTERED"},
        response=enveloped(BookingOut.example | {"status": "ACTIVE"}, "The car is inside"),
    ),
    summary="Say what became of a ticket",
)
def answer_ticket(request: HttpRequest, session_ref: str, payload: TicketAnswerIn) -> HttpResponse:
    """Say of a ticket that an attendant gave, and that nobody scanned in, whether its car is inside or has gone.

    ENTERED lets it in, billed from when the ticket was given; GONE cancels the ticket. Until then it keeps its slot: it
    is no no-show. `asked` of `GET /api/staff/expected/` says which tickets wait for this.
    """
    told = ticket_answers.answer(
        actor=actor_at(actor_of(request), payload.gate_id),
        session=path_ref(session_ref),
        said=payload.answer,
        now=clock.now(),
    )
    shown = ParkingSession.objects.whole().get(pk=told.pk)
    message = "The car is inside" if payload.answer == TicketAnswer.ENTERED else "The ticket is over"
    return ok(BookingOut.of(shown, newest_order(shown.bill_id), clock.now()), message)


class ItemIn(In):
    token: Text30
    gate_id: GateId | None = None


@router.get(
    "/sessions/{session_ref}/items/",
    response={200: Ok[list[ItemOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped([ItemOut.example])),
    summary="Helmets and bags of a car",
)
def kept_items(request: HttpRequest, session_ref: str, filters: Annotated[GateQuery, Query()]) -> HttpResponse:
    """What a car left here, to be handed back at the exit."""
    session = access.find(path_ref(session_ref), actor_at(actor_of(request), filters.gate_id), at_work=True)
    return ok([ItemOut.of(token) for token in items_of(session)])


@router.post(
    "/sessions/{session_ref}/items/",
    response={200: Ok[ItemOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"token": "TK-7K3M9QX2"}, response=enveloped(ItemOut.example, "Kept until the car leaves")
    ),
    summary="Keep a helmet or bag",
)
def keep_item(request: HttpRequest, session_ref: str, payload: ItemIn) -> HttpResponse:
    """Tie the token of a helmet or bag to a car that is inside. At the exit its code opens the bill of that car.

    Refused: `token_of_other_use`, `token_in_use`, `token_lost`, `wrong_site`, `not_active`, `too_many_items` (10).
    """
    token = give_item(
        actor=actor_at(actor_of(request), payload.gate_id),
        session=path_ref(session_ref),
        code=payload.token,
        now=clock.now(),
    )
    return ok(ItemOut.of(token), "Kept until the car leaves")


class PayAheadIn(TenderedIn):
    payment_method: Text20
    gate_id: GateId | None = None


@router.post(
    "/sessions/{session_ref}/pay-ahead/",
    response={200: Ok[BillOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"payment_method": "CASH", "amount_tendered": 100},
            response=enveloped(
                BillOut.example
                | {
                    "status": "ACTIVE",
                    "exit_time": None,
                    "payment_method": None,
                    "payment_status": "PARTIAL",
                    "amount_charged": 0.0,
                    "already_paid": 150.0,
                    "quote_expires_at": "2026-11-22T07:20:00Z",
                },
                "Paid ahead",
            ),
        )
    ),
    summary="Take the money before the driver walks to the car",
)
@requests.idempotent
def pay_ahead(request: HttpRequest, attempt: Attempt, session_ref: str, payload: PayAheadIn) -> HttpResponse:
    """Take what a stay costs so far, at a desk or lift: CASH, UPI or CARD.

    It covers until `quote_expires_at`; a car that leaves later pays the rest at the exit. It is no quote at the exit.
    """
    now = clock.now()
    if attempt.subject is not None:
        left = paying_ahead.paid_before(subject=attempt.subject)
    else:
        left = paying_ahead.pay(
            actor=actor_at(actor_of(request), payload.gate_id),
            session=path_ref(session_ref),
            collection=Collection(
                payload.payment_method,
                tendered=payload.amount_tendered,
                upi_reference=payload.upi_reference or "",
                card=payload.card(),
            ),
            now=now,
            key=attempt.key,
        )
    return ok(BillOut.of(left, now, quote_expires_at=left.session.bill.frozen_until), "Paid ahead")
