"""Fixtures of the tests of the older addresses."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

MORNING = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


@pytest.fixture
def browser(db: None) -> Client:
    """Return a caller without token, who sends forms as a browser does: with its CSRF checks on."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Return a clock that does not move until a test moves it."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def closed(settings) -> None:
    """Require login at the older addresses, as in production."""
    settings.OPEN_LEGACY = False
