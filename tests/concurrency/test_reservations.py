"""Nothing is promised or sold twice, however many reserve, book and come at once."""

from functools import partial

import pytest

from parking.accounts.models import Role, User
from parking.checkout import changing, expiring, placing, waiting_list
from parking.core.actor import SYSTEM
from parking.core.ids import Ref
from parking.facilities.models import ParkingSlot
from parking.facilities.services import change_slot
from parking.offers.models import PromoCode
from parking.payments.models import Refund
from parking.stays.models import ParkingSession
from parking.stays.waiting_models import WaitingEntry
from tests.build import actor, book, cancel, enter, make_user, make_zone, plate, reloaded, reserve, take_ticket
from tests.concurrency.together import at_once, tally
from tests.invariants import assert_books_agree
from tests.moments import START, at
from tests.reservations.test_waiting_list import wait

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 20


def test_two_hundred_reservations_for_twenty_places_give_exactly_twenty(transactional_db: None) -> None:
    zone = make_zone(slots=40)
    drivers = [make_user() for _ in range(200)]
    answers: list[object] = []
    for first in range(0, 200, AT_ONCE):
        some = drivers[first : first + AT_ONCE]
        answers += at_once([partial(reserve, one, zone, at(60), at(120), plate(), now=START) for one in some])
    assert tally(answers) == {"ok": 20, "window_full": 180}
    assert ParkingSession.objects.open().count() == 20
    assert_books_agree()


def test_one_plate_is_reserved_once(driver: User) -> None:
    zones = [make_zone(slots=4) for _ in range(8)]
    wanted = [partial(reserve, driver, zone, at(60), at(120), "DL-01-AB-1234", now=START) for zone in zones]
    assert tally(at_once(wanted)) == {"ok": 1, "vehicle_already_parked": 7}
    assert_books_agree()


def test_bookings_for_now_and_walk_ins_leave_the_reserved_slots(driver: User) -> None:
    zone = make_zone(slots=8)
    for _ in range(4):
        reserve(driver, zone, at(60), at(120), plate(), now=START)
    drivers = [partial(book, driver, zone, plate(), START) for _ in range(8)]
    walk_ins = [partial(take_ticket, zone, plate(), START) for _ in range(8)]
    assert tally(at_once([*drivers, *walk_ins])) == {"ok": 4, "zone_full": 12}
    assert_books_agree()


def test_the_last_slots_are_given_once_whoever_comes(driver: User, staff: User) -> None:
    """Claims, bookings for now, walk-ins, offers and maintenance meet: no slot is given twice."""
    zone = make_zone(slots=6)
    reserved = [reserve(driver, zone, at(60), at(120), plate(), now=START) for _ in range(3)]
    last = [book(driver, zone, plate(), START) for _ in range(3)]
    entries = [wait(make_user(), zone) for _ in range(3)]
    cancelled = [partial(cancel, driver, one, START) for one in last]
    claims = [partial(placing.claim_places, now=at(30)) for _ in range(2)]
    offers = [partial(waiting_list.offer_places, now=at(30)) for _ in range(2)]
    bookings = [partial(book, driver, zone, plate(), at(30)) for _ in range(6)]
    walk_ins = [partial(take_ticket, zone, plate(), at(30)) for _ in range(6)]
    slot = ParkingSlot.objects.filter(zone=zone).order_by("-pk")[0]
    repair = partial(change_slot, actor=SYSTEM, slot_id=slot.pk, status="OUT_OF_SERVICE", kind=None, now=at(30))
    answers = tally(at_once([*cancelled, *claims, *offers, *bookings, *walk_ins, repair]))
    assert set(answers) <= {"ok", "zone_full", "slot_in_use"}, answers
    assert_books_agree()
    placing.claim_places(now=at(31))
    waiting_list.offer_places(now=at(31))
    assert_books_agree()
    # A slot that is repaired is gone, and may have been the last one that was promised.
    repaired = ParkingSlot.objects.filter(pk=slot.pk, status="OUT_OF_SERVICE").count()
    assert sum(ParkingSession.objects.get(pk=one.pk).slot_id is None for one in reserved) <= repaired
    assert WaitingEntry.objects.filter(pk__in=[one.pk for one in entries]).count() == 3


def test_two_workers_and_the_gate_give_a_reservation_one_slot(driver: User, staff: User) -> None:
    zone = make_zone(slots=4)
    session = reserve(driver, zone, at(60), at(120), plate(), now=START)
    sweeps = [partial(placing.claim_places, now=at(30)) for _ in range(3)]
    assert set(tally(at_once([*sweeps, partial(enter, staff, session, at(30))]))) <= {"ok", "already_entered"}
    assert ParkingSlot.objects.exclude(status="FREE").count() == 1
    assert_books_agree()


def test_two_workers_end_what_cannot_be_kept_once(driver: User) -> None:
    zone = make_zone(slots=2)
    reserve(driver, zone, at(60), at(120), plate(), now=START)
    ParkingSlot.objects.update(status="OUT_OF_SERVICE")
    at_once([partial(placing.claim_places, now=at(60)) for _ in range(4)])
    assert (PromoCode.objects.count(), Refund.objects.count()) == (1, 1)
    assert_books_agree()


def test_two_workers_after_a_day_without_one_decide_each_reservation_once(driver: User) -> None:
    """Of each sort several: over, begun, due, not due; and cars that stand where some of them should."""
    zone, now = make_zone(slots=16), at(24 * 60)
    over = [reserve(driver, zone, at(60), at(120), plate(), now=START) for _ in range(4)]
    begun = [reserve(driver, zone, at(1400), at(1600), plate(), now=START) for _ in range(6)]
    due = [reserve(driver, zone, at(1460), at(1700), plate(), now=START) for _ in range(2)]
    later = reserve(driver, zone, at(2000), at(2100), plate(), now=START)
    for _ in range(10):
        enter(make_user(Role.STAFF), take_ticket(zone, plate(), START), START)
    workers = [partial(placing.claim_places, now=now) for _ in range(2)]
    others = [partial(expiring.expire_no_shows, now=now), partial(waiting_list.offer_places, now=now)]
    assert tally(at_once([*workers, *others, *workers])) == {"ok": 6}
    ends = [[(one.end_reason, one.slot_id is None) for one in map(reloaded, some)] for some in (over, begun, due)]
    # Six slots are left: the six that have begun come first, and those that begin soon wait for the next.
    assert ends == [[("NO_PLACE", True)] * 4, [("", False)] * 6, [("", True)] * 2]
    assert reloaded(later).slot is None
    assert (PromoCode.objects.count(), Refund.objects.count()) == (4, 4)
    assert placing.claim_places(now=now) == 0
    assert_books_agree()


def test_a_change_and_a_claim_at_once_leave_one_truth(driver: User) -> None:
    zone = make_zone(slots=4)
    session = reserve(driver, zone, at(60), at(120), plate(), now=START)
    later = changing.Wanted(starts_at=at(600), ends_at=at(700))
    change = partial(changing.change, actor=actor(driver), session=Ref(pk=session.pk), wanted=later, now=at(30))
    at_once([change, partial(placing.claim_places, now=at(30)), partial(placing.claim_places, now=at(30))])
    assert (reloaded(session).starts_at, reloaded(session).slot) == (at(600), None)
    assert_books_agree()
