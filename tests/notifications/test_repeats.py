"""Deliveries that come late: at night, after their news is over, to another address, from a worker that was slow."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.core import mail

from parking.accounts import notices
from parking.accounts.models import User
from parking.checkout import expiring, waiting_list
from parking.core import clock
from parking.core.errors import Refused
from parking.facilities.models import ParkingZone
from parking.notifications import delivering
from parking.notifications.channels import registry
from parking.notifications.channels.base import Letter, NotDelivered
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel, Delivery, DeliveryState, Notice, Preference, PushSubscription
from parking.notifications.noticing import take_events
from parking.notifications.preferring import choose
from parking.notifications.queries import failed_deliveries
from parking.notifications.retrying import retry
from parking.notifications.rules import LEASE
from parking.notifications.unsubscribing import end_mails, unsubscribe_address
from tests.build import actor, book, cancel, make_user, make_zone
from tests.moments import START, at
from tests.reservations.test_waiting_list import wait

pytestmark = pytest.mark.django_db

# In Delhi.
AT_2159 = datetime(2026, 11, 22, 16, 29, tzinfo=UTC)
SEVEN = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


class Phone:
    """A channel that keeps what it is given; `during` happens while it sends."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.during: Callable[[], None] = lambda: None

    def send(self, letter: Letter, now: datetime) -> None:  # noqa: ARG002 - as every channel
        during, self.during = self.during, lambda: None
        during()
        self.sent.append(letter.words.title)


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Phone:
    made = Phone()
    monkeypatch.setitem(registry._SENDERS, Channel.PUSH, made)
    return made


def listening(driver: User) -> User:
    PushSubscription.objects.create(
        person=driver, endpoint=f"https://push.example/{driver.pk}", p256dh="k", auth="a", created_at=START
    )
    return driver


def fails() -> None:
    raise NotDelivered("http_503")


def push(now: datetime) -> None:
    while take_events(now=now):
        pass
    deliver(now=now, channel=Channel.PUSH)


def state() -> tuple[str, int, str]:
    row = Delivery.objects.get(channel=Channel.PUSH)
    return row.state, row.attempts, row.error


# --- At night ------------------------------------------------------------------------------------------


def test_a_repeat_keeps_to_the_quiet_hours(driver: User, zone: ParkingZone, phone: Phone) -> None:
    listening(driver)
    book(driver, zone, now=AT_2159)
    phone.during = fails
    push(AT_2159)
    assert state() == ("WAITING", 1, "http_503")
    push(AT_2159 + timedelta(minutes=2))
    assert (phone.sent, state(), Delivery.objects.get(channel="PUSH").next_at) == (
        [],
        ("WAITING", 1, "http_503"),
        SEVEN,
    )
    push(SEVEN)
    assert (len(phone.sent), state()) == (1, ("SENT", 2, ""))


def test_what_a_manager_sends_again_keeps_to_them_too(
    driver: User, admin: User, zone: ParkingZone, phone: Phone
) -> None:
    listening(driver)
    book(driver, zone, now=AT_2159)
    take_events(now=AT_2159)
    Delivery.objects.filter(channel="PUSH").update(state="FAILED", attempts=5)
    late = AT_2159 + timedelta(hours=3)
    retry(actor=actor(admin), delivery_id=Delivery.objects.get(channel="PUSH").pk, now=late)
    push(late)
    assert phone.sent == []
    push(SEVEN)
    assert len(phone.sent) == 1


def _offered(driver: User, now: datetime) -> User:
    last = book(driver, make_zone("Full", slots=1), now=now)
    other = listening(make_user())
    wait(other, last.zone, now=now, until=now + timedelta(hours=9))
    cancel(driver, last, now)
    assert waiting_list.offer_places(now=now) == 1
    return other


def test_an_offer_sounds_at_any_hour(driver: User, phone: Phone) -> None:
    night = AT_2159 + timedelta(hours=4)
    _offered(driver, night)
    push(night + timedelta(minutes=1))
    assert phone.sent == ["A place is free at Full: yours until 23 Nov 2026, 02:09"]


