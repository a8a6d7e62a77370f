"""Passes at the counter and at the gate."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from parking.api.refusals import PASS_ENTRY
from parking.api.selling_passes import SALE, SellIn, sold
from parking.api.shapes.passes import AdminPassOut, PassEntryOut
from parking.checkout import pass_entry
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, staff_only
from parking.edge.describe import WRITE_PROBLEMS, Ok, enveloped, examples
from parking.edge.parsing import GateId, In, RefIn, Text30, Text64, Text500
from parking.edge.refusal_examples import refusing
from parking.edge.requests import Attempt
from parking.facilities.gates import actor_at

router = Router(tags=["Staff"], auth=staff_only)


class CounterSaleIn(SellIn):
    gate_id: GateId | None = None


@router.post(
    "/passes/",
    response={201: Ok[AdminPassOut], **WRITE_PROBLEMS},
    openapi_extra=SALE,
    summary="Sell a pass at the counter",
)
@requests.idempotent
def sell_pass(request: HttpRequest, attempt: Attempt, payload: CounterSaleIn) -> HttpResponse:
    """Sell a pass of a plan of the caller's sites to an account, or to an organisation beside its agreement.

    It is paid by CASH, UPI or CARD and holds at once.
    """
    return sold(actor=actor_at(actor_of(request), payload.gate_id), attempt=attempt, payload=payload)


class PassEntryIn(In):
    qr_code: Text500
    vehicle_number: Text30
    zone_id: RefIn | None = None
    scan_id: Text64 | None = None
    gate_id: GateId | None = None


@router.post(
    "/pass-entry/",
    response={201: Ok[PassEntryOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        examples(
            request={"qr_code": "PASS-7K3M9QX2T0ZC", "vehicle_number": "DL-01-AB-1234", "scan_id": "gate1-000044"},
            response=enveloped(PassEntryOut.example, "Let in with pass P-000123"),
            status=201,
        ),
        *PASS_ENTRY,
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
