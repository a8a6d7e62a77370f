"""Giving money back, and what a person decides about it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_http_methods, require_safe

from parking.web.edge import for_managers, page


@require_http_methods(["GET", "POST"])
@for_managers
def refund(request: HttpRequest, payment_id: int) -> HttpResponse:  # noqa: ARG001
    return page(request, "office/refund.html")


@require_POST
@for_managers
def approve(request: HttpRequest, refund_id: int) -> HttpResponse:  # noqa: ARG001
    return page(request, "office/payments.html")


@require_POST
@for_managers
def retry(request: HttpRequest, refund_id: int) -> HttpResponse:  # noqa: ARG001
    return page(request, "office/payments.html")


@require_safe
@for_managers
def review(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return page(request, "office/payments.html")
