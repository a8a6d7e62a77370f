"""What a driver owes from own stays, and the objection to it."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from parking.checkout.objecting import object_to_debt
from parking.checkout.queries import MOST_SHOWN, debts_of_driver
from parking.core import clock
from parking.core.errors import NotFound
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.payments.models import Debt, DebtStatus
from parking.web.access import for_drivers, user_of
from parking.web.forms import ServiceForm


class ObjectionForm(ServiceForm):
    objection = forms.CharField(
        label=_("Why is nothing owed?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_safe
@for_drivers
def listing(request: HttpRequest) -> HttpResponse:
    """Show what the driver owes, with objections and their answers."""
    now, found = clock.now(), debts_of_driver(user_of(request).pk)[:MOST_SHOWN]
    rows = [(debt, debt.is_waited_for(now)) for debt in found]
    return page(request, "driver/debts.html", section="history", debts=rows)


@require_http_methods(["GET", "HEAD", "POST"])
@for_drivers
def objection(request: HttpRequest, debt_id: int) -> HttpResponse:
    """Ask why nothing is owed, and write it down. The same words again change nothing."""
    debt = _own(request, debt_id)
    form = ObjectionForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            object_to_debt(
                actor=actor_of(request), debt_id=debt_id, objection=form.cleaned_data["objection"], now=clock.now()
            )
            messages.success(request, gettext("Your objection is recorded. The reply will appear here."))
            return redirect("debts")
    can_object = debt.status == DebtStatus.OPEN and debt.objected_at is None
    return page(request, "driver/objection.html", section="history", debt=debt, form=form, can_object=can_object)


def _own(request: HttpRequest, debt_id: int) -> Debt:
    debt = debts_of_driver(user_of(request).pk).filter(pk=debt_id).first()
    if debt is None:
        raise NotFound("debt_not_found", "Debt not found")
    return debt
