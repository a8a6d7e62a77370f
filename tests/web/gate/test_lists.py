"""Tickets, cars inside, one stay and its end, and the grid of slots."""

from datetime import timedelta

import pytest

from parking.accounts.models import User
from parking.core import clock, fresh, site_settings
from parking.facilities.models import ParkingSlot
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Debt
from parking.stays.models import ParkingSession
from parking.web.gate import slots as slots_page
from tests.build import book, enter, make_zone, plate, reloaded
from tests.invariants import assert_books_agree, nothing_changes
from tests.web.gate.test_exit import wait_until_asked
from tests.web.markup import one_line

pytestmark = pytest.mark.django_db


# --- Tickets -----------------------------------------------------------------------------------------


def ask_for_ticket(gate, place, **fields):
    form = {"plate": "dl01ab1234", "vehicle_kind": "CAR", "zone": place.pk, "key": "once"}
    return gate.client.post("/gate/ticket/", {**form, **fields})


def test_a_ticket_shows_slot_and_code(gate, zone):
    answer = ask_for_ticket(gate, zone)
    session = ParkingSession.objects.whole().get()
    assert (answer.status_code, answer["Location"]) == (302, f"/gate/ticket/{session.pk}/")
    text = gate.client.get(answer["Location"]).content.decode()
    for shown in ("A-001", "DL 01 AB 1234", session.qr_code, "data:image/svg+xml;base64,"):
        assert shown in text
    assert (session.driver_id, session.bill.captured) == (None, 0)


def test_the_same_form_again_is_the_same_ticket(gate, zone):
    assert ask_for_ticket(gate, zone)["Location"] == ask_for_ticket(gate, zone)["Location"]
    assert ParkingSession.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"plate": "??"}, "Please check the plate."),
        ({"zone": "99"}, "Select a valid choice."),
    ],
)
def test_a_refused_ticket_shows_the_form_again(gate, zone, fields, sentence):
    with nothing_changes():
        answer = ask_for_ticket(gate, zone, **fields)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()


def test_a_full_zone_says_so(gate, driver):
    zone = make_zone("Small", slots=1)
    book(driver, zone)
    assert "Full" in gate.client.get("/gate/ticket/").content.decode()
    assert "This zone is full." in ask_for_ticket(gate, zone).content.decode()


# --- Cars inside -------------------------------------------------------------------------------------


@pytest.fixture
def car_inside(staff, driver):
    """Puts a car into a zone, some minutes ago."""

    def put(zone, number=None, minutes=30):
        before = clock.now() - timedelta(minutes=minutes)
        return enter(staff, book(driver, zone, number, before), before)

    return put


def test_cars_inside_longest_first_with_long_stays_in_words(gate, car_inside, zone):
    car_inside(zone, "KA-01-AB-0001", 61)
    car_inside(zone, "KA-01-AB-0002", 13 * 60)
    text = gate.client.get("/gate/inside/").content.decode()
    assert text.index("KA 01 AB 0002") < text.index("KA 01 AB 0001")
    assert text.count("Long stay</span>") == 1
    for shown in ("13 h 0 min", "₹650", "1 h 1 min", "₹50", "2 cars"):
        assert shown in text


@pytest.mark.parametrize(
    ("query", "shown"), [("q=ab+0001", [1]), ("zone={other}", [2]), ("long=1", [2]), ("q=zz9", []), ("zone=x", [2, 1])]
)
def test_search_and_filters(gate, car_inside, zone, query, shown):
    other = make_zone("Zone B")
    car_inside(zone, "KA-01-AB-0001", 61)
    car_inside(other, "KA-01-AB-0002", 13 * 60)
    text = gate.client.get(f"/gate/inside/?{query.format(other=other.pk)}").content.decode()
    found = sorted(
        (text.index(f">KA 01 AB 000{number}<"), number) for number in (1, 2) if f">KA 01 AB 000{number}<" in text
    )
    assert [number for _, number in found] == shown


