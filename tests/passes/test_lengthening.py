"""A zone that is closed for days lengthens its passes by them."""

from datetime import datetime, timedelta

import pytest

from parking.accounts.models import User
from parking.checkout.pass_lengthening import lengthen_passes
from parking.checkout.pass_renewing import expire_passes, offer_renewals, remind_of_ends
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone, ZoneClosure
from parking.facilities.services import retire_zone, update_zone
from parking.notifications.models import Notice
from parking.notifications.noticing import take_events
from parking.passes.models import PassPeriod, Subscription
from parking.passes.rules import days_lost
from tests.build import make_zone
from tests.invariants import assert_books_agree
from tests.moments import START
from tests.passes.build import again, bought, make_plan

pytestmark = pytest.mark.django_db

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def set_open(zone: ParkingZone, now: datetime, *, is_open: bool) -> None:
    update_zone(actor=SYSTEM, zone_id=zone.pk, changes={"is_active": is_open}, now=now)


@pytest.fixture
def held(driver: User, zone: ParkingZone) -> Subscription:
    """Return a pass of a week in one zone, which began at the midnight before START."""
    return bought(driver, make_plan(zone, zone_ids=[zone.pk]))


@pytest.mark.parametrize(
    ("closed", "ends", "lost"),
    [(0.9, 7, 0), (1, 7, 1), (2.99, 7, 2), (3, 7, 3), (9, 7, 9), (9, 0.9, 0), (9, 1, 9), (-1, 7, 0)],
)
def test_whole_days_are_lost_unless_it_ends_within_the_first(closed: float, ends: float, lost: int) -> None:
    assert days_lost(START, START + closed * DAY, START + ends * DAY) == lost


def test_three_days_closed_are_three_days_more(driver: User, zone: ParkingZone, held: Subscription) -> None:
    set_open(zone, START, is_open=False)
    set_open(zone, START + 3 * DAY + 20 * HOUR, is_open=True)
    assert lengthen_passes(now=START + 4 * DAY) == 1
    assert again(held).ends_at == held.ends_at + 3 * DAY
    assert PassPeriod.objects.get().ends_at == held.ends_at + 3 * DAY
    assert lengthen_passes(now=START + 5 * DAY) == 0
    assert ZoneClosure.objects.get().counted_at is not None
    assert_books_agree()
    take_events(now=START + 5 * DAY)
    assert Notice.objects.filter(person=driver, kind="pass_lengthened").count() == 1


def test_a_pass_does_not_end_while_its_zone_is_closed(zone: ParkingZone, held: Subscription) -> None:
    set_open(zone, START + 5 * DAY, is_open=False)
    # No worker ran for twenty days; the one that comes gives the days back before it looks what is over.
    assert expire_passes(now=START + 25 * DAY) == 0
    assert again(held).ends_at == held.ends_at + 20 * DAY
    set_open(zone, START + 26 * DAY, is_open=True)
    lengthen_passes(now=START + 26 * DAY)
    assert again(held).ends_at == held.ends_at + 21 * DAY
    assert expire_passes(now=again(held).ends_at) == 1
    assert_books_agree()


def test_a_pass_that_holds_in_an_open_zone_lost_nothing(driver: User, zone: ParkingZone) -> None:
    other = make_zone("Other")
    wide = bought(driver, make_plan(zone, zone_ids=[zone.pk, other.pk]))
    set_open(zone, START, is_open=False)
    assert lengthen_passes(now=START + 3 * DAY) == 0
    assert again(wide).ends_at == wide.ends_at


def test_a_day_on_which_both_zones_were_closed_is_given_once(driver: User, zone: ParkingZone) -> None:
    """One is closed on the days 0 to 4, the other one on 1 to 6: the pass had no place on 1 to 4."""
    other = make_zone("Other")
    wide = bought(driver, make_plan(zone, period="MONTH", zone_ids=[zone.pk, other.pk]))
    for moment, which, is_open in ((0, zone, False), (1, other, False), (4, zone, True), (6, other, True)):
        set_open(which, START + moment * DAY, is_open=is_open)
        lengthen_passes(now=START + moment * DAY)
    lengthen_passes(now=START + 9 * DAY)
    assert again(wide).ends_at == wide.ends_at + 3 * DAY
    assert_books_agree()


def test_days_that_are_counted_late_are_the_same(driver: User, zone: ParkingZone) -> None:
    """The worker comes after all of it, when both zones are open again."""
    other = make_zone("Other")
    wide = bought(driver, make_plan(zone, period="MONTH", zone_ids=[zone.pk, other.pk]))
    for moment, which, is_open in ((0, zone, False), (1, other, False), (4, zone, True), (6, other, True)):
        set_open(which, START + moment * DAY, is_open=is_open)
    lengthen_passes(now=START + 9 * DAY)
    assert again(wide).ends_at == wide.ends_at + 3 * DAY


def test_a_zone_that_is_retired_while_it_is_closed_gives_no_more_days(zone: ParkingZone, held: Subscription) -> None:
    set_open(zone, START + 5 * DAY, is_open=False)
    retire_zone(actor=SYSTEM, zone_id=zone.pk, now=START + 6 * DAY)
    assert expire_passes(now=START + 30 * DAY) == 1
    assert again(held).ends_at == held.ends_at + DAY
    assert ZoneClosure.objects.get().counted_at is not None


def test_its_holder_is_reminded_of_the_new_end(driver: User, zone: ParkingZone, held: Subscription) -> None:
    """Three days before the old end the holder was reminded of it; ten more days follow."""
    assert remind_of_ends(now=held.ends_at - 3 * DAY) == 1
    set_open(zone, held.ends_at - 3 * DAY, is_open=False)
    set_open(zone, held.ends_at + 7 * DAY, is_open=True)
    ends = held.ends_at + 10 * DAY
    lengthen_passes(now=ends - 3 * DAY)
    assert remind_of_ends(now=ends - 3 * DAY) == 0, "the notice of the new end says as much"
    assert [remind_of_ends(now=ends - days * DAY) for days in (2, 1)] == [1, 1]


def test_the_next_period_follows_the_lengthened_one(driver: User, zone: ParkingZone) -> None:
    held = bought(driver, make_plan(zone, zone_ids=[zone.pk]), auto_renew=True)
    offer_renewals(now=held.ends_at - 2 * DAY)
    set_open(zone, held.ends_at - 2 * DAY, is_open=False)
    set_open(zone, held.ends_at, is_open=True)
    lengthen_passes(now=held.ends_at)
    first, second = PassPeriod.objects.order_by("number")
    assert (first.ends_at, second.starts_at) == (held.ends_at + 2 * DAY,) * 2
    assert second.ends_at == held.ends_at + 9 * DAY
    assert_books_agree()
