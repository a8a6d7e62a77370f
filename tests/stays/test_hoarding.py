"""One driver holds only so many slots for nothing, where the limits are on."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from parking.accounts.models import User
from parking.core.errors import Refused
from parking.core.site_settings import BY_NAME
from parking.facilities.models import ParkingZone
from parking.payments.gateways.base import GatewayState
from parking.stays.models import ParkingSession
from parking.stays.rules import Holding, HoldingLimits, LimitReached, limit_reached
from smart_parking import environment
from tests.api.reading import book as book_by_call
from tests.api.reading import data_of, problem_of
from tests.build import book, cancel, enter, make_user, plate
from tests.client import ApiClient
from tests.concurrency.together import at_once, tally
from tests.gateway import FakeGateway
from tests.moments import START, at

Limits = Callable[..., None]


@pytest.fixture
def limits(settings: Any) -> Limits:
    """Return what sets limits; those that are not named are off."""

    def limits(**values: int) -> None:
        for name in ("BOOKING_LIMIT", "UNPAID_LIMIT", "ABANDONED_LIMIT"):
            setattr(settings, name, values.get(name.removesuffix("_LIMIT").lower(), 0))

    return limits


def refusal(driver: User, zone: ParkingZone, now: datetime = START) -> dict[str, Any]:
    with pytest.raises(Refused) as caught:
        book(driver, zone, now=now)
    assert caught.value.code == "booking_limit"
    return caught.value.facts


@pytest.mark.django_db
def test_a_driver_has_so_many_open_bookings_at_most(
    limits: Limits, driver: User, staff: User, zone: ParkingZone
) -> None:
    limits(booking=2)
    first, _ = book(driver, zone, now=START), book(driver, zone, now=START)
    assert refusal(driver, zone) == {"limit": 2, "open": 2}
    book(make_user(), zone, now=START)
    enter(staff, first, START)
    book(driver, zone, now=START)


@pytest.mark.django_db
def test_a_driver_pays_for_one_before_the_next(
    limits: Limits, driver: User, zone: ParkingZone, gateway: FakeGateway
) -> None:
    limits(unpaid=1)
    gateway.outcome = GatewayState.PENDING
    book(driver, zone, now=START)
    assert refusal(driver, zone) == {"limit": 1, "open": 1}


@pytest.mark.django_db
def test_who_cancels_again_and_again_waits_an_hour(limits: Limits, driver: User, zone: ParkingZone) -> None:
    limits(abandoned=3)
    for minute in (0, 10, 20):
        cancel(driver, book(driver, zone, now=at(minute)), at(minute))
    assert refusal(driver, zone, at(79)) == {"limit": 3, "open": 0}
    book(driver, zone, now=at(80))


@pytest.mark.django_db
def test_the_call_says_limit_and_count(limits: Limits, as_driver: ApiClient, zone: ParkingZone) -> None:
    limits(booking=1)
    data_of(book_by_call(as_driver, zone.pk), 201)
    answer = as_driver.post(
        "/api/user/book-slot/", {"zone_id": zone.pk, "vehicle_number": plate(), "owner_name": "Asha Rao"}
    )
    assert problem_of(answer) == (400, "booking_limit")
    assert answer.json()["details"] == {"limit": 1, "open": 1}


@pytest.mark.django_db
def test_without_limits_a_booking_reads_nothing_more(limits: Limits, driver: User, zone: ParkingZone) -> None:
    book(driver, zone)
    counted = []
    for limit in (0, 50):
        limits(booking=limit)
        with CaptureQueriesContext(connection) as captured:
            book(driver, zone)
        counted.append(len(captured.captured_queries))
    assert counted[1] - counted[0] == (2 if connection.vendor == "postgresql" else 1)


@pytest.mark.django_db(transaction=True)
def test_of_twelve_bookings_at_once_as_many_win_as_are_allowed(limits: Limits, driver: User, zone: ParkingZone) -> None:
    limits(booking=3)
    answers = at_once([partial(book, driver, zone, plate()) for _ in range(12)])
    assert tally(answers) == {"ok": 3, "booking_limit": 9}
    assert ParkingSession.objects.count() == 3


# --- The rule ------------------------------------------------------------------------------------------

ALL = HoldingLimits(open=3, unpaid=1, abandoned=5)
OPEN = Holding(is_open=True, is_unpaid=False, abandoned_at=None)
UNPAID = Holding(is_open=True, is_unpaid=True, abandoned_at=None)
OVER = Holding(is_open=False, is_unpaid=False, abandoned_at=None)


def abandoned(*minutes: float) -> list[Holding]:
    return [Holding(is_open=False, is_unpaid=False, abandoned_at=at(minute)) for minute in minutes]


@pytest.mark.parametrize(
    ("holdings", "reached"),
    [
        ([], None),
        ([OPEN, OPEN, OVER, OVER], None),
        ([OPEN, OPEN, OPEN], (3, 3)),
        ([UNPAID], (1, 1)),
        ([OPEN, UNPAID], (1, 1)),
        (abandoned(-1, -2, -3, -4), None),
        (abandoned(-1, -2, -3, -4, -60), (5, 0)),
        (abandoned(-1, -2, -3, -4, -62), None),
        (abandoned(-59, -60, -61, -62, -119), (5, 0)),
        (abandoned(-60, -61, -62, -63, -64), None),
        ([OPEN, *abandoned(-1, -2, -3, -4, -5)], (5, 1)),
    ],
)
def test_the_limits(holdings: Sequence[Holding], reached: tuple[int, int] | None) -> None:
    found = limit_reached(holdings, limits=ALL, now=START)
    assert (found and (found.limit, found.count)) == reached


def test_no_limit_is_never_reached() -> None:
    assert limit_reached([UNPAID] * 9 + abandoned(*range(-9, 0)), limits=HoldingLimits(0, 0, 0), now=START) is None
    assert isinstance(limit_reached([OPEN], limits=HoldingLimits(1, 0, 0), now=START), LimitReached)


def test_production_has_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    def limits_now() -> tuple[int, int, int, int]:
        env = environment.read()
        return env.booking_limit, env.unpaid_limit, env.abandoned_limit, env.bookings_per_minute

    assert limits_now() == (0, 0, 0, 0)
    monkeypatch.setenv("SMART_PARKING_ENV", "production")
    assert limits_now() == (3, 1, 5, 10)
    assert {"booking_limit", "unpaid_limit", "abandoned_limit"} < set(BY_NAME)


# --- Calls per minute ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_account_tries_to_book_so_often_in_a_minute(driver: User, zone: ParkingZone, settings: Any) -> None:
    settings.BOOKINGS_PER_MINUTE, settings.WEB_PROCESSES = 3, 2
    with travel(at(1), tick=False) as moment:
        as_driver = ApiClient(driver)
        answers = [book_by_call(as_driver, zone.pk) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201, 400, 429]
        assert answers[-1].headers["Retry-After"] == "60"
        assert answers[-1].headers["RateLimit-Limit"] == "3"
        moment.shift(timedelta(minutes=1))
        assert book_by_call(as_driver, zone.pk).status_code == 400


@pytest.mark.django_db
def test_an_address_takes_so_many_tickets_in_a_minute_and_attendants_give_any_number(
    anybody: ApiClient, staff: User, zone: ParkingZone, settings: Any
) -> None:
    settings.TICKETS_PER_MINUTE, settings.WEB_PROCESSES = 2, 1

    def ticket(client: ApiClient, path: str) -> int:
        wanted = {"zone_id": zone.pk, "vehicle_number": plate(), "owner_name": "Asha Rao"}
        status: int = client.post(path, wanted).status_code
        return status

    with travel(START, tick=False):
        paths = ["/parking/entry/", "/api/parking/book/", "/parking/entry/"]
        assert [ticket(anybody, path) for path in paths] == [200, 200, 429]
        as_staff = ApiClient(staff)
        assert [ticket(as_staff, path) for path in paths] == [200, 200, 200]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "who", "call"),
    [
        ("public", "anybody", "GET /api/public/zones/"),
        ("read", "as_driver", "GET /api/user/history/"),
        ("write", "as_driver", "PATCH /api/auth/me/"),
        ("money", "as_driver", "POST /api/payment/verify/"),
        ("gate", "as_staff", "GET /api/staff/slot-status/"),
    ],
)
def test_each_kind_of_call_has_its_limit(
    request: pytest.FixtureRequest, settings: Any, kind: str, who: str, call: str
) -> None:
    settings.CALLS_PER_MINUTE = dict.fromkeys(settings.CALLS_PER_MINUTE, 0) | {kind: 2}
    settings.WEB_PROCESSES = 1
    with travel(START, tick=False):
        client = request.getfixturevalue(who)
        method, path = call.split()
        answers = [getattr(client, method.lower())(path) for _ in range(3)]
    assert [answer.status_code == 429 for answer in answers] == [False, False, True]
    assert problem_of(answers[-1]) == (429, "too_many_requests")