def test_pages_of_25(gate, car_inside):
    zone = make_zone(slots=30)
    for _ in range(26):
        car_inside(zone)
    first, second = (gate.client.get(f"/gate/inside/?page={number}").content.decode() for number in (1, 2))
    assert (first.count('id="car-'), second.count('id="car-')) == (25, 1)
    assert "Page 2 of 2" in second


def test_nobody_inside(gate, zone):
    assert "No car is inside." in gate.client.get("/gate/inside/").content.decode()
    assert "No car inside fits this search." in gate.client.get("/gate/inside/?q=KA1").content.decode()


def test_a_list_costs_few_statements_however_long(gate, car_inside, django_assert_max_num_queries, monkeypatch):
    zone = make_zone(slots=20)
    for _ in range(20):
        car_inside(zone)
    # A process reads the settings twice a second, however many pages it shows.
    monkeypatch.setattr(site_settings.stored, "_seconds", 60)
    site_settings.stored.value()
    gate.client.get("/gate/inside/")  # the bell's count is kept for a second
    with django_assert_max_num_queries(6):  # brand, session, user, zones, count, cars
        gate.client.get("/gate/inside/")


@pytest.mark.parametrize("path", ["/gate/inside/live/", "/gate/slots/live/"])
def test_what_one_attendant_sees_is_not_shown_at_another_site(gate, car_inside, zone, staff, path):
    car_inside(zone)
    assert zone.name in gate.client.get(path).content.decode()
    User.objects.filter(pk=staff.pk).update(site_ids=[zone.site_id + 1])
    assert zone.name not in gate.client.get(path).content.decode()


@pytest.mark.parametrize("path", ["/gate/inside/live/", "/gate/slots/live/", "/gate/ticket/zones/"])
def test_live_parts_are_free_while_nothing_happens(gate, car_inside, zone, path, django_assert_num_queries):
    tag = gate.client.get(path, headers={"X-Live": "true"})["ETag"]
    with django_assert_num_queries(0):
        assert gate.client.get(path, headers={"X-Live": "true", "If-None-Match": tag}).status_code == 304
    car_inside(zone)
    fresh.forget_all()
    assert gate.client.get(path, headers={"X-Live": "true", "If-None-Match": tag}).status_code == 200


# --- One stay ----------------------------------------------------------------------------------------


def end(gate, session, **fields):
    form = {"reason": "Driver walked away", "method": "NONE", "key": "once"}
    return gate.client.post(f"/gate/stays/{session.pk}/terminate/", {**form, **fields})


def test_ending_a_stay_states_the_debt_first_and_then_writes_it(gate, car_inside, zone):
    session = car_inside(zone, minutes=150)
    page = gate.client.get(f"/gate/stays/{session.pk}/").content.decode()
    assert "₹100 becomes a debt of this plate." in page
    answer = end(gate, session)
    assert answer["Location"] == f"/gate/stays/{session.pk}/"
    ended = reloaded(session)
    assert (ended.status, ended.end_reason, ended.end_note) == ("COMPLETED", "TERMINATED", "Driver walked away")
    assert Debt.objects.get().amount == 100
    after = gate.client.get(f"/gate/stays/{session.pk}/").content.decode()
    assert "Ended by staff" in after
    assert "End this session" not in after
    assert_books_agree()


def test_a_stay_that_grew_dearer_meanwhile_is_shown_anew(gate, car_inside, zone):
    session = car_inside(zone, minutes=150)
    with nothing_changes():
        answer = end(gate, session, method="CASH", due="50.00")
    page = answer.content.decode()
    assert "This is not the amount due. Please check again." in page
    assert 'name="due" value="100.00"' in page
    assert end(gate, session, method="CASH", due="100.00", key="again").status_code == 302
    assert reloaded(session).bill.captured == 150


def test_looking_at_the_address_of_ending_ends_nothing(gate, car_inside, zone):
    session = car_inside(zone)
    with nothing_changes():
        assert "End this session" in gate.client.get(f"/gate/stays/{session.pk}/terminate/").content.decode()


