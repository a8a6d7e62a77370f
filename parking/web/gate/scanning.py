"""The page at which cars are let in and out, and the handling of scans."""

from dataclasses import replace

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from parking.checkout import scanning as checkout
from parking.checkout.leaving import Left
from parking.checkout.scanning import Direction
from parking.core import clock
from parking.core.errors import DomainError, InvalidInput
from parking.core.qr import qr_data_uri
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.edge.pages import page
from parking.facilities.gates import gates_of
from parking.stays.models import ParkingSession
from parking.web.access import for_attendants
from parking.web.gate import answers
from parking.web.gate.forms import DirectedScanForm, PlateForm, ScanForm
from parking.web.gate.here import actor_here
from parking.web.gate.refusing import refused
from parking.web.gate.verdicts import Scan

# Has the form of a ticket's code and is nobody's: codes are drawn at random.
TEST_CODE = "QR-TEST00000000"


@require_safe
@for_attendants
@ensure_csrf_cookie
@csp_update({"script-src": ["'wasm-unsafe-eval'"]})
def gate(request: HttpRequest) -> HttpResponse:
    """Show the scanner, in and out, and the gates to choose from.

    The service worker keeps this page, so nothing of a person is on it.
    """
    return page(request, "gate/gate.html", section="gate", nameless=True, gates=gates_of(actor_of(request)))


@require_safe
@for_attendants
def scanner(request: HttpRequest) -> HttpResponse:
    """Show what arrives from a scanner that reads the code of this page; the script sends nothing."""
    return page(request, "gate/scanner.html", section="gate", code=TEST_CODE, qr=qr_data_uri(TEST_CODE))


@require_POST
@for_attendants
def scan(request: HttpRequest) -> HttpResponse:
    """Let a car in, or show the bill of one that wants out."""
    form = DirectedScanForm(request.POST)
    if not form.is_valid():
        return unreadable(request, form)
    sent = replace(scan_of(form), direction=form.cleaned_data["direction"])
    try:
        result = checkout.scan(
            actor=actor_here(request, form),
            qr_code=sent.qr_code,
            direction=Direction(sent.direction),
            plate_seen=sent.plate_seen,
            scan_id=sent.scan_id,
            now=clock.now(),
        )
    except DomainError as error:
        record_refusal(request, error)
        return refused(request, sent, error)
    if isinstance(result, Left):
        return answers.let_out(request, sent, result)
    if isinstance(result, ParkingSession):
        return answers.quoted(request, sent, result, pane=request.POST.get("pane", ""))
    return answers.let_in(request, sent, result)


@require_POST
@for_attendants
def plate(request: HttpRequest) -> HttpResponse:
    """Compare the plate that the attendant sees with the booked one, after the car was let in."""
    form = PlateForm(request.POST)
    if not form.is_valid():
        return unreadable(request, form)
    sent = scan_of(form)
    try:
        session = checkout.compare_plate(
            actor=actor_here(request, form), qr_code=sent.qr_code, plate_seen=form.cleaned_data["plate_seen"]
        )
    except DomainError as error:
        record_refusal(request, error)
        return refused(request, sent, error)
    return answers.same_plate(request, sent, session)


def scan_of(form: ScanForm) -> Scan:
    given = form.cleaned_data
    return Scan(
        given["qr_code"], given["scan_id"], given["plate_seen"], given["gate_id"], debts=given.get("debts") or ()
    )


def unreadable(request: HttpRequest, form: ScanForm) -> HttpResponse:
    """Show the answer to a scan that no gate of ours sends."""
    error = InvalidInput({name: [str(text) for text in texts] for name, texts in form.errors.items()})
    return refused(request, Scan(request.POST.get("qr_code", "")[:500], ""), error)
