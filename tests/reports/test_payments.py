"""The list of payments and refunds."""

from decimal import Decimal
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from parking.accounts.models import User
from parking.core.ids import Ref
from parking.core.sites import ALL_SITES
from parking.payments.models import Refund
from parking.reports.payments import MoneyFilter, Totals, money_keys, money_rows, sum_of, totals_by_method
from parking.reports.periods import Period, period
from tests.build import book, cancel, make_zone
from tests.reports.story import DAY20, DAY21, DAY22, DAY23, Story, ist

pytestmark = pytest.mark.django_db


def rows(**wanted: Any) -> list[tuple[str, int | None, Decimal, str, str]]:
    found = money_rows(list(money_keys(MoneyFilter(sites=ALL_SITES, **wanted))))
    return [(row["kind"], row["session_id"], row["amount"], row["method"], row["status"]) for row in found]


def net(**wanted: Any) -> Totals:
    return sum_of(list(totals_by_method(MoneyFilter(sites=ALL_SITES, **wanted)).values()))


def test_newest_first_with_refunds_among_the_payments(story: Story) -> None:
    fifty, hundred = Decimal("50.00"), Decimal("100.00")
    assert rows() == [
        ("PAYMENT", story.inside.pk, fifty, "ONLINE", "CAPTURED"),
        ("PAYMENT", story.walk_in.pk, hundred, "CASH", "CAPTURED"),
        ("REFUND", story.refunded_late.pk, fifty, "ONLINE", "COMPLETED"),
        ("PAYMENT", story.paid_online.pk, hundred, "ONLINE", "CAPTURED"),
        ("PAYMENT", story.paid_online.pk, fifty, "ONLINE", "CAPTURED"),
        ("PAYMENT", story.kept.pk, fifty, "ONLINE", "CAPTURED"),
        ("PAYMENT", story.refunded_late.pk, fifty, "ONLINE", "CAPTURED"),
        ("REFUND", story.cancelled.pk, fifty, "ONLINE", "COMPLETED"),
        ("PAYMENT", story.cancelled.pk, fifty, "ONLINE", "CAPTURED"),
        ("PAYMENT", story.overnight.pk, hundred, "CASH", "CAPTURED"),
        ("PAYMENT", story.overnight.pk, fifty, "ONLINE", "CAPTURED"),
    ]


def test_what_a_cash_row_and_a_refund_say(story: Story, staff: User) -> None:
    found = money_rows(list(money_keys(MoneyFilter(sites=ALL_SITES, session=Ref(pk=story.walk_in.pk)))))
    assert found == [
        {
            "id": story.walk_in.bill.payments.get().pk,
            "kind": "PAYMENT",
            "site_id": story.zone_a.site_id,
            "session_id": story.walk_in.pk,
            "amount": Decimal("100.00"),
            "customer_fee": Decimal("0.00"),
            "method": "CASH",
            "gateway": None,
            "status": "CAPTURED",
            "reference": None,
            "attendant": staff.username,
            "claim": None,
            "card_last4": None,
            "terminal": None,
            "at": ist("23 09:10"),
            "order_id": None,
            "vehicle_number": story.walk_in.vehicle.vehicle_number,
            "zone_name": "Zone A",
        }
    ]
    refund = Refund.objects.get(payment__bill=story.cancelled.bill)
    assert refund.payment.order is not None
    found = money_rows(
        list(money_keys(MoneyFilter(sites=ALL_SITES, session=Ref(uuid=story.cancelled.uuid), status="COMPLETED")))
    )
    assert found == [
        {
            "id": refund.pk,
            "kind": "REFUND",
            "site_id": story.zone_b.site_id,
            "session_id": story.cancelled.pk,
            "amount": Decimal("50.00"),
            "customer_fee": Decimal("0.00"),
            "method": "ONLINE",
            "gateway": "SIMULATED",
            "status": "COMPLETED",
            "reference": refund.gateway_refund_id,
            "attendant": None,
            "claim": None,
            "card_last4": None,
            "terminal": None,
            "at": ist("21 10:02"),
            "order_id": refund.payment.order.order_id,
            "vehicle_number": story.cancelled.vehicle.vehicle_number,
            "zone_name": "Zone B",
        }
    ]


def test_a_refund_of_the_same_moment_stands_above_its_payment(driver: User) -> None:
    session = book(driver, make_zone(), now=ist("21 10:00"))
    cancel(driver, session, now=ist("21 10:00"))
    assert [row[0] for row in rows()] == ["REFUND", "PAYMENT"]


@pytest.mark.parametrize(
    ("wanted", "count", "captured", "refunded"),
    [
        ({"period": period(day=DAY20)}, 1, "50.00", "0.00"),
        ({"period": period(day=DAY21)}, 4, "200.00", "50.00"),
        ({"period": period(day=DAY22)}, 3, "200.00", "0.00"),
        ({"period": period(day=DAY23)}, 3, "150.00", "50.00"),
        ({"period": Period(first=DAY22)}, 6, "350.00", "50.00"),
        ({"period": Period(last=DAY21)}, 5, "250.00", "50.00"),
        ({"method": "CASH"}, 2, "200.00", "0.00"),
        ({"method": "ONLINE"}, 9, "400.00", "100.00"),
        ({"status": "CAPTURED"}, 9, "600.00", "0.00"),
        ({"status": "COMPLETED"}, 2, "0.00", "100.00"),
        ({"status": "PENDING"}, 0, "0.00", "0.00"),
        ({"gateway": "SIMULATED"}, 9, "400.00", "100.00"),
        ({"gateway": "RAZORPAY"}, 0, "0.00", "0.00"),
        ({"session": Ref(pk=2**63 - 1)}, 0, "0.00", "0.00"),
        ({"method": "ONLINE", "period": period(day=DAY21)}, 3, "100.00", "50.00"),
    ],
)
def test_filters(story: Story, wanted: dict[str, Any], count: int, captured: str, refunded: str) -> None:
    assert len(rows(**wanted)) == money_keys(MoneyFilter(sites=ALL_SITES, **wanted)).count() == count
    assert net(**wanted) == Totals(Decimal(captured), Decimal(refunded))


def test_totals_by_method(story: Story) -> None:
    assert totals_by_method(MoneyFilter(sites=ALL_SITES)) == {
        "CASH": Totals(Decimal("200.00"), Decimal("0.00")),
        "ONLINE": Totals(Decimal("400.00"), Decimal("100.00")),
        "UPI": Totals(),
    }


def test_a_refund_under_way_is_listed_but_not_counted(driver: User, settings: Settings) -> None:
    session = book(driver, make_zone(), now=ist("21 10:00"))
    settings.SIMULATED_OUTCOME = "PENDING"
    cancel(driver, session, now=ist("21 10:03"))
    assert rows(status="PENDING") == [("REFUND", session.pk, Decimal("50.00"), "ONLINE", "PENDING")]
    assert [row[0] for row in rows(period=period(day=DAY21))] == ["REFUND", "PAYMENT"]
    assert net() == Totals(Decimal("50.00"), Decimal("0.00"))


def test_a_page_is_cut_in_the_database(story: Story, django_assert_num_queries: Any) -> None:
    """One statement for the keys of a page, two for its rows, and not a row more than is shown."""
    with django_assert_num_queries(3) as done:
        page = money_rows(list(money_keys(MoneyFilter(sites=ALL_SITES))[1:3]))
    assert [row["session_id"] for row in page] == [story.walk_in.pk, story.refunded_late.pk]
    assert "LIMIT 2 OFFSET 1" in done.captured_queries[0]["sql"]
