"""What channels do with words that are too long or have a line break."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from parking.core import clock
from parking.notifications.channels.mail import mail_of
from parking.notifications.channels.web_push import MOST_BYTES, content_of


def shown(title: str, text: str) -> dict[str, Any]:
    content = content_of(title, text, url="/tickets/1/", tag="a")
    assert len(content) <= MOST_BYTES
    words: dict[str, Any] = json.loads(content)
    return words


def test_a_push_message_that_fits_is_sent_whole() -> None:
    assert shown("Booked", "Slot A-001") == {"title": "Booked", "body": "Slot A-001", "url": "/tickets/1/", "tag": "a"}


def test_of_one_that_is_too_long_the_text_is_shortened_and_the_title_kept() -> None:
    words = shown("Booked", "स" * 3000)
    assert words["title"] == "Booked"
    assert words["body"] == "स" * 750 + "…"


@pytest.mark.parametrize("text", ["", "x", "x" * 9000])
def test_a_title_that_is_too_long_is_shortened_too(text: str) -> None:
    words = shown("t" * 9000, text)
    assert words["title"] == "t" * 2250 + "…"
    assert words["body"] == ""


def test_an_address_that_is_too_long_ends_the_shortening() -> None:
    content = json.loads(content_of("Booked", "Slot", url="/" * 5000, tag="a"))
    assert (content["title"], content["body"]) == ("", "")


@pytest.mark.django_db
def test_a_line_break_in_a_title_ends_no_header() -> None:
    words = SimpleNamespace(title="Your car at Hall\r\nBcc: all@example.org", text="", lines=(), advice="", button="")
    notice = SimpleNamespace(kind="booked", path="", person_id=1, attachment=None)
    letter: Any = SimpleNamespace(words=words, notice=notice, reference="1", delivery=None, person=None)
    message = mail_of(letter, "asha@example.org", clock.now()).message()
    assert message["Subject"] == "Your car at Hall Bcc: all@example.org"
    assert message["Bcc"] is None
