"""The older addresses: their own words and shapes, the same services as everywhere else."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from parking.checkout import booking, cancelling, entering, leaving, terminating
from parking.checkout.cancelling import Cancelled
from parking.checkout.collecting import Collection
from parking.checkout.leaving import Left
from parking.checkout.terminating import NONE
from parking.core import clock
from parking.core.errors import DomainError, NotFound, Refused
from parking.core.idempotency import RequestKey
from parking.core.ids import parse_ref
from parking.edge import requests
from parking.edge.answers import ok, plain
from parking.edge.callers import actor_of
from parking.edge.describe import PUBLIC_PROBLEMS, WRITE_PROBLEMS, Ok, enveloped, examples, keyed, problems
from parking.edge.parsing import In
from parking.edge.requests import Attempt
from parking.facilities.queries import find_zone, zones_with_counts
from parking.legacy import pages, shapes
from parking.legacy.callers import callers, count_walk_in, only_own_bookings, refuse_all_but_staff
from parking.legacy.forms import body_of, read_body
from parking.legacy.shapes import CancelByQrIn, EntryScanIn, ExitScanIn, TicketIn
from parking.stays.access import QrText
from parking.stays.queries import session_by_uuid

router = Router(tags=["Older addresses"], auth=callers)

# --- Older words -------------------------------------------------------------------------------------

P = ParamSpec("P")
Made = TypeVar("Made")

_UNKNOWN_QR = ("qr_not_found", "Invalid QR code. Session not found.")
_OLDER_WORDS = {
    "qr_not_found": _UNKNOWN_QR,
    "session_not_found": _UNKNOWN_QR,
    "zone_full": ("zone_full", "No slots available in this zone"),
}


def _in_older_words(call: Callable[P, Made]) -> Callable[P, Made]:
    """Let a call refuse in the words that older clients know."""

    @wraps(call)
    def worded(*args: P.args, **named: P.kwargs) -> Made:
        try:
            return call(*args, **named)
        except DomainError as error:
            error.code, error.message = _OLDER_WORDS.get(error.code, (error.code, error.message))
            raise

    return worded


# --- Description -------------------------------------------------------------------------------------


def _page(what: str) -> dict[str, Any]:
    html = {"text/html": {"schema": {"type": "string"}}}
    return {"responses": {200: {"description": what, "content": html}}}


def _posting(request: dict[str, Any], response: object, form: type[In] | None = None) -> dict[str, Any]:
    """`openapi_extra` of a POST; with the shape of a form, of one that takes forms beside JSON."""
    extra = keyed(examples(request=request, response=response))
    # While the older addresses are open, no credentials are needed.
    extra["security"] = [{}]
    return extra | body_of(form, request) if form else extra


TICKET_GIVEN = enveloped(shapes.TicketOut.example, "Slot allocated: A-001")
SCANNED_IN = enveloped(shapes.EntryScanOut.example, "Entry QR scanned successfully")
SCANNED_OUT = enveloped(shapes.ExitScanOut.example, "Exit processed successfully")


# --- A ticket at the entry ---------------------------------------------------------------------------


@router.get(
    "/parking/entry/",
    auth=None,
    response=PUBLIC_PROBLEMS,
    openapi_extra=_page("The entry page"),
    summary="Entry page",
)
def entry_page(request: HttpRequest) -> HttpResponse:
    """The page at which a car that drives up gets a ticket."""
    return pages.entry(request)


@router.post(
    "/parking/entry/",
    response={200: Ok[shapes.TicketOut], **WRITE_PROBLEMS},
    openapi_extra=_posting(shapes.TICKET_WANTED, TICKET_GIVEN, TicketIn),
    summary="Give a ticket",
)
def give_ticket(request: HttpRequest) -> HttpResponse:
    """Give a car that drives up a slot and a QR; no account, no fee."""
    refuse_all_but_staff(request)
    count_walk_in(request)
    return _give_ticket(request, read_body(request, TicketIn))


@router.post(
    "/api/parking/book/",
    response={200: Ok[shapes.TicketOut], **WRITE_PROBLEMS},
    openapi_extra=_posting(shapes.TICKET_WANTED, TICKET_GIVEN),
    summary="Give a ticket (JSON)",
)
def give_ticket_json(request: HttpRequest, payload: TicketIn) -> HttpResponse:
    """As `/parking/entry/`, JSON only."""
    refuse_all_but_staff(request)
    count_walk_in(request)
    return _give_ticket(request, payload)


@requests.idempotent
@_in_older_words
def _give_ticket(request: HttpRequest, attempt: Attempt, ticket: TicketIn) -> HttpResponse:
    if attempt.subject is not None:
        session = session_by_uuid(UUID(attempt.subject))
    else:
        session = booking.take_ticket(
            actor=actor_of(request),
            zone=ticket.zone_id,
            plate=ticket.vehicle_number,
            owner_name=ticket.owner_name,
            now=clock.now(),
            key=attempt.key,
        )
    shown = shapes.TicketOut.of(session)
    text = f"Slot allocated: {shown.slot_number}" if shown.slot_number else "Place allocated"
    return ok(shown, text)


# --- Entry scan --------------------------------------------------------------------------------------

_ENTRY_SCAN_PAGE = _page("The entry scan page")


@router.get(
    "/parking/entry-qr-scan/",
    auth=None,
    response=PUBLIC_PROBLEMS,
    openapi_extra=_ENTRY_SCAN_PAGE,
    summary="Entry scan page",
)
def entry_scan_page(request: HttpRequest) -> HttpResponse:
    """The page at which an attendant scans cars in."""
    return pages.entry_scan(request)


@router.get(
    "/entry-qr-scan/",
    auth=None,
    response=PUBLIC_PROBLEMS,
    openapi_extra=_ENTRY_SCAN_PAGE,
    summary="Entry scan page, shorter address",
)
def entry_scan_page_short(request: HttpRequest) -> HttpResponse:
    """As `/parking/entry-qr-scan/`."""
    return pages.entry_scan(request)


@router.post(
    "/parking/entry-qr-scan/",
    response={200: Ok[shapes.EntryScanOut], **WRITE_PROBLEMS},
    openapi_extra=_posting(shapes.ENTRY_SCAN, SCANNED_IN, EntryScanIn),
    summary="Scan a car in (older)",
)
def scan_in(request: HttpRequest) -> HttpResponse:
    """Let a car with a ticket or a booking in."""
    refuse_all_but_staff(request)
    return _scan_in(request, read_body(request, EntryScanIn))


@router.post(
    "/api/parking/scan-entry/",
    response={200: Ok[shapes.EntryScanOut], **WRITE_PROBLEMS},
    openapi_extra=_posting(shapes.ENTRY_SCAN, SCANNED_IN),
    summary="Scan a car in (older, JSON)",
)
def scan_in_json(request: HttpRequest, payload: EntryScanIn) -> HttpResponse:
    """As `/parking/entry-qr-scan/`, JSON only."""
    refuse_all_but_staff(request)
    return _scan_in(request, payload)


@_in_older_words
def _scan_in(request: HttpRequest, scan: EntryScanIn) -> HttpResponse:
    """An entry charges nothing, so an Idempotency-Key only serves as the scan's number, which has no field here."""
    key = requests.key_of_call(request, scan)
    entered = entering.enter(
        actor=actor_of(request), qr_code=scan.qr_code, scan_id=key.key if key else None, now=clock.now()
    )
    return ok(shapes.EntryScanOut.of(entered), "Entry QR scanned successfully")