@pytest.mark.parametrize("becomes", ["late", "left", "accepted"])
def test_an_offer_that_has_ended_is_not_sent(driver: User, admin: User, phone: Phone, becomes: str) -> None:
    other = _offered(driver, START)
    take_events(now=START)
    now = START + timedelta(minutes=1)
    entry = other.waiting_entries.get()
    if becomes == "late":
        now = START + timedelta(minutes=10, seconds=1)
        expiring.expire_unpaid_holds(now=now)
    elif becomes == "left":
        waiting_list.leave(actor=actor(other), entry_id=entry.pk, now=now)
    else:
        waiting_list.accept(actor=actor(other), entry_id=entry.pk, gateway=None, now=now)
    offer = Delivery.objects.get(channel="PUSH", notice__kind="place_offered")
    deliver(now=now, channel=Channel.PUSH)
    offer.refresh_from_db()
    assert (phone.sent, offer.state, offer.attempts, offer.error) == ([], "FAILED", 0, "outdated")
    # Nobody in the office need look, or could do anything.
    assert not failed_deliveries(sites=None).exists()
    with pytest.raises(Refused) as caught:
        retry(actor=actor(admin), delivery_id=offer.pk, now=now)
    assert caught.value.code == "delivery_not_failed"


# --- To another address ----------------------------------------------------------------------------------


def test_what_is_queued_goes_to_the_address_of_now(driver: User, zone: ParkingZone) -> None:
    book(driver, zone, now=START)
    take_events(now=START)
    User.objects.filter(pk=driver.pk).update(email="new@example.org")
    deliver(now=START, channel=Channel.MAIL)
    assert [sent.to for sent in mail.outbox] == [["new@example.org"]]


def test_it_does_not_go_to_one_that_is_not_proved_yet(driver: User, zone: ParkingZone) -> None:
    book(driver, zone, now=START)
    take_events(now=START)
    User.objects.filter(pk=driver.pk).update(email="new@example.org", email_confirmed_at=None)
    deliver(now=START, channel=Channel.MAIL)
    row = Delivery.objects.get()
    assert (mail.outbox, row.state, row.error) == ([], "FAILED", "outdated")


def test_an_account_that_was_suspended_meanwhile_gets_nothing(driver: User, zone: ParkingZone) -> None:
    book(driver, zone, now=START)
    take_events(now=START)
    User.objects.filter(pk=driver.pk).update(is_active=False)
    deliver(now=START, channel=Channel.MAIL)
    assert (mail.outbox, Delivery.objects.get().error) == ([], "outdated")


# --- To whom wants it no more ------------------------------------------------------------------------------


def test_what_was_ended_by_a_choice_after_it_was_queued_is_not_sent(
    driver: User, zone: ParkingZone, phone: Phone
) -> None:
    listening(driver)
    night = AT_2159 + timedelta(hours=1)
    book(driver, zone, now=night)
    push(night)
    choose(actor=actor(driver), choices={"booked": {"PUSH": False}}, now=night)
    push(SEVEN)
    assert (phone.sent, state()) == ([], ("FAILED", 0, "outdated"))
    assert not failed_deliveries(sites=None).exists()
    # The mail of the same news was not ended.
    deliver(now=SEVEN, channel=Channel.MAIL)
    assert len(mail.outbox) == 1


def test_the_link_of_a_mail_ends_its_repeats_too(driver: User, zone: ParkingZone) -> None:
    book(driver, zone, now=START)
    take_events(now=START)
    Delivery.objects.update(attempts=1, error="smtp_451")
    end_mails(token=unsubscribe_address(driver.pk, "booked").rstrip("/").rpartition("/")[2], now=START)
    deliver(now=START, channel=Channel.MAIL)
    assert (mail.outbox, Delivery.objects.get().error) == ([], "outdated")


