"""Two gates, two workers and two offices at the same moment: no car more is covered, no month is invoiced twice."""

from collections import Counter
from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from parking.accounts.models import User
from parking.checkout.organisation_money import invoice_months
from parking.facilities.models import ParkingZone
from parking.passes.models import OrganisationInvoice, PassVehicle
from parking.payments.models import Payment
from parking.stays.models import ParkingSession
from tests.build import take_ticket
from tests.concurrency.together import at_once, tally
from tests.invariants import assert_books_agree
from tests.moments import START
from tests.passes.organisations import invoiced, make_organisation, midday, pay, upload

pytestmark = pytest.mark.django_db(transaction=True)

CARS = [f"DL-01-AB-{number:04d}" for number in range(1, 9)]
LATER = date(2026, 12, 22)


def test_of_eight_cars_as_many_are_covered_as_were_agreed(zone: ParkingZone) -> None:
    upload(make_organisation(zone, vehicles=8, inside=3), *CARS)
    at_once([partial(take_ticket, zone, plate, START) for plate in CARS])
    notes = Counter((row.subscription_id is not None, row.pass_note) for row in ParkingSession.objects.all())
    assert notes == {(True, ""): 3, (False, "ALL_INSIDE"): 5}
    assert_books_agree()


def test_several_workers_invoice_a_month_once(zone: ParkingZone) -> None:
    upload(make_organisation(zone), *CARS[:3])
    late = midday(date(2027, 2, 23))
    results = at_once([lambda: invoice_months(now=late)] * 4)
    assert sum(result for result in results if isinstance(result, int)) == 3
    assert list(OrganisationInvoice.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert_books_agree()


def test_two_offices_enter_what_is_due_once(zone: ParkingZone, admin: User) -> None:
    organisation = make_organisation(zone)
    upload(organisation, *CARS[:3])
    invoiced(organisation, LATER)
    results = at_once(
        [partial(pay, admin, organisation, 1, "3000", reference=f"UTR{n}", now=midday(LATER)) for n in range(4)]
    )
    assert tally(results) == {"ok": 1, "nothing_due": 3}
    assert Payment.objects.get().amount == Decimal("3000.00")
    assert_books_agree()


def test_two_lists_at_once_do_not_pass_the_quota(zone: ParkingZone) -> None:
    organisation = make_organisation(zone, vehicles=3)
    at_once([partial(upload, organisation, *CARS[:3]), partial(upload, organisation, *CARS[3:6])])
    assert PassVehicle.objects.filter(until_at=None).count() == 3
