"""The stand-in of messages itself: what is malformed breaks nothing, and what comes is shown."""

import socket

import httpx
import pytest

from message_standin.box import MOST_KEPT, Box, Message
from message_standin.pages import everything
from tests.notifications.standin import MessageStandin


@pytest.fixture
def standin(message_process: MessageStandin) -> MessageStandin:
    message_process.control("clear")
    return message_process


def _hand_over(standin: MessageStandin, content: bytes) -> str:
    """Hand a mail over, and return what the server said last."""
    with socket.create_connection(("127.0.0.1", standin.smtp_port), timeout=5) as line:
        line.sendall(b"RCPT TO:<asha@example.org>\r\nDATA\r\n" + content + b"\r\n.\r\nQUIT\r\n")
        return line.makefile().read().splitlines()[-2]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sms", b"x"),
        ("/sms", b"{}"),
        ("/sms", b"[]"),
        ("/sms", b"\xff"),
        ("/whatsapp/1/messages", b'{"template": 1}'),
        ("/whatsapp/1/messages", b'{"template": {"components": [1]}, "biz_opaque_callback_data": "a"}'),
        ("/_control/answers", b"{}"),
        ("/_control/answers", b'{"channel": "SMS", "statuses": ["x"]}'),
        ("/_control/answers", b'{"channel": "SMS", "statuses": [99999]}'),
        ("/_control/end", b"[1]"),
    ],
)
def test_what_cannot_be_read_is_refused(standin: MessageStandin, path: str, body: bytes) -> None:
    assert httpx.post(f"{standin.address}{path}", content=body, timeout=5).status_code == 400
    assert standin.control("health") == {"status": "ok"}
    assert standin.control("messages")["arrived"] == []


@pytest.mark.parametrize("body", [b"", b"1" * 100, b"\x00" * 20 + b"\x41" + b"\x04" * 200])
def test_a_push_message_that_cannot_be_decrypted_is_refused(standin: MessageStandin, body: bytes) -> None:
    endpoint = standin.control("subscribe")["endpoint"]
    headers = {"Authorization": "vapid t=x"}
    assert httpx.post(endpoint, content=body, headers=headers, timeout=5).status_code == 400


def test_a_mail_in_an_unknown_charset_is_taken_and_shown(standin: MessageStandin) -> None:
    said = _hand_over(standin, b"Subject: One\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nHello \xff")
    assert said == "250 taken"
    (mail,) = standin.arrived()
    assert (mail["title"], mail["text"].strip()) == ("One", "Hello \ufffd")


def test_marks_of_a_message_are_shown_as_text(standin: MessageStandin) -> None:
    message = {"to": "<b>", "text": "<script>alert(1)</script>", "reference": "a"}
    assert httpx.post(f"{standin.address}/sms", json=message, timeout=5).status_code == 200
    page = httpx.get(standin.address, timeout=5)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text and "<script" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_the_oldest_are_forgotten_and_the_page_says_how_many_it_leaves_out() -> None:
    box = Box()
    for number in range(MOST_KEPT + 1):
        box.take(Message("SMS", "1", "", f"Number {number}", str(number)))
    assert [box.arrived()[0].text, len(box.arrived())] == ["Number 1", MOST_KEPT]
    page = everything(box.shown()).body.decode()
    assert page.count("<article>") == 500 and f"Number {MOST_KEPT}<" in page and "And 4500 older ones." in page
