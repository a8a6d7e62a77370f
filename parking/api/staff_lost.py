"""Lost tickets of cars of which no entry is known."""

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from parking.api.shapes.bills import BillOut
from parking.api.staff import ExitIn
from parking.checkout import leaving, losing
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, staff_only
from parking.edge.describe import WRITE_PROBLEMS, Ok, enveloped, examples, keyed
from parking.edge.parsing import RefIn, Text30
from parking.edge.requests import Attempt
from parking.facilities.gates import actor_at
from parking.vehicles.models import VehicleKind

router = Router(tags=["Staff"], auth=staff_only)


class LostTicketIn(ExitIn):
    qr_code: None = None  # type: ignore[assignment]
    vehicle_number: Text30
    vehicle_kind: Text30 = VehicleKind.CAR.value
    zone_id: RefIn | None = None
    not_listed: bool = Field(False, description="None of the similar plates that are inside is this car")
    is_owner: bool = Field(False, description="The driver showed proof of ownership: no fee for the ticket")

    def lost(self) -> losing.Lost:
        """Return the car as it was described."""
        return losing.Lost(self.vehicle_number, self.vehicle_kind, self.zone_id, self.not_listed, self.is_owner)


@router.post(
    "/lost-ticket/",
    response={200: Ok[BillOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"vehicle_number": "DL-01-AB-1234", "payment_method": "CASH", "gate_id": 2, "not_listed": True},
            response=enveloped(
                BillOut.example | {"slot_number": None, "already_paid": 0.0, "amount_charged": 150.0},
                "Exit processed successfully",
            ),
        )
    ),
    summary="Let out a car whose ticket is lost",
)
@requests.idempotent
def lost_ticket(request: HttpRequest, attempt: Attempt, payload: LostTicketIn) -> HttpResponse:
    """Bill a car of which no entry is known from midnight, with the fee for the ticket, and let it out.

    A plate that is inside has an entry record and no fee: 400 `has_entry_record`, `details.session_id`. Plates within
    two characters come first: 400 `similar_plates_inside`, `details.sessions` with their `photos`
    (`/api/staff/evidence/{id}/`); send `not_listed` if it is none of them. A plate that left the site today is billed
    from then on, not from midnight.
    """
    now = clock.now()
    if attempt.subject is not None:
        left = leaving.resume_ending(subject=attempt.subject, now=now, tendered=payload.amount_tendered)
    else:
        left = losing.let_out(
            actor=actor_at(actor_of(request), payload.gate_id),
            lost=payload.lost(),
            collection=payload.collection(),
            scan_id=payload.scan_id,
            now=now,
            key=attempt.key,
        )
    attempt.keeps = left.is_over
    message = "Exit processed successfully" if left.is_over else "Waiting for the payment"
    return ok(BillOut.of(left, clock.now()), message)
