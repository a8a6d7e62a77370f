"""What was sent, by any channel, and what the stand-in is to answer."""

import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field

LATE_SECONDS = 1.5
# The oldest go first: it may run for weeks.
MOST_KEPT = 5000


@dataclass(frozen=True)
class Message:
    """One message as it arrived. `reference` is the sender's name of it: the same again is shown once."""

    channel: str
    to: str
    title: str
    text: str
    reference: str
    html: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    at: float = field(default_factory=time.time)


class Box:
    """Keeps the newest messages, for as long as the program runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: deque[Message] = deque(maxlen=MOST_KEPT)
        # Answers to come, by channel: statuses of SMTP or HTTP, 0 for none at all, -1 for a late one.
        self._answers: dict[str, list[int]] = {}

    def take(self, message: Message) -> None:
        with self._lock:
            self._messages.append(message)

    def arrived(self) -> list[Message]:
        """Return everything that arrived, repeats too, oldest first."""
        with self._lock:
            return list(self._messages)

    def shown(self) -> list[tuple[Message, int]]:
        """Return what a person sees, newest first: of the same channel and reference one, and how often it came."""
        arrived = self.arrived()
        times = Counter((message.channel, message.reference) for message in arrived)
        last = {(message.channel, message.reference): message for message in arrived}
        return [(message, times[key]) for key, message in reversed(last.items())]

    def answer_with(self, channel: str, statuses: list[int]) -> None:
        """Let the next calls of a channel be answered so; then as usual."""
        with self._lock:
            self._answers[channel] = list(statuses)

    def next_answer(self, channel: str) -> int | None:
        with self._lock:
            waiting = self._answers.get(channel)
            return waiting.pop(0) if waiting else None

    def clear(self) -> None:
        with self._lock:
            self._messages.clear()
            self._answers.clear()
