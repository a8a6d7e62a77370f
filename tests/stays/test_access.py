"""Who gets to whose stay, by its id, its code and its bill."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import transaction

from parking.accounts.models import User
from parking.core.actor import ANYBODY, GATEWAY, SYSTEM
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.stays import access
from parking.stays.access import OfBill, QrText, StayRef
from parking.stays.models import ParkingSession
from tests.build import actor, book, make_user, take_ticket
from tests.invariants import refused

pytestmark = pytest.mark.django_db

Way = Callable[..., ParkingSession]


def _locked(ref: StayRef, *args: object, **options: bool) -> ParkingSession:
    with transaction.atomic():
        return access.lock(ref, *args, **options)  # type: ignore[arg-type]


@pytest.fixture(params=[access.find, _locked], ids=["find", "lock"])
def way(request: pytest.FixtureRequest) -> Way:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def stay(driver: User, zone: ParkingZone) -> ParkingSession:
    return book(driver, zone)


def refs(stay: ParkingSession) -> list[StayRef]:
    return [Ref(pk=stay.pk), Ref(uuid=stay.uuid), OfBill(stay.bill_id)]


def test_the_own_stay_is_found(way: Way, driver: User, stay: ParkingSession) -> None:
    assert {way(ref, actor(driver)) for ref in [*refs(stay), QrText(stay.qr_code)]} == {stay}
    assert way(Ref(pk=stay.pk), actor(driver), only_own=True) == stay


def test_attendants_and_the_system_find_every_stay(way: Way, staff: User, admin: User, stay: ParkingSession) -> None:
    for who in (actor(staff), actor(admin), SYSTEM, GATEWAY):
        assert {way(ref, who) for ref in refs(stay)} == {stay}


def test_a_strangers_stay_is_not_there(way: Way, stay: ParkingSession) -> None:
    for who in (actor(make_user()), ANYBODY):
        for ref in refs(stay):
            with refused("session_not_found"):
                way(ref, who)


def test_a_stay_without_account_is_nobodys_own(way: Way, zone: ParkingZone) -> None:
    ticket = take_ticket(zone)
    for who in (actor(make_user()), ANYBODY):
        with refused("session_not_found"):
            way(Ref(pk=ticket.pk), who)


def test_the_code_of_a_stay_is_enough(way: Way, stay: ParkingSession) -> None:
    assert way(QrText(stay.qr_code.lower()), ANYBODY) == stay


def test_only_the_own_one_even_by_its_code_and_for_attendants(way: Way, staff: User, stay: ParkingSession) -> None:
    with refused("session_not_found"):
        way(Ref(pk=stay.pk), actor(staff), only_own=True)
    with refused("qr_not_found"):
        way(QrText(stay.qr_code), actor(staff), only_own=True)


def test_what_is_not_there_is_not_found(way: Way, staff: User, stay: ParkingSession) -> None:
    for ref in (Ref(pk=stay.pk + 1), Ref(uuid=uuid4()), OfBill(stay.bill_id + 1)):
        with refused("session_not_found"):
            way(ref, actor(staff))
    for text in ("QR-000000000000", "no code at all"):
        with refused("qr_not_found"):
            way(QrText(text), actor(staff))
