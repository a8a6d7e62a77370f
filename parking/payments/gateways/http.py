"""What every gateway client shares: HTTP with strict time-outs, validated values, comparison of signatures.

Whatever leaves open whether a call was carried out is GatewayUnreachable: time-outs, broken connections, 5xx, 429,
redirects, and answers that are not JSON (a proxy's HTML page).
"""

import hashlib
import hmac
import json
import os
import re
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from parking.payments.gateways.base import (
    GatewayMisconfigured,
    GatewayRefused,
    GatewayUnreachable,
)

Json = dict[str, Any]
Answer = TypeVar("Answer")

LARGEST_ANSWER = 2_000_000
_ASK_AGAIN = frozenset({408, 425, 429})
_IDENTIFIER = re.compile(r"[A-Za-z0-9_.-]{1,64}")
# Far above every real amount, and within every database's integers.
_LARGEST_AMOUNT = 10**12

# --- Calling ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Timeouts:
    """Seconds to get a connection, between two pieces of an answer, and for the call as a whole."""

    connect: float = 3.0
    read: float = 10.0
    whole: float = 20.0


@dataclass(frozen=True)
class Reply:
    """A gateway's answer: 2xx with an object, or 4xx with an object or with something else (None)."""

    status: int
    body: Json | None

    @property
    def accepted(self) -> bool:
        return self.status < 300


class GatewayHttp:
    """A pool of connections to one gateway. No redirect is followed: it would carry our credentials elsewhere."""

    def __init__(self, name: str, timeouts: Timeouts, *, auth: tuple[str, str] | None = None) -> None:
        self._name = name
        self._whole = timeouts.whole
        self._client = httpx.Client(
            auth=auth,
            timeout=httpx.Timeout(timeouts.read, connect=timeouts.connect, pool=timeouts.connect),
            headers={"User-Agent": "smart-parking", "Accept": "application/json"},
            follow_redirects=False,
        )
        weakref.finalize(self, _close, self._client, os.getpid())

    def send(self, method: str, url: str, **parts: Any) -> Reply:
        """Send one call; `parts` as httpx names them: headers, params, json, data. Raises GatewayUnreachable."""
        deadline = time.monotonic() + self._whole
        try:
            with self._client.stream(method, url, **parts) as response:
                return self._reply(response, deadline)
        except (httpx.RequestError, httpx.StreamError) as error:
            raise GatewayUnreachable(f"{self._name}: {type(error).__name__}") from error

    def _reply(self, response: httpx.Response, deadline: float) -> Reply:
        status = response.status_code
        if status >= 500 or 300 <= status < 400 or status in _ASK_AGAIN:
            raise GatewayUnreachable(f"{self._name}: HTTP {status}")
        reply = Reply(status, _json_object(self._content(response, deadline)))
        if reply.accepted and reply.body is None:
            raise GatewayUnreachable(f"{self._name}: HTTP {status} without a JSON object")
        return reply

    def _content(self, response: httpx.Response, deadline: float) -> bytes:
        # httpx bounds each wait, not their sum: an answer that trickles would hold the caller for ever.
        content = bytearray()
        for piece in response.iter_bytes():
            content += piece
            if len(content) > LARGEST_ANSWER or time.monotonic() > deadline:
                raise GatewayUnreachable(f"{self._name}: the answer is too long or too slow")
        return bytes(content)


def _close(client: httpx.Client, process: int) -> None:
    # A forked child must not touch the connections of its parent, nor the locks that held them at that moment.
    if os.getpid() == process:
        client.close()


def create_or_find(create: Callable[[], Answer], find: Callable[[], Answer]) -> Answer:
    """Return what `create` returns; if the gateway refuses because it exists already, what `find` returns.

    Every refusal is looked into, because the word for "already there" differs by gateway, page and year.
    """
    try:
        return create()
    except GatewayMisconfigured:
        raise
    except GatewayRefused as refused:
        try:
            return find()
        except GatewayRefused:
            raise refused from None


# --- Reading ---------------------------------------------------------------------------------------


def _json_object(content: bytes) -> Json | None:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def json_object(content: bytes) -> Json:
    """Return the JSON object in these bytes; empty if there is none."""
    return _json_object(content) or {}


def mapping(value: object) -> Json:
    """Return the value if it is an object, else an empty one (Razorpay sends `[]` for empty notes)."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[Json]:
    """Return the objects in a list, without its other items; empty for anything but a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: object, limit: int = 64) -> str:
    """Return printable text of at most `limit` characters; empty for anything but text."""
    if not isinstance(value, str):
        return ""
    # No database takes NUL characters or lone surrogates.
    return "".join(letter for letter in value if letter.isprintable())[:limit]


def identifier(value: object) -> str:
    """Return an id as gateways make them: 1 to 64 letters, digits and `_.-`; empty for anything else."""
    return value if isinstance(value, str) and _IDENTIFIER.fullmatch(value) else ""


def paise(value: object) -> int:
    """Return a whole, not negative number of paise; 0, which no order has, for anything else."""
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return value if 0 <= value <= _LARGEST_AMOUNT else 0


def link(value: object, *schemes: str, limit: int = 2000) -> str:
    """Return an address that begins with one of `schemes`; empty for anything else. Never shortened."""
    if not isinstance(value, str) or not value.isprintable() or len(value) > limit:
        return ""
    return value if value.startswith(schemes) else ""


# --- Proofs ----------------------------------------------------------------------------------------


def header(headers: Mapping[str, str], name: str) -> str:
    """Return a header's value, in any letter case of its name; empty if it is missing."""
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")


def same_proof(given: object, expected: str) -> bool:
    """Return whether a signature is the expected one, in constant time."""
    if not isinstance(given, str) or not given or not given.isascii() or not expected:
        return False
    return hmac.compare_digest(given.encode(), expected.encode())


def hmac_sha256(secret: str, message: bytes) -> bytes:
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()


def sha256_hex(message: bytes) -> str:
    return hashlib.sha256(message).hexdigest()