def test_news_about_the_safety_of_an_account_goes_whatever_was_chosen(driver: User) -> None:
    Preference.objects.create(person=driver, kind="password_changed", channel=Channel.MAIL, is_on=False)
    notices.password_changed(driver)
    deliver(now=clock.now(), channel=Channel.MAIL)
    assert [sent.to for sent in mail.outbox] == [["asha@example.org"]]


# --- By workers ------------------------------------------------------------------------------------------


def test_a_claim_is_taken_over_after_its_lease(driver: User, zone: ParkingZone, phone: Phone) -> None:
    listening(driver)
    book(driver, zone, now=START)
    take_events(now=START)
    Delivery.objects.filter(channel="PUSH").update(state=DeliveryState.SENDING, attempts=1, next_at=START + LEASE)
    deliver(now=START + LEASE - timedelta(seconds=1), channel=Channel.PUSH)
    assert phone.sent == []
    deliver(now=START + LEASE, channel=Channel.PUSH)
    assert (len(phone.sent), state()) == (1, ("SENT", 2, ""))


def test_a_lease_begins_when_it_is_taken(
    driver: User, zone: ParkingZone, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of a long run must not be taken over while it is sent."""
    listening(driver)
    for _ in range(2):
        book(driver, zone, now=START)
    while take_events(now=START):
        pass
    seen: list[datetime] = []
    ticks = count(0, 100)
    monkeypatch.setattr(delivering, "monotonic", lambda: float(next(ticks)))
    phone.during = lambda: seen.append(Delivery.objects.get(channel="PUSH", state="SENDING").next_at)
    deliver(now=START, channel=Channel.PUSH)
    assert seen == [START + timedelta(seconds=100) + LEASE]
    sent = Delivery.objects.filter(channel="PUSH").order_by("pk").values_list("sent_at", flat=True)
    assert list(sent) == [START + timedelta(seconds=100), START + timedelta(seconds=200)]


@pytest.mark.parametrize("second_fails", [True, False])
def test_a_slow_workers_late_failure_overwrites_nothing(
    driver: User, zone: ParkingZone, phone: Phone, *, second_fails: bool
) -> None:
    listening(driver)
    book(driver, zone, now=START)
    take_events(now=START)
    later = START + LEASE + timedelta(seconds=9)

    def slow() -> None:
        phone.during = (lambda: fails_with("second")) if second_fails else (lambda: None)
        deliver(now=later, channel=Channel.PUSH)
        fails_with("first")

    phone.during = slow
    deliver(now=START, channel=Channel.PUSH)
    assert state() == (("WAITING", 2, "second") if second_fails else ("SENT", 2, ""))


def fails_with(code: str) -> None:
    raise NotDelivered(code)


def test_a_failure_from_before_a_managers_word_is_not_that_of_the_attempt_after_it(
    driver: User, admin: User, zone: ParkingZone, phone: Phone
) -> None:
    listening(driver)
    book(driver, zone, now=START)
    take_events(now=START)

    def slow() -> None:
        row = Delivery.objects.filter(channel="PUSH")
        row.update(state="FAILED", attempts=5)
        retry(actor=actor(admin), delivery_id=row.get().pk, now=at(9))
        # The attempt after it is on its way, and is the first again.
        row.update(state="SENDING", attempts=1, next_at=at(9) + LEASE)
        fails_with("late")

    phone.during = slow
    deliver(now=START, channel=Channel.PUSH)
    assert state() == ("SENDING", 1, "")


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WHATSAPP])
def test_a_kind_without_a_template_ends_at_once_in_the_offices_list(
    driver: User, zone: ParkingZone, channel: Channel
) -> None:
    book(driver, zone, now=START)
    take_events(now=START)
    Notice.objects.update(kind="hold_expired")
    Delivery.objects.update(channel=channel)
    deliver(now=START, channel=channel)
    (row,) = failed_deliveries(sites=None)
    assert (row.attempts, row.error) == (1, f"{channel.lower()}_template_missing")
