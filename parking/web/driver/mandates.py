"""The driver's choice that renewals of a pass are charged automatically."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from parking.checkout import pass_mandates
from parking.core import clock
from parking.core.errors import Unavailable
from parking.edge.callers import actor_of
from parking.passes.queries import find_pass
from parking.web.access import for_drivers, user_of
from parking.web.driver.passes import pass_page
from parking.web.forms import ServiceForm


@require_POST
@for_drivers
def choose(request: HttpRequest, number: str) -> HttpResponse:
    """Begin a mandate, look whether it was given, or end it; the page of the pass shows how it stands."""
    held = find_pass(number, driver_id=user_of(request).pk)
    form, action, now = ServiceForm(request.POST), request.POST.get("action"), clock.now()
    if form.is_valid():
        with form.refusals(request):
            if action == "begin":
                pass_mandates.begin_mandate(actor=actor_of(request), subscription=held, now=now)
            elif action == "end":
                pass_mandates.end_mandate(actor=actor_of(request), subscription=held, now=now)
            elif action == "check":
                with suppress(Unavailable):
                    pass_mandates.look_again(subscription=held, now=now)
            return redirect("pass", held.number)
    return pass_page(request, held, refused=form)
