"""Gates, as managers see and change them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from parking.api.paging import Paging, page_of
from parking.api.shapes.sites import ChangedGateIn, GateOut, Id, NewGateIn
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged, problems
from parking.edge.parsing import path_id
from parking.facilities import gates
from parking.facilities.models import Gate

router = Router(tags=["Admin"], auth=admin_only)


class GatesQuery(Paging):
    site_id: Id | None = Field(None, description="Only the gates of this site")


@router.get(
    "/gates/",
    response={200: Ok[Page[GateOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(GateOut.example)),
    summary="Gates",
)
def list_gates(request: HttpRequest, filters: Annotated[GatesQuery, Query()]) -> HttpResponse:
    """Gates in use at the sites of the caller, by site and name."""
    rows = gates.gates_of(actor_of(request)).prefetch_related("zones")
    found = page_of(rows.filter(site_id=filters.site_id) if filters.site_id else rows, filters)
    return ok(found.showing([GateOut.of(gate) for gate in found.rows]))


@router.post(
    "/gates/",
    response={201: Ok[GateOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"site_id": 1, "name": "North entry", "direction": "IN", "zone_ids": [1]},
            response=enveloped(GateOut.example | {"zone_ids": [1]}, "Gate made"),
            status=201,
        )
    ),
    summary="Make a gate",
)
@requests.idempotent_in_one_transaction
def create_gate(request: HttpRequest, payload: NewGateIn) -> HttpResponse:
    """Make a gate. Without `zone_ids` it leads to all zones of its site."""
    gate = gates.create_gate(
        actor=actor_of(request),
        site_id=payload.site_id,
        name=payload.name,
        direction=payload.direction,
        zone_ids=payload.zone_ids or [],
        now=clock.now(),
    )
    return _answer(gate, "Gate made", status=201)


@router.get(
    "/gates/{gate_ref}/",
    response={200: Ok[GateOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(GateOut.example)),
    summary="One gate",
)
def one_gate(request: HttpRequest, gate_ref: str) -> HttpResponse:
    """One gate, also a retired one."""
    return _answer(gates.gate_by_id(path_id(gate_ref), actor_of(request)), "OK")


@router.patch(
    "/gates/{gate_ref}/",
    response={200: Ok[GateOut], **problems()},
    openapi_extra=examples(
        request={"direction": "BOTH"}, response=enveloped(GateOut.example | {"direction": "BOTH"}, "Gate changed")
    ),
    summary="Change a gate",
)
def change_gate(request: HttpRequest, gate_ref: str, payload: ChangedGateIn) -> HttpResponse:
    """Change a gate, or take it out of use for good."""
    gate = gates.update_gate(
        actor=actor_of(request), gate_id=path_id(gate_ref), changes=payload.changes(), now=clock.now()
    )
    return _answer(gate, "Gate changed")


def _answer(gate: Gate, message: str, *, status: int = 200) -> HttpResponse:
    return ok(GateOut.of(gate), message, status=status)
