"""The RSGI application: reads a request to its end, then has a thread answer it."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from smart_parking.front import bodies
from smart_parking.front.bodies import MOST_BYTES, MOST_BYTES_WITH_FILES, Source, Unreadable
from smart_parking.front.environ import Scope, environ_of, put_body, refuse
from smart_parking.front.threads import Sink, Threads

# Bodies that a process waits for at once; each holds a connection and what has come of it.
MOST_WAITED_FOR = 200
# Nobody reads a body of these.
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class Call(Source, Sink, Protocol):
    """granian's RSGIHTTPProtocol: reads and answers."""


class Front:
    """One for each process of the web server."""

    def __init__(self, application: Callable[..., Iterable[bytes]], *, threads: int, body_seconds: float) -> None:
        self._threads = Threads(application, threads)
        self._body_seconds = body_seconds
        self._waited_for = 0

    def __rsgi_init__(self, _loop: asyncio.AbstractEventLoop) -> None:
        self._threads.start()

    async def __rsgi__(self, scope: Scope, call: Call) -> None:
        environ = environ_of(scope)
        if "smart_parking.refused" not in environ and _has_body(environ):
            await self._read_body(environ, call)
        await self._threads.answer(environ, call)

    async def _read_body(self, environ: dict[str, Any], source: Source) -> None:
        if self._waited_for >= MOST_WAITED_FOR:
            refuse(environ, "too_many_bodies")
            return
        self._waited_for += 1
        try:
            body = await bodies.read(
                source, announced=_announced(environ), most=_most(environ), seconds=self._body_seconds
            )
            put_body(environ, body)
        except Unreadable as error:
            refuse(environ, error.code)
        finally:
            self._waited_for -= 1


def _has_body(environ: dict[str, Any]) -> bool:
    if environ["REQUEST_METHOD"] in _WITHOUT_BODY:
        environ.pop("CONTENT_LENGTH", None)
        return False
    is_announced = environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ
    return is_announced or environ["SERVER_PROTOCOL"].startswith("HTTP/2")


def _announced(environ: dict[str, Any]) -> int | None:
    length = environ.get("CONTENT_LENGTH", "")
    return int(length) if length.isdecimal() else None


def _most(environ: dict[str, Any]) -> int:
    is_multipart = environ.get("CONTENT_TYPE", "").lower().startswith("multipart/")
    return MOST_BYTES_WITH_FILES if is_multipart else MOST_BYTES
