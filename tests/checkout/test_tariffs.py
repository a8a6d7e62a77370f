"""What a session costs at the gate and on the phone follows the tariff that it was booked under."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.accounts.models import User
from parking.checkout.bills import running_bill
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.tariffs.rules.templates import peak_bands
from parking.tariffs.rules.terms import Slab
from parking.tariffs.versions import Draft
from parking.tariffs.zone_tariffs import add_tariff
from tests.build import book, enter, leave, quote, reloaded, take_ticket
from tests.invariants import assert_books_agree
from tests.tariffs.examples import shown

pytestmark = pytest.mark.django_db

# Thursday 26 November 2026, 08:30 in India.
MORNING = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


def lay(zone: ParkingZone, now: datetime = MORNING, **fields: Any) -> None:
    draft = Draft({"base_rate": Decimal("50.00"), "booking_fee": Decimal("0.00"), **fields})
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=draft, now=now)


def after(minutes: int) -> datetime:
    return MORNING + timedelta(minutes=minutes)


def test_an_exit_charges_band_by_band(zone: ParkingZone, staff: User) -> None:
    lay(zone, bands=peak_bands())
    session = enter(staff, take_ticket(zone, now=MORNING), MORNING)
    left = leave(staff, session, now=after(170))
    lines = running_bill(left.session, after(170)).lines
    assert shown(lines) == (("Morning", 1, Decimal("80.00")), ("Daytime", 2, Decimal("50.00")))
    assert left.session.bill.total == 180
    assert_books_agree()


def test_a_quote_and_the_running_cost_are_the_same_as_the_exit(zone: ParkingZone, staff: User) -> None:
    lay(zone, bands=peak_bands(), step_minutes=15, minimum_minutes=15)
    session = enter(staff, take_ticket(zone, now=MORNING), after(10))
    assert running_bill(session, after(51)).total == Decimal("52.50")
    assert quote(staff, session, after(51)).bill.total == Decimal("52.50")
    assert leave(staff, session, now=after(60)).session.bill.total == Decimal("52.50")
    assert_books_agree()


def test_a_session_keeps_the_tariff_that_it_was_booked_under(zone: ParkingZone, driver: User, staff: User) -> None:
    session = book(driver, zone, now=MORNING)
    lay(zone, after(1), bands=peak_bands())
    enter(staff, session, after(2))
    assert leave(staff, session, now=after(170)).session.bill.total == 150


def test_a_stay_within_the_free_minutes_pays_nothing(zone: ParkingZone, staff: User) -> None:
    lay(zone, free_minutes=15)
    session = enter(staff, take_ticket(zone, now=MORNING), MORNING)
    left = leave(staff, session, now=after(15))
    assert (left.session.bill.total, left.session.bill.lines, left.session.payment_status) == (0, [], "PAID")
    assert_books_agree()


@pytest.mark.parametrize("method", ["CASH", "ONLINE"])
def test_slabs_of_three_days_are_a_line_each(zone: ParkingZone, staff: User, method: str) -> None:
    lay(zone, slabs=(Slab(360, Decimal("30.00")), Slab(1440, Decimal("60.00"))))
    session = enter(staff, take_ticket(zone, now=MORNING), MORNING)
    left = leave(staff, session, method, now=after(2 * 1440 + 100))
    lines = running_bill(reloaded(left.session), after(3000)).lines
    assert [(line.kind, line.amount) for line in lines] == [("SLAB", 60), ("SLAB", 60), ("SLAB", 30)]
    assert left.session.bill.total == 150
    assert_books_agree()


def test_rounding_to_five_rupees_is_the_last_line(zone: ParkingZone, driver: User, staff: User) -> None:
    lay(zone, base_rate=Decimal("52.00"), booking_fee=Decimal("50.00"), round_to=Decimal(5))
    session = enter(staff, book(driver, zone, now=MORNING), MORNING)
    left = leave(staff, session, now=after(30))
    assert (left.session.bill.total, left.session.bill.charged) == (50, 0)
    assert [line["kind"] for line in left.session.bill.lines] == ["HOURS", "ROUND_OFF"]
    assert_books_agree()


def test_a_plate_has_free_minutes_once_in_the_time_of_its_tariff(zone: ParkingZone, staff: User) -> None:
    lay(zone, free_minutes=15, free_again_after_minutes=120)
    totals = []
    for entry in (0, 60, 131):
        session = enter(staff, take_ticket(zone, "KA-01-AB-0007", after(entry)), after(entry))
        totals.append(leave(staff, session, now=after(entry + 10)).session.bill.total)
    # The second comes 50 minutes after the first left; the third 121 minutes after the first, and the second paid.
    assert totals == [0, 50, 0]
    other = enter(staff, take_ticket(zone, "KA-01-AB-0008", after(61)), after(61))
    assert leave(staff, other, now=after(70)).session.bill.total == 0


def test_a_car_that_was_shown_a_free_bill_and_left_later_has_had_its_free_minutes(
    zone: ParkingZone, staff: User
) -> None:
    lay(zone, free_minutes=15, free_again_after_minutes=120)
    first = enter(staff, take_ticket(zone, "KA-01-AB-0007", MORNING), MORNING)
    assert quote(staff, first, after(14)).bill.total == 0
    assert leave(staff, first, now=after(18)).session.bill.total == 0
    again = enter(staff, take_ticket(zone, "KA-01-AB-0007", after(60)), after(60))
    assert leave(staff, again, now=after(70)).session.bill.total == 50
