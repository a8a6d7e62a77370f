"""HTTP to providers: strict time-outs, no redirects, one reading of what a status means."""

from typing import Any

import httpx

from parking.notifications.channels.base import NotDelivered

_TIMEOUT = httpx.Timeout(10.0, connect=3.0)
# These say that another moment is better.
_LATER = frozenset({408, 425, 429})
_GONE = frozenset({404, 410})


def bearer(key: str) -> dict[str, str]:
    """Return the header that proves who we are; none without a key."""
    return {"Authorization": f"Bearer {key}"} if key else {}


def post(url: str, *, can_be_gone: bool = False, **parts: Any) -> None:
    """Post once; `parts` as httpx names them. Raises NotDelivered."""
    try:
        # The answer's body says nothing that we act on.
        with httpx.stream("POST", url, timeout=_TIMEOUT, follow_redirects=False, **parts) as response:
            status = response.status_code
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise NotDelivered(type(error).__name__) from error
    if 200 <= status < 300:
        return
    if can_be_gone and status in _GONE:
        raise NotDelivered(f"http_{status}", is_gone=True)
    raise NotDelivered(f"http_{status}", is_definite=400 <= status < 500 and status not in _LATER)
