"""Money beside exits: old debts of a plate, collected at the counter."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from parking.checkout import collecting
from parking.checkout.collecting import Collected
from parking.checkout.queries import debts_by_plate
from parking.core import clock
from parking.core.money import ZERO
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.payments.models import DebtStatus
from parking.web.access import for_attendants
from parking.web.components import amount_text
from parking.web.gate.forms import DebtForm
from parking.web.gate.here import actor_here, gate_fields, kept_gate


@require_safe
@for_attendants
def money(request: HttpRequest) -> HttpResponse:
    """Show what an attendant does about money beside exits, where the gate is all that there is to do."""
    return page(request, "gate/money.html", section="money")


@require_safe
@for_attendants
def search(request: HttpRequest) -> HttpResponse:
    """Show what a plate owes, for the whole plate only."""
    actor = actor_of(request)
    q = request.GET.get("q", "").strip()[:30]
    now = clock.now()
    found = [(debt, debt.is_waited_for(now)) for debt in debts_by_plate(q, sites=actor.sites)] if q else []
    return page(request, "gate/debts.html", section="inside", q=q, debts=found, may_collect=actor.may("collect_debt"))


@require_http_methods(["GET", "HEAD", "POST"])
@for_attendants
def collect(request: HttpRequest, debt_id: int) -> HttpResponse:
    """Take the money of one debt."""
    actor = actor_of(request)
    debt = collecting.find_debt(debt_id, actor)
    actor.need("collect_debt")
    initial = {"tendered": debt.amount, **gate_fields(kept_gate(request))}
    form = DebtForm(request.POST or None, initial=initial)
    if form.is_valid():
        with form.refusals(request):
            collected = _collect(request, debt_id, form)
            messages.success(request, _outcome_text(collected))
            return redirect("gate_debts")
    form.offer(debt.bill.site_id)
    return page(
        request,
        "gate/debt.html",
        section="inside",
        debt=debt,
        form=form,
        is_waited_for=debt.is_waited_for(clock.now()),
        is_open=debt.status == DebtStatus.OPEN,
        key=requests.new_form_key(),
    )


@requests.once_per_form
def _collect(request: HttpRequest, attempt: Attempt, debt_id: int, form: DebtForm) -> Collected:
    actor = actor_here(request, form)
    if attempt.subject is not None:
        return collecting.collected_before(debt_id=int(attempt.subject), actor=actor)
    return collecting.collect(
        actor=actor, debt_id=debt_id, collection=form.collection(), now=clock.now(), key=attempt.key
    )


def _outcome_text(collected: Collected) -> str:
    names = {"amount": amount_text(collected.debt.amount), "change": amount_text(collected.change)}
    if collected.change > ZERO:
        return gettext("%(amount)s of old debt collected. Change: %(change)s") % names
    return gettext("%(amount)s of old debt collected.") % names