def test_ending_twice_by_the_same_form_is_once(gate, car_inside, zone):
    session = car_inside(zone)
    assert [end(gate, session).status_code for _ in range(2)] == [302, 302]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": "no"}, "Ensure this value has at least 5 characters"),
        ({"method": "SHELLS"}, "Select a valid choice."),
        ({"method": "UPI"}, "Enter the 12 digits of the UPI reference."),
    ],
)
def test_an_end_without_reason_or_way_to_pay_is_refused(gate, car_inside, zone, fields, sentence):
    session = car_inside(zone, minutes=150)
    with nothing_changes():
        answer = end(gate, session, **fields)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()


def test_a_stay_that_another_attendant_ended_meanwhile(gate, other_gate, car_inside, zone):
    session = car_inside(zone)
    end(other_gate, session)
    text = end(gate, session, key="another").content.decode()
    assert "Ended by staff" in text
    assert 'name="reason"' not in text


def test_an_end_that_waits_for_an_online_payment(gate, car_inside, zone, gateway):
    session = car_inside(zone, minutes=150)
    gateway.outcome = GatewayState.PENDING
    end(gate, session, method="ONLINE")
    assert "The driver is paying." in gate.client.get(f"/gate/stays/{session.pk}/").content.decode()
    assert "The driver is paying." in gate.wait(session, "ending").text
    gateway.decide(GatewayState.COMPLETED)
    fresh.forget_all()
    before = gate.wait
    gate.wait = lambda stay: before(stay, "ending")
    assert "Paid. This session has ended and its slot is free." in wait_until_asked(gate, session).text


# --- Slots -------------------------------------------------------------------------------------------


def test_the_grid_shows_every_state_in_words_and_counts(gate, staff, driver):
    zone = make_zone("Zone A", slots=4)
    enter(staff, book(driver, zone, plate()))
    book(driver, zone, plate())
    ParkingSlot.objects.filter(slot_number="A-004").update(status="OUT_OF_SERVICE")
    text = gate.client.get("/gate/slots/").content.decode()
    states = ["OCCUPIED", "BOOKED", "FREE", "OUT_OF_SERVICE"]
    assert [text.count(f'<li class="slot slot-{state}"') for state in states] == [1, 1, 1, 1]
    for words in ("Occupied</span>", "Booked</span>", "Free</span>", "Out of service</span>"):
        assert words in text
    assert "<strong>1</strong> free · <strong>1</strong> booked · <strong>1</strong> occupied" in one_line(text)


def test_no_zone_yet(gate):
    assert "There is no zone yet." in gate.client.get("/gate/slots/").content.decode()
    assert "No zone is open." in gate.client.get("/gate/ticket/").content.decode()


def test_of_many_slots_only_those_of_the_chosen_zone_are_drawn(gate, monkeypatch):
    first, second = make_zone("Zone A", slots=3), make_zone("Zone B", slots=2)
    monkeypatch.setattr(slots_page, "MOST_SLOTS", 5)
    assert gate.client.get("/gate/slots/").content.decode().count('<li class="slot slot-FREE"') == 5
    monkeypatch.setattr(slots_page, "MOST_SLOTS", 4)
    text = gate.client.get("/gate/slots/").content.decode()
    assert text.count('<li class="slot slot-FREE"') == 0
    assert all(f'href="/gate/slots/?zone={zone.pk}"' in text for zone in (first, second))
    assert "<strong>3</strong> free" in one_line(text)
    text = gate.client.get(f"/gate/slots/?zone={second.pk}").content.decode()
    assert text.count('<li class="slot slot-FREE"') == 2
    assert f'data-live="/gate/slots/live/?zone={second.pk}"' in text
    assert "Zone A" not in text
    live = gate.client.get(f"/gate/slots/live/?zone={second.pk}").content.decode()
    assert live.count('<li class="slot slot-FREE"') == 2


def test_slots_of_a_zone_that_is_not_there(gate, db):
    for zone in ("x", "0", "99", "9" * 30):
        assert gate.client.get(f"/gate/slots/?zone={zone}").status_code == 404


def test_places_without_numbers_are_counted_and_not_missed(gate):
    make_zone("Ground", slots=0, marked=False)
    text = gate.client.get("/gate/slots/").content.decode()
    assert "Ground" in text
    assert "This zone has no slots yet." not in text
