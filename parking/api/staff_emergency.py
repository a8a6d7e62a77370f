"""Emergencies: every car is let out at once, for a reason, for a time, and not by one person alone."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from parking.accounts.approvals import approval_of
from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.api.paging import Paging, page_of
from parking.api.shapes.approvals import AskedOut, asked
from parking.api.shapes.emergencies import EmergencyOut
from parking.checkout import approving
from parking.checkout.emergencies import owing_of
from parking.core import clock
from parking.core.actor import Actor
from parking.core.errors import NotFound
from parking.core.ids import MAX_ID
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, staff_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged
from parking.edge.parsing import GateId, GateQuery, In, Text200, path_id
from parking.facilities import emergencies
from parking.facilities.emergencies import MOST_MINUTES, emergencies_of, find_emergency
from parking.facilities.gates import actor_at
from parking.facilities.models import Emergency
from parking.facilities.sites import only_site

router = Router(tags=["Staff"], auth=staff_only)


class EmergenciesQuery(Paging):
    gate_id: GateId | None = None


@router.get(
    "/emergency/",
    response={200: Ok[Page[EmergencyOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(EmergencyOut.example)),
    summary="Emergencies",
)
def list_emergencies(request: HttpRequest, filters: Annotated[EmergenciesQuery, Query()]) -> HttpResponse:
    """Emergencies of the caller's sites, newest first, with what their cars still owe."""
    found = page_of(emergencies_of(actor_at(actor_of(request), filters.gate_id)), filters)
    owing, now = owing_of(found.rows), clock.now()
    return ok(found.showing([EmergencyOut.of(row, owing[row.pk], now) for row in found.rows]))


class EmergencyIn(In):
    reason: Text200
    minutes: Annotated[int, Field(ge=1, le=MOST_MINUTES)]
    site_id: Annotated[int, Field(ge=1, le=MAX_ID)] | None = Field(None, description="Without: that of the gate")
    gate_id: GateId | None = None


@router.post(
    "/emergency/",
    response={201: Ok[EmergencyOut], 202: Ok[AskedOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"reason": "Smoke on level 2", "minutes": 60, "gate_id": 2},
            response=enveloped(EmergencyOut.example, "Every car is let out"),
            status=201,
        )
    ),
    summary="Begin an emergency",
)
@requests.idempotent_in_one_transaction
def begin(request: HttpRequest, payload: EmergencyIn) -> HttpResponse:
    """Let every car of a site out, once a second person has confirmed: here, or among the approvals.

    Then any exit completes with method NONE, nothing is collected, and what is due is owed by the plate. It ends by
    itself. Needs the permission `terminate`.
    """
    actor, now = actor_at(actor_of(request), payload.gate_id), clock.now()
    begun = emergencies.begin(
        actor=actor,
        site_id=payload.site_id or only_site(actor).pk,
        reason=payload.reason,
        minutes=payload.minutes,
        now=now,
    )
    if isinstance(begun, Approval):
        return asked(begun)
    return ok(_shown(find_emergency(begun.pk, actor)), "Every car is let out", status=201)


def _shown(emergency: Emergency) -> EmergencyOut:
    return EmergencyOut.of(emergency, owing_of([emergency])[emergency.pk], clock.now())


class ConfirmIn(In):
    decision: Annotated[Decision, Field(strict=False)]
    gate_id: GateId | None = None


@router.post(
    "/emergency/{emergency_ref}/confirm/",
    response={200: Ok[EmergencyOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"decision": "APPROVE"},
            response=enveloped(EmergencyOut.example, "Every car is let out"),
        )
    ),
    summary="Confirm an emergency",
)
@requests.idempotent_in_one_transaction
def confirm(request: HttpRequest, emergency_ref: str, payload: ConfirmIn) -> HttpResponse:
    """Confirm or refuse as the second person. Refused to whoever asked (`own_change`)."""
    actor = actor_at(actor_of(request), payload.gate_id)
    approval = _asked_about(path_id(emergency_ref), actor)
    approving.decide(actor=actor, approval_id=approval.pk, decision=payload.decision, now=clock.now())
    message = "Every car is let out" if payload.decision == Decision.APPROVE else "Refused"
    return ok(_shown(find_emergency(approval.subject_id, actor)), message)


def _asked_about(emergency_id: int, actor: Actor) -> Approval:
    find_emergency(emergency_id, actor)
    approval = approval_of(kind=ApprovalKind.EMERGENCY, subject_id=emergency_id)
    if approval is None:
        raise NotFound("approval_not_found", "There is no such approval")
    return approval


@router.delete(
    "/emergency/{emergency_ref}/",
    response={200: Ok[EmergencyOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        response=enveloped(EmergencyOut.example | {"status": "OVER", "ended_at": "2026-11-22T07:55:00Z"}, "Ended")
    ),
    summary="End an emergency",
)
def end(request: HttpRequest, emergency_ref: str, filters: Annotated[GateQuery, Query()]) -> HttpResponse:
    """End an emergency before its time, or take back one that nobody confirmed."""
    actor = actor_at(actor_of(request), filters.gate_id)
    ended = emergencies.end(actor=actor, emergency_id=path_id(emergency_ref), now=clock.now())
    return ok(_shown(ended), "Ended")
