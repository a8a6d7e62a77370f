"""Mail by the API of a provider, played on loopback."""

from collections.abc import Iterator
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.notifications.channels import http
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel, Delivery
from parking.notifications.noticing import take_events
from parking.notifications.reasons import reason_in_words
from smart_parking.environment import MailProvider
from tests.build import book
from tests.gateways.peer import Peer, Say, running_peer
from tests.moments import START
from tests.notifications.test_providers import played

pytestmark = pytest.mark.django_db

ID = "0190-abcd"
REFUSED, BUSY = "The other side refuses this address or message", "The other side was busy or broken"
LOGIN = "The mail provider refuses our key or account: see the settings"
CUT = "No connection to the other side, or it was cut"
INACTIVE = "Found inactive addresses: %s. Inactive recipients are ones that have generated a hard bounce."
# By provider: where it takes a mail, and what it says when it has.
TAKEN: dict[str, tuple[str, Say]] = {
    "brevo": ("/smtp/email", Say(201, {"messageId": ID})),
    "mailersend": ("/email", Say(202, b"", {"X-Message-Id": ID, "Content-Type": "text/html"})),
    "mailgun": ("/localhost/messages", Say(200, {"id": ID, "message": "Queued. Thank you."})),
    "mailjet": (
        "/send",
        Say(200, {"Messages": [{"Status": "success", "To": [{"Email": "asha@example.org", "MessageID": 1}]}]}),
    ),
    "mailtrap": ("/send", Say(200, {"success": True, "message_ids": [ID]})),
    "mandrill": ("/messages/send.json", Say(200, [{"email": "asha@example.org", "status": "sent", "_id": ID}])),
    "postal": (
        "/api/v1/send/message",
        Say(200, {"status": "success", "data": {"messages": {"asha@example.org": {"id": 1, "token": "t"}}}}),
    ),
    "postmark": ("/email", Say(200, {"ErrorCode": 0, "Message": "OK", "MessageID": ID, "To": "asha@example.org"})),
    "resend": ("/emails", Say(200, {"id": ID})),
    "sparkpost": (
        "/transmissions/",
        Say(200, {"results": {"total_rejected_recipients": 0, "total_accepted_recipients": 1, "id": ID}}),
    ),
}
KEY_NAMES = {"mailersend": "API_TOKEN", "mailtrap": "API_TOKEN", "postmark": "SERVER_TOKEN"}


@pytest.fixture
def peer(settings: Any) -> Iterator[Peer]:
    with running_peer() as running:
        use(settings, "postmark", running)
        yield running


def use(settings: Any, provider: str, peer: Peer) -> None:
    settings.EMAIL_BACKEND = "parking.notifications.channels.mail_provider.EmailBackend"
    settings.MAIL_PROVIDER = provider
    name = provider.upper()
    settings.ANYMAIL = {
        f"{name}_{KEY_NAMES.get(provider, 'API_KEY')}": "a-key",
        f"{name}_SECRET_KEY": "a-secret",
        f"{name}_API_URL": f"{peer.url}/",
    }


def send(driver: User, zone: ParkingZone) -> Delivery:
    """Let the mail of a booking be sent, once."""
    book(driver, zone, "KA-01-AB-0001", START)
    take_events(now=START)
    deliver(now=START, channel=Channel.MAIL)
    return Delivery.objects.get()


def test_each_provider_that_may_be_set_is_tried() -> None:
    assert set(TAKEN) == set(MailProvider.__args__)  # type: ignore[attr-defined]


@pytest.mark.parametrize("provider", TAKEN)
def test_a_provider_takes_the_mail_with_its_document(
    driver: User, zone: ParkingZone, peer: Peer, settings: Any, provider: str
) -> None:
    use(settings, provider, peer)
    path, said = TAKEN[provider]
    peer.on("POST", path, said)
    row = send(driver, zone)
    (call,) = peer.calls
    assert (row.state, row.error, call.path) == ("SENT", "", path)
    said_to_it = call.content.decode(errors="replace")
    # Whom, what, the document, and by what a repeated one is known.
    for part in ("asha@example.org", "KA 01 AB 0001 is booked at Zone A", ".pdf", f"<{row.reference.hex}@127.0.0.1>"):
        assert part in said_to_it


