"""Signing up as a driver."""

from django.http import HttpRequest, HttpResponse

from parking.web.account.forms import SignUpForm
from parking.web.edge import page


def sign_up(request: HttpRequest) -> HttpResponse:
    """The page at which a driver makes an account."""
    return page(request, "account/sign_up.html", form=SignUpForm())
