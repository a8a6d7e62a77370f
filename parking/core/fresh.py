"""Caches of values that many people look at, read at most once a second by each process, or only after news."""

import hashlib
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from weakref import WeakSet

T = TypeVar("T")


class Forgetting(Protocol):
    """What keeps something in this process."""

    def forget(self) -> None:
        """Drop it, for tests."""


_all: "WeakSet[Forgetting]" = WeakSet()


def forgets(kept: Forgetting) -> None:
    """Have `forget_all` drop what is kept there."""
    _all.add(kept)


@dataclass(frozen=True)
class _Kept(Generic[T]):
    """A value and when its reading began, in seconds of the monotonic clock."""

    value: T
    begun_at: float


class FreshValue(Generic[T]):
    """What `load` returns, read at most once in so many seconds, however many threads ask.

    Each process has its own. While one thread loads, the others get the previous value, for `overlap` seconds beyond
    its time; where there is none, or it is older, they wait for the new one. An error of `load` is raised to the caller
    whose call it was and nothing is kept, so the next call tries again. `load` must not depend on who asks, nor read
    what the caller's own transaction has not committed.
    """

    def __init__(self, load: Callable[[], T], seconds: float = 1.0, overlap: float = 1.0) -> None:
        self._load = load
        self._seconds = seconds
        self._overlap = overlap
        self._kept: _Kept[T] | None = None
        self._loading = threading.Lock()
        self._forgotten = 0
        forgets(self)

    def value(self) -> T:
        """Return the value, at most as old as agreed."""
        kept = self._kept
        if kept is not None and self._age(kept) < self._seconds:
            return kept.value
        if kept is None or self._age(kept) >= self._seconds + self._overlap:
            with self._loading:
                return self._loaded()
        if not self._loading.acquire(blocking=False):
            return kept.value
        try:
            return self._loaded()
        finally:
            self._loading.release()

    def forget(self) -> None:
        """Load again at the next call, whatever is under way; for tests, whose databases change under the process."""
        self._forgotten += 1
        self._kept = None

    @staticmethod
    def _age(kept: _Kept[T]) -> float:
        return time.monotonic() - kept.begun_at

    def _loaded(self) -> T:
        kept, forgotten = self._kept, self._forgotten
        # Another thread may have loaded it while this one waited.
        if kept is not None and self._age(kept) < self._seconds:
            return kept.value
        begun_at = time.monotonic()
        value = self._load()
        if forgotten == self._forgotten:
            self._kept = _Kept(value, begun_at)
        return value


class UntilNews(Generic[T]):
    """What `load` returns for a key, kept until `news` has another value.

    The news are read before the value, so a value is never older than the news that it is kept for. Each process has
    its own values, `most` of them at most, so that nobody fills its memory by asking for key after key. One thread
    loads while the others wait. An error of `load` is raised and nothing is kept. `load` must depend on its key and the
    database alone, and must not read what the caller's own transaction has not committed.
    """

    def __init__(self, load: Callable[..., T], news: FreshValue[Any], most: int = 10_000) -> None:
        self._load = load
        self._news = news
        self._most = most
        self._kept_for: Any = None
        self._kept: dict[Hashable, T] = {}
        self._loading = threading.Lock()
        forgets(self)

    def value(self, *key: Hashable) -> T:
        """Return the value for a key, at most as old as the news may be."""
        news = self._news.value()
        with self._loading:
            if news != self._kept_for or (key not in self._kept and len(self._kept) >= self._most):
                self._kept_for, self._kept = news, {}
            if key not in self._kept:
                self._kept[key] = self._load(*key)
            return self._kept[key]

    def forget(self) -> None:
        """Load again at the next call; for tests, whose databases change under the process."""
        with self._loading:
            self._kept_for, self._kept = None, {}


@dataclass
class _Moment(Generic[T]):
    """A value that is being made, or was at `begun_at` (monotonic clock)."""

    begun_at: float
    making: threading.Lock
    value: T | None = None


class ForAMoment(Generic[T]):
    """Values by key for what many ask at the same moment: made once, and forgotten after so many seconds.

    Each process has its own, `most` of them at most. One thread makes a value while those who ask for the same wait. An
    error is raised to whoever made it, and the next one tries again.
    """

    def __init__(self, seconds: float = 1.0, most: int = 200) -> None:
        self._seconds = seconds
        self._most = most
        self._kept: dict[Hashable, _Moment[T]] = {}
        self._guard = threading.Lock()
        forgets(self)

    def value(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key, which `make` returns if nobody has asked for it just now."""
        with self._guard:
            moment = self._moment(key)
        with moment.making:
            if moment.value is None:
                moment.value = make()
            return moment.value

    def forget(self) -> None:
        """Make every value again; for tests."""
        with self._guard:
            self._kept = {}

    def _moment(self, key: Hashable) -> _Moment[T]:
        now = time.monotonic()
        found = self._kept.get(key)
        if found is not None and now - found.begun_at < self._seconds:
            return found
        if len(self._kept) >= self._most or found is not None:
            fresh = {each: kept for each, kept in self._kept.items() if now - kept.begun_at < self._seconds}
            self._kept = fresh if len(fresh) < self._most else {}
        self._kept[key] = _Moment(now, threading.Lock())
        return self._kept[key]


def forget_all() -> None:
    """Drop every value of this process; for tests."""
    for fresh in list(_all):
        fresh.forget()


def fingerprint(*parts: object) -> str:
    """Return 16 hexadecimal digits that differ when a part differs; the same in every process, so they fit an ETag."""
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
