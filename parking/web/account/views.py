"""Sign-in and sign-out, the start page and the choice of language."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from parking.accounts import services as accounts
from parking.accounts.models import User
from parking.accounts.sessions import sign_in_session, sign_out_session
from parking.core import clock
from parking.core.languages import installed
from parking.core.requests import forgotten
from parking.edge.pages import page
from parking.web.access import INTERRUPTED, home_of, safe_next, user_of
from parking.web.account.forms import SignInForm
from parking.web.language import remember_choice, remember_language, take_choice


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Redirect to the start page: managers to the office, attendants to the gate, everybody else to the zones."""
    return redirect(home_of(user_of(request)) if request.user.is_authenticated else "zones")


@sensitive_post_parameters("password")
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the sign-in page; afterwards redirect to the page that was asked for, or to the start page."""
    form = SignInForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            user = sign_in_session(request, **form.cleaned_data, now=clock.now())
            response = HttpResponseRedirect(safe_next(request, home_of(user)))
            chosen = take_choice(request, response)
            if chosen is not None and chosen != user.language:
                accounts.update_profile(user_id=user.pk, changes={"language": chosen}, now=clock.now())
            remember_language(response, chosen or user.reads)
            return response
    interrupted = INTERRUPTED in request.GET
    return page(request, "account/sign_in.html", form=form, next=safe_next(request, ""), interrupted=interrupted)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session. What the browser kept of this person's pages goes with it."""
    sign_out_session(request, now=clock.now())
    return forgotten(redirect("zones"))


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, for this browser and, signed in, for the account."""
    wanted = request.POST.get("language", "")
    response = HttpResponseRedirect(safe_next(request, "/"))
    if wanted in installed():
        remember_language(response, wanted)
        if isinstance(request.user, User):
            accounts.update_profile(user_id=request.user.pk, changes={"language": wanted}, now=clock.now())
        else:
            remember_choice(response, wanted)
    return response
