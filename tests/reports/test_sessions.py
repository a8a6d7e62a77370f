"""Every stay, searched and filtered."""

from typing import Any

import pytest

from parking.accounts.models import Role, User
from parking.core.ids import Ref
from parking.core.sites import ALL_SITES
from parking.reports.periods import Period, period
from parking.reports.sessions import SessionFilter, all_sessions
from parking.stays.models import ParkingSession
from tests.build import book, make_user, make_zone
from tests.reports.story import DAY20, DAY21, DAY22, Story

pytestmark = pytest.mark.django_db


def ids(**wanted: Any) -> list[int]:
    return [session.pk for session in all_sessions(SessionFilter(sites=ALL_SITES, **wanted))]


def test_newest_first(story: Story) -> None:
    everything = sorted(ParkingSession.objects.values_list("pk", flat=True), reverse=True)
    assert ids() == everything
    assert everything[0] == story.inside.pk


def test_by_day_of_booking_in_the_sites_time(story: Story) -> None:
    assert ids(period=period(day=DAY20)) == [story.overnight.pk]
    assert ids(period=period(day=DAY21)) == [story.refunded_late.pk, story.cancelled.pk]
    assert ids(period=Period(last=DAY20)) == [story.overnight.pk]
    assert ids(period=Period(first=DAY22))[-1] == story.kept.pk


def test_by_status(story: Story) -> None:
    assert ids(status="ACTIVE") == [story.inside.pk]
    assert ids(status="CANCELLED") == [story.kept.pk, story.refunded_late.pk, story.cancelled.pk]


def test_by_zone_id_or_uuid(story: Story) -> None:
    of_zone_b = [story.terminated.pk, story.refunded_late.pk, story.cancelled.pk]
    assert ids(zone=Ref(pk=story.zone_b.pk)) == of_zone_b
    assert ids(zone=Ref(uuid=story.zone_b.uuid)) == of_zone_b


def test_by_user_id_or_name(driver: User) -> None:
    zone = make_zone()
    mine = book(driver, zone)
    # Somebody may be called as another is numbered: both are meant.
    namesake = book(make_user(Role.USER, username=str(driver.pk)), zone)
    book(make_user(Role.USER), zone)
    assert ids(user=driver.username.upper()) == [mine.pk]
    assert ids(user=str(driver.pk)) == [namesake.pk, mine.pk]
    assert ids(user="nobody") == []
    assert ids(user="9" * 40) == []


@pytest.fixture
def three(driver: User) -> list[ParkingSession]:
    zone = make_zone()
    sessions = [book(driver, zone, plate) for plate in ("DL-1-AB-12", "KA-05-MX-7777", "MH-12-QR-0012")]
    for session, name in zip(sessions, ("Asha Rao", "आशा राव", "R. D'Souza 100%"), strict=True):
        ParkingSession.objects.filter(pk=session.pk).update(owner_name=name)
    return sessions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7777", [1]),
        ("ka05mx", [1]),
        ("KA 05-MX", [1]),
        ("DL-1-AB-12", [0]),
        ("DL01AB0012", [0]),
        ("-0012", [2, 0]),  # without the sign it would be the number of a session, too
        ("asha", [0]),
        ("आशा", [1]),
        ("souza", [2]),
        ("100%", [2]),
        ("%", [2]),
        ("'", [2]),
        ("-", []),
        ("—", []),
        ("QR-ZZZZ", []),
        ("nothing", []),
    ],
)
def test_search(three: list[ParkingSession], text: str, found: list[int]) -> None:
    assert ids(search=text) == [three[number].pk for number in found]


def test_search_by_qr_code_and_booking_number(three: list[ParkingSession]) -> None:
    second = three[1]
    assert ids(search=second.qr_code) == [second.pk]
    assert ids(search=second.qr_code.lower()) == [second.pk]
    assert ids(search=second.qr_code[:9]) == [second.pk]
    assert second.pk in ids(search=str(second.pk))
    assert ids(search="9" * 30) == []


def test_one_statement_for_a_page_with_all_that_it_shows(
    three: list[ParkingSession], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        for session in all_sessions(SessionFilter(sites=ALL_SITES)):
            assert (session.zone.name, session.vehicle.pk, session.bill.total, session.driver) != ("", 0, -1, None)
