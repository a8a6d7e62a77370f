"""Slots, as managers add and change them."""

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from parking.api.shapes.zone_fields import absent
from parking.api.shapes.zones import SlotOut
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import WRITE_PROBLEMS, Ok, enveloped, examples, keyed, problems
from parking.edge.parsing import In, path_id, path_ref
from parking.facilities import services as facilities
from parking.facilities.models import SlotKind, SlotStatus
from parking.facilities.queries import find_zone
from parking.facilities.rules import HIGHEST_SLOT, LONGEST_PREFIX, PREFIX_PATTERN

router = Router(tags=["Admin"], auth=admin_only)

SlotNumber = Annotated[int, Field(ge=0, le=HIGHEST_SLOT)]
Prefix = Annotated[str, Field(max_length=LONGEST_PREFIX, pattern=PREFIX_PATTERN)]
SlotKindName = Annotated[SlotKind, Field(strict=False)]


class NewSlotsIn(In):
    prefix: Prefix
    first: SlotNumber
    last: SlotNumber
    kind: SlotKindName = SlotKind.CAR


@router.post(
    "/zones/{zone_ref}/slots/",
    response={201: Ok[list[SlotOut]], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"prefix": "A-", "first": 1, "last": 1, "kind": "CAR"},
            response=enveloped([SlotOut.example | {"status": "FREE"}], "1 slots added"),
            status=201,
        )
    ),
    summary="Add slots",
)
@requests.idempotent_in_one_transaction
def add_slots(request: HttpRequest, zone_ref: str, payload: NewSlotsIn) -> HttpResponse:
    """Add the slots prefix + first … prefix + last to a zone; numbers have at least three digits."""
    zone = find_zone(path_ref(zone_ref), sites=actor_of(request).sites)
    slots = facilities.add_slots(actor=actor_of(request), zone_id=zone.pk, now=clock.now(), **payload.model_dump())
    return ok([SlotOut.of(slot) for slot in slots], f"{len(slots)} slots added", status=201)


class ChangedSlotIn(In):
    status: Literal[SlotStatus.FREE, SlotStatus.OUT_OF_SERVICE] = absent()
    kind: SlotKindName = absent()


@router.patch(
    "/slots/{slot_ref}/",
    response={200: Ok[SlotOut], **problems()},
    openapi_extra=examples(
        request={"status": "OUT_OF_SERVICE"},
        response=enveloped(SlotOut.example | {"status": "OUT_OF_SERVICE"}, "Slot changed"),
    ),
    summary="Change a slot",
)
def change_slot(request: HttpRequest, slot_ref: str, payload: ChangedSlotIn) -> HttpResponse:
    """Take a slot in or out of service, or change its kind.

    Refused (`slot_in_use`) while it is taken; its kind also while it is kept for a pass.
    """
    slot = facilities.change_slot(
        actor=actor_of(request),
        slot_id=path_id(slot_ref),
        status=payload.status,
        kind=payload.kind,
        now=clock.now(),
    )
    return ok(SlotOut.of(slot), "Slot changed")
