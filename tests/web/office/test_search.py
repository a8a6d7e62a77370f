"""The search box of the office: what a text finds, for whom, and at what cost."""

import pytest
from django.db import connection

from parking.accounts.models import Role, User
from parking.core import clock
from parking.core.phones import LastDigits
from parking.facilities.models import ParkingSite
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from tests.build import book, cancel, enter, leave, make_user, make_zone
from tests.web.driver.test_booking import text_of
from tests.web.office.forms import browser_of

SEARCH = "/office/search/"
PART = {"X-Live": "true"}


@pytest.fixture
def office(admin):
    return browser_of(admin)


@pytest.fixture
def stay(driver, zone):
    return book(driver, zone, "DL-01-AB-1234")


def found(office, text):
    return text_of(office.get(SEARCH, {"q": text}, headers=PART))


@pytest.mark.parametrize("text", ["DL-01-AB-1234", "dl 1 ab 1234", "1234", "DL01"])
def test_a_car_that_is_expected_is_found_by_a_part_of_its_plate(office, stay, text):
    assert "DL 01 AB 1234 Zone A" in found(office, text)


@pytest.mark.parametrize("text", ["DL01AB1234", "dl 01", "1234", "b-12", "Rao", "SHA R"])
def test_a_stay_that_is_over_is_found_by_a_part_of_plate_or_owner(office, driver, zone, staff, text):
    leave(staff, enter(staff, book(driver, zone, "DL-01-AB-1234")))
    ParkingSession.objects.update(owner_name="Asha Rao")
    assert "DL 01 AB 1234" in found(office, text)


def test_a_payment_is_found_by_the_beginning_of_its_numbers(office, stay, driver):
    order, payment = PaymentOrder.objects.get(), Payment.objects.get()
    for number in (order.order_id, payment.reference):
        assert f"{number} ₹50 DL 01 AB 1234" in found(office, number[:12].lower()), number
    assert "Payments" not in found(office, order.order_id[3:12])


def test_a_refund_is_found_by_both_its_numbers(office, stay, driver):
    cancel(driver, stay)
    refund = Refund.objects.get()
    for number in (refund.refund_id, refund.gateway_refund_id):
        assert f"{number} ₹50 DL 01 AB 1234" in found(office, number), number


def test_a_bookings_number_comes_before_plates_with_the_same_digits(office, driver):
    zone = make_zone()
    first = book(driver, zone, "DL-01-AB-4567")
    ParkingSession.objects.filter(pk=first.pk).update(id=1234)
    later = book(make_user(), zone, "DL-01-AB-1234")
    ParkingSession.objects.filter(pk=later.pk).update(id=1235)
    text = found(office, "1234")
    assert 0 < text.index("4567") < text.index("1234 Zone")


def test_a_person_is_found_by_the_whole_phone_number(office, driver):
    User.objects.filter(pk=driver.pk).update(phone="9845012345")
    assert f"People {driver.username}" in found(office, "9845012345")


@pytest.mark.parametrize("kept", ["9845012345", "+91 98450 12345", "098450-12345"])
def test_a_whole_number_is_found_however_it_is_written(office, driver, kept):
    User.objects.filter(pk=driver.pk).update(phone=kept)
    make_user(username="other")
    User.objects.filter(username="other").update(phone="9845012346")
    for text in ("9845012345", "+91 9845012345", "+91 (98450) 12345", "09845012345"):
        assert found(office, text).count(driver.username) == 1, text
        assert "other" not in found(office, text), text


def test_a_whole_number_is_looked_up_by_its_index(admin):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The tables of a test are so small that reading them whole is cheaper.
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = User.objects.alias(number=LastDigits("phone")).filter(number="9845012345").explain()
    assert "user_by_phone" in plan


def test_a_part_of_a_number_and_a_number_in_an_address_are_found(office, driver):
    User.objects.filter(pk=driver.pk).update(phone="+91 98450 12345", email="9000000001@mail.example")
    for text in ("98450 12", "9000000001"):
        assert f"People {driver.username}" in found(office, text), text


def test_who_is_called_like_the_number_of_somebody_else_is_found_beside_them(office, driver):
    User.objects.filter(pk=driver.pk).update(phone="9845012345")
    make_user(username="9845012345")
    text = found(office, "9845012345")
    assert driver.username in text
    assert "9845012345 " in text.split("People", 1)[1].replace(driver.username, "", 1)


def test_the_number_the_qr_code_and_the_payment_of_a_booking_lead_to_it(office, stay):
    order, payment = PaymentOrder.objects.get(), Payment.objects.get()
    for text in (stay.qr_code, stay.qr_code.lower(), str(stay.uuid), order.order_id, payment.reference):
        answer = office.get(SEARCH, {"q": text})
        assert (answer.status_code, answer["Location"]) == (302, f"/office/sessions/{stay.pk}/"), text
    assert f"{payment.reference} ₹50 DL 01 AB 1234" in found(office, payment.reference)


def test_people_and_pages_are_found_by_name(office, driver):
    assert f"People {driver.username}" in found(office, driver.username)
    assert "Pages Revenue" in found(office, "reven")
    assert office.get(SEARCH, {"q": "revenue"})["Location"] == "/office/revenue/"


@pytest.mark.parametrize("text", ["", "a", "\0", "%", "' OR 1=1 --", "🚗" * 200, "9" * 40])
def test_anything_may_be_typed(office, stay, text):
    assert office.get(SEARCH, {"q": text}).status_code == 200
    assert office.get(SEARCH, {"q": text}, headers=PART).status_code == 200


def test_what_is_typed_is_shown_as_text(office):
    content = office.get(SEARCH, {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in content


def test_nothing_of_another_site_is_found(office, admin, stay):
    other = ParkingSite.objects.create(name="Airport", code="AIR", state="OPEN", created_at=clock.now())
    User.objects.filter(pk=admin.pk).update(site_ids=[other.pk])
    for text in ("DL01AB1234", "1234", stay.qr_code, Payment.objects.get().reference, stay.driver.username):
        assert "Nothing found" in found(office, text), text


def test_an_auditor_searches_and_an_attendant_does_not(stay):
    assert "DL 01 AB 1234" in found(browser_of(make_user(Role.AUDITOR)), "DL01")
    assert browser_of(make_user(Role.STAFF)).get(SEARCH).status_code == 403


def test_a_search_takes_the_same_statements_for_many_as_for_one(office, stay, driver, django_assert_max_num_queries):
    for _ in range(8):
        book(make_user(), make_zone(), None)
    with django_assert_max_num_queries(11):
        office.get(SEARCH, {"q": "KA"}, headers=PART)
