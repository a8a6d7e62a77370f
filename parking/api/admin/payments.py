"""Every payment and refund, as managers look through them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from parking.api.paging import Paging, listed_page
from parking.api.shapes.money import MONEY_PAGE_EXAMPLE, AllTotalsOut, MoneyPageOut, MoneyRowOut, MoneyStatus
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, Ok, enveloped, examples
from parking.edge.parsing import Day, Decoded, RefIn, Text12
from parking.payments.models import PaymentMethod
from parking.reports.money_walk import MoneyList
from parking.reports.payments import MoneyFilter, totals_by_method
from parking.reports.periods import period

router = Router(tags=["Admin"], auth=admin_only)


class PaymentsQuery(Paging):
    start_date: Day | None = Field(None, description="First day, in the site's time zone")
    end_date: Day | None = Field(None, description="Last day, in the site's time zone")
    method: PaymentMethod | None = None
    status: MoneyStatus | None = None
    gateway: Annotated[Text12, Decoded] | None = None
    session_id: RefIn | None = None


@router.get(
    "/payments/",
    response={200: Ok[MoneyPageOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(MONEY_PAGE_EXAMPLE)),
    summary="Payments and refunds",
)
def payments(request: HttpRequest, filters: Annotated[PaymentsQuery, Query()]) -> HttpResponse:
    """Payments and refunds, newest first, with the totals of all pages; only finished money counts there."""
    wanted = MoneyFilter(
        sites=actor_of(request).sites,
        period=period(first=filters.start_date, last=filters.end_date),
        method=filters.method,
        status=filters.status,
        gateway=filters.gateway,
        session=filters.session_id,
    )
    found = listed_page(MoneyList(wanted), filters)
    totals = AllTotalsOut.of(totals_by_method(wanted))
    return ok(found.showing(MoneyRowOut.rows(found.rows), totals=totals))
