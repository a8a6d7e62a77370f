"""People's accounts."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.web.edge import for_managers, page


@require_safe
@for_managers
def overview(request: HttpRequest) -> HttpResponse:
    """All accounts."""
    return page(request, "office/users.html")


@require_safe
@for_managers
def new(request: HttpRequest) -> HttpResponse:
    """A new account."""
    return page(request, "office/users.html")


@require_safe
@for_managers
def edit(request: HttpRequest, user_id: int) -> HttpResponse:
    """One account."""
    return page(request, "office/users.html", user_id=user_id)


@require_safe
@for_managers
def password(request: HttpRequest, user_id: int) -> HttpResponse:
    """A new password."""
    return page(request, "office/users.html", user_id=user_id)
