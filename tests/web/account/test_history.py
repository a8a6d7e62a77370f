"""A driver's history, spending, CSV, and receipts."""

import csv
import io
import re
from datetime import timedelta

import pytest
import time_machine

from parking.core import clock
from parking.core.plate_words import plate_words
from parking.payments.models import Payment
from tests.build import book, cancel, enter, leave, make_user, make_zone
from tests.web.markup import squeezed

pytestmark = pytest.mark.django_db


def stayed(driver, staff, zone, number="DL-01-AB-1234", *, days=1, hours=2):
    start = clock.now() - timedelta(days=days)
    session = enter(staff, book(driver, zone, number, now=start), now=start)
    return leave(staff, session, now=start + timedelta(hours=hours)).session


def text_of(page, heading):
    """Return the words from a heading to the list below it."""
    part = page.split(f'<h2 id="{heading}">')[1].split("<ol")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", part).replace(" ,", ",").split()).replace(" ,", ",")


def links(page, kind):
    return page.count(f'href="/{kind}/')


def read(browser, **query):
    answer = browser.get("/history/", query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def mine(browser_of, driver):
    return browser_of(driver)


def test_an_empty_history_leads_to_the_zones(mine):
    page = read(mine)
    assert "You have not booked yet." in page
    assert "/history/history.csv" not in page


def test_each_booking_leads_to_its_ticket_and_receipt(mine, driver, staff, zone):
    stay, unpaid = stayed(driver, staff, zone), book(driver, make_zone(booking_fee="0.00"), "DL-02-CD-5678")
    page = read(mine)
    assert page.index(f"/tickets/{unpaid.pk}/") < page.index(f"/tickets/{stay.pk}/")
    assert f'href="/tickets/{stay.pk}/"' in page
    assert f'href="/tickets/{unpaid.pk}/"' in page
    payment = Payment.objects.filter(bill=stay.bill).order_by("pk")[0]
    assert f'href="/receipts/{payment.pk}/"' in page
    assert links(page, "receipts") == 1
    assert "₹100" in page


@time_machine.travel("2026-11-22T06:30:00Z", tick=False)
def test_bookings_stand_by_month_with_the_sum_of_all_its_pages(mine, driver, staff, zone):
    stayed(driver, staff, zone, "DL-02-CD-5678", days=40)
    for number in range(21):
        stayed(driver, staff, zone, f"DL-01-AB-{number:04d}", days=2)
    first, second = (squeezed(read(mine, page=page)) for page in ("1", "2"))
    assert text_of(first, "month-2026-11") == "November 2026 21 bookings, ₹2,100"
    assert "month-2026-10" not in first
    assert text_of(second, "month-2026-11") == "November 2026 21 bookings, ₹2,100"
    assert text_of(second, "month-2026-10") == "October 2026 1 booking, ₹100"
    assert text_of(squeezed(read(mine, plate="CD")), "month-2026-10") == "October 2026 1 booking, ₹100"


def test_nothing_of_others_is_shown(mine, staff, zone):
    other = make_user()
    session = stayed(other, staff, zone, "KA-05-ZZ-9999")
    page = read(mine)
    assert "KA-05-ZZ-9999" not in page and plate_words("KA-05-ZZ-9999") not in page
    assert f'value="{zone.pk}"' not in page
    assert "KA-05-ZZ-9999" not in b"".join(mine.get("/history/history.csv")).decode()
    assert mine.get(f"/receipts/{Payment.objects.filter(bill=session.bill).earliest('pk').pk}/").status_code == 404


def test_filters(mine, driver, staff, zone):
    other_zone = make_zone("Zone <B>")
    stayed(driver, staff, zone, "DL-01-AB-1234", days=40)
    stayed(driver, staff, other_zone, "DL-02-CD-5678", days=2)
    cancel(driver, book(driver, zone, "DL-03-EF-9012"))
    found = {
        "status": read(mine, status="CANCELLED"),
        "zone": read(mine, zone=str(other_zone.pk)),
        "plate": read(mine, plate="ab12"),
        "last": read(mine, last=f"{clock.today() - timedelta(days=30):%Y-%m-%d}"),
    }
    plates = ["DL-01-AB-1234", "DL-02-CD-5678", "DL-03-EF-9012"]
    shown = {
        name: [place for place, number in enumerate(plates, 1) if plate_words(number) in page]
        for name, page in found.items()
    }
    assert shown == {"status": [3], "zone": [2], "plate": [1], "last": [1]}
    assert "Zone &lt;B&gt;" in found["zone"]


@pytest.mark.parametrize(
    "wrong", [{"status": "GONE"}, {"zone": "999999"}, {"zone": "x"}, {"first": "yesterday"}, {"last": "0001-13-01"}]
)
def test_a_filter_without_sense_finds_nothing_and_is_said(mine, driver, staff, zone, wrong):
    stayed(driver, staff, zone)
    page = read(mine, **wrong)
    assert f'id="id_{next(iter(wrong))}_error"' in page
    assert "No booking fits this filter." in page


def test_days_in_the_wrong_order_are_said(mine):
    assert "Not before the first day." in read(mine, first="2026-02-01", last="2026-01-01")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_do_no_harm(mine, day):
    assert 'id="id_last_error"' in read(mine, last=day)


def test_pages(mine, driver, staff, zone, django_assert_max_num_queries):
    for number in range(23):
        stayed(driver, staff, zone, f"DL-01-AB-{number:04d}")
    read(mine)  # sites and unread notices are kept for a second
    with django_assert_max_num_queries(10):
        first = read(mine, plate="AB")
    assert (first.count('class="row visit"'), "Page 1 of 2" in first) == (20, True)
    assert 'href="?plate=AB&amp;page=2"' in first
    second = read(mine, plate="AB", page="2")
    assert (second.count('class="row visit"'), "Page 2 of 2" in second) == (3, True)
    assert "Page 2 of 2" in read(mine, page="99")


@time_machine.travel("2026-11-22T06:30:00Z", tick=False)
def test_nothing_spent_draws_no_chart(mine):
    assert 'class="months"' not in mine.get("/history/").content.decode()


def test_spending_is_shown_as_figures(mine, driver, staff, zone):
    stayed(driver, staff, zone, days=1)
    page = squeezed(read(mine))
    assert text_of(page, "spending") == "November so far ₹100"
    assert page.count('class="month-paid"') == 6


# --- CSV -----------------------------------------------------------------------------------------------


def test_the_csv_has_what_the_filter_shows(mine, driver, staff, zone):
    driver.language = "en"
    stayed(driver, staff, zone, "DL-01-AB-1234")
    stayed(driver, staff, zone, "DL-02-CD-5678")
    answer = mine.get("/history/history.csv", {"plate": "CD"})
    assert answer.streaming
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="parking-{clock.today():%Y-%m-%d}.csv"'
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert len(rows) == 2
    assert "DL-02-CD-5678" in rows[1]


# --- Receipts ------------------------------------------------------------------------------------------


@pytest.fixture
def payment(driver, staff, zone):
    return Payment.objects.filter(bill=stayed(driver, staff, zone).bill).order_by("pk")[0]


@pytest.mark.parametrize("who", ["driver", "staff", "admin"])
def test_the_own_driver_and_staff_see_a_receipt(request, browser_of, payment, who):
    browser = browser_of(request.getfixturevalue(who))
    answer = browser.get(f"/receipts/{payment.pk}/")
    page = answer.content.decode()
    assert (answer.status_code, plate_words("DL-01-AB-1234") in page) == (200, True)
    policy = answer.headers["Content-Security-Policy"]
    assert ("default-src 'none'" in policy, "unsafe" in policy) == (True, False)
    assert f'href="/receipts/{payment.pk}.pdf?paper=80mm"' in page
    back = {"driver": "/history/", "staff": "/gate/", "admin": "/office/"}[who]
    assert f'href="{back}" data-back' in page


def test_the_pdf_is_a4_or_a_roll(mine, payment):
    a4, roll = mine.get(f"/receipts/{payment.pk}.pdf"), mine.get(f"/receipts/{payment.pk}.pdf", {"paper": "80mm"})
    assert a4.content.startswith(b"%PDF-")
    assert roll.content.startswith(b"%PDF-")
    assert a4.content != roll.content
    assert a4.headers["Content-Type"] == "application/pdf"
    assert mine.get(f"/receipts/{payment.pk}.pdf", {"paper": "A5"}).status_code == 404


@pytest.mark.parametrize("ending", ["/", ".pdf"])
def test_a_receipt_is_for_nobody_else(browser, browser_of, payment, ending):
    address = f"/receipts/{payment.pk}{ending}"
    assert browser_of(make_user()).get(address).status_code == 404
    assert browser.get(address).headers["Location"] == f"/sign-in/?next={address.replace('/', '%2F')}"


@pytest.mark.parametrize("wrong", ["0", "999999", "9" * 40])
def test_what_is_no_payment_is_not_there(mine, wrong):
    assert mine.get(f"/receipts/{wrong}/").status_code == 404
    assert mine.get(f"/receipts/{wrong}.pdf").status_code == 404


def test_the_frame_speaks_the_readers_language_and_the_document_english(mine, payment):
    mine.cookies["django_language"] = "hi"
    page = mine.get(f"/receipts/{payment.pk}/").content.decode()
    assert '<html lang="hi">' in page
    assert '<main lang="en">' in page
    assert "<h1>Receipt</h1>" in page
