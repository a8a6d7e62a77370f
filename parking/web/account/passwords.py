"""A new password: changed with the old one, or set with a link that came by mail."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from parking.accounts.sessions import change_password_on_page
from parking.core import clock
from parking.web.account.forms import PasswordChangeForm
from parking.web.account.profile import frame_of
from parking.web.edge import for_anyone, page, user_of


@sensitive_post_parameters("old_password", "new_password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_anyone
def change(request: HttpRequest) -> HttpResponse:
    """A new password for the own account. This session goes on, all others and all tokens end."""
    user = user_of(request)
    form = PasswordChangeForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            change_password_on_page(request, user=user, **form.cleaned_data, now=clock.now())
            messages.success(request, _("The password is changed. Everywhere else you are signed out."))
            return redirect("profile")
    return page(request, "account/password_change.html", frame=frame_of(user), section="profile", form=form)


def forgotten(request: HttpRequest) -> HttpResponse:
    return page(request, "account/password_forgotten.html")


def reset(request: HttpRequest, uid: str, token: str) -> HttpResponse:  # noqa: ARG001
    return page(request, "account/password_reset.html")
