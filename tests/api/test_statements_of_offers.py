"""What demand, a code and points cost the hot path: one statement more each, where they are used."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import Traveller

from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.tariffs.rules.demand import DemandStep
from parking.tariffs.zone_demand import set_demand
from tests.api.reading import data_of, enter, leave
from tests.api.test_statements import NOT_COUNTED, READ_APART
from tests.client import ApiClient
from tests.moments import START
from tests.offers.build import earn, make_code, switch_points_on

pytestmark = pytest.mark.django_db(transaction=True)

Taken = tuple[int, int, int]


@pytest.fixture
def stays(clock_stands: Traveller, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone) -> "Stays":
    return Stays(clock_stands, as_driver, as_staff, zone)


class Stays:
    """Stays of one driver, each with the statements that its booking, entry and exit take."""

    def __init__(self, clock: Traveller, driver: ApiClient, staff: ApiClient, zone: ParkingZone) -> None:
        self.clock, self.driver, self.staff, self.zone = clock, driver, staff, zone

    def taken(self, **fields: object) -> Taken:
        """Return the statements of a stay that is like one before, so that all is read that a process keeps."""
        self._one(fields)
        return self._one(fields)

    def _one(self, fields: dict[str, object]) -> Taken:
        body = {"zone_id": self.zone.pk, "vehicle_number": "DL-01-AB-1234", "owner_name": "Asha Rao"} | fields
        booking, booked = _counted(lambda: data_of(self.driver.post("/api/user/book-slot/", body), 201))
        _, entered = _counted(lambda: data_of(enter(self.staff, booking)))
        self.clock.shift(timedelta(minutes=126))
        _, left = _counted(lambda: data_of(leave(self.staff, booking)))
        return booked, entered, left


def _counted(call: Any) -> tuple[Any, int]:
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    sent = [query["sql"] for query in captured.captured_queries]
    return answer, sum(not NOT_COUNTED.match(sql) and not any(read in sql for read in READ_APART) for sql in sent)


def _more(plain: Taken, *, booking: int = 0, leaving: int = 0) -> Taken:
    return plain[0] + booking, plain[1], plain[2] + leaving


def test_a_code_takes_one_at_booking_and_one_at_the_exit(stays: Stays) -> None:
    plain = stays.taken()
    make_code(uses_per_driver=9)
    assert stays.taken(promo_code="WELCOME") == _more(plain, booking=1, leaving=1)


def test_demand_takes_one_at_booking(stays: Stays) -> None:
    plain = stays.taken()
    set_demand(actor=SYSTEM, zone_id=stays.zone.pk, steps=[DemandStep(0, 20)], now=START)
    assert stays.taken() == _more(plain, booking=1)


def test_points_take_one_where_they_are_used_and_one_where_they_are_earned(stays: Stays) -> None:
    plain = stays.taken()
    switch_points_on()
    assert stays.driver.user is not None
    earn(stays.driver.user, 1000)
    assert stays.taken(use_points=100) == _more(plain, booking=1, leaving=1)
