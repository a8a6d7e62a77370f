"""Cancelling a reservation: everything goes back in time, by the second, and the fee is kept after that."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.payments.models import Refund
from tests.api_admin.test_settings import set_values
from tests.build import cancel, reloaded, reserve
from tests.invariants import assert_books_agree
from tests.moments import START, at

pytestmark = pytest.mark.django_db

SOON, LATER = at(600), at(720)
SECOND = timedelta(seconds=1)
FEE = Decimal("50.00")


def assert_cancelled(driver: User, zone: ParkingZone, starts_at: datetime, now: datetime, *, whole: bool) -> None:
    session = reserve(driver, zone, starts_at, starts_at + timedelta(hours=2), now=START)
    decision = cancel(driver, session, now).decision
    assert (decision.eligible, decision.amount) == (whole, FEE if whole else 0)
    assert [refund.amount for refund in Refund.objects.all()] == ([FEE] if whole else [])
    lines = [(line["kind"], Decimal(line["amount"])) for line in reloaded(session).bill.lines]
    assert lines == ([] if whole else [("LATE_CANCELLATION", FEE)])
    assert reloaded(session).status == "CANCELLED"
    assert_books_agree()


@pytest.mark.parametrize(("now", "whole"), [(at(540), True), (at(540) + SECOND, False), (at(599), False)])
def test_all_goes_back_up_to_sixty_minutes_before_the_start(
    driver: User, zone: ParkingZone, now: datetime, *, whole: bool
) -> None:
    assert_cancelled(driver, zone, SOON, now, whole=whole)


@pytest.mark.parametrize(("seconds", "whole"), [(300, True), (301, False)])
def test_and_within_300_seconds_of_the_booking_however_near_the_start_is(
    driver: User, zone: ParkingZone, seconds: int, *, whole: bool
) -> None:
    assert_cancelled(driver, zone, at(30), START + seconds * SECOND, whole=whole)


@pytest.mark.parametrize(("now", "whole"), [(at(570), True), (at(570) + SECOND, False)])
def test_how_long_before_is_a_setting(driver: User, zone: ParkingZone, now: datetime, *, whole: bool) -> None:
    set_values({"cancel_ahead_minutes": 30}, zone.site_id)
    assert_cancelled(driver, zone, SOON, now, whole=whole)
