"""The page at which drivers create an account."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from parking.accounts.sessions import sign_up_session
from parking.core import clock
from parking.edge.pages import page
from parking.web.access import home_of, safe_next
from parking.web.account.forms import SignUpForm
from parking.web.language import remember_language


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Show the form, create the account in the language of the page, and sign in."""
    if request.user.is_authenticated and request.method != "POST":
        return redirect("home")
    form = SignUpForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            user = sign_up_session(
                request,
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
                profile=form.contact() | {"language": get_language() or "en"},
                now=clock.now(),
            )
            response = HttpResponseRedirect(safe_next(request, home_of(user)))
            remember_language(response, user.reads)
            return response
    return page(request, "account/sign_up.html", form=form, next=safe_next(request, ""))
