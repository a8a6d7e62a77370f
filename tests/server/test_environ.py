"""From granian's scope to a WSGI environment: which header becomes which name."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from smart_parking.front import environ as front
from smart_parking.front.environ import LONGEST_TARGET, environ_of


@dataclass
class Headers:
    lines: list[tuple[str, str]]

    def items(self) -> list[tuple[str, str]]:
        return self.lines


@dataclass
class Scope:
    headers: Headers
    path: str = "/"
    query_string: str = ""
    http_version: str = "1.1"
    server: str = "127.0.0.1:8000"
    client: str = "192.0.2.7:4711"
    scheme: str = "http"
    method: str = "GET"
    authority: str | None = field(default=None)


def environ(*lines: tuple[str, str], **more: Any) -> dict[str, Any]:
    return environ_of(cast(front.Scope, Scope(Headers(list(lines)), **more)))


def test_names_with_an_underscore_are_dropped() -> None:
    found = environ(
        ("x_forwarded_for", "203.0.113.9"), ("x-forwarded_proto", "https"), ("x-forwarded-for", "192.0.2.1")
    )
    assert (found["HTTP_X_FORWARDED_FOR"], "HTTP_X_FORWARDED_PROTO" in found) == ("192.0.2.1", False)
    assert "smart_parking.refused" not in found


def test_repeated_lines_are_joined_in_their_order() -> None:
    found = environ(
        ("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "192.0.2.1"), ("cookie", "a=1"), ("cookie", "b=2")
    )
    assert (found["HTTP_X_FORWARDED_FOR"], found["HTTP_COOKIE"]) == ("203.0.113.9, 192.0.2.1", "a=1; b=2")


@pytest.mark.parametrize("name", ["host", "authorization", "content-type", "x-forwarded-proto", "x-razorpay-signature"])
def test_what_may_stand_once_is_refused_twice(name: str) -> None:
    assert environ((name, "a"), (name, "a"))["smart_parking.refused"] == "bad_request"


def test_addresses_of_every_kind() -> None:
    assert environ()["REMOTE_ADDR"] == "192.0.2.7"
    assert environ(client="[2001:db8::1]:4711")["REMOTE_ADDR"] == "2001:db8::1"
    assert (environ()["SERVER_NAME"], environ()["SERVER_PORT"]) == ("127.0.0.1", "8000")


def test_a_path_is_bytes_in_a_text() -> None:
    assert environ(path="/ह/")["PATH_INFO"].encode("latin-1").decode() == "/ह/"
    assert environ(query_string="x" * (LONGEST_TARGET - 1)).get("smart_parking.refused") is None
    assert environ(query_string="x" * LONGEST_TARGET)["smart_parking.refused"] == "uri_too_long"


def test_nothing_of_our_own_environment_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that shows the request, or an error report of it, would show that too."""
    monkeypatch.setenv("SMART_PARKING_SECRET_KEY", "secret")
    assert "secret" not in environ().values()
