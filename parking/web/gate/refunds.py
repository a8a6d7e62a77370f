"""Money that goes back at the gate: asked for by an attendant, handed out by a second person with an own sign-in."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from parking.accounts.vouching import is_only_administrator
from parking.checkout import refunding
from parking.checkout.queries import refunds_to_hand_out, returnable_payments
from parking.core import clock
from parking.core.actor import Actor, not_permitted
from parking.core.errors import DomainError
from parking.core.ids import Ref
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.edge.wording import sentence_for
from parking.payments.models import Refund, RefundStatus
from parking.reports.money_facts import refund_by_id
from parking.stays import access
from parking.stays.models import ParkingSession
from parking.web.access import for_attendants, for_managers, user_of
from parking.web.components import amount_text
from parking.web.gate.forms import RefundForm
from parking.web.gate.here import kept_gate


@require_safe
@for_attendants
def waiting(request: HttpRequest) -> HttpResponse:
    """Show the refunds that wait to be handed out at this gate's car park, oldest first."""
    gate = kept_gate(request)
    sites = frozenset({gate.site_id}) if gate else actor_of(request).sites
    return page(
        request,
        "gate/refunds.html",
        section="inside",
        refunds=refunds_to_hand_out(sites=sites),
        me=user_of(request),
        is_alone=is_only_administrator(now=clock.now()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def hand_out(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Ask whether the money was handed out, and write it down. Sent again, it changes nothing."""
    refund = refund_by_id(refund_id, sites=actor_of(request).sites)
    problem = ""
    if request.method == "POST":
        try:
            if refund.status != RefundStatus.COMPLETED:
                refunding.approve_refund(actor=actor_of(request), refund_id=refund_id, now=clock.now())
            messages.success(request, gettext("%(amount)s handed out.") % {"amount": amount_text(refund.amount)})
            return redirect("gate_refunds")
        except DomainError as error:
            record_refusal(request, error)
            problem = sentence_for(error)
    return page(request, "gate/hand_out.html", section="inside", refund=refund, problem=problem)


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def ask(request: HttpRequest, session_id: int) -> HttpResponse:
    """Ask for money of a stay to go back, within the attendant's limit."""
    actor = actor_of(request)
    session = access.find(Ref(pk=session_id), actor, at_work=True)
    if not may_refund(actor):
        raise not_permitted()
    payments = returnable_payments(session.bill_id)
    form = RefundForm(request.POST or None, payments=payments)
    if form.is_valid():
        with form.refusals(request):
            messages.success(request, _outcome_text(_ask(request, form)))
            return redirect("gate_stay", session_id=session_id)
    return _form_page(request, session, form, limit=_limit_of(actor))


def may_refund(actor: Actor) -> bool:
    """Return whether somebody may give money back at all."""
    return actor.role != "STAFF" or actor.permissions.refund.each > 0


def _limit_of(actor: Actor) -> Decimal | None:
    return actor.permissions.refund.each if actor.role == "STAFF" else None


def _form_page(
    request: HttpRequest, session: ParkingSession, form: RefundForm, *, limit: Decimal | None
) -> HttpResponse:
    key = requests.new_form_key()
    return page(request, "gate/refund.html", section="inside", session=session, form=form, limit=limit, key=key)


@requests.once_per_form
def _ask(request: HttpRequest, attempt: Attempt, form: RefundForm) -> Refund:
    now, given = clock.now(), form.cleaned_data
    if attempt.subject is not None:
        return refunding.resume_refund(subject=attempt.subject, now=now)
    return refunding.refund_any_payment(
        actor=actor_of(request),
        payment_id=given["payment"],
        amount=given["amount"],
        reason=given["reason"],
        now=now,
        key=attempt.key,
    )


def _outcome_text(refund: Refund) -> str:
    if refund.by_hand:
        return gettext("Recorded. A manager who neither requested it nor took the money hands it out.")
    return gettext("Recorded. The money is refunded to where it came from.")
