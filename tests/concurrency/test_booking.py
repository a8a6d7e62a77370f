"""Nothing is sold twice, however many ask at once."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from parking.accounts.models import User
from parking.checkout import expiring
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.services import add_slots, change_slot, retire_zone
from parking.payments.models import Payment, PaymentOrder
from parking.stays.models import ParkingSession
from parking.vehicles.models import Vehicle
from tests.build import book, cancel, enter, leave, make_user, make_zone, plate, take_ticket
from tests.concurrency.together import at_once, tally
from tests.invariants import assert_books_agree
from tests.moments import START

pytestmark = pytest.mark.django_db(transaction=True)


def test_forty_bookings_at_once_for_five_slots_give_five(driver: User) -> None:
    zone = make_zone(slots=5)
    answers = at_once([partial(book, driver, zone, plate(), START) for _ in range(40)])
    assert tally(answers) == {"ok": 5, "zone_full": 35}
    slots = ParkingSession.objects.values_list("slot__slot_number", flat=True)
    assert sorted(slots) == ["A-001", "A-002", "A-003", "A-004", "A-005"]
    assert (Payment.objects.count(), PaymentOrder.objects.count()) == (5, 5)
    assert_books_agree()


def test_as_many_bookings_as_slots_all_succeed(driver: User) -> None:
    zone = make_zone(slots=12)
    answers = at_once([partial(book, driver, zone, plate(), START) for _ in range(12)])
    assert tally(answers) == {"ok": 12}
    assert not ParkingSlot.objects.exclude(status="BOOKED").exists()
    assert_books_agree()


def test_drivers_and_walk_ins_share_the_last_slots(driver: User) -> None:
    zone = make_zone(slots=3)
    drivers = [partial(book, driver, zone, plate(), START) for _ in range(8)]
    walk_ins = [partial(take_ticket, zone, plate(), START) for _ in range(8)]
    assert tally(at_once([*drivers, *walk_ins])) == {"ok": 3, "zone_full": 13}
    assert_books_agree()


@pytest.mark.parametrize("known", [False, True])
def test_one_vehicle_is_booked_once_by_one_driver(driver: User, known: bool) -> None:
    zones = [make_zone(slots=2) for _ in range(10)]
    if known:
        cancel(driver, book(driver, zones[0], "DL-01-AB-1234", START), START)
    answers = at_once([partial(book, driver, zone, "DL-01-AB-1234", START) for zone in zones])
    assert tally(answers) == {"ok": 1, "vehicle_already_parked": 9}
    assert (Vehicle.objects.count(), ParkingSession.objects.open().count()) == (1, 1)
    assert_books_agree()


def test_one_vehicle_is_booked_once_by_many_drivers(transactional_db: None) -> None:
    pairs = [(make_user(), make_zone(slots=2)) for _ in range(10)]
    answers = at_once([partial(book, driver, zone, "DL-01-AB-1234", START) for driver, zone in pairs])
    assert tally(answers) == {"ok": 1, "vehicle_unavailable": 9}
    assert_books_agree()


def test_a_slot_that_is_being_left_is_given_once(driver: User, staff: User) -> None:
    zone = make_zone(slots=1)
    inside = enter(staff, book(driver, zone, now=START), START)
    bookings = [partial(book, driver, zone, plate(), START) for _ in range(8)]
    answers = at_once([partial(leave, staff, inside, "CASH", START + timedelta(minutes=5)), *bookings])
    assert tally(answers)["ok"] in {1, 2}
    assert tally(answers[:1]) == {"ok": 1}
    assert set(tally(answers[1:])) <= {"ok", "zone_full"}
    assert_books_agree()


def test_a_zone_is_retired_or_booked_never_both(driver: User) -> None:
    zone = make_zone(slots=1)
    retiring = partial(retire_zone, actor=SYSTEM, zone_id=zone.pk, now=START)
    answers = at_once([partial(book, driver, zone, plate(), START), retiring])
    booked = ParkingSession.objects.count()
    zone.refresh_from_db()
    assert (booked, zone.retired_at is None) in {(1, True), (0, False)}
    assert set(tally(answers)) <= {"ok", "zone_full", "zone_not_found", "zone_in_use"}
    assert tally(answers)["ok"] == 1
    assert_books_agree()


def test_a_slot_goes_out_of_service_or_is_booked_never_both(driver: User) -> None:
    zone = make_zone(slots=1)
    slot = ParkingSlot.objects.get()
    closing = partial(change_slot, actor=SYSTEM, slot_id=slot.pk, status="OUT_OF_SERVICE", kind=None, now=START)
    answers = at_once([partial(book, driver, zone, plate(), START), closing])
    slot.refresh_from_db()
    assert (ParkingSession.objects.count(), slot.status) in {(1, "BOOKED"), (0, "OUT_OF_SERVICE")}
    assert set(tally(answers)) <= {"ok", "zone_full", "slot_in_use"}
    assert_books_agree()


def test_holds_that_run_out_are_ended_once(driver: User, zone: ParkingZone) -> None:
    for _ in range(4):
        book(driver, zone, now=START)
    late = START + timedelta(minutes=31)
    ended = at_once([partial(expiring.expire_no_shows, now=late) for _ in range(5)])
    assert sum(count for count in ended if isinstance(count, int)) == 4
    assert_books_agree()


def test_electric_cars_at_once_get_both_kinds_of_slot_and_keep_none_from_others(driver: User) -> None:
    for _ in range(4):
        zone = make_zone(slots=3)
        add_slots(actor=SYSTEM, zone_id=zone.pk, prefix="E-", first=1, last=3, kind="EV", now=START)
        electric = [partial(book, driver, zone, plate(), START, vehicle_kind="EV") for _ in range(4)]
        cars = [partial(book, driver, zone, plate(), START) for _ in range(2)]
        answers = at_once([*electric, *cars])
        # Whoever comes late finds only slots of the other kind; but no slot stays empty while one that suits asks.
        free = Counter(zone.slots.filter(status="FREE").values_list("kind", flat=True))
        assert free["CAR"] == 0 or tally(answers) == {"ok": 6}
        assert tally(answers[:4]) == {"ok": 4}
    assert_books_agree()
