"""Paying from the phone, and what the page that waits claims to know."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from parking.accounts.models import User
from parking.checkout import expiring, settling
from parking.core import clock
from parking.core.plate_words import plate_words
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.payments.models import PaymentOrder
from parking.stays.models import ParkingSession
from tests.build import book, enter, leave, make_user, pay_ahead, take_ticket
from tests.gateway import FakeGateway
from tests.invariants import nothing_changes
from tests.web.driver.conftest import browser_of
from tests.web.driver.test_booking import text_of


@pytest.fixture
def unpaid(driver: User, zone: ParkingZone, gateway: FakeGateway) -> ParkingSession:
    """A booking whose fee waits at a gateway with a page."""
    gateway.outcome = GatewayState.PENDING
    return book(driver, zone, "DL-01-AB-1234")


@pytest.fixture
def inside(driver: User, staff: User, zone: ParkingZone) -> ParkingSession:
    """A car that owes ₹50 more."""
    session = book(driver, zone, now=clock.now() - timedelta(minutes=80))
    enter(staff, session, clock.now() - timedelta(minutes=70))
    return session


def later(seconds: int = 3):
    """Orders are asked after every two seconds at most."""
    return time_machine.travel(clock.now() + timedelta(seconds=seconds), tick=False)


def checked(page: Client, address: str) -> str:
    """Let the server ask the gateway, as the page does before it looks again; answers the page's address."""
    base = address.removesuffix("live/")
    assert page.post(f"{base}check/", headers={"X-Live": "true"}).status_code == 204
    return address


# --- The payment page ----------------------------------------------------------------------------------


def test_the_way_to_the_gateway_is_a_link_and_a_picture(page, unpaid):
    order = PaymentOrder.objects.get()
    content = page.get(f"/tickets/{unpaid.pk}/pay/").content.decode()
    assert f'href="https://gateway.example/{order.order_id}"' in content
    assert f'href="upi://pay?tr={order.order_id}"' in content
    assert 'src="data:image/svg+xml' in content
    assert f'data-until="{unpaid.pay_by.isoformat()}"' in content
    assert "₹50 to pay" in content


def test_the_page_goes_on_to_the_ticket_when_the_money_is_there(page, unpaid, gateway):
    address = f"/tickets/{unpaid.pk}/pay/live/"
    assert "Waiting for the payment." in text_of(page.get(address))
    gateway.decide(GatewayState.COMPLETED)
    with later():
        with nothing_changes():
            assert page.get(address).status_code == 200
        answer = page.get(checked(page, address))
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"/tickets/{unpaid.pk}/")
    unpaid.bill.refresh_from_db()
    assert unpaid.bill.paid == Decimal("50.00")


def test_a_declined_fee_is_told_with_a_second_try_while_the_slot_is_held(page, unpaid, gateway):
    gateway.decide(GatewayState.FAILED)
    with later():
        answer = page.get(checked(page, f"/tickets/{unpaid.pk}/pay/live/"))
    held = timezone.localtime(unpaid.pay_by).strftime("%H:%M")
    assert f"The payment did not go through. The slot is held until {held}. Try again" in text_of(answer)
    assert f'href="/tickets/{unpaid.pk}/pay/"' in answer.content.decode()


def test_a_declined_fee_of_a_booking_that_is_over_leads_to_a_new_booking(page, unpaid, gateway, zone):
    gateway.decide(GatewayState.FAILED)
    with later():
        checked(page, f"/tickets/{unpaid.pk}/pay/live/")
    expiring.expire_unpaid_holds(now=unpaid.pay_by + timedelta(seconds=1))
    answer = page.get(f"/tickets/{unpaid.pk}/pay/live/")
    assert "The payment did not go through. Book again" in text_of(answer)
    assert f'href="/zones/{zone.pk}/"' in answer.content.decode()


