"""Lists in another order: both ways, rows without a value last, equals newest first."""

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from parking.accounts.models import User
from parking.core.sites import ALL_SITES
from parking.facilities.models import ParkingZone
from parking.payments.models import Refund
from parking.reports.payments import MONEY_SORTS, MoneyFilter, money_keys, money_rows
from parking.reports.periods import Period
from parking.reports.sessions import SORTS, SessionFilter, all_sessions, sorted_sessions
from parking.stays.models import ParkingSession
from tests.build import book, cancel
from tests.reports.story import DAY22, DAY23, NOON, Story, ist

pytestmark = pytest.mark.django_db


def by(key: str, *, downwards: bool) -> list[int]:
    return [stay.pk for stay in sorted_sessions(all_sessions(SessionFilter(sites=ALL_SITES)), key, downwards=downwards)]


NAMES = [
    "overnight", "cancelled", "refunded_late", "kept", "paid_online", "walk_in", "terminated", "inside",
]  # fmt: skip


def named(story: Story, ids: list[int]) -> list[str]:
    names = {getattr(story, name).pk: name for name in NAMES}
    return [names[pk] for pk in ids]


NEVER_ENTERED = ["kept", "refunded_late", "cancelled"]
NEVER_LEFT = ["inside", *NEVER_ENTERED]


@pytest.mark.parametrize(
    ("key", "upwards", "downwards"),
    [
        ("booked", NAMES, NAMES[::-1]),
        ("number", NAMES, NAMES[::-1]),
        (
            "entered",
            ["overnight", "paid_online", "walk_in", "terminated", "inside", *NEVER_ENTERED],
            ["inside", "terminated", "walk_in", "paid_online", "overnight", *NEVER_ENTERED],
        ),
        (
            "left",
            ["overnight", "paid_online", "walk_in", "terminated", *NEVER_LEFT],
            ["terminated", "walk_in", "paid_online", "overnight", *NEVER_LEFT],
        ),
        (
            "total",
            ["inside", "refunded_late", "cancelled", "kept", "terminated", "walk_in", "paid_online", "overnight"],
            ["paid_online", "overnight", "walk_in", "terminated", "kept", "inside", "refunded_late", "cancelled"],
        ),
        (
            "paid",
            ["terminated", "refunded_late", "cancelled", "inside", "kept", "walk_in", "paid_online", "overnight"],
            ["paid_online", "overnight", "walk_in", "inside", "kept", "terminated", "refunded_late", "cancelled"],
        ),
        (
            "zone",
            ["inside", "walk_in", "paid_online", "kept", "overnight", "terminated", "refunded_late", "cancelled"],
            ["terminated", "refunded_late", "cancelled", "inside", "walk_in", "paid_online", "kept", "overnight"],
        ),
        (
            "status",
            ["inside", *NEVER_ENTERED, "terminated", "walk_in", "paid_online", "overnight"],
            ["terminated", "walk_in", "paid_online", "overnight", *NEVER_ENTERED, "inside"],
        ),
    ],
)
def test_stays(story: Story, key: str, upwards: list[str], downwards: list[str]) -> None:
    assert named(story, by(key, downwards=False)) == upwards
    assert named(story, by(key, downwards=True)) == downwards


def test_stays_by_plate(driver: User, zone: ParkingZone) -> None:
    first, second, third = (book(driver, zone, plate) for plate in ("MH-12-QR-0012", "DL-1-AB-12", "KA-05-MX-7777"))
    assert by("plate", downwards=False) == [second.pk, third.pk, first.pk]


@pytest.mark.parametrize("key", SORTS)
def test_every_key_gives_every_stay_once(story: Story, key: str) -> None:
    assert sorted(by(key, downwards=False)) == sorted(by(key, downwards=True)) == sorted(by("number", downwards=False))


# --- What alerts link to -----------------------------------------------------------------------------


