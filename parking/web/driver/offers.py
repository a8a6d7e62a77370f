"""What a driver gives to an open booking that lowers its bill."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from parking.checkout import offering
from parking.core import clock
from parking.core.ids import Ref
from parking.edge.callers import actor_of
from parking.stays import access
from parking.web.access import for_drivers
from parking.web.driver.forms import CodeForm, PointsForm
from parking.web.driver.tickets import points_form, ticket_page


@require_http_methods(["GET", "HEAD", "POST"])
@for_drivers
def give_code(request: HttpRequest, session_id: int) -> HttpResponse:
    """Give a promo code; a GET shows the ticket."""
    form = CodeForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            code = form.cleaned_data["promo_code"]
            offering.give_code(actor=actor_of(request), session=Ref(pk=session_id), code=code, now=clock.now())
            messages.success(request, _("Your promo code is on this ticket."))
            return redirect("ticket", session_id)
    return ticket_page(request, "driver/ticket.html", session_id, form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_drivers
def give_points(request: HttpRequest, session_id: int) -> HttpResponse:
    """Use points; a GET shows the ticket."""
    form: PointsForm | None = None
    if request.method == "POST":
        form = points_form(access.find(Ref(pk=session_id), actor_of(request), only_own=True), request.POST)
        if form.is_valid():
            with form.refusals(request):
                points = form.cleaned_data.get("use_points") or 0
                offering.give_points(
                    actor=actor_of(request), session=Ref(pk=session_id), use_points=points, now=clock.now()
                )
                messages.success(request, _("Saved."))
                return redirect("ticket", session_id)
    return ticket_page(request, "driver/ticket.html", session_id, form)