# --- Exit scan ---------------------------------------------------------------------------------------

_EXIT_SCAN_PAGE = _page("The exit scan page")


@router.get(
    "/parking/exit-qr-scan/",
    auth=None,
    response=PUBLIC_PROBLEMS,
    openapi_extra=_EXIT_SCAN_PAGE,
    summary="Exit scan page",
)
def exit_scan_page(request: HttpRequest) -> HttpResponse:
    """The page at which an attendant scans cars out."""
    return pages.exit_scan(request)


@router.get(
    "/exit-qr-scan/",
    auth=None,
    response=PUBLIC_PROBLEMS,
    openapi_extra=_EXIT_SCAN_PAGE,
    summary="Exit scan page, shorter address",
)
def exit_scan_page_short(request: HttpRequest) -> HttpResponse:
    """As `/parking/exit-qr-scan/`."""
    return pages.exit_scan(request)


@router.post(
    "/parking/exit-qr-scan/",
    response={200: Ok[shapes.ExitScanOut], **WRITE_PROBLEMS},
    openapi_extra=_posting(shapes.EXIT_SCAN, SCANNED_OUT, ExitScanIn),
    summary="Scan a car out (older)",
)
def scan_out(request: HttpRequest) -> HttpResponse:
    """Collect what is due and let the car out.

    With ONLINE not yet confirmed the gate stays shut, so no success is claimed: the
    answer is 400 `payment_pending`, with `amount_due` and `payment`. The same scan again looks at the payment again,
    also with the same Idempotency-Key.
    """
    refuse_all_but_staff(request)
    return _scan_out(request, read_body(request, ExitScanIn))


