"""A clock that does not move, and parsed answers."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.moments import START


@pytest.fixture
def clock_stands() -> Iterator[time_machine.Traveller]:
    """Set the time to 10:00 on a Sunday in Delhi until a test shifts it. Name it before the callers: tokens expire."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller
