"""Requests that come twice: the same key is the same request, and nothing happens twice (docs/adr/0008).

A call is named by its header `Idempotency-Key`, a form by its hidden field `key`. The service commits the key with
what it creates; a repeat finds it and goes on from there.
"""

import inspect
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from parking.core import clock, idempotency
from parking.core.errors import DomainError, InvalidInput, TooMany, Unauthenticated, Unavailable
from parking.core.idempotency import RepeatedRequest, RequestKey
from parking.core.models import IdempotencyKey
from parking.core.requests import client_address
from parking.edge.callers import actor_of
from parking.edge.errors import answer_for, record_refusal

P = ParamSpec("P")
T = TypeVar("T")

_HEADER_KEY = re.compile(r"[\x21-\x7e]{1,64}")
_FORM_KEY = re.compile(r"[0-9A-Za-z_-]{1,64}")
_NOT_KEPT = (Unauthenticated, TooMany, Unavailable)


@dataclass
class Attempt:
    """One run of a request.

    `key` is for the service, which commits it with what it creates; None if the caller sent none. `subject` names what
    an earlier run created, whose answer was not kept: go on from it and create nothing. A view that sets `keeps` to
    False says that its answer may still change, as that of a payment which waits: the next request looks again.
    """

    key: RequestKey | None = None
    subject: str | None = None
    keeps: bool = True


# --- Keys --------------------------------------------------------------------------------------------


def key_of_call(request: HttpRequest, body: BaseModel | None) -> RequestKey | None:
    """Return the key in the header of a call, None if there is none. Raises InvalidInput for a malformed one."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if not _HEADER_KEY.fullmatch(key):
        raise InvalidInput({"Idempotency-Key": ["1 to 64 visible characters"]})
    return _request_key(request, key, body.model_dump() if body else {})


def key_of_form(request: HttpRequest, values: dict[str, Any]) -> RequestKey | None:
    """Return the key of a form that was sent with these values, None for one without."""
    key = request.POST.get("key", "")
    return _request_key(request, key, values) if _FORM_KEY.fullmatch(key) else None


def new_form_key() -> str:
    """Return the key for a form that is shown now, or shown again after a refusal."""
    return secrets.token_urlsafe(16)


def _request_key(request: HttpRequest, key: str, values: dict[str, Any]) -> RequestKey:
    user_id = actor_of(request).user_id
    caller = f"address:{client_address(request)}" if user_id is None else f"user:{user_id}"
    normalised = json.dumps(values, default=str, sort_keys=True)
    return RequestKey(caller, request.path[:200], key, idempotency.fingerprint(normalised))


# --- Calls -------------------------------------------------------------------------------------------


def idempotent(
    view: Callable[Concatenate[HttpRequest, Attempt, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Answer a call once for each key: a repeat gets the kept answer, or runs the view with the `subject`.

    Refusals are answers too. 401, 429 and 503 are not kept. Raises KeyReused for another body.
    """

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **named: P.kwargs) -> HttpResponse:
        def run(attempt: Attempt) -> HttpResponse:
            return view(request, attempt, *args, **named)

        return _answered(request, _body_of(*args, **named), run)

    return _without_attempt(answered, view)


def idempotent_in_one_transaction(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Answer a call that asks no gateway once for each key: key, change and answer commit together."""

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **named: P.kwargs) -> HttpResponse:
        def run(attempt: Attempt) -> HttpResponse:
            if attempt.key is None:
                return view(request, *args, **named)
            with transaction.atomic():
                idempotency.claim(attempt.key, subject="", now=clock.now())
                response = _keep(attempt.key, view(request, *args, **named))
            # Kept already, in the transaction.
            attempt.keeps = False
            return response

        return _answered(request, _body_of(*args, **named), run)

    return answered


def _without_attempt(
    answered: Callable[Concatenate[HttpRequest, P], HttpResponse],
    view: Callable[Concatenate[HttpRequest, Attempt, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Show the view as its callers know it: the router reads its parameters from the signature."""
    signature = inspect.signature(view)
    request, _attempt, *others = signature.parameters.values()
    answered.__signature__ = signature.replace(parameters=[request, *others])  # type: ignore[attr-defined]
    return answered


def _body_of(*args: object, **named: object) -> BaseModel | None:
    """Return the body among a view's arguments; the others are parts of the path, which the key holds anyway."""
    return next((value for value in (*args, *named.values()) if isinstance(value, BaseModel)), None)


def _answered(request: HttpRequest, body: BaseModel | None, run: Callable[[Attempt], HttpResponse]) -> HttpResponse:
    key = key_of_call(request, body)
    if key is None:
        return run(Attempt())
    try:
        return _kept(request, key, Attempt(key), run)
    except RepeatedRequest:
        row = idempotency.find(key, now=clock.now())
    if row is None:
        # Its time was over and the row is gone now: a new request, which somebody else may be the first to make.
        return _answered(request, body, run)
    return _replay(row) or _kept(request, key, Attempt(key, row.subject), run)


def _kept(
    request: HttpRequest, key: RequestKey, attempt: Attempt, run: Callable[[Attempt], HttpResponse]
) -> HttpResponse:
    try:
        response = run(attempt)
    except _NOT_KEPT:
        raise
    except DomainError as error:
        # A rule that is asked before the key may see what an earlier run created: a repeat goes on from there.
        if attempt.subject is None and (begun := idempotency.begun(key)):
            return _kept(request, key, Attempt(key, begun), run)
        record_refusal(request, error)
        return _keep(key, answer_for(error))
    return _keep(key, response) if attempt.keeps else response


def _keep(key: RequestKey, response: HttpResponse) -> HttpResponse:
    """Keep an answer; return the first one, which a request at the same moment may have kept before."""
    answer = response.content.decode()
    first = idempotency.keep_answer(key, status=response.status_code, answer=answer, now=clock.now())
    if first is None or (first.status, first.answer) == (response.status_code, answer):
        return response
    return _replay(first) or response


def _replay(row: IdempotencyKey) -> HttpResponse | None:
    if row.status is None:
        return None
    response = HttpResponse(row.answer, status=row.status, content_type="application/json")
    response.headers["Idempotent-Replayed"] = "true"
    return response


# --- Forms -------------------------------------------------------------------------------------------


def once_per_form(
    step: Callable[Concatenate[HttpRequest, Attempt, P], T],
) -> Callable[Concatenate[HttpRequest, P], T]:
    """Run the step of a page that calls a service once for each key of its form, which is among its arguments.

    A form that is sent again runs the step with the `subject` of the first time. Raises KeyReused for other values
    under the same key, and what the service raises; no answer is kept.
    """

    @wraps(step)
    def stepped(request: HttpRequest, /, *args: P.args, **named: P.kwargs) -> T:
        key = key_of_form(request, _values_of(*args, **named))
        try:
            return step(request, Attempt(key), *args, **named)
        except RepeatedRequest:
            row = idempotency.find(key, now=clock.now()) if key else None
        # Without a row its time was over: a new request.
        return step(request, Attempt(key, row.subject), *args, **named) if row else stepped(request, *args, **named)

    return stepped


def _values_of(*args: object, **named: object) -> dict[str, Any]:
    """Return what was sent with the form among a step's arguments, without its key."""
    forms = [value for value in (*args, *named.values()) if isinstance(value, Form)]
    return {name: value for form in forms for name, value in form.cleaned_data.items() if name != "key"}