@router.post(
    "/api/parking/scan-exit/",
    response={200: Ok[shapes.ExitScanOut], **WRITE_PROBLEMS},
    openapi_extra=_posting(shapes.EXIT_SCAN, SCANNED_OUT),
    summary="Scan a car out (older, JSON)",
)
def scan_out_json(request: HttpRequest, payload: ExitScanIn) -> HttpResponse:
    """As `/parking/exit-qr-scan/`, JSON only."""
    refuse_all_but_staff(request)
    return _scan_out(request, payload)


@requests.idempotent
@_in_older_words
def _scan_out(request: HttpRequest, attempt: Attempt, scan: ExitScanIn) -> HttpResponse:
    now = clock.now()
    if attempt.subject is not None:
        left = leaving.resume_ending(subject=attempt.subject, now=now)
    else:
        left = leaving.leave(
            actor=actor_of(request),
            qr_code=scan.qr_code,
            collection=Collection(scan.payment_method),
            now=now,
            key=attempt.key,
        )
    if not left.is_over:
        # The next request looks at the payment again.
        attempt.keeps = False
        return plain(shapes.PaymentAwaitedOut.of(left), status=400)
    return ok(shapes.ExitScanOut.of(left), "Exit processed successfully")


# --- Cancelling --------------------------------------------------------------------------------------


@router.post(
    "/parking/cancel-booking/",
    response={200: Ok[shapes.CancelledByQrOut], **WRITE_PROBLEMS},
    openapi_extra=_posting(
        shapes.CANCEL_WANTED, enveloped(shapes.CancelledByQrOut.example, "Session cancelled"), CancelByQrIn
    ),
    summary="Cancel by QR",
)
def cancel_by_qr(request: HttpRequest) -> HttpResponse:
    """Cancel a booking whose car has not come. For staff, a car that is inside is terminated, leaving a debt."""
    return _cancel_by_qr(request, read_body(request, CancelByQrIn))


@requests.idempotent
@_in_older_words
def _cancel_by_qr(request: HttpRequest, attempt: Attempt, wanted: CancelByQrIn) -> HttpResponse:
    if attempt.subject is not None:
        ended = _ended_before(attempt.subject)
    else:
        ended = _cancel_or_terminate(request, wanted.qr_code, clock.now(), attempt.key)
    return ok(shapes.CancelledByQrOut.of(ended), "Session cancelled")


def _cancel_or_terminate(request: HttpRequest, qr_code: str, now: datetime, key: RequestKey | None) -> Cancelled | Left:
    """The older case of an entered stay that is cancelled: a termination, and for staff alone."""
    actor, session = actor_of(request), QrText(qr_code)
    only_own = only_own_bookings(request)
    try:
        return cancelling.cancel(actor=actor, session=session, reason="", now=now, only_of_caller=only_own, key=key)
    except Refused as refusal:
        if refusal.code != "already_entered" or not actor.is_staff:
            raise
    return terminating.terminate(
        actor=actor,
        session=session,
        reason="Cancelled after entry, at the older address",
        collection=Collection(NONE),
        now=now,
        key=key,
    )


def _ended_before(subject: str) -> Cancelled | Left:
    session = session_by_uuid(UUID(subject))
    return Left(session) if session.entry_qr_scanned else cancelling.cancelled_result(session)


# --- Zone status -------------------------------------------------------------------------------------


@router.get(
    "/parking/zone/{zone_ref}/status/",
    auth=None,
    response={200: shapes.ZoneStatusOut, **problems(without=(400, 401, 403, 413, 415))},
    openapi_extra=examples(response=shapes.ZoneStatusOut.example),
    summary="Free slots of a zone",
)
def zone_status(request: HttpRequest, zone_ref: str) -> HttpResponse:
    """Counts of one zone, without envelope; here `occupied_slots` counts booked slots too."""
    try:
        zone = find_zone(parse_ref(zone_ref))
    except ValueError as error:
        raise _zone_not_found() from error
    found = zones_with_counts(zone=zone)
    if not found:  # retired between the two looks
        raise _zone_not_found()
    return plain(shapes.ZoneStatusOut.of(*found[0], clock.now()))


def _zone_not_found() -> NotFound:
    return NotFound("zone_not_found", "Zone not found")
