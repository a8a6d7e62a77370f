"""Debts at the counter, and those of a driver."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from parking.api.counter_money import TenderedIn
from parking.api.paging import PageQuery, page_of
from parking.api.shapes.debts import OBJECTED_EXAMPLE, CollectedOut, DebtOut
from parking.checkout.collecting import Collection, collect, collected_before
from parking.checkout.objecting import object_to_debt
from parking.checkout.queries import debts_of_driver
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, caller, driver_only, staff_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged
from parking.edge.parsing import GateId, In, Text20, Text500, path_id
from parking.edge.requests import Attempt
from parking.facilities.gates import actor_at

counter = Router(tags=["Staff"], auth=staff_only)
own = Router(tags=["Driver"], auth=driver_only)


class CollectIn(TenderedIn):
    payment_method: Text20
    gate_id: GateId | None = None


@counter.post(
    "/debts/{debt_ref}/collect/",
    response={200: Ok[CollectedOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"payment_method": "CASH", "amount_tendered": 150},
            response=enveloped(CollectedOut.example, "Debt collected"),
        )
    ),
    summary="Collect a debt",
)
@requests.idempotent
def collect_debt(request: HttpRequest, attempt: Attempt, debt_ref: str, payload: CollectIn) -> HttpResponse:
    """Take the money of one debt, by CASH, UPI or CARD. It counts in the zone of its stay, when it is paid."""
    actor = actor_at(actor_of(request), payload.gate_id)
    if attempt.subject is not None:
        collected = collected_before(debt_id=int(attempt.subject), actor=actor)
    else:
        collected = collect(
            actor=actor,
            debt_id=path_id(debt_ref),
            collection=Collection(
                payload.payment_method,
                tendered=payload.amount_tendered,
                upi_reference=payload.upi_reference or "",
                card=payload.card(),
            ),
            now=clock.now(),
            key=attempt.key,
        )
    return ok(CollectedOut.of_collected(collected), "Debt collected")


@own.get(
    "/debts/",
    response={200: Ok[Page[DebtOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(DebtOut.example)),
    summary="Own debts",
)
def own_debts(request: HttpRequest, paging: PageQuery) -> HttpResponse:
    """What the caller's own stays are short of, and what was objected to, newest first.

    `/api/payment/` pays it: give the stay and the amount.
    """
    found = page_of(debts_of_driver(caller(request).pk), paging)
    return ok(found.showing([DebtOut.of(debt) for debt in found.rows]))


class ObjectionIn(In):
    objection: Text500


@own.post(
    "/debts/{debt_ref}/objection/",
    response={200: Ok[DebtOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"objection": "I left at noon and paid in cash"},
            response=enveloped(OBJECTED_EXAMPLE, "Objection written down"),
        )
    ),
    summary="Object to a debt",
)
@requests.idempotent_in_one_transaction
def object_to(request: HttpRequest, debt_ref: str, payload: ObjectionIn) -> HttpResponse:
    """Say why nothing is owed. Until an administrator answers, no gate asks for the debt. Once for each debt."""
    debt = object_to_debt(
        actor=actor_of(request), debt_id=path_id(debt_ref), objection=payload.objection, now=clock.now()
    )
    return ok(DebtOut.of(debt), "Objection written down")