def test_a_gateway_that_is_silent_changes_nothing(page, unpaid, gateway):
    gateway.reachable = False
    with later():
        assert "Waiting for the payment." in text_of(page.get(checked(page, f"/tickets/{unpaid.pk}/pay/live/")))


def test_what_is_due_is_shown_before_it_is_asked_for(page, inside):
    text = text_of(page.get(f"/tickets/{inside.pk}/pay/"))
    assert "Total ₹100 Paid ₹50 Amount due ₹50" in text
    assert "Pay ₹50" in text
    assert "15 minutes more to drive out" in text


def test_paying_before_leaving_opens_the_way_out(page, inside):
    answer = page.post(f"/tickets/{inside.pk}/pay/", {})
    assert answer.headers["Location"] == f"/tickets/{inside.pk}/"
    text = text_of(page.get(f"/tickets/{inside.pk}/"))
    assert "Paid, you may leave" in text
    assert "Show the code at the exit by" in text


def test_paying_twice_asks_for_nothing_more(page, inside, driver):
    pay_ahead(driver, inside)
    answer = page.post(f"/tickets/{inside.pk}/pay/", {})
    assert answer.status_code == 200
    assert "Nothing is due now." in text_of(answer)
    assert PaymentOrder.objects.filter(bill=inside.bill).count() == 2


def test_what_is_paid_already_has_no_payment_page(page, driver, zone):
    session = book(driver, zone)
    assert page.get(f"/tickets/{session.pk}/pay/").headers["Location"] == f"/tickets/{session.pk}/"


def test_a_way_to_pay_that_is_not_offered_is_refused(page, inside):
    answer = page.post(f"/tickets/{inside.pk}/pay/", {"gateway": "PHONEPE"})
    assert answer.status_code == 200
    assert PaymentOrder.objects.filter(bill=inside.bill).count() == 1


def test_ways_to_pay_are_asked_for_where_there_are_several(page, inside, settings):
    settings.GATEWAYS = ["SIMULATED", "PHONEPE"]
    content = page.get(f"/tickets/{inside.pk}/pay/").content.decode()
    assert content.count('type="radio" name="gateway"') == 2
    settings.GATEWAYS = ["SIMULATED"]
    assert 'name="gateway"' not in page.get(f"/tickets/{inside.pk}/pay/").content.decode()


def test_nobody_else_pays(inside):
    answer = browser_of(make_user()).post(f"/tickets/{inside.pk}/pay/", {})
    assert answer.status_code == 404
    assert PaymentOrder.objects.filter(bill=inside.bill).count() == 1


# --- Coming back -----------------------------------------------------------------------------------------


def returning(order: PaymentOrder, live: str = "") -> str:
    return f"/pay/return/{order.order_id}/{live}"


def test_who_comes_back_before_the_money_waits(page, unpaid):
    order = PaymentOrder.objects.get()
    answer = page.get(returning(order))
    assert "Waiting for confirmation" in text_of(answer)
    assert f'data-live="{returning(order, "live/")}"' in answer.content.decode()
    assert 'data-after-seconds="45" hidden' in answer.content.decode()


def test_who_comes_back_after_the_money_goes_to_the_ticket(page, unpaid, gateway):
    gateway.decide(GatewayState.COMPLETED)
    address = returning(PaymentOrder.objects.get())
    with later(), nothing_changes():
        assert "Waiting for confirmation" in text_of(page.get(address))
    with later():
        answer = page.get(checked(page, address))
    assert answer.headers["Location"] == f"/tickets/{unpaid.pk}/"


