"""What each attendant let pass, from the record."""

from datetime import timedelta
from decimal import Decimal

import pytest

from parking.accounts.models import User
from parking.checkout import paying_later
from parking.checkout.identifying import confirm_owner
from parking.core import clock
from parking.core.ids import Ref
from parking.core.sites import ALL_SITES, Sites
from parking.facilities.models import ParkingZone
from parking.reports.gate_counts import GateCounts, gate_counts
from parking.reports.periods import report_period
from tests.build import actor, enter, leave, take_ticket

pytestmark = pytest.mark.django_db


def counted(sites: Sites = ALL_SITES) -> list[GateCounts]:
    return gate_counts(period=report_period(day=None, first=None, last=None, sites=ALL_SITES), sites=sites)


def test_each_attendant_is_counted_with_what_the_cars_owe(staff: User, admin: User, zone: ParkingZone) -> None:
    now = clock.now()
    past = now - timedelta(minutes=90)
    first, second = (enter(staff, take_ticket(zone, now=past), past) for _ in range(2))
    confirm_owner(actor=actor(staff), session=Ref(pk=first.pk), said="Asha", now=now)
    paying_later.let_out(actor=actor(staff), session=Ref(pk=first.pk), now=now)
    leave(admin, second)
    assert counted() == [
        GateCounts(staff.pk, staff.username, entries=2, exits=1, without_qr=1, pay_later=1, owed=Decimal("100.00")),
        GateCounts(admin.pk, admin.username, exits=1),
    ]
    assert counted(frozenset({zone.site_id + 1})) == []
