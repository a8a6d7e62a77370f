"""Payment at the entry, under tariffs that collect there."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_POST, require_safe

from parking.checkout import at_entry
from parking.checkout.entering import Entered, enter
from parking.core import clock
from parking.core.errors import DomainError, InvalidInput, Refused
from parking.core.ids import Ref
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.payments.models import PaymentMethod
from parking.stays import access
from parking.stays.models import SessionStatus
from parking.web.access import for_attendants
from parking.web.gate import answers
from parking.web.gate.forms import CollectForm
from parking.web.gate.here import actor_here
from parking.web.gate.refusing import refused
from parking.web.gate.scanning import scan_of, unreadable
from parking.web.gate.verdicts import Scan

_FIELDS_OF_SCAN = {"qr_code", "scan_id", "plate_seen", "gate_id", "method"}


@require_POST
@for_attendants
def pay(request: HttpRequest) -> HttpResponse:
    """Take the money of an entry and let the car in. A repeated request is the same."""
    form = CollectForm(request.POST)
    if not form.is_valid():
        return _mistyped(request, form)
    sent = scan_of(form)
    try:
        entered = enter(
            actor=actor_here(request, form),
            qr_code=sent.qr_code,
            plate_seen=sent.plate_seen,
            scan_id=sent.scan_id,
            collection=form.collection(),
            now=clock.now(),
        )
    except DomainError as error:
        record_refusal(request, error)
        typed = request.POST.get("tendered", "")[:20]
        return refused(request, sent, error, pane=form.cleaned_data["method"], tendered=typed)
    return _shown(request, sent, entered)


def _mistyped(request: HttpRequest, form: CollectForm) -> HttpResponse:
    if _FIELDS_OF_SCAN & form.errors.keys():
        return unreadable(request, form)
    typed = request.POST.get("tendered", "")[:20]
    method = form.cleaned_data["method"]
    return refused(request, scan_of(form), InvalidInput({}), pane=method, tendered=typed)


def _shown(request: HttpRequest, sent: Scan, entered: Entered) -> HttpResponse:
    if entered.session.status == SessionStatus.BOOKED and entered.order is not None:
        return answers.entry_waiting(request, sent, entered.session, entered.order)
    return answers.let_in(request, sent, entered)


@require_POST
@for_attendants
def check(request: HttpRequest, session_id: int) -> HttpResponse:
    """Ask the gateway after the payment that an entry waits for, and settle what it says; `wait` shows it."""
    at_entry.check(actor=actor_of(request), session=Ref(pk=session_id), now=clock.now())
    return HttpResponse(status=204)


@require_safe
@for_attendants
@conditional_page
def wait(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show the state of the payment that an entry waits for."""
    actor = actor_of(request)
    code = access.find(Ref(pk=session_id), actor, at_work=True).qr_code
    sent = Scan(code, request.GET.get("scan", "")[:50], direction="IN")
    try:
        session, order = at_entry.look(actor=actor, session=Ref(pk=session_id))
    except Refused as error:
        return refused(request, sent, error, pane=PaymentMethod.ONLINE)
    return answers.entry_waiting(request, sent, session, order)
