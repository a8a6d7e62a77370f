"""Why a message was not delivered, as the office reads it."""

import pytest

from parking.notifications.reasons import reason_in_words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("smtp_451", "The other side was busy or broken"),
        ("smtp_550", "The other side refuses this address or message"),
        ("http_400", "The other side refuses this address or message"),
        ("http_429", "The other side was busy or broken"),
        ("http_503", "The other side was busy or broken"),
        ("too_slow", "The other side took too long"),
        ("ConnectionRefusedError", "No connection to the other side, or it was cut"),
        ("SMTPServerDisconnected", "No connection to the other side, or it was cut"),
        ("RemoteProtocolError", "No connection to the other side, or it was cut"),
        ("smtp_-1", "The other side was busy or broken"),
        ("smtp_sender", "The mail server does not take mails from us: see the settings"),
        ("phone_incomplete", "The phone number is not complete"),
        ("sms_does_not_fit", "The values do not fit the registered text"),
        ("KeyError", "An error in the program: see the log"),
    ],
)
def test_each_reason_is_a_sentence(code: str, words: str) -> None:
    assert reason_in_words(code) == words