def wanted(**narrowed: object) -> list[int]:
    return [stay.pk for stay in all_sessions(SessionFilter(sites=ALL_SITES, **narrowed))]  # type: ignore[arg-type]


def test_stays_by_the_day_and_reason_of_their_end(story: Story) -> None:
    ended = {"moment": "ended_at", "period": Period(DAY22, DAY22)}
    assert wanted(**ended) == [story.paid_online.pk, story.kept.pk, story.refunded_late.pk]
    assert wanted(**ended, end_reason="EXIT") == [story.paid_online.pk]


def test_stays_that_are_long_at_a_moment_by_the_hours_of_their_site(story: Story) -> None:
    twelve_hours_in = ist("23 23:05")
    assert wanted(long_at=twelve_hours_in) == [story.inside.pk]
    assert wanted(long_at=twelve_hours_in - timedelta(seconds=1)) == []


# --- Money -------------------------------------------------------------------------------------------


def money(key: str = "at", *, downwards: bool, **narrowed: object) -> list[tuple[str, int, str]]:
    keys = money_keys(MoneyFilter(sites=ALL_SITES, **narrowed), by=key, downwards=downwards)  # type: ignore[arg-type]
    return [
        (row["kind"], int(row["amount"]), f"{row['at'].astimezone(NOON.tzinfo):%d %H}")
        for row in money_rows(list(keys))
    ]


@pytest.mark.parametrize("downwards", [True, False])
def test_money_by_time(story: Story, downwards: bool) -> None:
    oldest, newest = ("PAYMENT", 50, "20 23"), ("PAYMENT", 50, "23 11")
    rows = money(downwards=downwards)
    assert (rows[0], rows[-1]) == ((newest, oldest) if downwards else (oldest, newest))


def test_money_by_amount_with_the_newest_of_equals_first(story: Story) -> None:
    assert money("amount", downwards=True, period=Period(DAY22, DAY23)) == [
        ("PAYMENT", 100, "23 09"),
        ("PAYMENT", 100, "22 14"),
        ("PAYMENT", 50, "23 11"),
        ("REFUND", 50, "23 00"),
        ("PAYMENT", 50, "22 12"),
        ("PAYMENT", 50, "22 09"),
    ]
    assert money("amount", downwards=False, period=Period(DAY22, DAY23))[:2] == [
        ("PAYMENT", 50, "23 11"),
        ("REFUND", 50, "23 00"),
    ]


def test_money_by_method(story: Story) -> None:
    assert money("method", downwards=False)[:2] == [("PAYMENT", 100, "23 09"), ("PAYMENT", 100, "21 02")]
    assert money("method", downwards=True)[-2:] == [("PAYMENT", 100, "23 09"), ("PAYMENT", 100, "21 02")]


def test_money_by_status(driver: User, zone: ParkingZone, settings: Settings) -> None:
    session = book(driver, zone, now=ist("23 09:00"))
    settings.SIMULATED_OUTCOME = "PENDING"
    cancel(driver, session, now=ist("23 09:01"))
    Refund.objects.update(status="REVIEW")
    assert [kind for kind, *_ in money("status", downwards=False)] == ["PAYMENT", "REFUND"]
    assert [kind for kind, *_ in money("status", downwards=True)] == ["REFUND", "PAYMENT"]


@pytest.mark.parametrize("key", MONEY_SORTS)
def test_every_key_gives_every_row_once(story: Story, key: str) -> None:
    assert sorted(money(key, downwards=False)) == sorted(money(key, downwards=True)) == sorted(money(downwards=True))


def test_sorted_pages_do_not_overlap(story: Story) -> None:
    keys = money_keys(MoneyFilter(sites=ALL_SITES), by="method")
    pages = [money_rows(list(keys[start : start + 4])) for start in (0, 4, 8)]
    assert len({(row["kind"], row["id"]) for page in pages for row in page}) == 11
    assert ParkingSession.objects.count() == 8
