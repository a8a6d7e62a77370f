"""Payment at the exit."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_POST, require_safe

from parking.checkout import leaving
from parking.checkout.leaving import Left
from parking.checkout.scanning import check_ending, ended_by, look_at_ending
from parking.core import clock
from parking.core.errors import DomainError, InvalidInput, Refused
from parking.core.ids import Ref
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.payments.models import PaymentMethod
from parking.stays import access
from parking.stays.models import EndReason, SessionStatus
from parking.web.access import for_attendants
from parking.web.gate import answers
from parking.web.gate.forms import CollectForm
from parking.web.gate.here import actor_here
from parking.web.gate.refusing import refused
from parking.web.gate.scanning import scan_of, unreadable
from parking.web.gate.verdicts import Scan
from parking.web.refusals import refusal_page


@require_POST
@for_attendants
def collect(request: HttpRequest) -> HttpResponse:
    """Let a car out against cash, an online payment or UPI at the counter. A repeated request is the same.

    Each way to pay is a scan of its own: who repeats "cash" after another attendant took the money learns that it is
    paid.
    """
    form = CollectForm(request.POST)
    if not form.is_valid():
        return _mistyped(request, form)
    sent, method = scan_of(form), form.cleaned_data["method"]
    try:
        left = leaving.leave(
            actor=actor_here(request, form),
            qr_code=sent.qr_code,
            collection=form.collection(),
            plate_seen=sent.plate_seen,
            scan_id=f"{sent.scan_id}.{method}",
            now=clock.now(),
        )
        _refuse_finished_elsewhere(left, method)
    except DomainError as error:
        record_refusal(request, error)
        return refused(request, sent, error, pane=method, tendered=_typed(request))
    return _shown(request, sent, left)


def _mistyped(request: HttpRequest, form: CollectForm) -> HttpResponse:
    if {"qr_code", "scan_id", "plate_seen", "gate_id", "method"} & form.errors.keys():
        return unreadable(request, form)
    return refused(request, scan_of(form), InvalidInput({}), pane=form.cleaned_data["method"], tendered=_typed(request))


def _typed(request: HttpRequest) -> str:
    """Return the cash as it was typed, to be corrected."""
    return request.POST.get("tendered", "")[:20]


def _refuse_finished_elsewhere(left: Left, method: str) -> None:
    """Raise, for a repeated scan, how the session ended: it may have been by another attendant."""
    over = left.session.status == SessionStatus.COMPLETED
    if over and not ended_by(left.session, reason=EndReason.EXIT, method=method):
        raise Refused("already_exited", "Exit already scanned. Cannot scan twice!", session_id=left.session.pk)


def _shown(request: HttpRequest, sent: Scan, left: Left) -> HttpResponse:
    if left.session.status != SessionStatus.COMPLETED and left.order is not None:
        return answers.waiting(request, sent, left.session, left.order)
    return answers.let_out(request, sent, left)


@require_POST
@for_attendants
def check(request: HttpRequest, session_id: int) -> HttpResponse:
    """Ask the gateway after the payment that a gate waits for, and settle what it says; `wait` shows it."""
    check_ending(actor=actor_of(request), session=Ref(pk=session_id), now=clock.now())
    return HttpResponse(status=204)


@require_safe
@for_attendants
@conditional_page
def wait(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show the state of the payment that a gate waits for, or, with `?ending`, of a termination."""
    sent = Scan("", request.GET.get("scan", "")[:50])
    ending = "ending" in request.GET
    reason = EndReason.TERMINATED if ending else EndReason.EXIT
    try:
        left = look_at_ending(actor=actor_of(request), session=Ref(pk=session_id), reason=reason)
    except Refused as error:
        if ending:
            return refusal_page(request, error)
        sent = replace(sent, qr_code=access.find(Ref(pk=session_id), actor_of(request), at_work=True).qr_code)
        return refused(request, sent, error, pane=PaymentMethod.ONLINE)
    return _ending(request, left) if ending else _shown(request, replace(sent, qr_code=left.session.qr_code), left)


def _ending(request: HttpRequest, left: Left) -> HttpResponse:
    if left.session.status == SessionStatus.COMPLETED or left.order is None:
        return answers.ended(request, left)
    return answers.paying(request, left.session, left.order)
