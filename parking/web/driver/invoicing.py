"""The company and GSTIN for the invoice of the driver's own booking."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from parking.checkout import customers
from parking.core import clock
from parking.core.ids import Ref
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.web.access import for_drivers
from parking.web.customer_form import CustomerForm, values_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_drivers
def details(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show the form, and write what was typed until the invoice is issued."""
    actor, ref = actor_of(request), Ref(pk=session_id)
    given = customers.details_of(actor=actor, session=ref, only_of_caller=True)
    form = CustomerForm(request.POST or None, initial=values_of(given.details))
    if form.is_valid():
        with form.refusals(request):
            customers.give_details(actor=actor, session=ref, wanted=form.wanted(), now=clock.now(), only_of_caller=True)
            messages.success(request, gettext("Saved. It will stand on the invoice."))
            return redirect("ticket", session_id)
    return page(request, "driver/invoice.html", section="tickets", form=form, given=given)
