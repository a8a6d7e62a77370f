"""HTTP to providers: strict time-outs, also for a call as a whole, no redirects, one reading of what a status means."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
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


def post(url: str, *, can_be_gone: bool = False, **parts: Any) -> None:
    """Post once; `parts` as httpx names them. Raises NotDelivered."""
    try:
        # In a thread of its own, which has no loop yet, whatever the caller's has.
        with ThreadPoolExecutor(1) as pool:
            status = pool.submit(_status_in_time, url, parts, _trusted()).result()
    except TimeoutError as error:
        raise NotDelivered("too_slow") from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise NotDelivered(type(error).__name__) from error
    if 200 <= status < 300:
        return
    if can_be_gone and status in _GONE:
        raise NotDelivered(f"http_{status}", is_gone=True)
    raise NotDelivered(f"http_{status}", is_definite=400 <= status < 500 and status not in _LATER)


@cache
def _trusted() -> SSLContext:
    """Return whose certificates are believed. To read them takes longer than many a call."""
    return httpx.create_ssl_context()


def _status_in_time(url: str, parts: dict[str, Any], trusted: SSLContext) -> int:
    return asyncio.run(asyncio.wait_for(_status_of(url, parts, trusted), WHOLE_SECONDS))


async def _status_of(url: str, parts: dict[str, Any], trusted: SSLContext) -> int:
    """Return the status of an answer, whose body says nothing that we act on.

    Asynchronous, because httpx bounds each wait and not their sum: headers that trickle would hold a worker for ever.
    """
    async with (
        httpx.AsyncClient(verify=trusted, timeout=_TIMEOUT, follow_redirects=False) as client,
        client.stream("POST", url, **parts) as response,
    ):
        return response.status_code
