"""HTTP to providers: strict time-outs, also for a call as a whole, no redirects, one reading of what a status means."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext
from typing import Any

import httpx

from parking.notifications.channels.base import NotDelivered

_TIMEOUT = httpx.Timeout(10.0, connect=3.0)
# For a call as a whole.
WHOLE_SECONDS = 20.0
# These say that another moment is better.
_LATER = frozenset({408, 425, 429})
_GONE = frozenset({404, 410})


def bearer(key: str) -> dict[str, str]:
    """Return the header that proves who we are; none without a key."""
    return {"Authorization": f"Bearer {key}"} if key else {}


@dataclass(frozen=True)
class Answer:
    """What a provider answered."""

    status: int
    headers: dict[str, str]
    body: bytes


def post(url: str, *, can_be_gone: bool = False, **parts: Any) -> None:
    """Post once; `parts` as httpx names them. Raises NotDelivered."""
    # The body says nothing that we act on.
    status = ask("POST", url, most_bytes=0, **parts).status
    if 200 <= status < 300:
        return
    if can_be_gone and status in _GONE:
        raise NotDelivered(f"http_{status}", is_gone=True)
    raise NotDelivered(f"http_{status}", is_definite=is_refusal(status))


def is_refusal(status: int) -> bool:
    """Return whether another attempt would fail too."""
    return 400 <= status < 500 and status not in _LATER


def ask(method: str, url: str, *, most_bytes: int, **parts: Any) -> Answer:
    """Call once; returns what was answered, whatever its status, the body to `most_bytes`. Raises NotDelivered."""
    try:
        # In a thread of its own, which has no loop yet, whatever the caller's has.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(_in_time, method, url, most_bytes, parts, _trusted()).result()
    except TimeoutError as error:
        raise NotDelivered("too_slow") from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise NotDelivered(type(error).__name__) from error


@cache
def _trusted() -> SSLContext:
    """Return whose certificates are believed. To read them takes longer than many a call."""
    return httpx.create_ssl_context()


def _in_time(method: str, url: str, most_bytes: int, parts: dict[str, Any], trusted: SSLContext) -> Answer:
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(
            asyncio.wait_for(_answer_of(method, url, most_bytes, parts, trusted), WHOLE_SECONDS)
        )
    finally:
        # Not `asyncio.run`: it would wait for a resolver that does not answer.
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _answer_of(method: str, url: str, most_bytes: int, parts: dict[str, Any], trusted: SSLContext) -> Answer:
    """Return an answer.

    Asynchronous, because httpx bounds each wait and not their sum: what trickles would hold a worker for ever.
    """
    body = bytearray()
    async with (
        httpx.AsyncClient(verify=trusted, timeout=_TIMEOUT, follow_redirects=False) as client,
        client.stream(method, url, **parts) as response,
    ):
        pieces = response.aiter_bytes()
        while len(body) < most_bytes and (piece := await anext(pieces, b"")):
            body += piece
        return Answer(response.status_code, dict(response.headers), bytes(body[:most_bytes]))
