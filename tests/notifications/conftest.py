"""What the tests of notices share."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from parking.accounts.models import User
from parking.core import clock
from parking.notifications import noticing
from parking.notifications.channels.web_push import new_private_key
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel
from parking.notifications.noticing import take_events
from tests.notifications.standin import MessageStandin, running_standin

CONFIRMED_AT = datetime.fromisoformat("2026-11-01T04:30:00+00:00")


@pytest.fixture(autouse=True)
def _nothing_rests() -> Iterator[None]:
    noticing._resting.clear()
    yield
    noticing._resting.clear()


@pytest.fixture
def driver(driver: User) -> User:
    """Return a driver whose address is proved."""
    driver.email, driver.email_confirmed_at = "asha@example.org", CONFIRMED_AT
    driver.save()
    return driver


def work(now: datetime | None = None, *channels: Channel) -> None:
    """Let the worker make the notices and send them."""
    at = now or clock.now()
    while take_events(now=at):
        pass
    for channel in channels or (Channel.MAIL,):
        deliver(now=at, channel=channel)


@pytest.fixture(scope="session")
def message_process() -> Iterator[MessageStandin]:
    with running_standin() as running:
        yield running


@pytest.fixture
def messages(message_process: MessageStandin, settings: Any) -> MessageStandin:
    """Return the stand-in of messages, empty, with the settings pointing at it."""
    message_process.control("clear")
    for name, value in message_process.settings().items():
        setattr(settings, name, value)
    settings.PUSH_PRIVATE_KEY = new_private_key()
    return message_process
