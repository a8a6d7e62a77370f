"""Deliveries over real SMTP and HTTP: sent at least once, shown at most once, whatever the other side answers."""

from base64 import urlsafe_b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.core.actor import SYSTEM, user_actor
from parking.core.errors import Refused
from parking.facilities.models import ParkingZone
from parking.notifications.channels import http
from parking.notifications.channels.web_push import CURVE, encrypted, to_base64
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel, Delivery, Preference, PushSubscription
from parking.notifications.noticing import take_events
from parking.notifications.queries import failed_deliveries
from parking.notifications.retrying import retry
from parking.notifications.subscribing import subscribe, unsubscribe
from tests.build import book, make_zone
from tests.moments import START, at
from tests.notifications.standin import MessageStandin

pytestmark = pytest.mark.django_db


def state_of(channel: Channel = Channel.MAIL) -> tuple[str, int, str]:
    delivery = Delivery.objects.get(channel=channel)
    return delivery.state, delivery.attempts, delivery.error


@pytest.fixture
def booked(driver: User, zone: ParkingZone) -> User:
    book(driver, zone, "KA-01-AB-0001", START)
    return driver


def subscribed(messages: MessageStandin, driver: User) -> str:
    browser = messages.control("subscribe")
    actor = user_actor(driver.pk, driver.role)
    subscribe(actor=actor, endpoint=browser["endpoint"], **browser["keys"], now=START)
    return str(browser["endpoint"])


# --- Mail ----------------------------------------------------------------------------------------------


def test_a_mail_has_both_forms_and_its_document(messages: MessageStandin, booked: User) -> None:
    take_events(now=START)
    deliver(now=START, channel=Channel.MAIL)
    (sent,) = messages.arrived()
    assert (sent["to"], sent["title"]) == ("asha@example.org", "KA 01 AB 0001 is booked at Zone A")
    assert "http://127.0.0.1:8000/tickets/" in sent["text"] and '<a class="button"' in sent["html"]
    assert sent["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len(sent["files"]) == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite always waits for the disk")
def test_only_the_claim_and_the_mark_do_not_wait_for_the_disk(messages: MessageStandin, booked: User) -> None:
    """A notice and its document's number must outlive a crash of the server; an attempt can be made again."""
    with CaptureQueriesContext(connection) as noticing:
        take_events(now=START)
    with CaptureQueriesContext(connection) as delivering:
        deliver(now=START, channel=Channel.MAIL)
    assert not any("synchronous_commit" in query["sql"] for query in noticing)
    statements = [query["sql"] for query in delivering]
    unwaited = [number for number, sql in enumerate(statements) if "synchronous_commit TO off" in sql]
    assert [statements[number + 1].split(" WHERE")[0].split(", ")[0] for number in unwaited] == [
        """UPDATE "notifications_delivery" SET "state" = 'SENDING'""",
        """UPDATE "notifications_delivery" SET "state" = 'SENT'""",
    ]


def test_a_temporary_answer_is_tried_again_by_the_schedule_and_then_it_has_failed(
    messages: MessageStandin, booked: User
) -> None:
    messages.answers("MAIL", 451, 451, 451, 451, 451)
    take_events(now=START)
    for minutes, attempts in ((0, 1), (0.9, 1), (1, 2), (5.9, 2), (6, 3), (36, 4), (155.9, 4), (156, 5)):
        deliver(now=at(minutes), channel=Channel.MAIL)
        assert Delivery.objects.get().attempts == attempts, minutes
    assert state_of() == ("FAILED", 5, "smtp_451")
    assert messages.arrived() == []


def test_a_mailbox_that_does_not_exist_is_not_tried_again(messages: MessageStandin, booked: User) -> None:
    messages.answers("MAIL", 550)
    take_events(now=START)
    deliver(now=START, channel=Channel.MAIL)
    assert state_of() == ("FAILED", 1, "smtp_550")


@pytest.mark.parametrize("answer", [0, -1])
def test_without_an_answer_it_is_sent_again_and_shown_once(
    messages: MessageStandin, booked: User, settings: Settings, answer: int
) -> None:
    settings.EMAIL_TIMEOUT = 1  # the late answer comes after it
    messages.answers("MAIL", answer)
    take_events(now=START)
    deliver(now=START, channel=Channel.MAIL)
    assert state_of()[:2] == ("WAITING", 1)
    deliver(now=at(1), channel=Channel.MAIL)
    assert state_of() == ("SENT", 2, "")
    assert [len(messages.arrived()), len({sent["reference"] for sent in messages.arrived()})] == [2, 1]


# --- Push, SMS, WhatsApp -------------------------------------------------------------------------------


