"""What a weekday had usually brought: sums of hours with rows give what rows alone give."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.apps import apps

from parking.core import fresh
from parking.core.sites import ALL_SITES, Sites
from parking.facilities.models import ParkingSite, ParkingZone
from parking.payments.models import Bill, Payment, PaymentMethod, Refund
from parking.reports import rolling
from parking.reports.models import HourMoney, HourStays, RollState
from parking.reports.usual import usual
from tests.build import make_zone, take_ticket

pytestmark = pytest.mark.django_db

INDIA = ZoneInfo("Asia/Kolkata")
# New York's clocks were put back on the first of November, a Sunday; Adelaide is half an hour off and had summer time.
PLACES = {"A": "Asia/Kolkata", "B": "Asia/Dubai", "C": "America/New_York", "D": "Australia/Adelaide"}
# Sundays, the first of November among the weeks before the first; in the night the day has not begun everywhere.
MOMENTS = [
    datetime(2026, 11, 29, 12, 30, 20, 5, tzinfo=INDIA),
    datetime(2026, 11, 8, 0, 40, tzinfo=INDIA),
    datetime(2026, 11, 8, 11, 20, tzinfo=INDIA),
    datetime(2026, 11, 22, 23, 59, 59, 999_999, tzinfo=INDIA),
    datetime(2026, 11, 15, 9, tzinfo=INDIA),
]
Money = tuple[datetime, str, int | None]


def mean_of_rows(money: dict[Money, int], now: datetime, sites: dict[int | None, str]) -> Decimal | None:
    """Return the usual revenue as it is defined, with the time zone of each site by its id."""
    today: date = now.astimezone(ZoneInfo(next(iter(sites.values())))).date()
    of_weeks = []
    for week in range(1, 5):
        day, until = today - timedelta(weeks=week), now.astimezone(UTC) - timedelta(weeks=week)
        of_weeks.append(
            sum(
                paise
                for (at, _, site), paise in money.items()
                if site in sites and at <= until and at.astimezone(ZoneInfo(sites[site])).date() == day
            )
        )
    with_some = [Decimal(paise) for paise in of_weeks if paise]
    return (sum(with_some, Decimal()) / 100 / len(with_some)).quantize(Decimal(1)) if with_some else None


def a_moment(dice: random.Random, now: datetime) -> datetime:
    """Return a moment of one of the weeks, often close to this minute, to its hour, or to a midnight."""
    near = now.astimezone(UTC) - timedelta(weeks=dice.randint(1, 4))
    match dice.randint(0, 3):
        case 0:
            near = near.replace(minute=dice.choice([0, 30]), second=0, microsecond=0)
        case 1:
            near = near.replace(hour=dice.choice([4, 5, 13, 18, 20]), minute=dice.choice([0, 30]), second=0)
        case 2:
            near -= timedelta(seconds=dice.randint(-40_000, 80_000))
    return near + timedelta(microseconds=dice.choice([-1_000_000, -1, 0, 1, 1_000_000]))


def some_money(dice: random.Random, now: datetime, bills: list[Bill]) -> dict[Money, int]:
    """Write payments, and refunds that may come days later; return each with its paise."""
    money: dict[Money, int] = {}
    for number in range(60):
        bill, at, paise = dice.choice(bills), a_moment(dice, now), dice.randint(200, 99_999)
        amount = Decimal(paise) / 100
        payment = Payment.objects.create(bill=bill, amount=amount, method=PaymentMethod.CASH, captured_at=at)
        money[at, f"paid {number}", bill.site_id] = paise
        if dice.random() < 0.4:
            later, part = max(at, a_moment(dice, now)), dice.randint(1, paise)
            Refund.objects.create(
                payment=payment,
                refund_id=f"RF{dice.getrandbits(60)}",
                amount=Decimal(part) / 100,
                status="COMPLETED",
                created_at=at,
                updated_at=later,
                completed_at=later,
            )
            money[later, f"returned {number}", bill.site_id] = -part
    return money


@pytest.fixture
def bills() -> list[Bill]:
    made = []
    for code, zone in PLACES.items():
        site = ParkingSite.objects.create(
            name=code, code=f"U{code}", state="OPEN", time_zone=zone, created_at=datetime(2026, 1, 1, tzinfo=UTC)
        )
        made.append(Bill.objects.create(kind="STAY", site=site, created_at=datetime(2026, 1, 1, tzinfo=UTC)))
    fresh.forget_all()
    return made


@pytest.mark.parametrize("now", MOMENTS)
def test_sums_of_hours_and_rows_give_what_rows_alone_give(bills: list[Bill], now: datetime) -> None:
    dice = random.Random(now.isoformat())
    with time_machine.travel(now, tick=False):
        money = some_money(dice, now, bills)
        # Half of the weeks are added up, then all of them; what is written afterwards is found by the comparison.
        for rolled_at in (now - timedelta(days=17), now):
            rolling.roll_forward(now=rolled_at)
            rolling.roll_forward(now=rolled_at)
            assert_same(money, now, bills)
        money |= {(at, f"late {name}", site): paise for (at, name, site), paise in some_money(dice, now, bills).items()}
        assert rolling.compare_with_rows(now=now) > 0
        assert HourMoney.objects.count() > 20
        assert_same(money, now, bills)
        # Without sums, as while another time zone has ended them.
        RollState.objects.update(through=None)
        assert_same(money, now, bills)


def assert_same(money: dict[Money, int], now: datetime, bills: list[Bill]) -> None:
    """Compare all sites together, each of them, and two of several time zones."""
    zones: dict[int | None, str] = {bill.site_id: zone for bill, zone in zip(bills, PLACES.values(), strict=True)}
    chosen: list[Sites] = [ALL_SITES, *(frozenset({bill.site_id}) for bill in bills if bill.site_id)]
    chosen.append(frozenset(pk for pk in list(zones)[:2] if pk))
    for sites in chosen:
        named = {pk: zone for pk, zone in zones.items() if sites is None or pk in sites}
        assert usual(now=now, sites=sites).revenue == mean_of_rows(money, now, named)


def test_hours_that_were_over_are_read_from_their_sums(bills: list[Bill], django_assert_num_queries: object) -> None:
    now = MOMENTS[0]
    for at in (now - timedelta(weeks=1, hours=2), now - timedelta(weeks=1, minutes=10)):
        Payment.objects.create(bill=bills[0], amount=Decimal(10), method=PaymentMethod.CASH, captured_at=at)
    with time_machine.travel(now, tick=False):
        rolling.roll_forward(now=now)
        HourMoney.objects.filter(captured=1000, hour=10).update(captured=7000)
        HourMoney.objects.filter(captured=1000, hour=12).update(captured=50_000)
        fresh.forget_all()
        usual(now=now, sites=ALL_SITES)
        with django_assert_num_queries(6):  # type: ignore[operator]
            assert usual(now=now, sites=ALL_SITES).revenue == Decimal(80)


# --- Bookings ----------------------------------------------------------------------------------------


def mean_of_bookings(booked: list[tuple[datetime, int]], now: datetime, sites: dict[int | None, str]) -> int | None:
    """Return the usual number of bookings as it is defined."""
    today = now.astimezone(ZoneInfo(next(iter(sites.values())))).date()
    of_weeks = []
    for week in range(1, 5):
        day, until = today - timedelta(weeks=week), now - timedelta(weeks=week)
        of_weeks.append(
            sum(
                site in sites and at <= until and at.astimezone(ZoneInfo(sites[site])).date() == day
                for at, site in booked
            )
        )
    with_some = [number for number in of_weeks if number]
    return round(sum(with_some) / len(with_some)) if with_some else None


@pytest.fixture
def zones(bills: list[Bill]) -> list[ParkingZone]:
    made = [make_zone(slots=150) for _ in bills]
    for zone, bill in zip(made, bills, strict=True):
        ParkingZone.objects.filter(pk=zone.pk).update(site_id=bill.site_id)
    return made


@pytest.mark.parametrize("now", MOMENTS)
def test_bookings_of_hours_and_rows_are_those_of_rows_alone(
    bills: list[Bill], zones: list[ParkingZone], now: datetime
) -> None:
    dice = random.Random(now.isoformat())
    booked: list[tuple[datetime, int]] = []

    def book_some(number: int) -> None:
        for _ in range(number):
            place, at = dice.randrange(len(bills)), a_moment(dice, now)
            take_ticket(zones[place], now=at)
            booked.append((at, bills[place].site_id or 0))

    def assert_same_bookings() -> None:
        of_sites: dict[int | None, str] = {
            bill.site_id: zone for bill, zone in zip(bills, PLACES.values(), strict=True)
        }
        for sites in (None, *(frozenset({pk}) for pk in of_sites if pk)):
            named = {pk: zone for pk, zone in of_sites.items() if sites is None or pk in sites}
            assert usual(now=now, sites=sites).bookings == mean_of_bookings(booked, now, named)

    with time_machine.travel(now, tick=False):
        book_some(40)
        # Half of the weeks are added up, then all of them; what is written afterwards is found by the comparison.
        for rolled_at in (now - timedelta(days=17), now):
            rolling.roll_forward(now=rolled_at)
            rolling.roll_forward(now=rolled_at)
            assert_same_bookings()
        book_some(20)
        assert rolling.compare_with_rows(now=now) > 0
        assert_same_bookings()
        # The migration that fills the hours in finds the same.
        hours = of_stays()
        HourStays.objects.all().delete()
        import_module("parking.reports.migrations.0006_fill_hour_stays").fill(apps, None)
        assert of_stays() == hours
        RollState.objects.update(through=None)
        assert_same_bookings()


def of_stays() -> set[tuple[object, ...]]:
    return set(HourStays.objects.values_list("day", "site_id", "hour", "booked", "entered", "left"))


def test_bookings_of_hours_that_were_over_are_read_from_their_sums(zones: list[ParkingZone]) -> None:
    now = MOMENTS[0]
    for at in (now - timedelta(weeks=1, hours=2), now - timedelta(weeks=1, minutes=10)):
        take_ticket(zones[0], now=at)
    with time_machine.travel(now, tick=False):
        rolling.roll_forward(now=now)
        assert of_stays() == {(date(2026, 11, 22), zones[0].site_id, hour, 1, 0, 0) for hour in (10, 12)}
        HourStays.objects.filter(hour=10).update(booked=7)
        HourStays.objects.filter(hour=12).update(booked=500)
        assert usual(now=now, sites=ALL_SITES).bookings == 8
