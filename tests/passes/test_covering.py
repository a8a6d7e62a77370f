"""Which sessions a pass covers, and what they cost."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.accounts.models import User
from parking.checkout import booking
from parking.checkout.bills import lines_at
from parking.checkout.pass_entry import enter_with_pass
from parking.core.actor import SYSTEM
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.facilities.services import add_slots
from parking.payments.models import PaymentOrder, Refund
from parking.stays.models import ParkingSession
from parking.tariffs.versions import Draft
from parking.tariffs.zone_tariffs import add_tariff
from parking.vehicles.models import Vehicle
from tests.build import actor, book, cancel, enter, leave, make_user, make_zone, reloaded, take_ticket
from tests.invariants import assert_books_agree, refused
from tests.moments import START, at
from tests.passes.build import again, bought, make_plan

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"


def _lines(session: ParkingSession) -> list[tuple[str, Decimal]]:
    return [(line["label"], Decimal(line["amount"])) for line in reloaded(session).bill.lines]


def test_a_covered_exit_costs_nothing(driver: User, staff: User, zone: ParkingZone) -> None:
    pass_ = bought(driver, make_plan(zone))
    session = book(driver, zone, PLATE, START)
    assert (session.subscription, session.pass_note, session.pay_by) == (pass_, "", None)
    assert not PaymentOrder.objects.filter(bill=session.bill).exists()
    enter(staff, session, at(5))
    left = leave(staff, session, now=at(155))
    assert (left.session.bill.total, left.session.bill.captured) == (0, 0)
    assert _lines(session) == [("Parking", Decimal("150.00")), (f"Pass {pass_.number}", Decimal("-150.00"))]
    assert_books_agree()


def test_a_ticket_is_covered_too(driver: User, staff: User, zone: ParkingZone) -> None:
    pass_ = bought(driver, make_plan(zone))
    session = take_ticket(zone, PLATE, at(1))
    assert session.subscription == pass_
    enter(staff, session, at(2))
    assert leave(staff, session, now=at(64)).session.bill.total == 0


def test_a_booking_is_covered_at_its_entry_and_its_fee_goes_back(driver: User, staff: User, zone: ParkingZone) -> None:
    session = book(driver, zone, PLATE, START)
    pass_ = bought(driver, make_plan(zone), PLATE, now=at(2))
    enter(staff, session, at(5))
    assert reloaded(session).subscription == pass_
    leave(staff, session, now=at(65))
    assert reloaded(session).bill.total == 0
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal("50.00")]
    assert_books_agree()


def test_hours_and_cap_of_the_table(driver: User, staff: User) -> None:
    """₹50 an hour, at most 400 a day, a pass from 08 to 20: Thursday 07:30 to 21:40 costs 400 less 250."""
    zone = make_zone("Capped")
    _cap(zone, "400.00")
    bought(driver, make_plan(zone, begins="08:00", ends="20:00"), PLATE, starts_on=date(2026, 11, 26))
    entry = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
    session = book(driver, zone, PLATE, entry)
    enter(staff, session, entry)
    leave(staff, session, now=entry + timedelta(hours=14, minutes=10))
    assert [amount for _, amount in _lines(session)] == [Decimal("400.00"), Decimal("-250.00")]
    assert reloaded(session).bill.total == Decimal("150.00")
    assert_books_agree()


def test_what_a_pass_covered_is_no_use_of_free_minutes(driver: User, staff: User, zone: ParkingZone) -> None:
    free = {"base_rate": Decimal("50.00"), "free_minutes": 15, "free_again_after_minutes": 14 * 1440}
    other = make_zone("Without pass")
    for place in (zone, other):
        add_tariff(actor=SYSTEM, zone_id=place.pk, draft=Draft(free, valid_from=START), now=START)
    bought(driver, make_plan(zone, zone_ids=[zone.pk]))
    totals = []
    for place, entry in ((zone, 0), (other, 60), (other, 120)):
        session = enter(staff, take_ticket(place, PLATE, at(entry)), at(entry))
        totals.append(leave(staff, session, now=at(entry + 10)).session.bill.total)
    # The pass paid the first hour; the second stay has the free minutes, so that the third has none.
    assert totals == [0, 0, 50]
    assert _lines(ParkingSession.objects.earliest("pk"))[0] == ("Parking", Decimal("50.00"))
    assert_books_agree()


def test_a_stay_after_the_end_of_its_pass_uses_free_minutes(driver: User, staff: User, zone: ParkingZone) -> None:
    """Booked under a pass that was over when the car came: it paid, or had its free minutes, like any other."""
    free = {"base_rate": Decimal("50.00"), "free_minutes": 15, "free_again_after_minutes": 1440}
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=Draft(free, valid_from=START), now=START)
    held = bought(driver, make_plan(zone, period="DAY", price="200.00"), auto_renew=True)
    totals = []
    for minutes in (10, 60):
        entry = held.ends_at + timedelta(minutes=minutes)
        session = enter(staff, take_ticket(zone, PLATE, entry), entry)
        assert session.subscription_id == held.pk
        totals.append(leave(staff, session, now=entry + timedelta(minutes=9)).session.bill.total)
    assert totals == [0, 50]


def _cap(zone: ParkingZone, cap: str) -> None:
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=Draft({"daily_cap": Decimal(cap)}, valid_from=START), now=START)


def test_steps_after_the_end_are_paid(driver: User, staff: User, zone: ParkingZone) -> None:
    """The pass of a day ends at midnight: a car from 22:00 to 01:30 pays what begins later."""
    bought(driver, make_plan(zone, period="DAY", price="200.00"), PLATE)
    entry = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    session = book(driver, zone, PLATE, entry)
    enter(staff, session, entry)
    leave(staff, session, now=entry + timedelta(hours=3, minutes=30))
    assert [amount for _, amount in _lines(session)] == [Decimal("200.00"), Decimal("-100.00")]
    assert_books_agree()


def test_one_more_than_may_be_inside_is_normal(driver: User, staff: User, zone: ParkingZone) -> None:
    plan = make_plan(zone, vehicles=2, inside=1)
    pass_ = bought(driver, plan, PLATE, "DL-01-AB-5678")
    first = book(driver, zone, PLATE, START)
    second = book(driver, zone, "DL-01-AB-5678", START)
    assert (first.subscription, second.subscription) == (pass_, None)
    assert (second.pass_note, second.bill.captured) == ("ALL_INSIDE", Decimal("50.00"))
    enter(staff, first, at(1))
    leave(staff, first, now=at(20))
    # With a place again the second is covered when it comes in.
    enter(staff, second, at(25))
    assert (reloaded(second).subscription, reloaded(second).pass_note) == (pass_, "")
    assert_books_agree()


@pytest.mark.parametrize(("fields", "kind"), [({"vehicle_kinds": ["TWO_WHEELER"]}, "CAR"), ({"days": ["MON"]}, None)])
def test_another_kind_is_not_covered(driver: User, zone: ParkingZone, fields: dict[str, Any], kind: str | None) -> None:
    pass_ = bought(driver, make_plan(zone, **fields))
    session = book(driver, zone, PLATE, START)
    assert session.subscription == (None if kind else pass_)
    assert session.pass_note == ""


def test_another_site_and_another_zone_are_not_covered(driver: User, zone: ParkingZone) -> None:
    other = make_zone("Other")
    bought(driver, make_plan(zone, zone_ids=[zone.pk]))
    assert book(driver, other, PLATE, START).subscription is None


def test_a_pass_that_has_not_begun_or_is_over_covers_nothing(driver: User, zone: ParkingZone) -> None:
    pass_ = bought(driver, make_plan(zone), starts_on=date(2026, 11, 24))
    assert book(driver, zone, PLATE, START).subscription is None
    other = make_user()
    begun = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    assert take_ticket(zone, "DL-01-AB-9999", begun).subscription is None
    late = bought(other, make_plan(zone, name="Day", period="DAY"), "DL-01-AB-7777", now=START)
    assert take_ticket(zone, "DL-01-AB-7777", again(late).ends_at).subscription is None
    assert again(pass_).starts_at == begun


def test_a_zone_for_passes_takes_covered_vehicles_alone(driver: User) -> None:
    zone = make_zone("Members", pass_only=True)
    with refused("pass_needed"):
        book(driver, zone, PLATE, START)
    bought(driver, make_plan(zone))
    assert book(driver, zone, PLATE, START).subscription is not None


def test_a_vehicle_without_pass_costs_no_statement(driver: User, zone: ParkingZone) -> None:
    book(driver, zone, PLATE, START)
    assert not Vehicle.objects.get().has_pass


def test_the_estimate_of_a_covered_stay_is_nothing(driver: User, staff: User, zone: ParkingZone) -> None:
    bought(driver, make_plan(zone))
    session = booking.take_ticket(
        actor=actor(staff), zone=Ref(pk=zone.pk), plate=PLATE, owner_name="Asha Rao", now=START
    )
    enter(staff, session, START)
    assert sum(line.amount for line in lines_at(reloaded(session), at(500))) == 0


def test_who_books_the_plate_under_another_kind_does_not_keep_its_pass_out(
    driver: User, staff: User, zone: ParkingZone
) -> None:
    pass_ = bought(driver, make_plan(zone, vehicle_kinds=["CAR"]))
    add_slots(actor=SYSTEM, zone_id=zone.pk, prefix="T-", first=1, last=1, kind="TWO_WHEELER", now=START)
    elsewhere = book(make_user(), zone, PLATE, at(1), vehicle_kind="TWO_WHEELER")
    cancel(elsewhere.driver, elsewhere, at(2))  # type: ignore[arg-type]
    entered = enter_with_pass(actor=actor(staff), qr_code=pass_.pass_code, plate=PLATE, now=at(3))
    assert (entered.session.subscription, entered.session.vehicle_kind) == (pass_, "CAR")


def test_a_plate_that_was_booked_under_another_kind_gets_that_of_the_pass(driver: User, zone: ParkingZone) -> None:
    add_slots(actor=SYSTEM, zone_id=zone.pk, prefix="T-", first=1, last=1, kind="TWO_WHEELER", now=START)
    before = book(make_user(), zone, PLATE, START, vehicle_kind="TWO_WHEELER")
    cancel(before.driver, before, at(1))  # type: ignore[arg-type]
    bought(driver, make_plan(zone, vehicle_kinds=["CAR"]), now=at(2))
    assert Vehicle.objects.get().kind == "CAR"
