"""Every payment and refund."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.web.edge import for_managers, page


@require_safe
@for_managers
def listing(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return page(request, "office/payments.html")


@require_safe
@for_managers
def file(request: HttpRequest, kind: str) -> HttpResponse:  # noqa: ARG001
    return page(request, "office/payments.html")
