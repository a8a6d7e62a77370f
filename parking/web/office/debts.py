"""What plates owe."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from parking.web.edge import for_managers, page


@require_safe
@for_managers
def listing(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return page(request, "office/debts.html")


@require_http_methods(["GET", "POST"])
@for_managers
def write_off(request: HttpRequest, debt_id: int) -> HttpResponse:  # noqa: ARG001
    return page(request, "office/debts.html")
