"""Gives Django's own answers under the contract's addresses the contract's form."""

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from parking.api.answers import failed
from parking.api.errors import database_away, too_large, wants_json


class ContractMiddleware:
    """405 in the contract's form; bodies that are too large and a database that is away, wherever they show."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and wants_json(request):
            allowed = response.headers.get("Allow", "")
            response = failed("method_not_allowed", f"Allowed here: {allowed}", status=405)
            response.headers["Allow"] = allowed
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError | InterfaceError):
            return database_away(request, error)
        if isinstance(error, RequestDataTooBig):
            return too_large(request, error)
        return None
