"""Delayed work: a few threads that run functions when they are due."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

Work = Callable[[], None]


class Schedule:
    """Runs functions in the order in which they fall due. With one thread the order is exact."""

    def __init__(self, threads: int) -> None:
        self._changed = threading.Condition()
        self._jobs: list[tuple[float, int, Work]] = []
        self._numbers = itertools.count()
        self._running = 0
        self._stopped = False
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def after(self, seconds: float, work: Work) -> None:
        with self._changed:
            heapq.heappush(self._jobs, (time.monotonic() + seconds, next(self._numbers), work))
            self._changed.notify_all()

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait at most `seconds`; return whether nothing is running or due any more."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._jobs and not self._running, seconds)

    def clear(self) -> None:
        with self._changed:
            self._jobs.clear()
            self._changed.notify_all()

    def stop(self, seconds: float = 1) -> None:
        """Start nothing more, and give what runs `seconds` to end."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(seconds)

    def _run(self) -> None:
        while work := self._next():
            try:
                work()
            except Exception:
                log.exception("work in the background failed")
            finally:
                self._finished()

    def _next(self) -> Work | None:
        """Return the next function to run, once it is due; None when the schedule has ended."""
        with self._changed:
            while not self._stopped:
                pause = self._jobs[0][0] - time.monotonic() if self._jobs else None
                if pause is not None and pause <= 0:
                    self._running += 1
                    return heapq.heappop(self._jobs)[2]
                self._changed.wait(pause)
        return None

    def _finished(self) -> None:
        with self._changed:
            self._running -= 1
            self._changed.notify_all()
