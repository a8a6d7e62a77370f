"""A car that two attendants let in, or out, without a code: one of them does."""

from functools import partial

import pytest

from parking.accounts.models import User
from parking.checkout.entering import Entered
from parking.checkout.walking_in import Arrival, walk_in
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from tests.build import actor, take_ticket
from tests.concurrency.together import at_once, tally
from tests.invariants import assert_books_agree
from tests.moments import START

pytestmark = pytest.mark.django_db(transaction=True)


def come(user: User, zone: ParkingZone, scan_id: str | None) -> Entered:
    return walk_in(
        actor=actor(user), arrival=Arrival("DL-01-AB-1234", zone=Ref(pk=zone.pk)), scan_id=scan_id, now=START
    )


def test_a_car_that_two_attendants_let_in_is_inside_once(staff: User, admin: User, zone: ParkingZone) -> None:
    answers = at_once([partial(come, user, zone, f"{user.pk}") for user in (staff, admin)])
    assert tally(answers) == {"ok": 1, "plate_is_inside": 1}
    assert ParkingSession.objects.count() == 1
    assert_books_agree()


def test_one_walk_in_sent_five_times_at_once_has_one_answer(staff: User, zone: ParkingZone) -> None:
    answers = at_once([partial(come, staff, zone, "gate1-7")] * 5)
    assert tally(answers) == {"ok": 5}
    assert len({answer.session.pk for answer in answers}) == 1
    assert_books_agree()


def test_a_ticket_and_a_walk_in_of_one_plate_are_one_session(staff: User, zone: ParkingZone) -> None:
    answers = at_once([partial(come, staff, zone, None), partial(take_ticket, zone, "DL-01-AB-1234", START)])
    assert sum(tally(answers).values()) - tally(answers)["ok"] == 1
    assert ParkingSession.objects.count() == 1
    assert_books_agree()
