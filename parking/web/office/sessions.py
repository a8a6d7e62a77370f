"""Every stay: searched, told and ended."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from parking.web.edge import for_managers, page


@require_safe
@for_managers
def listing(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return page(request, "office/sessions.html")


@require_safe
@for_managers
def file(request: HttpRequest, kind: str) -> HttpResponse:  # noqa: ARG001
    return page(request, "office/sessions.html")


@require_safe
@for_managers
def detail(request: HttpRequest, session_id: int) -> HttpResponse:  # noqa: ARG001
    return page(request, "office/session.html")


@require_safe
@for_managers
def story(request: HttpRequest, session_id: int) -> HttpResponse:  # noqa: ARG001
    return page(request, "office/session.html")


@require_http_methods(["GET", "POST"])
@for_managers
def terminate(request: HttpRequest, session_id: int) -> HttpResponse:  # noqa: ARG001
    return page(request, "office/session.html")
