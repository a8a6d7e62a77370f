"""How many statements a call may take; a query more per request is noticed here, not in production.

One of those of a booking, an entry and an exit is the row of the outbox from which the driver is told.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import Traveller

from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from tests.api.reading import book, data_of, enter, leave
from tests.build import book as book_quietly
from tests.build import enter as enter_quietly
from tests.build import make_user
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

NOT_COUNTED = re.compile(r"^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT)\b", re.IGNORECASE)

READ_APART = ('FROM "core_settingvalue"', 'FROM "tariffs_', 'FROM "offers_promocode')


@contextmanager
def at_most(limit: int, on_sqlite: int | None = None) -> Iterator[None]:
    """The statements of the real requests inside, tokens and users included, are no more than this.

    `on_sqlite` is the limit there: on PostgreSQL writes wait for each other (`core/together.py`).

    Settings, tariffs and promo codes do not count: a process reads them twice a second, for however many requests.
    """
    with CaptureQueriesContext(connection) as captured:
        yield
    sent = [query["sql"] for query in captured.captured_queries]
    sent = [sql for sql in sent if not NOT_COUNTED.match(sql) and not any(read in sql for read in READ_APART)]
    if on_sqlite is not None and connection.vendor == "sqlite":
        limit = on_sqlite
    assert len(sent) <= limit, "\n".join(f"{number}. {sql[:200]}" for number, sql in enumerate(sent, 1))


def test_a_booking_with_its_fee_takes_at_most_12(as_driver: ApiClient, zone: ParkingZone) -> None:
    with at_most(12, on_sqlite=18):
        assert data_of(book(as_driver, zone.pk), 201)["payment_status"] == "PARTIAL"


def test_a_second_booking_of_a_known_plate_takes_at_most_10(as_driver: ApiClient, zone: ParkingZone) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    as_driver.post("/api/user/cancel-booking/", {"session_id": booking["session_id"]})
    with at_most(10, on_sqlite=18):
        data_of(book(as_driver, zone.pk), 201)


@pytest.mark.parametrize("fields", [{}, {"vehicle_number": "DL-01-AB-1234"}])
def test_an_entry_takes_at_most_4(
    as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone, fields: dict[str, str]
) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    with at_most(4, on_sqlite=7):
        data_of(enter(as_staff, booking, **fields))


@pytest.mark.parametrize("method", ["CASH", "ONLINE"])
def test_an_exit_takes_at_most_so_many(
    clock_stands: Traveller, as_driver: ApiClient, as_staff: ApiClient, zone: ParkingZone, method: str
) -> None:
    booking = data_of(book(as_driver, zone.pk), 201)
    enter(as_staff, booking)
    clock_stands.shift(timedelta(minutes=66))
    with at_most(6 if method == "CASH" else 8, on_sqlite=13):
        assert data_of(leave(as_staff, booking, method))["amount_charged"] == 50.0


def _lists(as_driver: ApiClient, as_staff: ApiClient, as_admin: ApiClient) -> dict[str, Callable[[], object]]:
    return {
        "history": lambda: as_driver.get("/api/user/history/", page_size=100),
        "cars inside": lambda: as_staff.get("/api/staff/active-sessions/", page_size=100),
        "slots": lambda: as_staff.get("/api/staff/slot-status/"),
        "all sessions": lambda: as_admin.get("/api/admin/all-sessions/", page_size=100),
        "payments": lambda: as_admin.get("/api/admin/payments/", page_size=100),
    }


@pytest.mark.parametrize("name", ["history", "cars inside", "slots", "all sessions", "payments"])
def test_a_list_takes_as_many_statements_for_ten_rows_as_for_one(
    as_driver: ApiClient, as_staff: ApiClient, as_admin: ApiClient, zone: ParkingZone, name: str
) -> None:
    look = _lists(as_driver, as_staff, as_admin)[name]
    staff = make_user()
    taken = []
    for rows in (1, 9):
        for _ in range(rows):
            assert as_driver.user is not None
            enter_quietly(staff, book_quietly(as_driver.user, zone))
        with CaptureQueriesContext(connection) as captured:
            look()
        taken.append(len(captured.captured_queries))
    assert ParkingSession.objects.count() == 10
    assert taken[0] == taken[1] <= 8
