"""The vehicles that a driver keeps at hand."""

from functools import partial

import pytest

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.facilities.models import ParkingZone
from parking.stays.queries import vehicles_of
from parking.vehicles.models import SavedVehicle, Vehicle
from parking.vehicles.saving import MOST_SAVED, forget_vehicle, save_vehicle
from tests.build import actor, book, cancel, make_user, plate
from tests.concurrency.together import at_once, tally
from tests.invariants import refused
from tests.moments import START, at

pytestmark = pytest.mark.django_db


def save(driver: User, text: str = "DL-01-AB-1234", owner_name: str = "Asha Rao", **more: str) -> SavedVehicle:
    return save_vehicle(actor=actor(driver), plate=text, owner_name=owner_name, now=START, **more)


def plates_of(driver: User) -> list[str]:
    return [saved.vehicle.vehicle_number for saved in vehicles_of(driver.pk)]


def test_a_saved_vehicle_is_on_the_list(driver: User) -> None:
    saved = save(driver, "dl 1 ab 1234", "आशा राव", vehicle_kind="EV", label="Scooter")

    found = vehicles_of(driver.pk).get()
    assert (found.pk, found.vehicle.vehicle_number, found.vehicle_kind) == (saved.pk, "DL-1-AB-1234", "EV")
    assert (found.owner_name, found.label, found.created_at) == ("आशा राव", "Scooter", START)
    assert (found.last_used_at, found.open_session_id) == (None, None)


def test_what_is_on_record_names_no_plate(driver: User) -> None:
    saved = save(driver)
    forget_vehicle(actor=actor(driver), saved_id=saved.pk, now=START)

    lines = AuditEntry.objects.order_by("pk").values_list("action", "actor_id", "subject_kind", "subject_id", "facts")
    assert list(lines) == [
        ("vehicle.saved", driver.pk, "saved_vehicle", saved.pk, {}),
        ("vehicle.forgotten", driver.pk, "saved_vehicle", saved.pk, {}),
    ]


def test_saved_again_in_another_spelling_it_is_changed(driver: User) -> None:
    first = save(driver, "DL-01-AB-1234")
    second = save(driver, "dl01ab1234", "Ravi Rao", label="Car")
    assert second.pk == first.pk
    assert vehicles_of(driver.pk).get().owner_name == "Ravi Rao"


def test_saving_leaves_the_kind_that_the_vehicle_was_booked_with(driver: User, zone: ParkingZone) -> None:
    book(driver, zone, "DL-01-AB-1234")
    save(driver, "DL-01-AB-1234", vehicle_kind="TWO_WHEELER")
    assert Vehicle.objects.get().kind == "CAR"


def test_two_drivers_may_save_one_plate(driver: User) -> None:
    other = make_user()
    save(driver)
    save(other, owner_name="Ravi Rao")
    assert [vehicles_of(user.pk).get().owner_name for user in (driver, other)] == ["Asha Rao", "Ravi Rao"]
    assert Vehicle.objects.count() == 1


def test_a_text_that_is_no_plate_is_refused(driver: User) -> None:
    with refused("vehicle_invalid"):
        save(driver, "hello")


def test_a_driver_saves_twenty_at_most(driver: User) -> None:
    texts = [plate() for _ in range(MOST_SAVED)]
    for text in texts:
        save(driver, text)
    with refused("too_many_vehicles"):
        save(driver)
    assert save(driver, texts[0], "Ravi Rao").owner_name == "Ravi Rao"
    save(make_user())


def test_a_forgotten_vehicle_is_off_the_list_and_stays_on_record(driver: User) -> None:
    saved = save(driver)
    forget_vehicle(actor=actor(driver), saved_id=saved.pk, now=START)
    assert plates_of(driver) == []
    assert Vehicle.objects.count() == 1


def test_nobody_forgets_anothers_vehicle(driver: User) -> None:
    saved = save(driver)
    with refused("vehicle_not_found"):
        forget_vehicle(actor=actor(make_user()), saved_id=saved.pk, now=START)
    assert plates_of(driver) == ["DL-01-AB-1234"]


# --- The order of the list -------------------------------------------------------------------------


def test_the_last_booked_comes_first_then_the_last_saved(driver: User, zone: ParkingZone) -> None:
    for text in ("KA-01-AB-0001", "KA-01-AB-0002", "KA-01-AB-0003", "KA-01-AB-0004"):
        save(driver, text)
    book(driver, zone, "KA-01-AB-0003", START)
    session = book(driver, zone, "KA-01-AB-0001", at(1))
    cancel(driver, session, at(2))

    assert plates_of(driver) == ["KA-01-AB-0001", "KA-01-AB-0003", "KA-01-AB-0004", "KA-01-AB-0002"]
    assert [saved.last_used_at for saved in vehicles_of(driver.pk)] == [at(1), START, None, None]


def test_only_the_own_open_booking_shows(driver: User, zone: ParkingZone) -> None:
    mine, theirs = save(driver, "KA-01-AB-0001"), save(driver, "KA-01-AB-0002")
    session = book(driver, zone, "KA-01-AB-0001")
    book(make_user(), zone, "KA-01-AB-0002")

    assert {saved.pk: saved.open_session_id for saved in vehicles_of(driver.pk)} == {
        mine.pk: session.pk,
        theirs.pk: None,
    }
    assert vehicles_of(driver.pk).get(pk=theirs.pk).last_used_at is None


def test_the_list_takes_one_statement(driver: User, zone: ParkingZone, django_assert_num_queries) -> None:
    for number in range(3):
        save(driver, plate(number))
    with django_assert_num_queries(1):
        assert len(plates_of(driver)) == 3


# --- At the same moment ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_one_vehicle_saved_eight_times_at_once_is_saved_once() -> None:
    driver = make_user()
    answers = at_once([partial(save, driver)] * 8)
    assert tally(answers) == {"ok": 8}
    assert SavedVehicle.objects.count() == Vehicle.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_new_plate_saved_by_eight_drivers_is_one_vehicle() -> None:
    answers = at_once([partial(save, make_user()) for _ in range(8)])
    assert tally(answers) == {"ok": 8}
    assert (SavedVehicle.objects.count(), Vehicle.objects.count()) == (8, 1)


@pytest.mark.django_db(transaction=True)
def test_the_limit_holds_for_calls_at_once() -> None:
    driver = make_user()
    for number in range(MOST_SAVED - 2):
        save(driver, plate(number))
    answers = at_once([partial(save, driver, plate(100 + number)) for number in range(6)])
    assert tally(answers) == {"ok": 2, "too_many_vehicles": 4}
    assert SavedVehicle.objects.count() == MOST_SAVED
