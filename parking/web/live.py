"""Parts of pages that poll for updates every two seconds, cheaply however many people look.

A part's state is a short text from a `FreshValue`, read once a second per process. Its ETag is made of that text with
the server's secret, so a client that sends it has seen this very state: an unchanged part is answered 304 before the
caller is looked up, without a statement. Only what has changed is rendered, for the audience of its view; where many
see the same (`drawn_once`), each process renders it once for all of them who ask within a second.
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.translation import get_language

from parking.core import clock
from parking.core.fresh import ForAMoment
from parking.core.ids import MAX_ID
from parking.edge.callers import actor_of
from parking.edge.pages import PRIVATE
from parking.web.access import View
from parking.web.pace import Pace

State = Callable[..., str]
Drawing = Callable[..., HttpResponse]

_drawn: ForAMoment[bytes] = ForAMoment()
_pace = Pace()


def live(state: State) -> Callable[[View], View]:
    """Answer a part of a page with an ETag of its state; `state` takes what the view takes, without the request.

    The state is read before the view, so a change between the two is sent once more, never missed.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def conditional(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if any(isinstance(value, int) and value > MAX_ID for value in (*args, *kwargs.values())):
                raise Http404
            part = (view, args, tuple(kwargs.items()))
            tag = _tag(request, _pace.state(part, partial(state, *args, **kwargs)))
            if tag in request.headers.get("If-None-Match", ""):
                return HttpResponseNotModified(headers={"ETag": tag})
            begun = time.monotonic()
            response = view(request, *args, **kwargs)
            _pace.drew(time.monotonic() - begun)
            if response.status_code == 200:
                response.headers["ETag"] = tag
            response.headers["Cache-Control"] = PRIVATE
            return response

        return conditional

    return decorate


def drawn_once(state: State, seen_by: Callable[[HttpRequest], Hashable]) -> Callable[[Drawing], View]:
    """Draw a part once for all who see the same: behind the audience of its view, with the state that `live` takes.

    `seen_by` returns what the part depends on beside address, language and state. The state is read before the drawing,
    so what is sent is never older than its tag. Only a part without forms and notes of one person may be shared so.
    """

    def decorate(view: Drawing) -> View:
        @wraps(view)
        def shared(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            key = (request.get_full_path(), get_language(), state(*args, **kwargs), seen_by(request))
            return HttpResponse(_drawn.value(key, partial(_content, view, request, *args, **kwargs)))

        return shared

    return decorate


def _content(view: Drawing, request: HttpRequest, *args: Any, **kwargs: Any) -> bytes:
    return view(request, *args, **kwargs).content


def same_rights(request: HttpRequest) -> Hashable:
    """Return what people have in common who see the same at work: role, permissions, sites and gate."""
    return replace(actor_of(request), user_id=None)


def minute() -> str:
    """Return a state that changes with each minute, for what changes with time."""
    return f"{clock.now():%Y-%m-%d %H:%M}"


def _tag(request: HttpRequest, state: str) -> str:
    text = "\n".join((request.get_full_path(), get_language() or "", state))
    digest = hmac.new(settings.SECRET_KEY.encode(), b"live\n" + text.encode(), hashlib.sha256)
    return f'"{digest.hexdigest()[:32]}"'
