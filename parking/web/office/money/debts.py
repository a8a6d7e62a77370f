"""Debts: what plates owe from parking sessions that ended without full payment."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from parking.checkout import debts, queries
from parking.core import clock
from parking.core.plate_words import plate_words
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.payments.models import Debt, DebtStatus
from parking.reports.money_facts import debt_by_id
from parking.reports.sums import total_of
from parking.web.access import for_managers, for_office
from parking.web.confirming import ask, is_confirmed, is_going_back
from parking.web.office.shared.chips import Chip, chips_of
from parking.web.office.shared.deciding import DecisionForm
from parking.web.office.shared.lists import sheet_of
from parking.web.office.shared.saved_views import saved_views
from parking.web.office.shared.site_switch import site_switch
from parking.web.templatetags.parking import rupees, word


@require_safe
@for_office
def listing(request: HttpRequest) -> HttpResponse:
    """Open debts, or with `all` those written off too, newest first; with `waiting` what may still be paid later."""
    every = request.GET.get("all") == "on"
    under_objection = request.GET.get("objections") == "on"
    waiting = request.GET.get("waiting") == "on"
    switch, now = site_switch(request), clock.now()
    rows = queries.debts(
        sites=switch.sites,
        now=now,
        status=None if every else DebtStatus.OPEN,
        under_objection=under_objection,
        waiting=waiting,
    )
    under = queries.debts(sites=switch.sites, now=now, under_objection=True).count()
    later = queries.debts(sites=switch.sites, now=now, waiting=True).count()
    return page(
        request,
        "office/debts.html",
        section="debts",
        switch=switch,
        sheet=sheet_of(request, rows),
        saved=saved_views(request, "debts", switch),
        chips=_chips(request, objections=under, later=later),
        waiting=waiting,
        objections=under,
        owed=total_of(queries.debts(sites=switch.sites, now=now, status=DebtStatus.OPEN)),
        later=later,
    )


def _chips(request: HttpRequest, *, objections: int, later: int) -> list[Chip]:
    return chips_of(
        request,
        [
            (word("OPEN"), {}, None),
            (gettext("Objections"), {"objections": "on"}, objections),
            (word("TO_BE_PAID"), {"waiting": "on"}, later),
            (gettext("With written off ones"), {"all": "on"}, None),
        ],
    )


@require_http_methods(["GET", "POST"])
@for_managers
def write_off(request: HttpRequest, debt_id: int) -> HttpResponse:
    """Ask for a reason, say what will happen, and forgive the debt. Sent again, it changes nothing."""
    debt = debt_by_id(debt_id, sites=actor_of(request).sites)
    form = DecisionForm(request.POST or None)
    if form.is_valid() and not is_going_back(request):
        if not is_confirmed(request):
            return _question(request, form, debt)
        if debt.status == DebtStatus.WRITTEN_OFF:
            return _done(request)
        with form.refusals(request):
            debts.write_off(
                actor=actor_of(request), debt_id=debt_id, reason=form.cleaned_data["reason"], now=clock.now()
            )
            return _done(request)
    return page(request, "office/write_off.html", section="debts", form=form, debt=debt)


def _done(request: HttpRequest) -> HttpResponse:
    messages.success(request, gettext("The debt is written off."))
    return redirect("office_debts")


def _question(request: HttpRequest, form: DecisionForm, debt: Debt) -> HttpResponse:
    names = {"amount": rupees(debt.amount), "plate": plate_words(debt.bill.session.vehicle.vehicle_number)}
    return ask(
        request,
        title=gettext("Write this debt off?"),
        form=form,
        yes=gettext("Write %(amount)s off") % names,
        effects=[
            gettext("%(plate)s owes %(amount)s less, and the gate no longer shows this debt.") % names,
            gettext("Your name and the reason stay on record. This cannot be undone."),
        ],
        grave=True,
        section="debts",
    )
