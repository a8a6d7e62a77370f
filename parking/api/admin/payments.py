"""Every payment and refund, as managers look through them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from parking.api.paging import Paging, page_of
from parking.edge.answers import ok
from parking.edge.callers import admin_only
from parking.edge.describe import READ_PROBLEMS, Ok, Page, enveloped, examples
from parking.edge.parsing import Day, Decoded, RefIn, Text12
from parking.reports.payments import (
    MoneyFilter,
    MoneyRow,
    Totals,
    money_keys,
    money_rows,
    sum_of,
    totals_by_method,
)
from parking.reports.periods import period

router = Router(tags=["Admin"], auth=admin_only)

Method = Literal["CASH", "ONLINE", "UPI"]
MoneyStatus = Literal["CAPTURED", "INITIATED", "PENDING", "COMPLETED", "FAILED", "REVIEW"]


class MoneyRowOut(BaseModel):
    id: int
    kind: Literal["PAYMENT", "REFUND"]
    session_id: int | None
    amount: float
    method: Method
    gateway: str | None
    status: MoneyStatus
    reference: str | None
    attendant: str | None
    at: datetime


class TotalsOut(BaseModel):
    captured: float
    refunded: float
    net: float


class AllTotalsOut(TotalsOut):
    by_method: dict[Method, TotalsOut]


class MoneyPageOut(Page[MoneyRowOut]):
    totals: AllTotalsOut


EXAMPLE_TOTALS = {"captured": 150.0, "refunded": 0.0, "net": 150.0}
EXAMPLE_PAYMENTS = {
    "results": [
        {
            "id": 311,
            "kind": "PAYMENT",
            "session_id": 123,
            "amount": 100.0,
            "method": "CASH",
            "gateway": None,
            "status": "CAPTURED",
            "reference": None,
            "attendant": "staff1",
            "at": "2026-11-22T07:05:00Z",
        },
        {
            "id": 305,
            "kind": "PAYMENT",
            "session_id": 123,
            "amount": 50.0,
            "method": "ONLINE",
            "gateway": "SIMULATED",
            "status": "CAPTURED",
            "reference": "SIM-7Q2M9XK4T0ZC5VJW8N3D",
            "attendant": None,
            "at": "2026-11-22T04:30:00Z",
        },
    ],
    "count": 2,
    "page": 1,
    "page_size": 20,
    "pages": 1,
    "totals": EXAMPLE_TOTALS
    | {
        "by_method": {
            "CASH": {"captured": 100.0, "refunded": 0.0, "net": 100.0},
            "ONLINE": {"captured": 50.0, "refunded": 0.0, "net": 50.0},
            "UPI": {"captured": 0.0, "refunded": 0.0, "net": 0.0},
        }
    },
}


class PaymentsQuery(Paging):
    start_date: Day | None = Field(None, description="First day, in the site's time zone")
    end_date: Day | None = Field(None, description="Last day, in the site's time zone")
    method: Method | None = None
    status: MoneyStatus | None = None
    gateway: Annotated[Text12, Decoded] | None = None
    session_id: RefIn | None = None


@router.get(
    "/payments/",
    response={200: Ok[MoneyPageOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(EXAMPLE_PAYMENTS)),
    summary="Payments and refunds",
)
def payments(request: HttpRequest, filters: Annotated[PaymentsQuery, Query()]) -> HttpResponse:
    """Payments and refunds, newest first, with the totals of all pages; only finished money counts there."""
    wanted = MoneyFilter(
        period=period(first=filters.start_date, last=filters.end_date),
        method=filters.method,
        status=filters.status,
        gateway=filters.gateway,
        session=filters.session_id,
    )
    page = page_of(money_keys(wanted), filters, _present_rows)
    return ok(page | {"totals": _present_all_totals(totals_by_method(wanted))})


def _present_rows(keys: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_present_row(row) for row in money_rows(keys)]


def _present_row(row: MoneyRow) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name in MoneyRowOut.model_fields}


def _present_all_totals(by_method: dict[str, Totals]) -> dict[str, Any]:
    whole = sum_of(list(by_method.values()))
    parts = {method: _present_totals(totals) for method, totals in by_method.items()}
    return _present_totals(whole) | {"by_method": parts}


def _present_totals(totals: Totals) -> dict[str, Any]:
    return {"captured": totals.captured, "refunded": totals.refunded, "net": totals.net}
