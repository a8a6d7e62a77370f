"""Calls of providers: bounded as a whole, and never in clear text."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import create_server, socket
from time import monotonic, sleep
from types import ModuleType
from typing import Any

import pytest

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.notifications.channels import http, smtp
from parking.notifications.channels.base import NotDelivered
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel, Delivery
from parking.notifications.noticing import take_events
from smart_parking import message_settings
from tests.build import book
from tests.moments import START

Play = Callable[[socket], None]


@contextmanager
def played(play: Play) -> Iterator[int]:
    """Let `play` answer one connection, then drip without end; answers the port."""
    with create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    play(connection)
                    while True:
                        connection.sendall(b"a")
                        sleep(0.02)
                except OSError:
                    return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        thread.join(2)
        assert not thread.is_alive()


@pytest.fixture
def dripping() -> Iterator[str]:
    """Return the address of a provider that sends a header a byte at a time, without end."""
    with played(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")) as port:
        yield f"http://127.0.0.1:{port}/"


def test_an_answer_that_trickles_is_given_up(dripping: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "WHOLE_SECONDS", 0.3)
    began = monotonic()
    with pytest.raises(NotDelivered) as caught:
        http.post(dripping, json={})
    assert (caught.value.code, caught.value.is_definite) == ("too_slow", False)
    assert monotonic() - began < 10


def test_a_resolver_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "WHOLE_SECONDS", 0.3)
    is_over = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_options: is_over.wait(30))
    began = monotonic()
    with pytest.raises(NotDelivered) as caught:
        http.post("https://provider.example/", json={})
    took = monotonic() - began
    is_over.set()
    assert (caught.value.code, took < 10) == ("too_slow", True)


def greet(connection: socket) -> None:
    connection.sendall(b"220 ")


def shake_hands(connection: socket) -> None:
    # The head of a record of TLS that has 16 KiB.
    connection.sendall(b"\x16\x03\x03\x40\x00")


def take_mail(connection: socket) -> None:
    """Take the mail as a mail server does, and begin an answer."""
    connection.sendall(b"220 ready\r\n")
    lines = connection.makefile("rb")
    while not (line := lines.readline()).upper().startswith(b"DATA"):
        assert line
        connection.sendall(b"250 OK\r\n")
    connection.sendall(b"354 go on\r\n")
    while lines.readline().rstrip() != b".":
        pass
    connection.sendall(b"250 ")


@pytest.mark.django_db
@pytest.mark.parametrize("play", [greet, shake_hands, take_mail])
def test_a_mail_server_that_trickles_holds_the_lane_no_longer_than_its_time(
    driver: User, zone: ParkingZone, settings: Any, monkeypatch: pytest.MonkeyPatch, play: Play
) -> None:
    monkeypatch.setattr(smtp, "WHOLE_SECONDS", 0.3)
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "parking.notifications.channels.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_USE_SSL = play is shake_hands
    book(driver, zone, now=START)
    take_events(now=START)
    with played(play) as settings.EMAIL_PORT:
        began = monotonic()
        deliver(now=START, channel=Channel.MAIL)
        assert monotonic() - began < 10
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.error) == ("WAITING", 1, "too_slow")


@contextmanager
def refusing(at: str, said: bytes) -> Iterator[int]:
    """Let a mail server say `said` at the greeting, or in answer to the verb `at`; answers the port."""

    def speak(listener: socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(said if at == "greeting" else b"220 ready\r\n")
            for line in connection.makefile("rb"):
                verb = line.split(b" ")[0].strip().upper().decode()
                connection.sendall(said if verb == at or (at == "HELO" and verb == "EHLO") else b"250 OK\r\n")

    with create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=speak, args=(listener,), daemon=True).start()
        yield int(listener.getsockname()[1])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        # It talks to nobody of our address, or not without a login, or takes no mails of this sender.
        (("greeting", b"554 no service for you\r\n"), ("WAITING", "smtp_sender")),
        (("HELO", b"550 go away\r\n"), ("WAITING", "smtp_sender")),
        (("MAIL", b"530 log in first\r\n"), ("WAITING", "smtp_sender")),
        (("MAIL", b"451 later\r\n"), ("WAITING", "smtp_451")),
        (("MAIL", b"552 too large\r\n"), ("FAILED", "smtp_552")),
        (("RCPT", b"550 nobody here\r\n"), ("FAILED", "smtp_550")),
        (("MAIL", b"nonsense\r\n"), ("WAITING", "smtp_-1")),
    ],
)
def test_a_mail_server_that_refuses_us_is_told_from_one_that_refuses_a_mail(
    driver: User, zone: ParkingZone, settings: Any, refusal: tuple[str, bytes], expected: tuple[str, str]
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "parking.notifications.channels.smtp.EmailBackend", "127.0.0.1"
    book(driver, zone, now=START)
    take_events(now=START)
    with refusing(*refusal) as settings.EMAIL_PORT:
        deliver(now=START, channel=Channel.MAIL)
    row = Delivery.objects.get()
    assert (row.state, row.error, row.attempts) == (*expected, 1)


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
