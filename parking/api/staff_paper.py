"""Paper slips that are entered afterwards."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from parking.api.shapes.paper import PaperResultOut, PaperSheetOut
from parking.checkout import paper_slips
from parking.checkout.paper_slips import MOST_ROWS, Slip
from parking.core import clock
from parking.core.money import ZERO
from parking.edge.answers import ok
from parking.edge.callers import actor_of, staff_only
from parking.edge.describe import WRITE_PROBLEMS, Ok, enveloped, examples
from parking.edge.parsing import GateId, In, RefIn, Rupees, Text12, Text30, TimeIn
from parking.facilities.gates import actor_at
from parking.vehicles.models import VehicleKind

router = Router(tags=["Staff"], auth=staff_only)


class SlipIn(In):
    block: Text12
    number: Annotated[int, Field(ge=1, le=10**6)]
    vehicle_number: Text30
    vehicle_kind: Annotated[VehicleKind, Field(strict=False)] = VehicleKind.CAR
    entry_time: TimeIn
    exit_time: TimeIn | None = None
    cash: Rupees = ZERO

    def slip(self) -> Slip:
        """Return the row as it was written."""
        return Slip(
            self.block,
            self.number,
            self.vehicle_number,
            self.vehicle_kind.value,
            self.entry_time,
            self.exit_time,
            self.cash,
        )


class SheetIn(In):
    zone_id: RefIn
    slips: Annotated[list[SlipIn], Field(min_length=1, max_length=MOST_ROWS)]
    gate_id: GateId | None = None


@router.post(
    "/paper-slips/",
    response={200: Ok[PaperSheetOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={
            "zone_id": 1,
            "slips": [
                {
                    "block": "B1",
                    "number": 7,
                    "vehicle_number": "DL-01-AB-1234",
                    "entry_time": "2026-11-22T04:30:00Z",
                    "exit_time": "2026-11-22T05:20:00Z",
                    "cash": 50,
                }
            ],
        },
        response=enveloped(PaperSheetOut.example, "1 of 1 entered"),
    ),
    summary="Enter paper slips",
)
def enter_slips(request: HttpRequest, payload: SheetIn) -> HttpResponse:
    """Enter the slips that were written while nothing else worked, each by itself and once.

    A row that is wrong is answered with its code and keeps no other back. The stated times are those of the session,
    which is marked PAPER; money has the time of entering. The same slip with the same values again is no second one.
    """
    entered = paper_slips.enter_sheet(
        actor=actor_at(actor_of(request), payload.gate_id),
        zone=payload.zone_id,
        slips=[row.slip() for row in payload.slips],
        now=clock.now(),
    )
    results = [PaperResultOut.of(row) for row in entered]
    done = sum(row.session is not None for row in entered)
    return ok(PaperSheetOut.make(results=results, entered=done), f"{done} of {len(entered)} entered")
