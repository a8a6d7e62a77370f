"""Slots on pages: seen, added after a look at their numbers, taken out of service and put back."""

import pytest

from parking.accounts.models import Role
from parking.audit.models import AuditEntry
from parking.core import fresh
from parking.facilities.models import ParkingSlot
from tests.build import book, enter, make_user, make_zone
from tests.web.office.forms import browser_of, hidden_fields, text_of


@pytest.fixture
def office(admin):
    return browser_of(admin)


@pytest.fixture
def small(db):
    """Zone with A-001 to A-003."""
    return make_zone("Small", slots=3)


def address(zone):
    return f"/office/zones/{zone.pk}/slots/"


def slot_of(zone, number):
    return ParkingSlot.objects.get(zone=zone, slot_number=number)


def numbers(zone):
    return list(ParkingSlot.objects.filter(zone=zone).order_by("sort_key").values_list("slot_number", flat=True))


NEXT = {"letters": "A-", "first": "4", "last": "6", "kind": "EV"}


def test_the_grid_says_each_state_in_words(office, small, driver, staff):
    book(driver, small)
    enter(staff, book(make_user(), small))
    ParkingSlot.objects.filter(slot_number="A-003").update(status="OUT_OF_SERVICE")
    page = text_of(office.get(address(small)))
    for number, state in (("A-001", "Booked"), ("A-002", "Occupied"), ("A-003", "Out of service")):
        assert f"<strong>{number}</strong><span>{state}</span>" in page


@pytest.mark.parametrize("slots", [1, 40])
def test_the_grid_costs_the_same_however_many_slots_there_are(office, slots, django_assert_num_queries):
    zone = make_zone(slots=slots)
    office.get(address(zone))  # the process keeps what it read of notices and what waits
    with django_assert_num_queries(7):  # session, account, zone, slots, zone with its counts, what waits
        office.get(address(zone))


def test_an_unchanged_grid_costs_no_statement(office, small, driver, django_assert_num_queries):
    first = office.get(f"{address(small)}live/", headers={"X-Live": "true"})
    known = {"X-Live": "true", "If-None-Match": first.headers["ETag"]}
    with django_assert_num_queries(0):
        assert office.get(f"{address(small)}live/", headers=known).status_code == 304
    book(driver, small)
    fresh.forget_all()
    assert "<strong>A-001</strong><span>Booked</span>" in text_of(office.get(f"{address(small)}live/", headers=known))


# --- Added ---------------------------------------------------------------------------------------------------


def test_the_form_goes_on_after_the_last_slot(office, small):
    form = office.get(address(small)).context["form"]
    assert {name: form[name].value() for name in ("letters", "first", "kind")} == {
        "letters": "A-",
        "first": 4,
        "kind": "CAR",
    }


def test_the_numbers_are_shown_before_they_are_made(office, small, admin):
    question = office.post(address(small), NEXT)
    page = text_of(question)
    assert question.context["numbers"] == ["A-004", "A-005", "A-006"]
    assert all(f"<li>{number}</li>" in page for number in question.context["numbers"])
    assert numbers(small) == ["A-001", "A-002", "A-003"]
    answer = office.post(address(small), hidden_fields(question) | {"step": "go"}, follow=True)
    assert "3 slots are added." in text_of(answer)
    assert numbers(small) == ["A-001", "A-002", "A-003", "A-004", "A-005", "A-006"]
    assert slot_of(small, "A-005").kind == "EV"
    assert AuditEntry.objects.filter(action="slots.added", actor_id=admin.pk).count() == 1


def test_sent_twice_they_are_made_once(office, small):
    sent = NEXT | {"step": "go"}
    office.post(address(small), sent)
    again = office.post(address(small), sent)
    assert again.context["form"].errors["first"] == ["These numbers exist already: A-004, A-005, A-006"]
    assert len(numbers(small)) == 6


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last": "3"}, "last"),
        ({"last": "2004"}, "last"),
        ({"first": "-1"}, "first"),
        ({"last": "1000000"}, "last"),
        ({"letters": "É-"}, "letters"),
        ({"letters": "A" * 17}, "letters"),
        ({"kind": "BUS"}, "kind"),
        ({"first": ""}, "first"),
        ({"first": "2"}, "first"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(office, small, change, field):
    answer = office.post(address(small), NEXT | change | {"step": "go"})
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert len(numbers(small)) == 3


def test_slots_of_a_retired_zone_are_gone(office, small):
    slot = slot_of(small, "A-001")
    office.post(f"/office/zones/{small.pk}/retire/", {"step": "go"})
    assert office.get(address(small)).status_code == 404
    assert office.get(f"/office/slots/{slot.pk}/").status_code == 404


# --- One slot ------------------------------------------------------------------------------------------------


def test_a_slot_goes_out_of_service_and_back(office, small, admin):
    slot = slot_of(small, "A-002")
    answer = office.post(f"/office/slots/{slot.pk}/", {"status": "OUT_OF_SERVICE", "kind": "CAR"}, follow=True)
    assert "Slot A-002: Car, Out of service." in text_of(answer)
    assert slot_of(small, "A-002").status == "OUT_OF_SERVICE"
    office.post(f"/office/slots/{slot.pk}/", {"status": "FREE", "kind": "VIP"})
    changed = slot_of(small, "A-002")
    assert (changed.status, changed.kind) == ("FREE", "VIP")
    assert AuditEntry.objects.filter(action="slot.changed", subject_id=slot.pk, actor_id=admin.pk).count() == 2
    assert "A-002 · Free · VIP" in text_of(office.get(f"/office/zones/{small.pk}/"))


def test_a_taken_slot_is_left_alone(office, small, driver):
    session = book(driver, small)
    address = f"/office/slots/{session.slot_id}/"
    page = text_of(office.get(address))
    assert "It can be changed when it is free." in page
    assert 'name="status"' not in page
    answer = office.post(address, {"status": "OUT_OF_SERVICE", "kind": "VIP"})
    assert "This slot is booked or occupied." in text_of(answer)
    slot = slot_of(small, "A-001")
    assert (slot.status, slot.kind) == ("BOOKED", "CAR")


@pytest.mark.parametrize("sent", [{"status": "BOOKED", "kind": "CAR"}, {"status": "FREE", "kind": "X"}, {}])
def test_a_state_that_only_a_stay_gives_is_refused(office, small, sent):
    slot = slot_of(small, "A-002")
    office.post(f"/office/slots/{slot.pk}/", sent)
    slot.refresh_from_db()
    assert (slot.status, slot.kind) == ("FREE", "CAR")


def test_what_is_not_there_is_not_found(office, db):
    assert office.get("/office/slots/999/").status_code == 404
    assert office.get("/office/zones/999/slots/").status_code == 404
    assert office.get("/office/zones/999/slots/live/").status_code == 404


@pytest.mark.parametrize("role", [Role.USER, Role.STAFF])
def test_nobody_but_a_manager_changes_slots(small, role):
    browser = browser_of(make_user(role))
    assert browser.post(address(small), NEXT | {"step": "go"}).status_code == 403
    slot = slot_of(small, "A-001")
    answer = browser.post(f"/office/slots/{slot.pk}/", {"status": "OUT_OF_SERVICE", "kind": "CAR"})
    assert answer.status_code == 403
    assert len(numbers(small)) == 3
    assert slot_of(small, "A-001").status == "FREE"
