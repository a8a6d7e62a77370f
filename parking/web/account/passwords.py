"""A new password: changed with the old one, or set with a link that came by mail."""

from django.http import HttpRequest, HttpResponse

from parking.web.edge import for_anyone, page


@for_anyone
def change(request: HttpRequest) -> HttpResponse:
    return page(request, "account/password_change.html")


def forgotten(request: HttpRequest) -> HttpResponse:
    return page(request, "account/password_forgotten.html")


def reset(request: HttpRequest, uid: str, token: str) -> HttpResponse:  # noqa: ARG001
    return page(request, "account/password_reset.html")
