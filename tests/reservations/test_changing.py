"""What a driver may change of a booking, and until when."""

from datetime import timedelta
from typing import Any

import pytest

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout import changing, placing
from parking.core.errors import InvalidInput, Refused
from parking.core.ids import Ref
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.stays.models import ParkingSession
from tests.build import actor, book, cancel, enter, leave, make_user, make_zone, reloaded, reserve
from tests.invariants import assert_books_agree, nothing_changes, refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"


def change(driver: User, session: ParkingSession, minutes: float = 0, **wanted: Any) -> ParkingSession:
    changing.change(actor=actor(driver), session=Ref(pk=session.pk), wanted=changing.Wanted(**wanted), now=at(minutes))
    return reloaded(session)


@pytest.fixture
def small() -> ParkingZone:
    """Two slots for cars, of which one can be reserved."""
    return make_zone(slots=2)


@pytest.fixture
def reserved(driver: User, small: ParkingZone) -> ParkingSession:
    return reserve(driver, small, at(600), at(720), PLATE, now=START)


# --- The window ------------------------------------------------------------------------------------------


def test_the_end_is_put_off_as_far_as_the_place_is_free(driver: User, reserved: ParkingSession) -> None:
    reserve(driver, reserved.zone, at(780), at(900), now=START)
    assert change(driver, reserved, ends_at=at(780) + timedelta(seconds=59)).ends_at == at(780)
    with pytest.raises(Refused, match="reserved by others") as caught:
        change(driver, reserved, ends_at=at(781))
    assert caught.value.facts == {"ends_at": at(780).isoformat()}
    assert change(driver, reserved, ends_at=at(650)).ends_at == at(650)


def test_the_end_is_put_off_while_the_car_is_inside(driver: User, staff: User, reserved: ParkingSession) -> None:
    enter(staff, reserved, at(600))
    assert change(driver, reserved, 719, ends_at=at(800)).ends_at == at(800)
    with refused("already_entered"):
        change(driver, reserved, 719, ends_at=at(810), starts_at=at(740))
    with refused("session_over"):
        change(driver, reserved, 800, ends_at=at(900))
    leave(staff, reserved, now=at(801))
    with refused("session_over"):
        change(driver, reserved, 802, ends_at=at(900))


def test_a_slot_that_went_out_of_service_does_not_forbid_what_is_promised(
    driver: User, reserved: ParkingSession
) -> None:
    ParkingSlot.objects.filter(zone=reserved.zone).update(status="OUT_OF_SERVICE")
    assert change(driver, reserved, ends_at=at(700)).ends_at == at(700)
    with refused("window_full"):
        change(driver, reserved, ends_at=at(710))


def test_the_start_takes_all_with_it(driver: User, reserved: ParkingSession) -> None:
    moved = change(driver, reserved, starts_at=at(480), ends_at=at(600))
    assert (moved.starts_at, moved.ends_at, moved.enter_by, moved.refund_until) == (at(480), at(600), at(510), at(420))
    assert ParkingZone.objects.get(pk=moved.zone_id).next_reservation_at == at(480)
    assert_books_agree()


def test_a_slot_goes_back_when_the_start_is_put_off(driver: User, reserved: ParkingSession) -> None:
    placing.claim_places(now=at(570))
    later = change(driver, reserved, 571, starts_at=at(800), ends_at=at(900))
    assert (later.slot, later.is_waiting) == (None, True)
    assert not ParkingSlot.objects.exclude(status="FREE").exists()
    assert ParkingZone.objects.get(pk=later.zone_id).next_reservation_at == at(800)
    assert_books_agree()


def test_who_is_too_late_to_cancel_stays_so_with_another_start(driver: User, reserved: ParkingSession) -> None:
    change(driver, reserved, 541, starts_at=at(1200), ends_at=at(1300))
    assert cancel(driver, reserved, at(542)).decision.eligible is False


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"starts_at": at(14)}, "starts_at"),
        ({"ends_at": at(629)}, "ends_at"),
        ({"ends_at": at(600 + 31 * 24 * 60)}, "ends_at"),
        ({"starts_at": at(700)}, "ends_at"),
    ],
)
def test_the_limits_are_those_of_a_new_one(
    driver: User, reserved: ParkingSession, wanted: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught, nothing_changes():
        change(driver, reserved, **wanted)
    assert list(caught.value.errors) == [field]


def test_two_of_a_plate_do_not_come_to_overlap(driver: User, reserved: ParkingSession) -> None:
    reserve(driver, make_zone(), at(730), at(800), PLATE, now=START)
    with refused("vehicle_already_parked"):
        change(driver, reserved, ends_at=at(740))


def test_a_booking_for_now_has_no_window(driver: User, small: ParkingZone) -> None:
    session = book(driver, small, now=START)
    with refused("not_a_reservation"):
        change(driver, session, ends_at=at(60))


def test_somebody_elses_is_not_there(driver: User, reserved: ParkingSession) -> None:
    with refused("session_not_found"):
        change(make_user(), reserved, ends_at=at(700))


# --- Plate and names ---------------------------------------------------------------------------------------


def test_the_plate_is_changed_once_and_not_at_the_last(driver: User, reserved: ParkingSession) -> None:
    with refused("too_late_to_change"):
        change(driver, reserved, 481, plate="KA-01-AB-7777")
    changed = change(driver, reserved, 480, plate="KA-01-AB-7777")
    assert changed.vehicle.vehicle_number == "KA-01-AB-7777"
    with refused("plate_changed_once"):
        change(driver, reserved, 480, plate=PLATE)
    # The old plate may be reserved for again.
    reserve(driver, make_zone(), at(600), at(700), PLATE, now=at(480))


def test_the_other_plate_may_have_no_reservation_then(driver: User, reserved: ParkingSession) -> None:
    reserve(driver, make_zone(), at(700), at(800), "KA-01-AB-7777", now=START)
    with refused("vehicle_already_parked"):
        change(driver, reserved, plate="KA-01-AB-7777")


def test_names_are_changed_and_the_change_is_on_record(driver: User, reserved: ParkingSession) -> None:
    changed = change(driver, reserved, owner_name="Ravi Rao", phone="+91 98765 43210")
    assert (changed.owner_name, changed.phone) == ("Ravi Rao", "+91 98765 43210")
    line = AuditEntry.objects.get(action="session.changed")
    assert line.facts == {"changes": {"owner_name": ["Asha Rao", "Ravi Rao"], "phone": ["", "…10"]}}


def test_fee_and_terms_stay(driver: User, reserved: ParkingSession) -> None:
    changed = change(driver, reserved, starts_at=at(480), ends_at=at(600))
    assert (changed.terms, changed.bill.paid) == (reserved.terms, reserved.bill.paid)


# --- Late ----------------------------------------------------------------------------------------------------


def test_a_quarter_of_an_hour_more_to_arrive_is_given_once(driver: User, small: ParkingZone) -> None:
    session = book(driver, small, now=START)
    assert change(driver, session, 29, late=True).enter_by == at(45)
    with refused("late_used"):
        change(driver, session, 30, late=True)


def test_all_is_changed_or_nothing(driver: User, reserved: ParkingSession) -> None:
    change(driver, reserved, late=True)
    with refused("late_used"), nothing_changes():
        change(driver, reserved, ends_at=at(700), owner_name="Ravi", late=True)


def test_a_booking_whose_time_is_over_is_ended(driver: User, small: ParkingZone) -> None:
    session = book(driver, small, now=START)
    with pytest.raises(Refused, match="expired"):
        change(driver, session, 31, late=True)
    assert reloaded(session).end_reason == "NO_SHOW"
