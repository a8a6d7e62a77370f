"""A form that is sent twice is one form: its hidden `key` names it, and the service keeps the key with what it made.

A page that shows a form gives it `key=new_key()`; a refused form is shown with a new one.
"""

import json
import re
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest

from parking.core import clock, idempotency
from parking.core.idempotency import RepeatedRequest, RequestKey
from parking.web.access import user_of

T = TypeVar("T")

_KEY = re.compile(r"[0-9A-Za-z_-]{1,64}")


def new_key() -> str:
    """A key for a form that is shown now."""
    return secrets.token_urlsafe(16)


def request_key(request: HttpRequest, values: dict[str, Any]) -> RequestKey | None:
    """The key of a form that was sent with these values; None for one without."""
    key = request.POST.get("key", "")
    if not _KEY.fullmatch(key):
        return None
    normalised = json.dumps(values, default=str, sort_keys=True)
    return RequestKey(f"user:{user_of(request).pk}", request.path[:200], key, idempotency.fingerprint(normalised))


def once(
    request: HttpRequest,
    values: dict[str, Any],
    *,
    call: Callable[[RequestKey | None], T],
    resume: Callable[[str], T],
) -> T:
    """Call a service that commits the key itself; sent again, go on from what the first call made.

    Raises KeyReused for other values under the same key, and what the service raises.
    """
    key = request_key(request, values)
    try:
        return call(key)
    except RepeatedRequest:
        row = idempotency.find(key, now=clock.now()) if key else None
    # Its time was over and the row is gone now: a new request.
    return resume(row.subject) if row else once(request, values, call=call, resume=resume)
