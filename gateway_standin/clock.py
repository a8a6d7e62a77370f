"""The time of this program, which a test may move forward."""

import time


class Clock:
    """Seconds since 1970, plus what was added with `advance`."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def reset(self) -> None:
        self._ahead = 0.0
