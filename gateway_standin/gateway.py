"""What both protocols share: find the call, apply the faults that are switched on, authenticate, run the call."""

import random
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway_standin.bank import Bank
from gateway_standin.books import Books, Brand
from gateway_standin.clock import Clock
from gateway_standin.options import Options
from gateway_standin.settings import Settings
from gateway_standin.switches import Switches
from gateway_standin.wire.messages import HTML_TYPE, Answer, Json, NoAnswer, Refused, Request, json_answer
from gateway_standin.wire.routes import Route, find

TOKEN_CALL = "token"  # noqa: S105 (the name of a call)
HTML_502 = Answer(
    502, b"<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>", HTML_TYPE
)

Work = Callable[..., Json]


@dataclass
class Desk:
    """The objects that a gateway works with."""

    options: Options
    clock: Clock
    books: Books
    bank: Bank
    switches: Switches
    settings: Callable[[], Settings]


@dataclass(frozen=True)
class Heard:
    """One line of the log of calls."""

    brand: Brand
    call: str
    method: str
    path: str
    status: int


class Gateway(ABC):
    """One of the two. Subclasses name their calls and phrase their refusals."""

    brand: Brand
    # What unknown_enums and unknown_states put a new word into, by the name of the field.
    enum_fields: frozenset[str]
    state_fields: frozenset[str]

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.heard: list[Heard] = []
        self.routes: list[Route[Work]] = []

    @abstractmethod
    def authenticate(self, request: Request) -> None:
        """Raise Refused unless the caller has authenticated."""

    @abstractmethod
    def revoke(self) -> None:
        """Invalidate what was valid until now, for the 401 that is switched on."""

    @abstractmethod
    def refuse(self, status: int, text: str) -> Refused:
        """Return a refusal in the words of this gateway."""

    def answer(self, request: Request, path: str) -> Answer:
        """Answer a call. Raises NoAnswer if the answer is to be lost."""
        found = find(self.routes, request.method, path)
        call = found[0].name if found else ""
        try:
            answer = json_answer(self._content(request, found))
        except Refused as refusal:
            answer = refusal.answer
        self._note(call, request, answer.status)
        if self._fault("lost_answer", call):
            raise NoAnswer(self.desk.settings().lost_answer_seconds)
        return answer

    def _content(self, request: Request, found: tuple[Route[Work], dict[str, str]] | None) -> Json:
        if found is None:
            raise self.refuse(404, "The requested URL was not found on the server.")
        call, parts = found
        if self._fault("answer_html_502", call.name):
            raise Refused(HTML_502)
        if self._fault("answer_429", call.name):
            raise self.refuse(429, "Too many requests")
        if self._fault("answer_401", call.name):
            self.revoke()
        if call.name != TOKEN_CALL:  # its form is the proof
            self.authenticate(request)
        return self._twisted(call.name, call.work(request, **parts))

    def locked(self, work: Work) -> Work:
        """Return the call, wrapped to hold the lock of the books."""

        def alone(request: Request, **parts: str) -> Json:
            with self.desk.books.lock:
                return work(request, **parts)

        return alone

    def _fault(self, name: str, call: str) -> bool:
        """Return whether a fault applies: a token call, which a client makes when it likes, only if named."""
        if not call or (call == TOKEN_CALL and not self.desk.switches.is_narrowed(self.brand, name, call)):
            return False
        return self.desk.switches.take(self.brand, name, call)

    def _twisted(self, call: str, content: Json) -> Json:
        if self._fault("unknown_enums", call):
            content = _replaced(content, self.enum_fields, "QUANTUM_TELLER")
        if self._fault("unknown_states", call):
            content = _replaced(content, self.state_fields, "SCHROEDINGER")
        if self._fault("extra_fields", call):
            content = _extended(content)
        return content

    def _note(self, call: str, request: Request, status: int) -> None:
        self.heard.append(Heard(self.brand, call, request.method, request.path, status))
        del self.heard[:-10_000]


def _replaced(content: Any, names: frozenset[str], word: str) -> Any:
    """Return a copy in which every text in a field of `names` is `word`."""
    if isinstance(content, list):
        return [_replaced(item, names, word) for item in content]
    if not isinstance(content, dict):
        return content
    return {
        name: word if name in names and isinstance(value, str) else _replaced(value, names, word)
        for name, value in content.items()
    }


def _extended(content: Any) -> Any:
    """Return a copy in which every object has an undocumented field."""
    if isinstance(content, list):
        return [_extended(item) for item in content]
    if not isinstance(content, dict):
        return content
    news = {"x_new_in_this_release": {"score": random.randint(1, 9), "flags": []}}  # noqa: S311 (no secret)
    return {name: _extended(value) for name, value in content.items()} | news
