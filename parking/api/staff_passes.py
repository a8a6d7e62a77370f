"""Passes at the counter and at the gate."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from parking.api.counter_money import TenderedIn
from parking.api.passes import Plates
from parking.api.shapes.passes import AdminPassOut, PassEntryOut
from parking.checkout import pass_entry, passes
from parking.checkout.collecting import Collection
from parking.core import clock
from parking.core.errors import InvalidInput
from parking.core.ids import MAX_ID
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, staff_only
from parking.edge.describe import WRITE_PROBLEMS, Ok, enveloped, examples, keyed
from parking.edge.parsing import Day, GateId, In, RefIn, Text20, Text30, Text64, Text500
from parking.edge.requests import Attempt
from parking.facilities.gates import actor_at
from parking.passes.services import Wanted

router = Router(tags=["Staff"], auth=staff_only)


class SellIn(TenderedIn):
    user_id: Annotated[int, Field(ge=1, le=MAX_ID)] | None = Field(None, description="The account that holds the pass")
    organisation_id: Annotated[int, Field(ge=1, le=MAX_ID)] | None = Field(
        None, description="Instead of `user_id`: its contact holds the pass, the documents are made out to it"
    )
    plan_id: Annotated[int, Field(ge=1, le=MAX_ID)]
    vehicles: Plates
    payment_method: Annotated[Text20, Field(description="CASH, UPI or CARD")]
    starts_on: Day | None = None
    auto_renew: bool = False
    gate_id: GateId | None = None


@router.post(
    "/passes/",
    response={201: Ok[AdminPassOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={
                "user_id": 7,
                "plan_id": 2,
                "vehicles": ["DL-01-AB-1234"],
                "payment_method": "CASH",
                "amount_tendered": 5000,
            },
            response=enveloped(AdminPassOut.example, "Pass P-000123"),
            status=201,
        )
    ),
    summary="Sell a pass at the counter",
)
@requests.idempotent
def sell_pass(request: HttpRequest, attempt: Attempt, payload: SellIn) -> HttpResponse:
    """Sell a pass of a plan of the caller's sites to an account, or to an organisation beside its agreement.

    It is paid by CASH, UPI or CARD and holds at once.
    """
    now = clock.now()
    actor = actor_at(actor_of(request), payload.gate_id)
    if (payload.user_id is None) == (payload.organisation_id is None):
        raise InvalidInput({"user_id": ["Either an account or an organisation is needed"]})
    if attempt.subject is not None:
        bought = passes.resume_buying(subject=attempt.subject, now=now)
    else:
        bought = passes.sell(
            actor=actor,
            buyer=passes.buyer_of(actor=actor, user_id=payload.user_id, organisation_id=payload.organisation_id),
            plan_id=payload.plan_id,
            wanted=Wanted(tuple(payload.vehicles), payload.starts_on, payload.auto_renew),
            collection=Collection(
                payload.payment_method,
                tendered=payload.amount_tendered,
                upi_reference=payload.upi_reference or "",
                card=payload.card(),
            ),
            now=now,
            key=attempt.key,
        )
    held = bought.subscription
    return ok(AdminPassOut.of(held, None, now), f"Pass {held.number}", status=201)


class PassEntryIn(In):
    qr_code: Text500
    vehicle_number: Text30
    zone_id: RefIn | None = None
    scan_id: Text64 | None = None
    gate_id: GateId | None = None


@router.post(
    "/pass-entry/",
    response={201: Ok[PassEntryOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"qr_code": "PASS-7K3M9QX2T0ZC", "vehicle_number": "DL-01-AB-1234", "scan_id": "gate1-000044"},
        response=enveloped(PassEntryOut.example, "Let in with pass P-000123"),
        status=201,
    ),
    summary="Let a car in with its pass",
)
def enter_with_pass(request: HttpRequest, payload: PassEntryIn) -> HttpResponse:
    """Make a session for a plate of a pass and let the car in. The same `scan_id` again gets the same answer.

    Without `zone_id` it is the first zone of the gate that the pass covers and that has a place. One car more than may
    be inside at once is let in as any other (`pass_note`). The code of the pass lets the car out at the usual exit.
    """
    entered = pass_entry.enter_with_pass(
        actor=actor_at(actor_of(request), payload.gate_id),
        qr_code=payload.qr_code,
        plate=payload.vehicle_number,
        zone=payload.zone_id,
        scan_id=payload.scan_id,
        now=clock.now(),
    )
    return ok(PassEntryOut.of_pass(entered), f"Let in with pass {entered.subscription.number}", status=201)
