"""The code of a pass at the exit: it means the car at the gate, and never another one of the same pass."""

from datetime import timedelta

import pytest

from parking.accounts.models import User
from parking.checkout import leaving
from parking.checkout.collecting import Collection
from parking.checkout.leaving import Left
from parking.checkout.pass_entry import enter_with_pass
from parking.facilities.models import ParkingSite, ParkingZone
from parking.passes.models import Subscription
from parking.stays.models import ParkingSession
from tests.build import actor, enter, make_zone, reloaded, take_ticket
from tests.invariants import assert_books_agree, refused
from tests.moments import START, at
from tests.passes.build import bought, make_plan

pytestmark = pytest.mark.django_db

ONE, TWO = "DL-01-AB-0001", "DL-01-AB-0002"


@pytest.fixture
def held(driver: User, zone: ParkingZone) -> Subscription:
    """Return a pass of two cars, one of which may be inside at once."""
    return bought(driver, make_plan(zone, vehicles=2, inside=1), ONE, TWO)


def _in(staff: User, held: Subscription, plate: str, minute: int) -> ParkingSession:
    code = held.pass_code
    return enter_with_pass(actor=actor(staff), qr_code=code, plate=plate, now=at(minute), scan_id=f"in {plate}").session


def _out(staff: User, held: Subscription, minute: int, *, plate: str | None = None, scan_id: str | None = None) -> Left:
    return leaving.leave(
        actor=actor(staff),
        qr_code=held.pass_code,
        collection=Collection("CASH"),
        plate_seen=plate,
        scan_id=scan_id,
        now=at(minute),
    )


def test_one_more_car_does_not_leave_as_the_covered_one(staff: User, held: Subscription) -> None:
    covered, more = _in(staff, held, ONE, 1), _in(staff, held, TWO, 2)
    with refused("pass_needs_plate", "Several vehicles of this pass are inside; which plate is it?"):
        _out(staff, held, 62)
    left = _out(staff, held, 62, plate=TWO)
    assert (left.session.pk, left.session.bill.total) == (more.pk, 50)
    # The covered car alone is left: its code says enough.
    left = _out(staff, held, 63)
    assert (left.session.pk, left.session.bill.total) == (covered.pk, 0)
    assert_books_agree()


NEVER_PAID = {"status": "PENDING", "pay_by": at(30)}
GIVEN_UP = {"status": "CANCELLED", "ended_at": at(30)}


@pytest.mark.parametrize("state", [NEVER_PAID, GIVEN_UP])
def test_the_code_of_a_pass_that_nobody_holds_lets_nobody_out(
    staff: User, zone: ParkingZone, held: Subscription, state: dict[str, object]
) -> None:
    inside = enter(staff, take_ticket(zone, ONE, at(1)), at(1))
    ParkingSession.objects.update(subscription=None)
    Subscription.objects.update(**state)
    with refused("qr_not_found", "QR code not found, please check booking"):
        _out(staff, held, 62)
    assert reloaded(inside).status == "ACTIVE"


def test_the_same_scan_again_does_not_let_the_next_car_out(staff: User, held: Subscription) -> None:
    first = _in(staff, held, ONE, 1)
    assert _out(staff, held, 30, scan_id="out 1").session.pk == first.pk
    second = _in(staff, held, TWO, 31)
    assert _out(staff, held, 32, scan_id="out 1").session.pk == first.pk
    assert reloaded(second).status == "ACTIVE"


def test_the_code_means_no_car_of_the_pass_at_another_site(staff: User, held: Subscription) -> None:
    inside = _in(staff, held, ONE, 1)
    site = ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=START)
    elsewhere = make_zone("Elsewhere", site_id=site.pk)
    enter(staff, take_ticket(elsewhere, TWO, at(2)), at(2))
    assert _out(staff, held, 30).session.pk == inside.pk


def test_a_car_that_came_in_before_it_was_on_the_pass_needs_its_own_code(
    driver: User, staff: User, zone: ParkingZone
) -> None:
    yesterday = START - timedelta(days=1)
    before = enter(staff, take_ticket(zone, TWO, yesterday), yesterday)
    held = bought(driver, make_plan(zone, vehicles=2, inside=1), ONE, TWO)
    with refused("qr_not_found"):
        _out(staff, held, 30)
    assert reloaded(before).status == "ACTIVE"
