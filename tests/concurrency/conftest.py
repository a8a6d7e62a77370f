"""Fixtures of tests that commit: every thread has to see what the others wrote."""

import pytest

from parking.accounts.models import Role, User
from parking.facilities.models import ParkingZone
from tests.build import make_user, make_zone


@pytest.fixture
def driver(transactional_db: None) -> User:
    return make_user(Role.USER)


@pytest.fixture
def staff(transactional_db: None) -> User:
    return make_user(Role.STAFF)


@pytest.fixture
def zone(transactional_db: None) -> ParkingZone:
    return make_zone("Zone A")
