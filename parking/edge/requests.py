"""`Idempotency-Key` at the edge: the same request gets the same answer, and nothing happens twice."""

import json
import re
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from parking.accounts.models import User
from parking.core import clock, idempotency
from parking.core.errors import DomainError, InvalidInput, TooMany, Unauthenticated, Unavailable
from parking.core.idempotency import RepeatedRequest, RequestKey
from parking.core.models import IdempotencyKey
from parking.core.requests import client_address
from parking.edge.answers import Render
from parking.edge.errors import answer_for, record_refusal

_KEY = re.compile(r"[\x21-\x7e]{1,64}")
_NOT_KEPT = (Unauthenticated, TooMany, Unavailable)


def request_key(request: HttpRequest, body: BaseModel | None) -> RequestKey | None:
    """The caller's key, or None if there is no header. Raises InvalidInput for a malformed one."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise InvalidInput({"Idempotency-Key": ["1 to 64 visible characters"]})
    user = getattr(request, "auth", None)
    caller = f"user:{user.pk}" if isinstance(user, User) else f"address:{client_address(request)}"
    normalised = json.dumps(body.model_dump() if body else {}, default=str, sort_keys=True)
    return RequestKey(caller, request.path[:200], key, idempotency.fingerprint(normalised))


def once(
    request: HttpRequest,
    body: BaseModel | None,
    *,
    call: Callable[[RequestKey | None], Any],
    resume: Callable[[str], Any],
    render: Render,
    is_final: Callable[[Any], bool] = lambda _: True,
) -> HttpResponse:
    """Answer a call whose service commits the key itself, in the transaction of what it creates.

    `resume` goes on from the key's subject when an earlier call was cut off before its answer was kept, or when what
    it answered was not final: a payment that waits is looked at anew.
    """
    key = request_key(request, body)
    if key is None:
        return render(call(None))

    def answered(result: Any) -> tuple[HttpResponse, bool]:
        return render(result), is_final(result)

    try:
        return _kept(request, key, lambda: answered(call(key)))
    except RepeatedRequest:
        row = idempotency.find(key, now=clock.now())
    if row is None:
        # Its time was over and the row is gone now: a new request, which somebody else may be the first to make.
        return once(request, body, call=call, resume=resume, render=render, is_final=is_final)
    return _replay(row) or _kept(request, key, lambda: answered(resume(row.subject)))


def once_in_one_transaction(
    request: HttpRequest, body: BaseModel | None, *, call: Callable[[], Any], render: Render
) -> HttpResponse:
    """Answer a call that creates something without talking to a gateway: key, change and answer commit together."""
    key = request_key(request, body)
    if key is None:
        return render(call())

    def claimed() -> tuple[HttpResponse, bool]:
        with transaction.atomic():
            idempotency.claim(key, subject="", now=clock.now())
            response = _keep(key, render(call()))
        # Kept already, in the transaction.
        return response, False

    try:
        return _kept(request, key, claimed)
    except RepeatedRequest:
        row = idempotency.find(key, now=clock.now())
    replayed = _replay(row) if row else None
    return replayed or once_in_one_transaction(request, body, call=call, render=render)


def _kept(request: HttpRequest, key: RequestKey, work: Callable[[], tuple[HttpResponse, bool]]) -> HttpResponse:
    try:
        response, keep = work()
    except _NOT_KEPT:
        raise
    except DomainError as error:
        record_refusal(request, error)
        response, keep = answer_for(error), True
    return _keep(key, response) if keep else response


def _keep(key: RequestKey, response: HttpResponse) -> HttpResponse:
    """Keep an answer; answers the one that stands, which a request at the same moment may have kept before."""
    answer = response.content.decode()
    standing = idempotency.keep_answer(key, status=response.status_code, answer=answer, now=clock.now())
    if standing is None or (standing.status, standing.answer) == (response.status_code, answer):
        return response
    return _replay(standing) or response


def _replay(row: IdempotencyKey) -> HttpResponse | None:
    if row.status is None:
        return None
    response = HttpResponse(row.answer, status=row.status, content_type="application/json")
    response.headers["Idempotent-Replayed"] = "true"
    return response
