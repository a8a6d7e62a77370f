"""Pages that set a new password: with the old one, or with a link that came by mail."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from parking.accounts.resetting import request_password_reset, reset_link_is_valid, reset_password
from parking.accounts.sessions import change_password_on_page
from parking.core import clock
from parking.edge.pages import page
from parking.web.access import for_any_password, home_of, user_of
from parking.web.account.forms import ForgottenForm, PasswordChangeForm, ResetForm
from parking.web.frames import frame_of


@sensitive_post_parameters("old_password", "new_password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_any_password
def change(request: HttpRequest) -> HttpResponse:
    """Show the form for a new password and set it. This session goes on; all others and all tokens end."""
    user = user_of(request)
    form = PasswordChangeForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            change_password_on_page(request, user=user, **form.cleaned_data, now=clock.now())
            messages.success(request, _("The password is changed. Everywhere else you are signed out."))
            return redirect(home_of(user) if user.password_must_change else "profile")
    return page(request, "account/password_change.html", frame=frame_of(user), section="profile", form=form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail. The answer is the same whether there is such an account or not."""
    form = ForgottenForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            name = form.cleaned_data["email_or_username"]
            request_password_reset(request, email_or_username=name, now=clock.now())
            messages.info(
                request,
                _("If there is an account with an e-mail address, a mail is on its way. Its link works for one hour."),
            )
            return redirect("sign_in")
    return page(request, "account/password_forgotten.html", form=form)


@sensitive_post_parameters("new_password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Set a new password with the link of a mail. Its address is a secret, so no other site learns of it."""
    response = _reset(request, uid, token)
    # Not "no-referrer": browsers would then send forms without their origin, which the CSRF check wants.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _reset(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    form = ResetForm(request.POST or None)
    if not reset_link_is_valid(uid=uid, token=token, now=clock.now()):
        return page(request, "account/password_reset.html", form=None)
    if form.is_valid():
        with form.refusals(request):
            reset_password(uid=uid, token=token, new_password=form.cleaned_data["new_password"], now=clock.now())
            messages.success(request, _("The new password is set. Please sign in with it."))
            return redirect("sign_in")
    return page(request, "account/password_reset.html", form=form)
