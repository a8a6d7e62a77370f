"""Pages of a user's own account: name, contact, language and saved vehicles."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from parking.accounts import services as accounts
from parking.accounts.models import User
from parking.core import clock
from parking.core.plate_words import plate_words
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.offers.shops import works_for_shop
from parking.stays.queries import vehicles_of
from parking.vehicles.saving import forget_vehicle, save_vehicle
from parking.web.access import for_anyone, for_drivers, user_of
from parking.web.account.forms import ProfileForm, VehicleForm
from parking.web.frames import frame_of
from parking.web.language import remember_language

_SHOWN = ("first_name", "last_name", "email", "phone", "language")


def _own_values(user: User) -> dict[str, str]:
    return {name: getattr(user, name) for name in _SHOWN} | {"language": user.reads}


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@for_anyone
def profile(request: HttpRequest) -> HttpResponse:
    """Show and save name, contact and language of the own account, with links to the rest of it."""
    user = user_of(request)
    form = ProfileForm(request.POST or None, initial=_own_values(user))
    if form.is_valid():
        with form.refusals(request):
            changed = accounts.change_own_account(
                request,
                user=user,
                changes=form.changes(),
                password=form.cleaned_data["password"],
                now=clock.now(),
            )
            with translation.override(changed.reads):
                messages.success(request, _("Saved."))
            response = redirect("profile")
            remember_language(response, changed.reads)
            return response
    return page(
        request,
        "account/profile.html",
        frame=frame_of(user),
        section="profile",
        form=form,
        is_of_shop=works_for_shop(user.pk),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_drivers
def vehicles(request: HttpRequest) -> HttpResponse:
    """Show the driver's saved vehicles, with a form to add one."""
    user = user_of(request)
    form = VehicleForm(request.POST or None, initial={"owner_name": f"{user.first_name} {user.last_name}".strip()})
    if form.is_valid():
        with form.refusals(request):
            saved = save_vehicle(actor=actor_of(request), **form.cleaned_data, now=clock.now())
            messages.success(request, _("%(plate)s is saved.") % {"plate": plate_words(saved.vehicle.vehicle_number)})
            return redirect("vehicles")
    return page(request, "account/vehicles.html", section="profile", form=form, vehicles=vehicles_of(user.pk))


@require_POST
@for_drivers
def vehicle_forget(request: HttpRequest, saved_id: int) -> HttpResponse:
    """Take a vehicle off the own list. Bookings with it stay as they are."""
    forget_vehicle(actor=actor_of(request), saved_id=saved_id, now=clock.now())
    messages.success(request, _("The vehicle was removed from your list."))
    return redirect("vehicles")