def test_the_waiting_page_goes_on_by_itself(page, unpaid, gateway):
    gateway.decide(GatewayState.COMPLETED)
    with later():
        answer = page.get(checked(page, returning(PaymentOrder.objects.get(), "live/")), headers={"X-Live": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"/tickets/{unpaid.pk}/")


def test_who_comes_back_from_a_declined_fee_may_try_again_or_reads_that_the_slot_is_gone(page, unpaid, gateway, zone):
    gateway.decide(GatewayState.FAILED)
    address = returning(PaymentOrder.objects.get())
    with later():
        held = page.get(checked(page, address))
    assert "The payment did not go through" in text_of(held)
    assert f'href="/tickets/{unpaid.pk}/pay/">Try again' in held.content.decode()
    expiring.expire_unpaid_holds(now=unpaid.pay_by + timedelta(seconds=1))
    over = page.get(address)
    assert "Your slot was released." in text_of(over)
    assert f'href="/zones/{zone.pk}/">Book again' in over.content.decode()


def test_a_declined_payment_inside_can_be_tried_again(page, inside, gateway):
    gateway.outcome = GatewayState.PENDING
    page.post(f"/tickets/{inside.pk}/pay/", {})
    order = PaymentOrder.objects.filter(bill=inside.bill).latest("pk")
    gateway.decide(GatewayState.FAILED)
    with later():
        answer = page.get(checked(page, returning(order)))
    assert f'href="/tickets/{inside.pk}/pay/">Try again' in answer.content.decode()
    assert "The slot went back" not in text_of(answer)


def test_what_hangs_is_not_called_paid_nor_lost(page, unpaid):
    with later(200):
        answer = page.get(checked(page, returning(PaymentOrder.objects.get(), "live/")))
    assert 'data-after-seconds="45">We do not know yet.' in answer.content.decode()
    assert "If money left your account, it will be credited to your booking or refunded automatically." in text_of(
        answer
    )


def test_a_payment_that_was_given_up_says_so(page, driver, inside, gateway):
    gateway.outcome = GatewayState.PENDING
    page.post(f"/tickets/{inside.pk}/pay/", {})
    PaymentOrder.objects.filter(bill=inside.bill, status="PENDING").update(status="EXPIRED")
    order = PaymentOrder.objects.filter(bill=inside.bill).latest("pk")
    assert "This payment is no longer expected" in text_of(page.get(returning(order)))


def test_a_payment_in_review_names_its_number(page, unpaid):
    PaymentOrder.objects.update(status="REVIEW", is_definite=True)
    order = PaymentOrder.objects.get()
    text = text_of(page.get(returning(order)))
    assert "Payment is being checked" in text
    assert order.order_id in text


@pytest.fixture
def checking(unpaid):
    """A booking whose payment came, and does not fit."""
    PaymentOrder.objects.update(status="REVIEW", is_definite=True)
    return unpaid


IN_REVIEW = "Your payment arrived and is being checked. Please do not pay again."


def test_a_payment_in_review_is_not_asked_for_again(page, checking):
    for address in ("pay/", ""):
        answer = page.get(f"/tickets/{checking.pk}/{address}", follow=True)
        assert IN_REVIEW in text_of(answer)
        assert f'href="/tickets/{checking.pk}/pay/"' not in answer.content.decode()
    assert page.get(f"/tickets/{checking.pk}/pay/live/").headers["HX-Redirect"] == f"/tickets/{checking.pk}/"


def test_nobody_pays_a_second_time_while_a_payment_is_checked(page, checking):
    answer = page.post(f"/tickets/{checking.pk}/pay/", {})
    assert (answer.status_code, IN_REVIEW in text_of(answer)) == (200, True)
    assert PaymentOrder.objects.count() == 1


def test_a_payment_in_review_is_told_of_in_history_and_after_the_booking_expired(page, checking):
    expiring.expire_unpaid_holds(now=checking.pay_by + timedelta(seconds=1))
    text = text_of(page.get(f"/tickets/{checking.pk}/"))
    assert IN_REVIEW in text
    assert "The payment could not be confirmed in time. Your slot was released." in text
    assert "Payment is being checked" in text_of(page.get("/history/"))


def test_a_review_that_was_closed_is_no_longer_told_of(page, checking):
    PaymentOrder.objects.update(review_closed_at=clock.now())
    assert IN_REVIEW not in text_of(page.get(f"/tickets/{checking.pk}/"))


def test_a_list_tells_an_unpaid_booking_from_one_that_is_booked(page, unpaid, gateway, driver, zone):
    gateway.outcome = GatewayState.COMPLETED
    book(driver, zone)
    for address in ("/tickets/", "/history/"):
        states = re.findall(r'"(?:state|badge) (?:state|badge)-\w+">([^<]+)<', page.get(address).content.decode())
        assert sorted(states) == ["Booked", "Not paid yet"], address


@pytest.mark.parametrize("live", ["", "live/"])
def test_nobody_else_sees_a_payment(unpaid, live):
    answer = browser_of(make_user()).get(returning(PaymentOrder.objects.get(), live))
    assert answer.status_code == 404
    assert "AB-1234" not in answer.content.decode() and plate_words("AB-1234") not in answer.content.decode()


def test_nobody_else_lets_the_gateway_be_asked(unpaid, gateway):
    gateway.calls.clear()
    order = PaymentOrder.objects.get()
    for address in (returning(order, "check/"), f"/tickets/{unpaid.pk}/pay/check/"):
        assert browser_of(make_user()).post(address).status_code == 404
        assert browser_of().post(address).headers["Location"] == "/sign-in/"
    assert gateway.calls == []


@pytest.mark.parametrize("signed_in", [True, False])
def test_asking_the_gateway_needs_a_post_with_its_token(driver, unpaid, signed_in, gateway):
    browser = Client(enforce_csrf_checks=True)
    if signed_in:
        browser.force_login(driver, backend="django.contrib.auth.backends.ModelBackend")
    address = returning(PaymentOrder.objects.get())
    assert browser.get(f"{address}check/").status_code == 405
    assert browser.post(f"{address}check/").status_code == 403
    gateway.calls.clear()
    browser.get(address)
    assert gateway.calls == []


def test_the_page_that_a_payer_comes_back_to_brings_the_token_with_it(page, unpaid):
    assert page.get(returning(PaymentOrder.objects.get())).cookies["csrftoken"].value


def test_who_comes_back_without_a_session_signs_in_and_comes_again(unpaid):
    address = returning(PaymentOrder.objects.get())
    answer = browser_of().get(address)
    assert answer.headers["Location"] == f"/sign-in/?next={address.replace('/', '%2F')}"


def test_the_gateway_is_asked_every_two_seconds_at_most(page, unpaid, gateway):
    gateway.calls.clear()
    with later():
        for _ in range(4):
            page.get(checked(page, returning(PaymentOrder.objects.get(), "live/")))
    assert gateway.calls == ["fetch_order"]


def test_money_that_comes_after_the_end_is_told_to_go_back(page, unpaid, gateway):
    expiring.expire_unpaid_holds(now=unpaid.pay_by + timedelta(seconds=1))
    gateway.decide(GatewayState.COMPLETED)
    settling.collect(order=PaymentOrder.objects.get(), now=clock.now())
    text = text_of(page.get(f"/tickets/{unpaid.pk}/"))
    assert "₹50 was refunded to where it came from." in text


def test_who_parks_without_account_reads_how_the_payment_stands_and_no_more(staff, zone, gateway):
    walk_in = take_ticket(zone, "DL-01-AB-1234", clock.now() - timedelta(minutes=70))
    enter(staff, walk_in, clock.now() - timedelta(minutes=70))
    gateway.outcome = GatewayState.PENDING
    leave(staff, walk_in, "ONLINE")
    address = returning(PaymentOrder.objects.get())
    waiting = browser_of().get(address)
    assert "Waiting for confirmation" in text_of(waiting)
    assert "AB-1234" not in waiting.content.decode() and plate_words("AB-1234") not in waiting.content.decode()
    gateway.decide(GatewayState.COMPLETED)
    with later():
        paid = browser_of().get(checked(browser_of(), f"{address}live/"), headers={"X-Live": "true"})
    assert "Payment received" in text_of(paid)
    assert b"<html" not in paid.content
