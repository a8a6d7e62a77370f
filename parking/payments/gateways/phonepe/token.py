"""The access token: fetched by one thread, kept by the process, renewed before it ends."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from threading import Lock

from parking.payments.gateways.base import GatewayError

# Seconds before its end at which a token is renewed; one of a short life in its last quarter.
MARGIN = 240.0
# Seconds between a renewal that failed and the next try.
PAUSE = 15.0


@dataclass(frozen=True)
class Token:
    """An access token; `lifetime` is in seconds from the moment when it was fetched."""

    value: str = field(repr=False)
    kind: str
    lifetime: float

    @property
    def authorization(self) -> str:
        return f"{self.kind} {self.value}"


@dataclass(frozen=True)
class _Kept:
    token: Token
    renew_at: float
    ends_at: float


class TokenCache:
    """One access token for all threads. `clock` counts seconds; the gateway's clock is not compared with ours."""

    def __init__(self, fetch: Callable[[], Token], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = Lock()
        self._kept: _Kept | None = None
        self._flight: Future[Token] | None = None

    def get(self) -> Token:
        """Return a valid token. While one thread renews, the others use the old one, or wait if there is none."""
        with self._lock:
            kept = self._usable()
            if kept is not None and (self._clock() < kept.renew_at or self._flight is not None):
                return kept.token
            mine = self._flight is None
            flight = self._flight = self._flight or Future()
        if mine:
            self._land(flight)
        try:
            return flight.result()
        except GatewayError:
            if kept is None:
                raise
            return kept.token

    def drop(self, token: Token) -> None:
        """Forget a token that the gateway did not accept, unless it was replaced meanwhile."""
        with self._lock:
            if self._kept is not None and self._kept.token == token:
                self._kept = None

    def _usable(self) -> "_Kept | None":
        kept = self._kept
        return kept if kept is not None and self._clock() < kept.ends_at else None

    def _land(self, flight: "Future[Token]") -> None:
        """Fetch and keep a token, and wake the threads that wait. A failed renewal keeps the old one."""
        started = self._clock()
        try:
            token = self._fetch()
        except BaseException as error:  # noqa: BLE001 - handed on to everybody who waits
            with self._lock:
                self._flight = None
                if self._kept is not None:
                    self._kept = replace(self._kept, renew_at=self._clock() + PAUSE)
            flight.set_exception(error)
        else:
            with self._lock:
                self._kept, self._flight = _kept(token, started), None
            flight.set_result(token)


def _kept(token: Token, started: float) -> _Kept:
    early = max(token.lifetime - MARGIN, token.lifetime * 0.75)
    return _Kept(token, started + early, started + token.lifetime)