def test_a_push_message_is_read_by_its_browser_alone(messages: MessageStandin, driver: User, zone: ParkingZone) -> None:
    endpoint = subscribed(messages, driver)
    book(driver, zone, "KA-01-AB-0002", START)
    take_events(now=START)
    deliver(now=START, channel=Channel.PUSH)
    (sent,) = messages.arrived("PUSH")
    assert endpoint.endswith(sent["to"]) and sent["title"] == "KA 01 AB 0002 is booked at Zone A"
    assert sent["reference"] == Delivery.objects.get(channel=Channel.PUSH).reference.hex


def test_a_subscription_that_is_gone_is_removed(messages: MessageStandin, driver: User, zone: ParkingZone) -> None:
    endpoint = subscribed(messages, driver)
    messages.control("end", name=endpoint.rpartition("/")[2])
    book(driver, zone, now=START)
    take_events(now=START)
    deliver(now=START, channel=Channel.PUSH)
    assert not PushSubscription.objects.exists()
    assert state_of(Channel.PUSH) == ("FAILED", 1, "http_410")
    # Nobody in the office need look, and nothing could be sent again.
    assert not failed_deliveries(sites=None).exists()
    with pytest.raises(Refused) as caught:
        retry(actor=SYSTEM, delivery_id=Delivery.objects.get(channel=Channel.PUSH).pk, now=START)
    assert caught.value.code == "delivery_not_failed"


def test_a_browser_that_signed_off_meanwhile_is_nobodys_to_look_after(
    messages: MessageStandin, driver: User, zone: ParkingZone
) -> None:
    endpoint = subscribed(messages, driver)
    book(driver, zone, now=START)
    take_events(now=START)
    unsubscribe(actor=user_actor(driver.pk, driver.role), endpoint=endpoint, now=START)
    deliver(now=START, channel=Channel.PUSH)
    assert state_of(Channel.PUSH) == ("FAILED", 1, "no_subscription")
    assert not failed_deliveries(sites=None).exists()
    assert not AuditEntry.objects.filter(action="delivery.failed").exists()


@pytest.mark.parametrize(
    ("answer", "expected", "reason"),
    [
        (400, "FAILED", "http_400"),
        (429, "WAITING", "http_429"),
        (503, "WAITING", "http_503"),
        (0, "WAITING", "RemoteProtocolError"),
        (-1, "WAITING", "too_slow"),
    ],
)
@pytest.mark.parametrize("channel", [Channel.PUSH, Channel.SMS, Channel.WHATSAPP])
def test_a_provider_that_refuses_is_silent_or_late(
    messages: MessageStandin,
    driver: User,
    zone: ParkingZone,
    monkeypatch: pytest.MonkeyPatch,
    *,
    channel: Channel,
    answer: int,
    expected: str,
    reason: str,
) -> None:
    """What may have arrived is sent again under the same number, so that it shows once."""
    User.objects.filter(pk=driver.pk).update(phone="98765-43210")
    Preference.objects.create(person=driver, kind="booked", channel=channel, is_on=True)
    endpoint = subscribed(messages, driver)
    messages.answers(channel, answer)
    book(driver, zone, "KA-01-AB-0003", START)
    take_events(now=START)
    with monkeypatch.context() as patched:
        patched.setattr(http, "WHOLE_SECONDS", 0.5 if answer == -1 else 20.0)
        deliver(now=START, channel=channel)
    assert state_of(channel) == (expected, 1, reason)
    deliver(now=at(1), channel=channel)
    sent = messages.arrived(channel)
    if expected == "FAILED":
        assert sent == []
        return
    to = endpoint.rpartition("/")[2] if channel == Channel.PUSH else "919876543210"
    assert (sent[-1]["to"], len({one["reference"] for one in sent})) == (to, 1)
    assert len(sent) == (2 if answer in {0, -1} else 1)
    assert "KA 01 AB 0003" in sent[-1]["text"] and state_of(channel) == ("SENT", 2, "")


def test_an_sms_whose_values_do_not_fit_is_not_sent(messages: MessageStandin, driver: User) -> None:
    zone = make_zone("The car park beside the old railway station")
    User.objects.filter(pk=driver.pk).update(phone="9876543210")
    Preference.objects.create(person=driver, kind="booked", channel=Channel.SMS, is_on=True)
    book(driver, zone, now=START)
    take_events(now=START)
    deliver(now=START, channel=Channel.SMS)
    assert state_of(Channel.SMS) == ("FAILED", 1, "sms_does_not_fit")
    assert messages.arrived("SMS") == []


def test_the_encryption_is_that_of_the_standard() -> None:
    """RFC 8291, appendix A."""
    number = int.from_bytes(urlsafe_b64decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw="), "big")
    found = encrypted(
        b"When I grow up, I want to be a watermelon",
        p256dh="BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        auth="BTBZMqHH6r4Tts7J_aSIgg",
        salt=urlsafe_b64decode("DGv6ra1nlYgDCS1FRnbzlw=="),
        key=ec.derive_private_key(number, CURVE),
    )
    assert to_base64(found) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7"
        "A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
