"""The ticket: its states, cancelling, and who may see it."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from parking.accounts.models import User
from parking.checkout import expiring
from parking.core import clock
from parking.core.fresh import forget_all
from parking.core.plate_words import plate_words
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from tests.build import book, enter, leave, make_user, make_zone, terminate
from tests.web.driver.conftest import browser_of
from tests.web.driver.test_booking import text_of


@pytest.fixture
def booking(driver: User, zone: ParkingZone) -> ParkingSession:
    return book(driver, zone, "DL-01-AB-1234")


def stage_of(answer) -> str:
    (stage,) = re.findall(r'data-stage="(\w+)"', answer.content.decode())
    return str(stage)


def promised(answer) -> list[str]:
    return re.findall(r'name="promised" value="([^"]*)"', answer.content.decode())


# --- Whose it is -------------------------------------------------------------------------------------

ADDRESSES = ["/tickets/{}/", "/tickets/{}/live/", "/tickets/{}/pay/", "/tickets/{}/pay/live/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_else_sees_a_ticket(booking, address):
    answer = browser_of(make_user()).get(address.format(booking.pk))
    assert answer.status_code == 404
    assert "AB-1234" not in answer.content.decode() and plate_words("AB-1234") not in answer.content.decode()


@pytest.mark.parametrize("address", ["/tickets/", *ADDRESSES])
def test_a_ticket_asks_to_sign_in(booking, address):
    address = address.format(booking.pk)
    answer = browser_of().get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/sign-in/?next={address.replace('/', '%2F')}")


@pytest.mark.parametrize("address", ["/tickets/", *ADDRESSES])
def test_attendants_have_their_own_pages(booking, staff, address):
    assert browser_of(staff).get(address.format(booking.pk)).status_code == 403


def test_nobody_else_cancels(booking):
    answer = browser_of(make_user()).post(f"/tickets/{booking.pk}/cancel/", {"promised": "50.00"})
    booking.refresh_from_db()
    assert booking.status == "BOOKED"
    assert "AB-1234" not in answer.content.decode() and plate_words("AB-1234") not in answer.content.decode()
    assert answer.status_code == 404


def test_a_kept_tag_opens_no_other_ticket(page, booking):
    tag = page.get(f"/tickets/{booking.pk}/live/").headers["ETag"]
    other = book(make_user(), make_zone())
    answer = page.get(f"/tickets/{other.pk}/live/", headers={"If-None-Match": tag, "X-Live": "true"})
    assert "There is nothing here" in text_of(answer) or "not found" in text_of(answer)


# --- The list ----------------------------------------------------------------------------------------


def test_without_a_ticket_there_is_a_way_to_one(page):
    answer = page.get("/tickets/")
    assert "You have no open ticket." in text_of(answer)
    assert 'href="/zones/"' in answer.content.decode()


def test_a_single_ticket_is_shown_itself(page, booking):
    assert page.get("/tickets/").headers["Location"] == f"/tickets/{booking.pk}/"


def test_several_tickets_are_listed(page, driver, zone):
    sessions = [book(driver, zone) for _ in range(3)]
    shown = page.get("/tickets/").content.decode()
    assert all(f'class="row-link" href="/tickets/{session.pk}/"' in shown for session in sessions)


def test_the_car_inside_comes_first_with_its_cost_and_then_what_is_unpaid(page, driver, zone, staff, settings):
    now = clock.now()
    with time_machine.travel(now, tick=False):
        booked = book(driver, zone)
        inside = enter(staff, book(driver, zone, now=now - timedelta(minutes=50)), now - timedelta(minutes=40))
        settings.SIMULATED_OUTCOME = "PENDING"
        unpaid = book(driver, zone)
        answer = page.get("/tickets/")
    assert re.findall(r'class="row-link" href="/tickets/(\d+)/"', answer.content.decode()) == [
        str(session.pk) for session in (inside, unpaid, booked)
    ]
    text = text_of(answer)
    assert "₹50 so far In 26 min ₹100" in text  # the second hour begins after 1 h and 5 min of grace
    assert "Pay ₹50 by" in text
    assert text.count("Not paid yet") == 1


def test_the_list_of_tickets_costs_the_same_for_any_number(page, driver, zone, django_assert_num_queries):
    for _ in range(2):
        book(driver, zone)
    page.get("/tickets/")  # the process keeps what it read of zones and notices
    with django_assert_num_queries(4) as two:
        page.get("/tickets/")
    book(driver, zone)
    with django_assert_num_queries(len(two)):
        page.get("/tickets/")


def test_the_code_is_kept_as_a_picture_by_its_driver_alone(page, booking):
    answer = page.get(f"/tickets/{booking.pk}/code.png")
    assert answer.headers["Content-Type"] == "image/png"
    assert 'filename="parking-DL-01-AB-1234.png"' in answer.headers["Content-Disposition"]
    assert answer.content.startswith(b"\x89PNG")
    assert browser_of(make_user()).get(f"/tickets/{booking.pk}/code.png").status_code == 404


# --- States ------------------------------------------------------------------------------------------


def test_a_booked_ticket_has_all_that_the_gate_needs(page, booking):
    answer = page.get(f"/tickets/{booking.pk}/")
    text = text_of(answer)
    assert stage_of(answer) == "READY"
    for words in ("Booked", "A-001", "Zone A", "DL 01 AB 1234", booking.qr_code, "Come to the gate by"):
        assert words in text
    assert answer.content.decode().count('src="data:image/svg+xml') == 2
    assert f'data-until="{booking.enter_by.isoformat()}"' in answer.content.decode()


def test_an_unpaid_booking_shows_no_code_but_the_fee(page, driver, zone, settings):
    settings.SIMULATED_OUTCOME = "PENDING"
    unpaid = book(driver, zone)
    answer = page.get(f"/tickets/{unpaid.pk}/")
    assert stage_of(answer) == "FEE"
    assert "Pay ₹50" in text_of(answer)
    assert unpaid.qr_code not in answer.content.decode()
    assert unpaid.pay_by
    assert f'data-shown-from="{unpaid.pay_by.isoformat()}" hidden' in answer.content.decode()


def test_inside_time_and_cost_run(page, booking, staff):
    now = clock.now()
    enter(staff, booking, now)
    with time_machine.travel(now + timedelta(minutes=70), tick=False):
        answer = page.get(f"/tickets/{booking.pk}/live/")
    text = text_of(answer)
    assert stage_of(answer) == "INSIDE"
    assert "Time 1 h 10 min" in text
    assert "Parking 2 hours at ₹50 ₹100" in text
    assert "Total ₹100 Paid ₹50 Amount due ₹50" in text
    assert "Pay before leaving" in text
    assert "Pay here and drive out within 15 minutes." in text
    assert "Cancel this booking" not in text


def test_while_the_fee_covers_the_time_nothing_is_due(page, booking, staff):
    enter(staff, booking)
    text = text_of(page.get(f"/tickets/{booking.pk}/"))
    assert "Nothing more is due so far." in text
    assert "Pay before leaving" not in text


def test_the_gate_is_news_and_the_same_is_none(page, booking, staff, django_assert_num_queries):
    with time_machine.travel(clock.now(), tick=False):
        address = f"/tickets/{booking.pk}/live/"
        tag = page.get(address).headers["ETag"]
        with django_assert_num_queries(0):
            assert page.get(address, headers={"If-None-Match": tag}).status_code == 304
        enter(staff, booking)
        forget_all()
        assert stage_of(page.get(address, headers={"If-None-Match": tag})) == "INSIDE"


def test_an_open_ticket_costs_five_statements(page, booking, django_assert_num_queries):
    page.get(f"/tickets/{booking.pk}/")  # the process keeps what it read of zones and notices
    with django_assert_num_queries(5):
        page.get(f"/tickets/{booking.pk}/")


def test_after_leaving_there_are_bill_and_receipt(page, booking, staff):
    now = clock.now()
    enter(staff, booking, now)
    leave(staff, booking, now=now + timedelta(minutes=70))
    answer = page.get(f"/tickets/{booking.pk}/")
    text = text_of(answer)
    assert stage_of(answer) == "OVER"
    assert "Left through the gate" in text
    assert "Total ₹100 Paid ₹100" in text
    receipts = re.findall(r'href="/receipts/(\d+)/"', answer.content.decode())
    assert len(receipts) == 2
    assert booking.qr_code not in answer.content.decode()


def test_a_stay_that_staff_ended_tells_the_reason(page, booking, staff):
    enter(staff, booking)
    terminate(staff, booking)
    text = text_of(page.get(f"/tickets/{booking.pk}/"))
    assert "Ended by staff" in text
    assert "Driver walked away" in text


def test_who_did_not_come_reads_what_was_kept(page, booking):

    expiring.expire_no_shows(now=booking.enter_by + timedelta(seconds=1))
    text = text_of(page.get(f"/tickets/{booking.pk}/"))
    assert "Booking expired" in text
    assert "The car did not arrive by" in text
    assert "No-show ₹50" in text


def test_an_unpaid_hold_that_ended_charges_nothing(page, driver, zone, settings):

    settings.SIMULATED_OUTCOME = "PENDING"
    unpaid = book(driver, zone)
    assert unpaid.pay_by
    expiring.expire_unpaid_holds(now=unpaid.pay_by + timedelta(seconds=1))
    text = text_of(page.get(f"/tickets/{unpaid.pk}/"))
    assert "Fee not paid in time" in text
    assert "The booking fee was not paid. Your slot was released." in text
    assert "Receipt" not in text


# --- Cancelling --------------------------------------------------------------------------------------


def test_the_refund_stands_there_before_the_click(page, booking):
    answer = page.get(f"/tickets/{booking.pk}/")
    text = text_of(answer)
    assert "You get ₹50 back, if you cancel by" in text
    assert promised(answer) == ["50.00", "0"]
    end = (booking.booked_at + timedelta(minutes=5)).isoformat()
    assert f'data-shown-until="{end}"' in answer.content.decode()
    assert f'data-shown-from="{end}" hidden' in answer.content.decode()


def test_after_five_minutes_the_fee_is_kept_and_the_page_says_so(page, booking):
    with time_machine.travel(booking.booked_at + timedelta(minutes=6), tick=False):
        answer = page.get(f"/tickets/{booking.pk}/")
        assert promised(answer) == ["0"]
        assert "The fee of ₹50 is kept, because the time for a refund is over" in text_of(answer)
        page.post(f"/tickets/{booking.pk}/cancel/", {"promised": "0"})
    booking.refresh_from_db()
    assert (booking.status, booking.bill.total) == ("CANCELLED", Decimal("50.00"))


def test_cancelling_in_time_gives_the_fee_back(page, booking):
    answer = page.post(f"/tickets/{booking.pk}/cancel/", {"promised": "50.00", "key": "k"})
    assert answer.headers["Location"] == f"/tickets/{booking.pk}/"
    text = text_of(page.get(f"/tickets/{booking.pk}/"))
    assert "Cancelled" in text
    assert "₹50 was refunded to where it came from." in text
    again = page.post(f"/tickets/{booking.pk}/cancel/", {"promised": "50.00", "key": "k"})
    assert again.status_code == 302


def test_a_refund_that_is_no_longer_true_is_not_taken(page, booking):
    with time_machine.travel(booking.booked_at + timedelta(minutes=6), tick=False):
        answer = page.post(f"/tickets/{booking.pk}/cancel/", {"promised": "50.00"})
    assert answer.status_code == 200
    assert "The time for a full refund has passed" in text_of(answer)
    assert promised(answer) == ["0"]
    booking.refresh_from_db()
    assert booking.status == "BOOKED"


def test_a_car_inside_is_not_cancelled(page, booking, staff):
    enter(staff, booking)
    answer = page.post(f"/tickets/{booking.pk}/cancel/", {"promised": "0"})
    assert answer.status_code == 200
    assert "The car is inside." in text_of(answer)
    booking.refresh_from_db()
    assert booking.status == "ACTIVE"


def test_looking_at_the_address_of_cancelling_cancels_nothing(page, booking):
    answer = page.get(f"/tickets/{booking.pk}/cancel/")
    assert "Booked" in text_of(answer)
    booking.refresh_from_db()
    assert booking.status == "BOOKED"


def test_a_refund_under_way_is_told_as_such(page, booking, settings):
    settings.SIMULATED_OUTCOME = "PENDING"
    page.post(f"/tickets/{booking.pk}/cancel/", {"promised": "50.00"})
    assert "A refund of ₹50 is on its way." in text_of(page.get(f"/tickets/{booking.pk}/"))
