"""A driver's own bookings as a CSV file."""

import csv

import pytest
from django.utils import translation

from parking.accounts.models import User
from parking.facilities.calendars import zones_of_sites
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.reports.history import history_csv
from parking.stays.models import ParkingSession
from parking.stays.queries import history_of
from tests.build import book, cancel, enter, leave, make_user
from tests.reports.story import ist

pytestmark = pytest.mark.django_db

HEADING = [
    "Booking", "Status", "Zone", "Slot", "Vehicle", "Name", "Booked", "Entry", "Exit", "Minutes", "Total (₹)",
    "Paid (₹)",
]  # fmt: skip


def read(driver: User, language: str = "en") -> list[list[str]]:
    rows = history_of(driver.pk, status=None, first=None, last=None, zone=None)
    lines = list(history_csv(rows, language=language, now=ist("23 12:00")))
    text = "".join(lines).encode().decode("utf-8-sig")
    assert lines[0].startswith("\ufeff") and not text.startswith("\ufeff")
    return list(csv.reader(text.splitlines()))


def test_each_booking_is_a_row_newest_first(driver: User, staff: User, zone: ParkingZone) -> None:
    left = enter(staff, book(driver, zone, "DL-01-AB-1234", ist("23 09:00")), ist("23 09:05"))
    leave(staff, left, now=ist("23 10:11"))
    cancelled = book(driver, zone, "DL-01-AB-1234", ist("23 10:20"))
    cancel(driver, cancelled, ist("23 10:21"))
    inside = enter(staff, book(driver, zone, "DL-01-AB-1234", ist("23 10:30")), ist("23 10:30"))
    book(make_user(), zone)

    same = ["Zone A", "A-001", "DL-01-AB-1234", "Asha Rao"]
    assert read(driver) == [
        HEADING,
        [str(inside.pk), "Car inside", *same, "2026-11-23T10:30:00+05:30", "2026-11-23T10:30:00+05:30", "", "90",
         "100.00", "50.00"],
        [str(cancelled.pk), "Cancelled", *same, "2026-11-23T10:20:00+05:30", "", "", "0", "0.00", "0.00"],
        [str(left.pk), "Completed", *same, "2026-11-23T09:00:00+05:30", "2026-11-23T09:05:00+05:30",
         "2026-11-23T10:11:00+05:30", "66", "100.00", "100.00"],
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "cell"), [("आशा राव", "आशा राव"), ("=1+1", "'=1+1"), ('José, "J"', 'José, "J"')])
def test_names_survive_and_formulas_do_not_run(driver: User, zone: ParkingZone, name: str, cell: str) -> None:
    session = book(driver, zone)
    ParkingSession.objects.filter(pk=session.pk).update(owner_name=name)
    assert read(driver)[1][5] == cell


def test_a_slot_is_not_opened_as_a_date(driver: User, zone: ParkingZone) -> None:
    ParkingSlot.objects.filter(zone=zone).exclude(slot_number="A-001").delete()
    ParkingSlot.objects.update(slot_number="1-2", sort_key="1-2")
    book(driver, zone)
    assert read(driver)[1][3] == '="1-2"'


def test_the_words_are_of_the_language_whatever_is_spoken_while_it_is_sent(driver: User, zone: ParkingZone) -> None:
    book(driver, zone)
    rows = history_of(driver.pk, status=None, first=None, last=None, zone=None)
    lines = history_csv(rows, language="hi", now=ist("23 12:00"))
    with translation.override("en"):
        sent = list(lines)
    with translation.override("hi"):
        assert translation.gettext("Booked") in sent[1]


def test_a_file_of_any_length_takes_one_statement(driver: User, zone: ParkingZone, django_assert_num_queries) -> None:
    for _ in range(3):
        book(driver, zone)
    zones_of_sites.value()  # read once a second by each process
    with django_assert_num_queries(1):
        assert len(read(driver)) == 4
