"""The threads that run Django, and how their answers leave."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from queue import SimpleQueue
from threading import Thread
from typing import Any, Protocol

# An answer of up to so many bytes is made before it is sent, so that a slow reader holds no thread.
_MOST_AT_ONCE = 4_000_000
# A longer one is given up when its reader takes no piece of it for so long.
_SEND_SECONDS = 10.0
# How long after its answer granian may hear that a request is over. Telling it at once would wake the event loop a
# second time for each request, which cost a tenth of the throughput.
_TIDY_SECONDS = 0.5

Header = tuple[str, str]


class Transport(Protocol):
    def send_bytes(self, data: bytes) -> Awaitable[None]: ...


class Sink(Protocol):
    """Where an answer goes: granian's RSGIHTTPProtocol. Its methods may be called from any thread."""

    def response_bytes(self, status: int, headers: list[Header], body: bytes) -> None: ...

    def response_stream(self, status: int, headers: list[Header]) -> Transport: ...


@dataclass(frozen=True)
class _Job:
    """One request, where its answer goes, and what is done when it went."""

    environ: dict[str, Any]
    sink: Sink
    loop: asyncio.AbstractEventLoop
    over: "asyncio.Future[None]"


class Threads:
    """A fixed number of threads, each with its own database connection, and a queue of requests before them."""

    def __init__(self, application: Callable[..., Iterable[bytes]], count: int) -> None:
        self._application = application
        self._count = count
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._answered: deque[tuple[_Job, Exception | None]] = deque()
        self._open = 0
        self._will_tidy = False

    def start(self) -> None:
        for number in range(self._count):
            Thread(target=self._work, name=f"django-{number}", daemon=True).start()

    async def answer(self, environ: dict[str, Any], sink: Sink) -> None:
        """Have a thread answer a request. Returns within half a second after the answer has been sent."""
        loop = asyncio.get_running_loop()
        job = _Job(environ, sink, loop, loop.create_future())
        self._jobs.put(job)
        self._open += 1
        self._tidy()
        if not self._will_tidy:
            self._will_tidy = True
            loop.call_later(_TIDY_SECONDS, self._tidy_again, loop)
        await job.over

    def _work(self) -> None:
        while True:
            job, error = self._jobs.get(), None
            try:
                _answer(self._application, job)
            except Exception as raised:  # noqa: BLE001 - granian logs it and answers 500 if nothing was sent
                error = raised
            self._answered.append((job, error))
            if error is not None:
                job.loop.call_soon_threadsafe(self._tidy)

    def _tidy(self) -> None:
        while self._answered:
            job, error = self._answered.popleft()
            self._open -= 1
            if job.over.done():
                continue
            if error is None:
                job.over.set_result(None)
            else:
                job.over.set_exception(error)

    def _tidy_again(self, loop: asyncio.AbstractEventLoop) -> None:
        self._tidy()
        self._will_tidy = self._open > 0
        if self._will_tidy:
            loop.call_later(_TIDY_SECONDS, self._tidy_again, loop)


class _Start:
    """WSGI's `start_response`; nothing is sent before the first piece of the body is there."""

    status = 500
    headers: list[Header]

    def __call__(self, status: str, headers: list[Header], _exc_info: Any = None) -> Callable[[bytes], object]:
        self.status = int(status[:3])
        self.headers = headers
        return _no_writing


def _no_writing(_data: bytes) -> None:
    raise NotImplementedError("the write() of WSGI is not used here")


def _answer(application: Callable[..., Iterable[bytes]], job: _Job) -> None:
    start = _Start()
    result = application(job.environ, start)
    try:
        pieces = iter(result)
        first, is_all = _first(pieces)
        if is_all:
            job.sink.response_bytes(start.status, start.headers, first)
        else:
            transport = job.sink.response_stream(start.status, start.headers)
            _stream(transport, chain([first], pieces), job.loop)
    finally:
        close = getattr(result, "close", None)
        if close is not None:
            close()


def _first(pieces: Iterator[bytes]) -> tuple[bytes, bool]:
    """Return the beginning of a body, as much as is sent at once, and whether it is all."""
    taken: list[bytes] = []
    size = 0
    for piece in pieces:
        taken.append(piece)
        size += len(piece)
        if size > _MOST_AT_ONCE:
            return b"".join(taken), False
    return b"".join(taken), True


def _stream(transport: Transport, pieces: Iterable[bytes], loop: asyncio.AbstractEventLoop) -> None:
    """Send piece by piece. Raises TimeoutError for a reader that is too slow."""
    for piece in pieces:
        sending = asyncio.run_coroutine_threadsafe(_send(transport, piece), loop)
        try:
            sending.result(_SEND_SECONDS)
        finally:
            sending.cancel()


async def _send(transport: Transport, piece: bytes) -> None:
    await transport.send_bytes(piece)
