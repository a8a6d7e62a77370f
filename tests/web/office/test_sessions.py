"""The list of stays, its files, and the story of one."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from parking.accounts.models import Role
from parking.core import clock, fresh
from parking.stays.models import ParkingSession
from tests.build import book, cancel, enter, leave, make_user, make_zone, quote, take_ticket, terminate
from tests.web.office.forms import browser_of, text_of

LIST = "/office/sessions/"


@pytest.fixture
def office(admin):
    return browser_of(admin)


def numbers(answer):
    return [session.pk for session in answer.context["sheet"].rows]


# --- Searching -------------------------------------------------------------------------------------------


@pytest.fixture
def three(driver, staff, zone):
    other = make_zone("Zone B")
    first = book(driver, zone, "DL-01-AB-1234")
    # A search for the number of the first also finds plates that have it as a part, so this one has no digit of it.
    digit = next(digit for digit in "123456789" if digit not in str(first.pk))
    second = enter(staff, book(driver, other, f"KA-0{digit}-MH-{digit * 4}"))
    third = take_ticket(zone, "MH-12-XY-9999")
    return first, second, third


def test_all_stays_newest_first(office, three):
    assert numbers(office.get(LIST)) == [session.pk for session in reversed(three)]


@pytest.mark.parametrize("text", ["dl 01 ab", "DL-1-AB-1234", "{pk}", "{qr}"])
def test_search_finds_by_plate_number_and_code(office, three, text):
    first = three[0]
    asked = text.format(pk=first.pk, qr=first.qr_code.lower())
    found = numbers(office.get(LIST, {"q": asked}))
    assert first.pk in found
    assert three[1].pk not in found


def test_search_finds_by_the_owners_name_in_any_script(office, three):
    ParkingSession.objects.filter(pk=three[1].pk).update(owner_name="रमेश कुमार")
    answer = office.get(LIST, {"q": "रमेश"})
    assert numbers(answer) == [three[1].pk]
    assert "रमेश कुमार" in text_of(answer)


def test_filters_narrow_together(office, three, zone):
    assert numbers(office.get(LIST, {"state": "ACTIVE"})) == [three[1].pk]
    assert numbers(office.get(LIST, {"zone": zone.pk, "state": "BOOKED"})) == [three[2].pk, three[0].pk]
    today = f"{clock.today()}"
    assert len(numbers(office.get(LIST, {"from": today, "to": today}))) == 3
    assert numbers(office.get(LIST, {"to": f"{clock.today() - timedelta(days=1)}"})) == []


@pytest.mark.parametrize("days", [{"from": "0001-01-01"}, {"to": "9999-12-31"}, {"to": "0001-02-01"}])
@pytest.mark.parametrize("page", ["sessions", "payments", "revenue"])
def test_days_at_the_ends_of_the_calendar_are_refused(office, page, days):
    answer = office.get(f"/office/{page}/", days)
    assert answer.status_code == 200
    assert "Enter a date such as 2026-11-22." in text_of(answer)
    assert office.get(f"/office/{page}/file/csv/", days).status_code == 400


def test_long_stays_alone(office, driver, staff, zone):
    since = clock.now() - timedelta(hours=13)
    long = enter(staff, book(driver, zone, now=since), now=since)
    enter(staff, book(driver, zone))
    answer = office.get(LIST, {"long": "on"})
    assert numbers(answer) == [long.pk]
    assert "Long stay" in text_of(answer)


def test_sorting_says_how_and_turns_round(office, three):
    answer = office.get(LIST, {"sort": "plate"})
    assert numbers(answer) == [session.pk for session in three]
    assert 'aria-sort="ascending"><a href="?sort=-plate"' in text_of(answer)


def test_pages_keep_filter_and_sorting(office, driver, staff, zone):
    for _ in range(26):
        cancel(driver, book(driver, zone))
    answer = office.get(LIST, {"state": "CANCELLED", "sort": "number", "page": "2"})
    sheet = answer.context["sheet"]
    assert (sheet.first, sheet.last, sheet.count, sheet.number, sheet.pages) == (26, 26, 26, 2, 2)
    assert sheet.before == "?state=CANCELLED&sort=number&page=1"
    assert "26 to 26 of 26" in text_of(answer)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from=abc", "Enter a date such as 2026-11-22."),
        ("from=2026-11-22&to=2026-11-01", "Not before the first day"),
        ("zone=999999", "The filter is not right"),
        ("zone=x", "The filter is not right"),
        ("state=NOPE", "The filter is not right"),
        ("page=999", "There is no such page. This is page 1."),
        ("page=abc", "There is no such page. This is page 1."),
        ("page=-1", "There is no such page. This is page 1."),
    ],
)
def test_wrong_addresses_get_a_sentence(office, three, query, sentence):
    answer = office.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert sentence in text_of(answer)


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%F0%9F%98%80", "sort=nope", "q=" + "x" * 500, "from=%00", "long=1&long=2"]
)
def test_nothing_typed_into_the_address_breaks_it(office, three, query):
    assert office.get(f"{LIST}?{query}").status_code == 200


def test_empty_lists_say_why(office, zone):
    assert "There are no bookings yet." in text_of(office.get(LIST))
    assert "No booking fits this filter." in text_of(office.get(LIST, {"q": "nobody"}))


def test_a_page_costs_the_same_however_many_rows(office, driver, staff, zone):
    def cost():
        office.get(LIST)  # the process keeps what it read of zones, notices and what waits
        with CaptureQueriesContext(connection) as found:
            office.get(LIST, {"sort": "-paid"})
        return len(found)

    book(driver, zone)
    few = cost()
    for _ in range(8):
        leave(staff, enter(staff, book(driver, zone)))
    assert cost() == few


# --- Files -----------------------------------------------------------------------------------------------


def test_csv_has_the_rows_of_the_filter_and_opens_in_spreadsheets(office, three):
    ParkingSession.objects.filter(pk=three[0].pk).update(owner_name="=HYPERLINK(1)")
    answer = office.get(f"{LIST}file/csv/", {"state": "BOOKED", "zone": three[0].zone_id})
    text = b"".join(answer.streaming_content).decode()
    assert answer.streaming
    assert answer.headers["Content-Disposition"] == f'attachment; filename="sessions-{clock.today()}.csv"'
    assert text.startswith("\ufeffBooking number,Long number,")
    assert "'=HYPERLINK(1)" in text
    assert "KA-05-MH-0042" not in text


def test_xlsx_keeps_names(office, three):
    ParkingSession.objects.filter(pk=three[0].pk).update(owner_name="José रमेश")
    answer = office.get(f"{LIST}file/xlsx/")
    rows = list(load_workbook(BytesIO(b"".join(answer.streaming_content))).active.values)
    assert (len(rows), rows[4][0]) == (5, "Total")
    assert "José रमेश" in rows[3]


def test_files_refuse_what_they_cannot_mean(office):
    assert office.get(f"{LIST}file/csv/?from=abc").status_code == 400
    assert office.get(f"{LIST}file/pdf/").status_code == 404


# --- One stay --------------------------------------------------------------------------------------------


def test_the_story_names_who_did_what(office, driver, staff, zone):
    session = enter(staff, book(driver, zone))
    quote(staff, session)
    leave(staff, session, tendered="200")
    answer = office.get(f"{LIST}{session.pk}/")
    told = [(event.title, event.who, event.where) for event in answer.context["events"]]
    assert told[0] == ("Booked", driver.username, "Driver")
    assert ("Car let in", staff.username, "Gate attendant") in told
    assert ("Bill shown and fixed for a short time", staff.username, "Gate attendant") in told
    assert ("Left through the gate", staff.username, "Gate attendant") in told
    page = text_of(answer)
    assert session.qr_code in page
    assert f'href="/office/users/{driver.pk}/"' in page


def test_every_code_of_the_story_has_words(office, driver, staff, admin, zone):
    session = terminate(staff, enter(staff, book(driver, zone))).session
    page = text_of(office.get(f"{LIST}{session.pk}/"))
    assert "Driver walked away" in page
    for code in ("session.", "payment.", "order.", "refund.", "debt."):
        assert f">{code}" not in page


def test_a_stay_that_is_not_there(office):
    assert office.get(f"{LIST}999999/").status_code == 404


def test_the_story_follows(office, driver, staff, zone):
    session = book(driver, zone)
    address = f"{LIST}{session.pk}/live/"
    tag = office.get(address).headers["ETag"]
    assert office.get(address, headers={"If-None-Match": tag}).status_code == 304
    enter(staff, session)
    fresh.forget_all()
    answer = office.get(address, headers={"If-None-Match": tag})
    assert "Car let in" in text_of(answer)


def test_a_long_story_costs_no_more(office, driver, staff, zone):
    def cost(session):
        office.get(LIST)  # the process keeps what it read of zones, notices and what waits
        with CaptureQueriesContext(connection) as found:
            office.get(f"{LIST}{session.pk}/")
        return len(found)

    short = leave(staff, enter(staff, book(driver, zone))).session
    long = enter(staff, book(driver, zone))
    for minutes in range(0, 60, 12):
        quote(staff, long, clock.now() + timedelta(minutes=minutes))
    leave(staff, long, now=clock.now() + timedelta(hours=2))
    assert cost(long) <= cost(short)


@pytest.mark.parametrize("role", [Role.USER, Role.STAFF])
@pytest.mark.parametrize("path", ["", "1/", "1/live/", "1/terminate/", "file/csv/"])
def test_only_managers(role, path, db):
    assert browser_of(make_user(role)).get(f"{LIST}{path}").status_code == 403


# --- The usual filters -----------------------------------------------------------------------------------


def test_a_chip_says_how_many_rows_it_leaves_and_leads_to_them(office, driver, staff, zone):
    now = clock.now()
    day_before = now - timedelta(days=1, hours=1)
    owing = enter(staff, book(driver, zone, now=day_before), now=day_before)
    terminate(staff, owing, now=day_before + timedelta(hours=2))
    enter(staff, book(driver, zone, now=now), now=now)
    chips = {chip.label: chip for chip in office.get(LIST).context["chips"]}
    assert {label: chip.number for label, chip in chips.items()} == {
        "Today": 1, "Inside": 1, "Unpaid": 1, "Long stay": 0,
    }  # fmt: skip
    for chip in chips.values():
        answer = office.get(f"{LIST}{chip.href}")
        assert answer.context["sheet"].count == chip.number
        [chosen] = [one for one in answer.context["chips"] if one.is_current]
        # Chosen, it leads back to all.
        assert (chosen.label, chosen.href) == (chip.label, "?")


def test_rows_say_how_long_and_what_is_due(office, driver, staff, zone):
    since = clock.now() - timedelta(minutes=140)
    enter(staff, book(driver, zone, now=since), now=since)
    [(_, bill)] = office.get(LIST).context["rows"]
    assert (bill.parked_minutes, bill.due, bill.paid) == (140, 100, 50)
