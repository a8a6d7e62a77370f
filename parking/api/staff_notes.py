"""Notes on stays, and problems, for whoever scans them next."""

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from parking.api.paging import Paging, page_of
from parking.api.shapes.gate import ProblemOut
from parking.api.shapes.notes import NoteOut
from parking.core import clock
from parking.edge.answers import ok
from parking.edge.callers import actor_of, staff_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, paged
from parking.edge.parsing import GateId, GateQuery, In, Text200, path_id, path_ref
from parking.facilities.gates import actor_at
from parking.stays import access
from parking.stays.models import NoteKind
from parking.stays.notes import notes_of, open_problems, tick_off, write_note

router = Router(tags=["Staff"], auth=staff_only)

ProblemKind = Literal["IDENTIFICATION", "PAYMENT", "DAMAGE", "CONFLICT", "OTHER"]


class NoteIn(In):
    text: Text200
    gate_id: GateId | None = None


class ProblemIn(NoteIn):
    kind: ProblemKind


class DoneIn(In):
    gate_id: GateId | None = None


@router.get(
    "/sessions/{session_ref}/notes/",
    response={200: Ok[list[NoteOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped([NoteOut.example])),
    summary="Notes on a session",
)
def notes(request: HttpRequest, session_ref: str, filters: Annotated[GateQuery, Query()]) -> HttpResponse:
    """All notes and problems of a session, newest first."""
    session = access.find(path_ref(session_ref), actor_at(actor_of(request), filters.gate_id), at_work=True)
    return ok([NoteOut.of(note) for note in notes_of(session)])


@router.post(
    "/sessions/{session_ref}/notes/",
    response={201: Ok[NoteOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"text": "Key is with the guard"}, response=enveloped(NoteOut.example, "Note kept"), status=201
    ),
    summary="Write a note on a session",
)
def add_note(request: HttpRequest, session_ref: str, payload: NoteIn) -> HttpResponse:
    """Write what the next scans of the session show, until somebody ticks it off."""
    actor = actor_at(actor_of(request), payload.gate_id)
    note = write_note(actor=actor, session=path_ref(session_ref), text=payload.text, now=clock.now())
    return ok(NoteOut.of(note), "Note kept", status=201)


@router.post(
    "/sessions/{session_ref}/problem/",
    response={201: Ok[NoteOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"kind": "DAMAGE", "text": "Scratch on the left door"},
        response=enveloped(NoteOut.example | {"kind": "DAMAGE", "text": "Scratch on the left door"}, "Problem kept"),
        status=201,
    ),
    summary="Flag a session as a problem",
)
def add_problem(request: HttpRequest, session_ref: str, payload: ProblemIn) -> HttpResponse:
    """Flag a session: it stands in the list of problems, and its scans show it, until somebody ticks it off."""
    actor = actor_at(actor_of(request), payload.gate_id)
    note = write_note(
        actor=actor, session=path_ref(session_ref), text=payload.text, kind=NoteKind(payload.kind), now=clock.now()
    )
    return ok(NoteOut.of(note), "Problem kept", status=201)


@router.post(
    "/sessions/{session_ref}/notes/{note_id}/done/",
    response={200: Ok[NoteOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={}, response=enveloped(NoteOut.example | {"done_at": "2026-11-22T05:00:00Z"}, "Ticked off")
    ),
    summary="Tick a note or problem off",
)
def done(request: HttpRequest, session_ref: str, note_id: str, payload: DoneIn) -> HttpResponse:
    """Show it at no further scan."""
    note = tick_off(
        actor=actor_at(actor_of(request), payload.gate_id),
        session=path_ref(session_ref),
        note_id=path_id(note_id),
        now=clock.now(),
    )
    return ok(NoteOut.of(note), "Ticked off")


class ProblemsQuery(Paging):
    gate_id: GateId | None = None


@router.get(
    "/problems/",
    response={200: Ok[Page[ProblemOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(ProblemOut.example)),
    summary="Sessions with problems",
)
def problems(request: HttpRequest, filters: Annotated[ProblemsQuery, Query()]) -> HttpResponse:
    """Problems at the caller's sites that are not ticked off, oldest first."""
    found = page_of(open_problems(sites=actor_at(actor_of(request), filters.gate_id).sites), filters)
    return ok(found.showing([ProblemOut.of(note) for note in found.rows]))
