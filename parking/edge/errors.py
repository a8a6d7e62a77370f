"""The one place where errors become HTTP."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as NinjaValidationError

from parking.accounts.repeated import record_seldom
from parking.audit import services as audit
from parking.audit.events import Refusal
from parking.core import clock
from parking.core.errors import (
    DomainError,
    Forbidden,
    InvalidInput,
    KeyReused,
    Refused,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from parking.core.requests import without_secrets
from parking.edge.answers import failed
from parking.edge.callers import actor_of
from parking.edge.parsing import UnsupportedMedia

log = structlog.get_logger(__name__)


# Facts of a refusal that its caller may know, and how they are read; amounts are rupees.
_DETAILS: dict[str, Callable[[Any], object]] = {
    "session_id": int,
    "emergency_id": int,
    "due": Decimal,
    "left": Decimal,
    "refund": Decimal,
    "rate": Decimal,
    "least_bill": Decimal,
    "limit": int,
    "open": int,
    "site_name": str,
    "verdict": str,
    "booked": str,
    "seen": str,
    "opens_at": str,
    "tariff_id": int,
    "bands": list,
    "matches": list,
    "vehicle_number": str,
    "number": str,
    "status": str,
    "starts_at": datetime.fromisoformat,
    "ends_at": datetime.fromisoformat,
    "plates": list,
    "enter_from": datetime.fromisoformat,
    "windows": list,
    "zones": list,
    "sessions": list,
}
_CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


def answer_for(error: DomainError) -> HttpResponse:
    """Return the answer of a call to an error."""
    errors = error.errors if isinstance(error, InvalidInput) else None
    response = failed(error.code, error.message, status=error.status, errors=errors, details=_details_of(error))
    for name, value in headers_of(error).items():
        response.headers[name] = value
    return response


def headers_of(error: DomainError) -> dict[str, str]:
    """Return the headers that go with an error, on calls and pages."""
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.retry_after)} | _rate_limit_of(error)
    if isinstance(error, Unavailable):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    return {}


def _rate_limit_of(error: TooMany) -> dict[str, str]:
    if error.limit is None:
        return {}
    return {
        "RateLimit-Limit": str(error.limit),
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": str(error.retry_after),
    }


def _details_of(error: DomainError) -> dict[str, object]:
    return {name: read(error.facts[name]) for name, read in _DETAILS.items() if name in error.facts}


def record_refusal(request: HttpRequest, error: DomainError) -> None:
    """Write a refusal into the audit record, in a transaction of its own.

    Each refused change; of forbidden looks, bad tokens and limits the first of a minute, and the rest as one line.
    """
    if request.method in _CHANGING and isinstance(error, Refused | Forbidden | KeyReused):
        if not isinstance(error, InvalidInput):
            refusal = Refusal(
                code=error.code, path=without_secrets(request.path), session_id=error.facts.get("session_id")
            )
            audit.record(actor_of(request), refusal, clock.now())
    elif _is_seldom_recorded(error):
        record_seldom(
            actor_of(request),
            Refusal(code=error.code, path=without_secrets(request.path)),
            request=request,
            now=clock.now(),
        )


def _is_seldom_recorded(error: DomainError) -> bool:
    """Whether an error is a forbidden look, a limit, or a bad token that is not on record by itself."""
    if error.code == "token_not_valid":
        return not error.facts.get("is_usual")
    return isinstance(error, Forbidden) or error.code == "too_many_requests"


def _domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    record_refusal(request, error)
    return answer_for(error)


def _unauthenticated(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return answer_for(Unauthenticated("not_authenticated", "Please sign in"))


def _invalid(_request: HttpRequest, error: NinjaValidationError) -> HttpResponse:
    errors: dict[str, list[str]] = {}
    for item in error.errors:
        # The place is ("body", name of the parameter, field, …): the field is what the client knows.
        place = [str(part) for part in item["loc"] if part not in {"body", "payload", "query", "path", "filters"}]
        errors.setdefault(".".join(place) or "body", []).append(_readable(item["msg"]))
    return answer_for(InvalidInput(errors))


def _readable(message: str) -> str:
    return message.removeprefix("Value error, ").encode("utf-8", "replace").decode()


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, UnsupportedMedia):
        return failed("unsupported_media_type", "Send JSON (Content-Type: application/json)", status=415)
    if isinstance(error.__cause__, RequestDataTooBig):
        return too_large(request, error)
    return failed("malformed_body", "The body is not valid JSON", status=error.status_code)


def too_large(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return failed("body_too_large", "The body is too large", status=413)


def bad_request(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return failed("bad_request", "The request is malformed", status=400)


def unsupported_media(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return failed("unsupported_media_type", "This type of body is not taken here", status=415)


def database_unavailable(error: Exception) -> Unavailable:
    """Return what calls and pages answer while the database fails with `error`, which is logged."""
    log.error("database_away", error=type(error).__name__)
    return Unavailable("database_unavailable", "Please try again in a moment")


def database_away(_request: HttpRequest, error: Exception) -> HttpResponse:
    return answer_for(database_unavailable(error))


def _unexpected(request: HttpRequest, _error: Exception) -> HttpResponse:
    log.exception("unexpected_error", path=request.path)
    return failed("server_error", "Something went wrong on our side", status=500)


def _nothing_here(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return failed("not_found", "There is nothing here", status=404)


_HANDLERS: list[tuple[type[Exception], Callable[..., HttpResponse]]] = [
    (DomainError, _domain_error),
    (AuthenticationError, _unauthenticated),
    (NinjaValidationError, _invalid),
    (HttpError, _http_error),
    (RequestDataTooBig, too_large),
    (SuspiciousOperation, bad_request),
    (MultiPartParserError, bad_request),
    (UnsupportedMedia, unsupported_media),
    (OperationalError, database_away),
    (InterfaceError, database_away),
    (Http404, _nothing_here),
    (Exception, _unexpected),
]


def install(api: NinjaAPI) -> None:
    for kind, handler in _HANDLERS:
        api.add_exception_handler(kind, handler)
