"""Debts of plates, as managers look after them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from parking.api.paging import Paging, page_of
from parking.api.shapes.debts import ANSWERED_EXAMPLE, FORGIVEN_EXAMPLE, DebtOut
from parking.checkout import debts, objecting, queries
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged
from parking.edge.parsing import In, Text200, path_id
from parking.payments.models import DebtStatus

router = Router(tags=["Admin"], auth=admin_only)


class DebtsQuery(Paging):
    status: DebtStatus | None = None
    under_objection: bool = False
    waiting: bool = False


@router.get(
    "/debts/",
    response={200: Ok[Page[DebtOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(DebtOut.example)),
    summary="Debts of plates",
)
def list_debts(request: HttpRequest, filters: Annotated[DebtsQuery, Query()]) -> HttpResponse:
    """What stays that ended without full payment are short of, newest first.

    `under_objection` keeps those whose objection waits for an answer. What may still be paid later is no debt yet:
    `waiting` lists it.
    """
    rows = queries.debts(
        sites=actor_of(request).sites,
        now=clock.now(),
        status=filters.status,
        under_objection=filters.under_objection,
        waiting=filters.waiting,
    )
    found = page_of(rows, filters)
    return ok(found.showing([DebtOut.of(debt) for debt in found.rows]))


class WriteOffIn(In):
    reason: Text200


@router.post(
    "/debts/{debt_ref}/write-off/",
    response={200: Ok[DebtOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"reason": "Ambulance, agreed with the hospital"},
            response=enveloped(FORGIVEN_EXAMPLE, "Debt written off"),
        )
    ),
    summary="Forgive a debt",
)
@requests.idempotent_in_one_transaction
def write_off(request: HttpRequest, debt_ref: str, payload: WriteOffIn) -> HttpResponse:
    """Write an open debt off; the reason stands in the audit record."""
    debt = debts.write_off(actor=actor_of(request), debt_id=path_id(debt_ref), reason=payload.reason, now=clock.now())
    return ok(DebtOut.of(debt), "Debt written off")


class AnswerIn(In):
    upheld: bool
    answer: Text200


@router.post(
    "/debts/{debt_ref}/objection/",
    response={200: Ok[DebtOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"upheld": False, "answer": "The camera saw the car until 14:10"},
            response=enveloped(ANSWERED_EXAMPLE, "Objection answered"),
        )
    ),
    summary="Answer the objection to a debt",
)
@requests.idempotent_in_one_transaction
def answer_objection(request: HttpRequest, debt_ref: str, payload: AnswerIn) -> HttpResponse:
    """Uphold the driver's objection, which writes the debt off, or refuse it. The driver reads the answer."""
    debt = objecting.answer_objection(
        actor=actor_of(request),
        debt_id=path_id(debt_ref),
        upheld=payload.upheld,
        answer=payload.answer,
        now=clock.now(),
    )
    return ok(DebtOut.of(debt), "Objection answered")
