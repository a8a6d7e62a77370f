"""Requests and answers, independent of the server that carries them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
JSON_TYPE = "application/json"
HTML_TYPE = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Request:
    """Header names are in lower case; of a repeated query parameter the last counts."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Json:
        """Return the body as an object. ValueError if it is none."""
        content = json.loads(self.body.decode(), parse_constant=_no_constant)
        if not isinstance(content, dict):
            raise ValueError("not an object")  # noqa: TRY004 (one error for the caller)
        return content


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The call is refused; nothing was changed."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class NoAnswer(Exception):
    """The connection is closed after `seconds` without an answer."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def json_answer(content: object, status: int = 200) -> Answer:
    return Answer(status, compact(content))


def html_answer(text: str, status: int = 200) -> Answer:
    return Answer(status, text.encode(), HTML_TYPE)


def redirect(address: str) -> Answer:
    """Return a redirect, to be fetched with GET, whatever the method was."""
    return Answer(303, headers={"Location": address})


def compact(content: object) -> bytes:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is not JSON")
