"""Pages that prove that a mail address is its owner's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from parking.accounts.confirming import confirm_email, send_confirmation_again
from parking.core import clock
from parking.edge.pages import page
from parking.web.access import for_anyone, user_of


@require_POST
@for_anyone
def ask(request: HttpRequest) -> HttpResponse:
    """Send the link that confirms the address again."""
    send_confirmation_again(request, user=user_of(request), now=clock.now())
    messages.info(request, _("A mail with the link is on its way."))
    return redirect("profile")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for one click, because programs that check mails open every link, and confirm the address."""
    if request.method == "POST":
        confirm_email(token=token, now=clock.now())
        messages.success(request, _("Your e-mail address is confirmed."))
        return redirect("profile" if request.user.is_authenticated else "sign_in")
    response = page(request, "account/email_confirm.html")
    # The address of this page is a secret; see `passwords.reset`.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
