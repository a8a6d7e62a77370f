"""What somebody sees who is locked out after too many failed logins."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from parking.api.errors import wants_json


def locked_out(
    request: HttpRequest, answer: HttpResponse, _credentials: Mapping[str, Any] | None = None
) -> HttpResponse:
    """AXES_LOCKOUT_CALLABLE: calls and pages of ours answer for themselves; this is for whatever else asks for a
    password."""
    if wants_json(request):
        return answer
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    return HttpResponse(
        "Too many failed attempts, please try again later.",
        status=429,
        content_type="text/plain; charset=utf-8",
        headers={"Retry-After": str(seconds)},
    )
