"""The history on which the reports are tested, and the moment of the reports."""

from collections.abc import Iterator

import pytest
import time_machine
from pytest_django.fixtures import Settings

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from tests.build import make_zone
from tests.reports.story import NOON, Story, tell


@pytest.fixture
def story(zone: ParkingZone, driver: User, staff: User, settings: Settings) -> Story:
    zone_b = make_zone("Zone B", rate="75.00")
    return tell(zone_a=zone, zone_b=zone_b, driver=driver, staff=staff, settings=settings)


@pytest.fixture
def at_noon() -> Iterator[None]:
    """Set the time to noon of the 23rd of November 2026 in India."""
    with time_machine.travel(NOON, tick=False):
        yield
