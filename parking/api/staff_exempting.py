"""What an attendant sees of a car at the entry: that it pays nothing, with a photo, and its kind."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from parking.accounts.models import Approval
from parking.api.shapes.approvals import AskedOut, asked
from parking.api.shapes.bookings import BookingOut
from parking.api.shapes.exempting import ClassId, EvidenceOut, ExemptClassOut, ExemptionOut, PhotoNote
from parking.api.shapes.imports import multipart
from parking.api.shapes.zone_fields import KindIn
from parking.checkout import exempting, kinds
from parking.checkout.queries import newest_order
from parking.core import clock
from parking.core.photos import MOST_BYTES
from parking.edge.answers import ok
from parking.edge.callers import actor_of, staff_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, enveloped, examples
from parking.edge.parsing import GateId, GateQuery, path_id, path_ref
from parking.facilities.gates import actor_at
from parking.stays import evidence
from parking.stays.exempt_classes import classes_of
from parking.stays.exempt_models import EvidenceMoment
from parking.stays.models import ParkingSession

router = Router(tags=["Staff"], auth=staff_only)


@router.get(
    "/exempt-classes/",
    response={200: Ok[list[ExemptClassOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped([ExemptClassOut.example])),
    summary="Exempt classes in use",
)
def classes(request: HttpRequest, filters: Annotated[GateQuery, Query()]) -> HttpResponse:
    """Classes of vehicles that pay nothing, at the gate's site or those of the caller."""
    rows = classes_of(actor_at(actor_of(request), filters.gate_id).sites).filter(is_active=True)
    return ok([ExemptClassOut.of(row) for row in rows])


@router.post(
    "/sessions/{session_ref}/exempt/",
    response={200: Ok[ExemptionOut], **WRITE_PROBLEMS},
    openapi_extra=multipart(
        examples(response=enveloped(ExemptionOut.example, "The car pays nothing")),
        {"class_id": 1, "photo": "ambulance.jpg", "gate_id": 1},
    ),
    summary="Let a car pay nothing",
)
def exempt(
    request: HttpRequest,
    session_ref: str,
    class_id: Form[ClassId],
    photo: File[UploadedFile],
    gate_id: Form[GateId | None] = None,
) -> HttpResponse:
    """Exempt an open session, with a photo of the car (JPEG, PNG, HEIC or WebP of at most 12 MB).

    After the first quote at an exit only an ADMIN may (`quote_given`).
    """
    given = exempting.exempt(
        actor=actor_at(actor_of(request), gate_id),
        session=path_ref(session_ref),
        class_id=class_id,
        photo=photo.read(MOST_BYTES + 1),
        now=clock.now(),
    )
    return ok(ExemptionOut.of(given), "The car pays nothing")


@router.delete(
    "/sessions/{session_ref}/exempt/",
    response={200: Ok[BookingOut], **WRITE_PROBLEMS},
    openapi_extra=examples(response=enveloped(BookingOut.example, "The car pays again")),
    summary="Take an exemption back",
)
def withdraw(request: HttpRequest, session_ref: str, filters: Annotated[GateQuery, Query()]) -> HttpResponse:
    """Let an open session pay again that was exempted by mistake."""
    actor = actor_at(actor_of(request), filters.gate_id)
    session = exempting.withdraw(actor=actor, session=path_ref(session_ref), now=clock.now())
    return _booking(session, "The car pays again")


@router.post(
    "/sessions/{session_ref}/kind/",
    response={200: Ok[BookingOut], 202: Ok[AskedOut], **WRITE_PROBLEMS},
    openapi_extra=multipart(
        examples(response=enveloped(BookingOut.example | {"vehicle_kind": "TAXI"}, "Vehicle type changed")),
        {"vehicle_kind": "TAXI"},
    ),
    summary="Correct the kind of a vehicle",
)
def kind(
    request: HttpRequest,
    session_ref: str,
    vehicle_kind: Form[KindIn],
    photo: File[UploadedFile | None] = None,
    gate_id: Form[GateId | None] = None,
) -> HttpResponse:
    """Give an open session the prices and a slot of another kind of vehicle.

    At the entry, that is until five minutes later; afterwards an ADMIN may with a `photo` (`kind_fixed`,
    `photo_needed`). What makes a car inside pay less waits for a second person (202).
    """
    changed = kinds.set_kind(
        actor=actor_at(actor_of(request), gate_id),
        session=path_ref(session_ref),
        vehicle_kind=str(vehicle_kind),
        photo=photo.read(MOST_BYTES + 1) if photo else None,
        now=clock.now(),
    )
    return asked(changed) if isinstance(changed, Approval) else _booking(changed, "Vehicle type changed")


@router.post(
    "/sessions/{session_ref}/evidence/",
    response={201: Ok[EvidenceOut], **WRITE_PROBLEMS},
    openapi_extra=multipart(
        examples(response=enveloped(EvidenceOut.example, "Photo kept"), status=201),
        {"photo": "car.jpg", "moment": "EXIT", "note": "Pays later"},
    ),
    summary="Keep a photo of a car",
)
def add_photo(
    request: HttpRequest,
    session_ref: str,
    photo: File[UploadedFile],
    *,
    moment: Form[EvidenceMoment | None] = None,
    note: Form[PhotoNote | None] = None,
    gate_id: Form[GateId | None] = None,
) -> HttpResponse:
    """Keep a photo of a car (JPEG, PNG, HEIC or WebP of at most 12 MB), until a day after it left: ENTRY or EXIT.

    Without `moment` it is of the entry until five minutes after that, later of the exit. A photo of the exit lets a car
    pay later where the site asks for a phone or photo. The same photo again is the same.
    """
    kept = evidence.add_photo(
        actor=actor_at(actor_of(request), gate_id),
        session=path_ref(session_ref),
        content=photo.read(MOST_BYTES + 1),
        moment=moment,
        note=note or "",
        now=clock.now(),
    )
    return ok(EvidenceOut.of(kept), "Photo kept", status=201)


@router.get(
    "/evidence/{evidence_ref}/",
    response=READ_PROBLEMS,
    openapi_extra={"responses": {200: {"description": "The photo", "content": {"image/jpeg": {}}}}},
    summary="A photo of a session",
)
def photo(request: HttpRequest, evidence_ref: str, filters: Annotated[GateQuery, Query()]) -> HttpResponse:
    """Return a photo as JPEG, to who may see its session at work."""
    content = evidence.photo(path_id(evidence_ref), actor_at(actor_of(request), filters.gate_id), clock.now())
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


def _booking(session: ParkingSession, message: str) -> HttpResponse:
    shown = ParkingSession.objects.whole().get(pk=session.pk)
    return ok(BookingOut.of(shown, newest_order(shown.bill_id), clock.now()), message)
