"""Lists as tables: every row of the filter in its order, in the same memory however many they are."""

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from openpyxl import load_workbook

from parking.accounts.models import User
from parking.core.ids import Ref
from parking.core.sites import ALL_SITES
from parking.facilities.calendars import zones_of_sites
from parking.facilities.models import ParkingZone
from parking.payments.models import Payment, PaymentOrder, Refund, RefundStatus
from parking.reports import payments, walking
from parking.reports.exports import BYTE_ORDER_MARK, csv_lines
from parking.reports.money_walk import money_as_of
from parking.reports.payments import MoneyFilter, money_keys
from parking.reports.periods import ClosedPeriod, Period, period
from parking.reports.revenue import revenue_report
from parking.reports.sessions import SessionFilter, all_sessions, sessions_walk, sorted_sessions
from parking.reports.sheets import (
    MONEY_COLUMNS,
    REVENUE_COLUMNS,
    SESSION_COLUMNS,
    money_table,
    revenue_table,
    session_table,
)
from parking.reports.walking import rows_of
from parking.reports.xlsx import xlsx_file
from parking.stays.models import ParkingSession
from tests.reports.story import DAY20, DAY21, DAY22, DAY23, NOON, Story, ist

pytestmark = pytest.mark.django_db

# After all that happens in the story.
LATER = ist("30 00:00")


def read_csv(columns: Sequence[str], table: Any) -> list[dict[str, str]]:
    text = "".join(csv_lines(columns, table, for_excel=True))
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.DictReader(StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))


def read_xlsx(columns: Sequence[str], table: Any) -> list[dict[str, Any]]:
    with xlsx_file("Sheet", columns, table) as file:
        heading, *rows = load_workbook(file)["Sheet"].iter_rows(values_only=True)
    assert heading == tuple(columns)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def of_day(**narrowed: Any) -> Any:
    return money_table(money_as_of(MoneyFilter(sites=ALL_SITES, **narrowed), LATER))


# --- Stays -------------------------------------------------------------------------------------------


def test_stays_in_the_order_of_the_page_and_as_of_now(story: Story) -> None:
    rows = sorted_sessions(all_sessions(SessionFilter(sites=ALL_SITES)), "paid", downwards=True)
    table = read_csv(SESSION_COLUMNS, session_table(rows, now=NOON))
    assert [row["amount_paid"] for row in table] == ["150.00"] * 2 + ["100.00"] + ["50.00"] * 2 + ["0.00"] * 3
    inside = next(row for row in table if row["session_id"] == str(story.inside.pk))
    assert (inside["total_amount"], inside["amount_due"]) == ("50.00", "0.00")


# --- Money -------------------------------------------------------------------------------------------


def test_a_row_of_money_as_csv(story: Story, staff: User) -> None:
    ParkingZone.objects.filter(pk=story.zone_a.pk).update(name="=तलघर")
    table = read_csv(MONEY_COLUMNS, of_day(session=Ref(pk=story.walk_in.pk)))
    assert table == [
        {
            "kind": "PAYMENT",
            "id": str(Payment.objects.get(bill=story.walk_in.bill).pk),
            "at": "2026-11-23T09:10:00+05:30",
            "status": "CAPTURED",
            "amount": "100.00",
            "method": "CASH",
            "gateway": "",
            "reference": "",
            "order_id": "",
            "session_id": str(story.walk_in.pk),
            "vehicle_number": story.walk_in.vehicle.vehicle_number,
            "zone_name": "'=तलघर",
            "attendant": staff.username,
            "claim": "",
            "card_last4": "",
            "terminal": "",
        }
    ]


