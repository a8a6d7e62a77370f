"""How often live parts look for news while drawing them takes much of a process's time: gates go before such pages.

Each process keeps an account in seconds: drawing is put on it, and a share of the time that passes is taken off. Above
what a moment may take, parts keep the state that they had, for four seconds at most.
"""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from parking.core.fresh import forgets

# Of a process's time, for drawing parts again and again; and what they may take at once, in seconds.
SHARE, AT_ONCE = 0.25, 0.5
# Beside the two seconds after which a page asks again.
MOST_SECONDS = 4.0
_MOST_KEPT = 10_000


@dataclass(frozen=True)
class _Kept:
    """A state and when it was read, in seconds of the monotonic clock."""

    state: str
    read_at: float


class Pace:
    """The account of a process, and the states of its parts."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = 0.0
        self._counted_at = 0.0
        self._kept: dict[Hashable, _Kept] = {}
        forgets(self)

    def state(self, part: Hashable, read: Callable[[], str]) -> str:
        """Return the state of a part: as it is, or as it was a moment ago while drawing takes too much."""
        now = time.monotonic()
        kept = self._kept.get(part)
        if kept is not None and now - kept.read_at < MOST_SECONDS and self._owed(now) > AT_ONCE:
            return kept.state
        state = read()
        if len(self._kept) >= _MOST_KEPT:
            self._kept = {}
        self._kept[part] = _Kept(state, now)
        return state

    def forget(self) -> None:
        """Begin with an empty account and no states; for tests."""
        with self._guard:
            self._taken, self._counted_at, self._kept = 0.0, 0.0, {}

    def drew(self, seconds: float) -> None:
        """Put a drawing on the account."""
        with self._guard:
            now = time.monotonic()
            self._taken, self._counted_at = self._owed(now) + seconds, now

    def _owed(self, now: float) -> float:
        return max(0.0, self._taken - SHARE * (now - self._counted_at))
