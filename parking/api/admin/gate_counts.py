"""What each attendant let pass otherwise than by a scan and its money."""

from typing import Annotated, Self

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from parking.api.admin.terminations import TerminationsQuery
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, Ok, enveloped, examples
from parking.edge.shapes import Shape
from parking.reports.gate_counts import GateCounts, gate_counts
from parking.reports.periods import report_period

router = Router(tags=["Admin"], auth=admin_only)


class GateCountsOut(Shape):
    """The counts of one attendant; `owed` in rupees."""

    user_id: int
    username: str
    entries: int
    exits: int
    without_qr: int
    lost_tickets: int
    pay_later: int
    owed: float
    notes: int
    tickets_given: int = Field(description="Tickets that were given without letting the car in")
    tickets_entered: int = Field(description="Tickets of which was said afterwards that the car is inside")
    tickets_gone: int = Field(description="Tickets of which was said that the car never came in")
    emergencies: int = Field(description="Cars let out because an emergency ran")
    tokens: int = Field(description="Numbered tokens handed out")
    paper_slips: int = Field(description="Paper slips entered")
    codes: int = Field(description="Promo codes and vouchers given to a session")
    exempted: int = Field(description="Cars let through as of an exempt class")

    example = {
        "user_id": 8,
        "username": "staff1",
        "entries": 310,
        "exits": 290,
        "without_qr": 4,
        "lost_tickets": 1,
        "pay_later": 2,
        "owed": 180.0,
        "notes": 3,
        "tickets_given": 12,
        "tickets_entered": 1,
        "tickets_gone": 2,
        "emergencies": 0,
        "tokens": 18,
        "paper_slips": 2,
        "codes": 1,
        "exempted": 1,
    }

    @classmethod
    def of(cls, counts: GateCounts) -> Self:
        """Return the counts of an attendant."""
        return cls.read(counts)


@router.get(
    "/gate-counts/",
    response={200: Ok[list[GateCountsOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped([GateCountsOut.example])),
    summary="What attendants let pass",
)
def counts(request: HttpRequest, filters: Annotated[TerminationsQuery, Query()]) -> HttpResponse:
    """What each attendant let pass otherwise than by a scan and its money: no code, lost tickets, pay later and so on.

    Beside them entries and exits.
    """
    sites = actor_of(request).sites
    days = report_period(day=filters.date, first=filters.start_date, last=filters.end_date, sites=sites)
    return ok([GateCountsOut.of(row) for row in gate_counts(period=days, sites=sites)])