def test_money_as_xlsx_has_numbers_and_times_of_the_site(story: Story) -> None:
    table = read_xlsx(MONEY_COLUMNS, of_day(period=period(day=DAY21)))
    assert [(row["kind"], row["amount"], row["at"]) for row in table] == [
        ("PAYMENT", 50, datetime(2026, 11, 21, 23, 58)),  # noqa: DTZ001 - a cell has no time zone
        ("REFUND", 50, datetime(2026, 11, 21, 10, 2)),  # noqa: DTZ001
        ("PAYMENT", 50, datetime(2026, 11, 21, 10, 0)),  # noqa: DTZ001
        ("PAYMENT", 100, datetime(2026, 11, 21, 2, 30)),  # noqa: DTZ001
    ]
    order = PaymentOrder.objects.get(bill=story.cancelled.bill)
    assert [row["order_id"] for row in table[1:3]] == [order.order_id] * 2


def test_money_is_read_in_portions(
    story: Story, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(payments, "ROWS_AT_ONCE", 4)
    monkeypatch.setattr(walking, "ROWS_AT_ONCE", 4)
    zones_of_sites.value()  # read once a second by each process
    # Which kinds there are; what is under way; payments and refunds, four times; their rows, three times.
    with django_assert_max_num_queries(3 + 1 + 2 * 4 + 2 * 3):
        assert len(list(of_day())) == 11


@pytest.mark.parametrize("portion", [1, 3, 11, 500])
def test_portions_neither_lose_nor_repeat_a_row(story: Story, monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    whole = list(money_table(money_keys(MoneyFilter(sites=ALL_SITES))))
    monkeypatch.setattr(payments, "ROWS_AT_ONCE", portion)
    monkeypatch.setattr(walking, "ROWS_AT_ONCE", portion)
    assert list(of_day()) == whole


@pytest.mark.parametrize("portion", [1, 3, 500])
def test_sessions_of_a_file_are_those_of_the_list(story: Story, monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    wanted = SessionFilter(sites=ALL_SITES, period=Period(DAY21, DAY23))
    monkeypatch.setattr(walking, "ROWS_AT_ONCE", portion)
    rows = list(rows_of(sessions_walk(wanted, "number", downwards=True)))
    assert len(rows) > 4
    assert rows == list(all_sessions(wanted))


def test_a_refund_that_is_done_while_somebody_reads_is_in_the_file_once(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "ROWS_AT_ONCE", 2)
    refund = Refund.objects.get(payment__bill=story.refunded_late.bill)
    Refund.objects.filter(pk=refund.pk).update(status=RefundStatus.PENDING, completed_at=None)
    keys = money_as_of(MoneyFilter(sites=ALL_SITES), ist("23 18:00"))
    read = [next(keys)]
    Refund.objects.filter(pk=refund.pk).update(status=RefundStatus.COMPLETED, completed_at=ist("23 18:01"))
    read += keys
    assert [(key["kind"], key["row_id"]) for key in read].count(("REFUND", refund.pk)) == 1
    assert len(read) == 11


def test_a_refund_that_is_done_before_the_first_row_is_read_is_in_the_file_once(story: Story) -> None:
    refund = Refund.objects.get(payment__bill=story.refunded_late.bill)
    Refund.objects.filter(pk=refund.pk).update(status=RefundStatus.COMPLETED, completed_at=ist("23 18:01"))
    keys = [(key["kind"], key["row_id"]) for key in money_as_of(MoneyFilter(sites=ALL_SITES), ist("23 18:00"))]
    assert keys.count(("REFUND", refund.pk)) == 1
    assert len(keys) == 11


def test_what_is_paid_while_somebody_reads_is_not_in_the_file(story: Story) -> None:
    newest = Payment.objects.latest("captured_at")
    keys = money_as_of(MoneyFilter(sites=ALL_SITES), newest.captured_at - timedelta(seconds=1))
    assert ("PAYMENT", newest.pk) not in [(key["kind"], key["row_id"]) for key in keys]


# --- Revenue -----------------------------------------------------------------------------------------


def revenue() -> Any:
    return revenue_table(revenue_report(sites=ALL_SITES, period=ClosedPeriod(DAY20, DAY23), group_by="day"))


def test_the_parts_of_a_revenue_table_add_up_to_its_total(story: Story) -> None:
    table = [dict(zip(REVENUE_COLUMNS, row, strict=True)) for row in revenue()]
    total = table[-1]
    assert total == {
        "part": "TOTAL",
        "name": None,
        "revenue": Decimal("600.00"),
        "refunds": Decimal("100.00"),
        "net": Decimal("500.00"),
        "sessions": 8,
    }
    for part in ("DAY", "ZONE", "METHOD", "HOUR"):
        rows = [row for row in table if row["part"] == part]
        for column in ("revenue", "refunds", "net"):
            assert sum(row[column] for row in rows) == total[column]


def test_a_revenue_table_names_days_zones_methods_and_hours(story: Story) -> None:
    table = read_csv(REVENUE_COLUMNS, revenue())
    assert [row["name"] for row in table[:9]] == [
        "2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23", "Zone A", "Zone B", "CASH", "ONLINE", "UPI",
    ]  # fmt: skip
    assert [row["name"] for row in table[9:-1]] == [f'="{hour:02}:00"' for hour in range(24)]


def test_days_of_a_revenue_table_are_dates_in_xlsx(story: Story) -> None:
    table = read_xlsx(REVENUE_COLUMNS, revenue())
    assert (table[2]["name"].date(), table[2]["net"]) == (DAY22, 200)


# --- Search and zone of money --------------------------------------------------------------------------


@pytest.fixture
def searched(story: Story) -> Story:
    ParkingSession.objects.filter(pk=story.walk_in.pk).update(owner_name="मीरा D'Souza")
    Payment.objects.filter(bill=story.paid_online.bill, amount=100).update(reference="pay_Xy7")
    return story


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("मीरा", {"walk_in"}),
        ("souza", {"walk_in"}),
        ("pay_Xy", {"paid_online"}),
        ("nothing", set()),
        ("%", set()),
        ("—", set()),
    ],
)
def test_money_is_found_by_name_and_reference(searched: Story, text: str, found: set[str]) -> None:
    ids = {
        row["session_id"] for row in payments.money_rows(list(money_keys(MoneyFilter(sites=ALL_SITES, search=text))))
    }
    assert ids == {getattr(searched, name).pk for name in found}


def test_money_is_found_by_plate_booking_code_and_order_with_its_refunds(story: Story) -> None:
    stay = story.cancelled
    order = PaymentOrder.objects.get(bill=stay.bill)
    for text in (stay.vehicle.vehicle_number, stay.qr_code, order.order_id, order.order_id[:10].lower()):
        rows = payments.money_rows(list(money_keys(MoneyFilter(sites=ALL_SITES, search=text))))
        assert [(row["kind"], row["session_id"]) for row in rows] == [("REFUND", stay.pk), ("PAYMENT", stay.pk)]


def test_a_refund_is_found_by_its_own_number(story: Story) -> None:
    refund = Payment.objects.get(bill=story.cancelled.bill).refunds.get()
    rows = payments.money_rows(list(money_keys(MoneyFilter(sites=ALL_SITES, search=refund.refund_id))))
    assert [(row["kind"], row["id"]) for row in rows] == [("REFUND", refund.pk)]


def test_money_of_a_zone(story: Story) -> None:
    rows = payments.money_rows(list(money_keys(MoneyFilter(sites=ALL_SITES, zone=Ref(pk=story.zone_b.pk)))))
    assert {row["session_id"] for row in rows} == {story.cancelled.pk, story.refunded_late.pk}
    totals = payments.totals_by_method(MoneyFilter(sites=ALL_SITES, zone=Ref(uuid=story.zone_b.uuid)))
    assert payments.sum_of(list(totals.values())).net == Decimal("0.00")
    assert ist("23 00:10") in {row["at"] for row in rows}
