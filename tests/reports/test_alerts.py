"""What waits for a person: counted, and the worst named."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from pytest_django.fixtures import Settings

from parking.accounts.models import User
from parking.checkout import debts, expiring
from parking.core.sites import ALL_SITES
from parking.facilities.calendars import zones_of_sites
from parking.facilities.models import ParkingZone
from parking.invoices.models import NumberSeries, TaxProfile
from parking.payments.models import Debt, PaymentOrder, Refund
from parking.reports.alerts import Alert, AlertCode, AlertRow, alerts
from parking.stays.models import ParkingSession
from tests.build import actor, book, cancel, enter, take_ticket, terminate
from tests.reports.story import NOON, Story, ist

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def alert(code: str) -> Alert:
    (found,) = [one for one in alerts(sites=ALL_SITES, now=NOON) if one.code == code]
    return found


def ids(code: str) -> list[int | None]:
    return [row.session_id for row in alert(code).rows]


def test_a_quiet_day_has_every_alert_with_nothing_in_it(zone: ParkingZone) -> None:
    assert [(one.code, one.count, one.amount, one.rows) for one in alerts(sites=ALL_SITES, now=NOON)] == [
        ("ORDERS_IN_REVIEW", 0, Decimal("0.00"), ()),
        ("PAID_TWICE", 0, Decimal("0.00"), ()),
        ("REFUNDS_WITHOUT_BALANCE", 0, Decimal("0.00"), ()),
        ("REFUNDS_STUCK", 0, Decimal("0.00"), ()),
        ("LONG_STAYS", 0, None, ()),
        ("HOLDS_EXPIRED_TODAY", 0, None, ()),
        ("NO_SHOWS_TODAY", 0, None, ()),
        ("NO_PLACE_TODAY", 0, None, ()),
        ("OPEN_DEBTS", 0, Decimal("0.00"), ()),
        ("SERIES_NEARLY_USED_UP", 0, None, ()),
        ("SERIES_BEGINS_WITH_ZERO", 0, None, ()),
    ]


def test_an_order_in_review_is_told_with_its_stay(driver: User, zone: ParkingZone) -> None:
    session = book(driver, zone, now=ist("23 11:50"))
    book(driver, zone, now=ist("23 11:51"))
    order = PaymentOrder.objects.get(bill=session.bill)
    PaymentOrder.objects.filter(pk=order.pk).update(status="REVIEW")
    row = AlertRow(
        pk=order.pk,
        session_id=session.pk,
        plate=session.vehicle.vehicle_number,
        zone_name="Zone A",
        number=order.order_id,
        status="REVIEW",
        amount=Decimal("50.00"),
        at=ist("23 11:50"),
    )
    assert alert("ORDERS_IN_REVIEW") == Alert(AlertCode.ORDERS_IN_REVIEW, 1, Decimal("50.00"), (row,))


@pytest.mark.parametrize(
    ("status", "age", "count"),
    [
        ("REVIEW", MINUTE, 1),
        ("FAILED", MINUTE, 1),
        ("PENDING", HOUR - MINUTE, 0),
        ("PENDING", HOUR, 1),
        ("INITIATED", HOUR, 1),
        ("INITIATED", HOUR - MINUTE, 0),
    ],
)
def test_refunds_that_are_stuck(
    driver: User, zone: ParkingZone, settings: Settings, *, status: str, age: timedelta, count: int
) -> None:
    session = book(driver, zone, now=NOON - age)
    settings.SIMULATED_OUTCOME = "PENDING"
    cancel(driver, session, now=NOON - age)
    Refund.objects.update(status=status)
    assert alert("REFUNDS_STUCK").count == count


def test_a_refund_that_is_done_is_not_stuck(story: Story) -> None:
    assert alert("REFUNDS_STUCK").count == 0


def test_long_stays_begin_after_twelve_hours_longest_first(driver: User, staff: User, zone: ParkingZone) -> None:
    entries = ["23 00:01", "23 00:00", "22 20:00"]
    sessions = [enter(staff, book(driver, zone, now=ist(at)), now=ist(at)) for at in entries]
    assert ids("LONG_STAYS") == [sessions[2].pk, sessions[1].pk]
    assert [row.at for row in alert("LONG_STAYS").rows] == [ist("22 20:00"), ist("23 00:00")]


def test_holds_and_no_shows_of_today_newest_first(driver: User, zone: ParkingZone, settings: Settings) -> None:
    no_shows = [book(driver, zone, now=ist("23 08:00")), book(driver, zone, now=ist("23 09:00"))]
    yesterday = book(driver, zone, now=ist("22 08:00"))
    expiring.expire_no_shows(now=ist("22 23:59"))
    settings.SIMULATED_OUTCOME = "PENDING"
    unpaid = book(driver, zone, now=ist("23 10:00"))
    expiring.expire_unpaid_holds(now=ist("23 10:11"))
    for minute, session in enumerate(no_shows):
        ParkingSession.objects.filter(pk=session.pk).update(enter_by=ist("23 09:30"))
        expiring.expire_no_shows(now=ist(f"23 10:0{minute}"))
        ParkingSession.objects.filter(pk=session.pk).update(ended_at=ist(f"23 10:0{minute}"))
    assert ids("HOLDS_EXPIRED_TODAY") == [unpaid.pk]
    assert ids("NO_SHOWS_TODAY") == [no_shows[1].pk, no_shows[0].pk]
    assert yesterday.pk not in ids("NO_SHOWS_TODAY")


def test_open_debts_are_summed_and_the_largest_comes_first(staff: User, admin: User, zone: ParkingZone) -> None:
    owed = []
    for hours in (1, 3, 2):
        session = enter(staff, take_ticket(zone, now=ist("23 08:00")), now=ist("23 08:00"))
        terminate(staff, session, now=ist("23 08:00") + hours * HOUR)
        owed.append(session.pk)
    forgiven = Debt.objects.get(bill__session=owed[0])
    debts.write_off(actor=actor(admin), debt_id=forgiven.pk, reason="Goodwill", now=NOON)
    found = alert("OPEN_DEBTS")
    assert (found.count, found.amount) == (2, Decimal("250.00"))
    assert [(row.session_id, row.amount) for row in found.rows] == [
        (owed[1], Decimal("150.00")),
        (owed[2], Decimal("100.00")),
    ]


def test_five_are_named_and_all_are_counted(staff: User, zone: ParkingZone) -> None:
    for _ in range(7):
        session = enter(staff, take_ticket(zone, now=ist("22 08:00")), now=ist("22 08:00"))
        terminate(staff, session, now=ist("22 08:30"))
    found = alert("OPEN_DEBTS")
    assert (found.count, found.amount, len(found.rows)) == (7, Decimal("350.00"), 5)


@pytest.mark.parametrize(
    ("last", "year", "count"), [(9_899_998, "2627", 0), (9_899_999, "2627", 1), (9_999_999, "2526", 0)]
)
def test_a_series_is_told_of_when_99_percent_of_its_numbers_are_given(
    zone: ParkingZone, *, last: int, year: str, count: int
) -> None:
    NumberSeries.objects.create(
        site=zone.site, prefix="KA1", kind="TAX_INVOICE", year=year, last=last, last_at=ist("23 11:00")
    )
    found = alert("SERIES_NEARLY_USED_UP")
    assert found.count == count
    assert [(row.number, row.zone_name) for row in found.rows] == [(f"KA1 2627: {last}", zone.site.name)][:count]


def test_a_prefix_that_begins_with_zero_is_told_of_while_it_is_in_force(zone: ParkingZone) -> None:
    old = TaxProfile.objects.create(
        site=zone.site, holds_from=date(2026, 4, 1), legal_name="P", series_prefix="0A1", created_at=NOON
    )
    found = alert("SERIES_BEGINS_WITH_ZERO")
    assert [(row.pk, row.number) for row in found.rows] == [(old.pk, "0A1")]
    TaxProfile.objects.create(
        site=zone.site, holds_from=date(2026, 11, 24), legal_name="P", series_prefix="KA1", created_at=NOON
    )
    assert alert("SERIES_BEGINS_WITH_ZERO").count == 1
    TaxProfile.objects.update(holds_from=F("holds_from") - timedelta(days=1))
    assert alert("SERIES_BEGINS_WITH_ZERO").count == 0


def test_nine_statements(story: Story, django_assert_num_queries: Any) -> None:
    zones_of_sites.value()  # read once a second by each process
    with django_assert_num_queries(9):
        alerts(sites=ALL_SITES, now=NOON)
