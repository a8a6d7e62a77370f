"""Our books against a gateway's, as managers ask for it."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from parking.api.shapes.reconciliation import ReconciliationOut
from parking.core import clock
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only, reports_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, enveloped, examples
from parking.edge.parsing import Day, Decoded, In, Printable, Text12
from parking.reports.periods import ClosedPeriod, closed_period
from parking.reports.reconciliation import reconcile

router = Router(tags=["Admin"], auth=admin_only)

# A request must come to an end; the command has no such bound.
MOST_CALLS = 500


class ReconciliationQuery(BaseModel):
    gateway: Annotated[Text12, Decoded]
    start_date: Day = Field(description="First day, in the site's time zone")
    end_date: Day = Field(description="Last day, in the site's time zone")


@router.get(
    "/reconciliation/",
    response={200: Ok[ReconciliationOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(ReconciliationOut.example)),
    summary="Compare with a gateway",
)
def compare_with_gateway(request: HttpRequest, filters: Annotated[ReconciliationQuery, Query()]) -> HttpResponse:
    """Ask the gateway for its own list, order by order where it has none, and list what differs."""
    return _compared(request, filters.gateway, closed_period(filters.start_date, filters.end_date))


class SettlementIn(In):
    gateway: Text12
    start_date: Day
    end_date: Day
    settlement: Annotated[str, Field(min_length=1), Printable]


@router.post(
    "/reconciliation/",
    auth=reports_only,
    response={200: Ok[ReconciliationOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={
            "gateway": "PHONEPE",
            "start_date": "2026-11-22",
            "end_date": "2026-11-22",
            "settlement": "kind,gateway_id,merchant_id,amount,currency,made_at\n"
            "PAYMENT,OM2611220000000000000001,PK-7Q2M9XK4T0ZC5VJW8N3D,50.00,INR,2026-11-22T10:00:00+05:30\n",
        },
        response=enveloped(ReconciliationOut.example | {"gateway": "PHONEPE"}),
    ),
    summary="Compare with a settlement file",
)
def compare_with_settlement(request: HttpRequest, payload: SettlementIn) -> HttpResponse:
    """Take the text of a CSV file for the gateway's list (docs/payments.md). Nothing of it is kept."""
    days = closed_period(payload.start_date, payload.end_date)
    return _compared(request, payload.gateway, days, payload.settlement)


def _compared(request: HttpRequest, gateway: str, period: ClosedPeriod, settlement: str | None = None) -> HttpResponse:
    result = reconcile(
        gateway=gateway,
        period=period,
        sites=actor_of(request).sites,
        now=clock.now(),
        settlement=settlement,
        most_calls=MOST_CALLS,
    )
    return ok(ReconciliationOut.of(gateway, result))