def test_postmark_is_told_to_leave_the_id_of_the_message(driver: User, zone: ParkingZone, peer: Peer) -> None:
    peer.on("POST", *TAKEN["postmark"])
    send(driver, zone)
    assert {"Name": "X-PM-KeepID", "Value": "true"} in peer.calls[0].json["Headers"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Say(400, {"ErrorCode": 300}), ("FAILED", "http_400", REFUSED)),
        (
            Say(422, {"ErrorCode": 406, "Message": INACTIVE % "asha@example.org"}),
            ("FAILED", "mail_refused", REFUSED),
        ),
        (
            Say(422, {"ErrorCode": 406, "Message": "In words that the library does not know"}),
            ("FAILED", "mail_refused", REFUSED),
        ),
        (Say(401), ("WAITING", "mail_login", LOGIN)),
        (Say(403), ("WAITING", "mail_login", LOGIN)),
        (Say(429), ("WAITING", "http_429", BUSY)),
        (Say(503), ("WAITING", "http_503", BUSY)),
        (Say(200, b"<html>"), ("WAITING", "mail_answer_unreadable", BUSY)),
        (Say(drops=True), ("WAITING", "RemoteProtocolError", CUT)),
    ],
)
def test_what_would_never_go_is_told_from_what_may_go_later(
    driver: User, zone: ParkingZone, peer: Peer, said: Say, expected: tuple[str, str, str]
) -> None:
    peer.on("POST", "/email", said)
    row = send(driver, zone)
    assert (row.state, row.error, reason_in_words(row.error)) == expected
    assert row.attempts == 1


def test_nobody_is_redirected_with_our_key(driver: User, zone: ParkingZone, peer: Peer) -> None:
    peer.on("POST", "/email", Say(307, {}, {"Location": f"{peer.url}/elsewhere"}))
    row = send(driver, zone)
    assert (row.state, row.error, [call.path for call in peer.calls]) == ("WAITING", "http_307", ["/email"])


def test_a_provider_that_is_not_there_is_tried_again(
    driver: User, zone: ParkingZone, peer: Peer, settings: Any
) -> None:
    settings.ANYMAIL = settings.ANYMAIL | {"POSTMARK_API_URL": "http://127.0.0.1:1/"}
    row = send(driver, zone)
    assert (row.state, row.error) == ("WAITING", "ConnectError")


def test_silence_and_an_answer_that_trickles_end_in_time(
    driver: User, zone: ParkingZone, peer: Peer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "WHOLE_SECONDS", 0.3)
    peer.on("POST", "/email", Say(hangs=True))
    began = monotonic()
    row = send(driver, zone)
    assert (row.state, row.error) == ("WAITING", "too_slow")
    with played(lambda line: line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")) as port:
        settings.ANYMAIL = settings.ANYMAIL | {"POSTMARK_API_URL": f"http://127.0.0.1:{port}/"}
        deliver(now=row.next_at, channel=Channel.MAIL)
    row.refresh_from_db()
    assert (row.state, row.error, row.attempts) == ("WAITING", "too_slow", 2)
    assert monotonic() - began < 10


def test_what_failed_goes_when_the_provider_is_back(driver: User, zone: ParkingZone, peer: Peer) -> None:
    peer.on("POST", "/email", Say(503), TAKEN["postmark"][1])
    row = send(driver, zone)
    deliver(now=START + timedelta(minutes=1), channel=Channel.MAIL)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("SENT", 2)
    assert len({header["Value"] for call in peer.calls for header in call.json["Headers"] if is_id(header)}) == 1


def is_id(header: dict[str, str]) -> bool:
    return header["Name"] == "Message-ID"
