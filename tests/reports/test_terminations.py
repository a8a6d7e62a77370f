"""Terminations per attendant, from the record."""

from datetime import timedelta
from decimal import Decimal

import pytest

from parking.accounts.models import Role, User
from parking.core import clock
from parking.core.sites import ALL_SITES
from parking.facilities.models import ParkingZone
from parking.reports.periods import report_period
from parking.reports.terminations import OfAttendant, Terminations, sum_of_terminations, terminations_by_attendant
from tests.build import enter, make_user, take_ticket, terminate
from tests.gateway import FakeGateway

pytestmark = pytest.mark.django_db


def report(sites: frozenset[int] | None = ALL_SITES) -> list[OfAttendant]:
    days = report_period(day=None, first=None, last=None, sites=ALL_SITES)
    return terminations_by_attendant(period=days, sites=sites)


def ended(by: User, zone: ParkingZone, method: str) -> None:
    now = clock.now()
    session = take_ticket(zone, now=now - timedelta(minutes=50))
    enter(by, session, now - timedelta(minutes=50))
    terminate(by, session, method, now)


def test_terminations_are_counted_with_their_sums_and_debts(staff: User, zone: ParkingZone) -> None:
    other = make_user(Role.STAFF)
    ended(staff, zone, "NONE")
    ended(staff, zone, "CASH")
    ended(other, zone, "CASH")
    fifty, nothing = Decimal("50.00"), Decimal("0.00")
    assert report() == [
        OfAttendant(staff.pk, staff.username, Terminations(2, 2 * fifty, fifty, fifty)),
        OfAttendant(other.pk, other.username, Terminations(1, fifty, fifty, nothing)),
    ]
    assert sum_of_terminations(report()) == Terminations(3, 3 * fifty, 2 * fifty, fifty)
    assert report(frozenset({zone.site_id})) == report()
    assert report(frozenset({zone.site_id + 1})) == []


def test_one_that_waited_for_its_payment_is_of_whoever_asked(
    staff: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    ended(staff, zone, "ONLINE")
    assert [(row.username, row.ended.count) for row in report()] == [(staff.username, 1)]
