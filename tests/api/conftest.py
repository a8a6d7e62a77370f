"""A clock that does not move, and parsed answers."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

START = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


@pytest.fixture
def clock_stands() -> Iterator[time_machine.Traveller]:
    """Set the time to 10:00 on a Sunday in Delhi until a test shifts it. Name it before the callers: tokens expire."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller
