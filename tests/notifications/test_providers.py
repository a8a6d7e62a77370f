"""Calls of providers: bounded as a whole, and never in clear text."""

import threading
from collections.abc import Iterator
from socket import create_server
from time import monotonic, sleep
from types import ModuleType

import pytest

from parking.notifications.channels import http
from parking.notifications.channels.base import NotDelivered
from smart_parking import message_settings


@pytest.fixture
def dripping() -> Iterator[str]:
    """Return the address of a provider that sends a header a byte at a time, without end."""
    with create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    while True:
                        connection.sendall(b"a")
                        sleep(0.02)
                except OSError:
                    return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join(2)


def test_an_answer_that_trickles_is_given_up(dripping: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "WHOLE_SECONDS", 0.3)
    began = monotonic()
    with pytest.raises(NotDelivered) as caught:
        http.post(dripping, json={})
    assert (caught.value.code, caught.value.is_definite) == ("too_slow", False)
    assert monotonic() - began < 10


@pytest.mark.parametrize("name", ["SMS_URL", "WHATSAPP_URL"])
@pytest.mark.parametrize(
    ("url", "is_refused"),
    [
        ("", False),
        ("https://sms.example/v1", False),
        ("http://localhost/sms", False),
        ("http://sms.example", True),
    ],
)
def test_production_posts_no_message_to_an_open_line(
    monkeypatch: pytest.MonkeyPatch, name: str, url: str, *, is_refused: bool
) -> None:
    module: ModuleType = message_settings
    monkeypatch.setattr(module, name, url)
    assert message_settings.message_problems() == ([f"{name} does not begin with https://"] if is_refused else [])
