"""Fixtures of the flows: sessions that began at START."""

import pytest

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from tests.build import book, enter
from tests.moments import START


@pytest.fixture
def booked(driver: User, zone: ParkingZone) -> ParkingSession:
    """Booked at START with its fee of ₹50."""
    return book(driver, zone, "DL-01-AB-1234", now=START)


@pytest.fixture
def inside(staff: User, booked: ParkingSession) -> ParkingSession:
    """Booked with its fee of ₹50 and entered at START."""
    return enter(staff, booked, START)
