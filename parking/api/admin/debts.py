"""Debts of plates, as managers look after them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel

from parking.api.paging import Paging, page_of
from parking.checkout import debts, queries
from parking.core import clock
from parking.edge import requests as idempotency
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed
from parking.edge.parsing import In, Text200, path_id
from parking.payments.models import Debt

router = Router(tags=["Admin"], auth=admin_only)

DebtStatusName = Literal["OPEN", "WRITTEN_OFF"]


class DebtOut(BaseModel):
    id: int
    session_id: int | None
    vehicle_number: str | None
    amount: float
    status: DebtStatusName
    created_at: datetime
    closed_at: datetime | None


EXAMPLE_DEBT = {
    "id": 4,
    "session_id": 123,
    "vehicle_number": "DL-01-AB-1234",
    "amount": 100.0,
    "status": "OPEN",
    "created_at": "2026-11-22T07:05:00Z",
    "closed_at": None,
}
EXAMPLE_FORGIVEN = EXAMPLE_DEBT | {"status": "WRITTEN_OFF", "closed_at": "2026-11-23T05:00:00Z"}


def present_debt(debt: Debt) -> dict[str, Any]:
    session = getattr(debt.bill, "session", None)
    return {
        "id": debt.pk,
        "session_id": session.pk if session else None,
        "vehicle_number": session.vehicle.vehicle_number if session else None,
        "amount": debt.amount,
        "status": debt.status,
        "created_at": debt.created_at,
        "closed_at": debt.closed_at,
    }


def present_debts(rows: Sequence[Debt]) -> list[dict[str, Any]]:
    return [present_debt(debt) for debt in rows]


class DebtsQuery(Paging):
    status: DebtStatusName | None = None


@router.get(
    "/debts/",
    response={200: Ok[Page[DebtOut]], **READ_PROBLEMS},
    openapi_extra=examples(
        response=enveloped({"results": [EXAMPLE_DEBT], "count": 1, "page": 1, "page_size": 20, "pages": 1})
    ),
    summary="Debts of plates",
)
def list_debts(request: HttpRequest, filters: Annotated[DebtsQuery, Query()]) -> HttpResponse:
    """What stays that ended without full payment are short of, newest first."""
    return ok(page_of(queries.debts(status=filters.status), filters, present_debts))


class WriteOffIn(In):
    reason: Text200


@router.post(
    "/debts/{debt_ref}/write-off/",
    response={200: Ok[DebtOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"reason": "Ambulance, agreed with the hospital"},
            response=enveloped(EXAMPLE_FORGIVEN, "Debt written off"),
        )
    ),
    summary="Forgive a debt",
)
def write_off(request: HttpRequest, debt_ref: str, payload: WriteOffIn) -> HttpResponse:
    """Write an open debt off; the reason stands in the audit record."""
    return idempotency.once_in_one_transaction(
        request,
        payload,
        call=lambda: debts.write_off(
            actor=actor_of(request), debt_id=path_id(debt_ref), reason=payload.reason, now=clock.now()
        ),
        render=lambda debt: ok(present_debt(debt), "Debt written off"),
    )
