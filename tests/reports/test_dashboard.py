"""The figures of the moment."""

from decimal import Decimal

import pytest
import time_machine
from pytest_django.fixtures import Settings

from parking.accounts.models import User
from parking.core.sites import ALL_SITES
from parking.payments.models import OrderStatus, PaymentOrder, Refund, RefundStatus
from parking.reports.dashboard import overall_figures, system_figures, today_figures
from parking.stays.models import ParkingSession
from tests.build import book, cancel, make_zone
from tests.reports.story import NOON, Story, ist

pytestmark = pytest.mark.django_db

QUIET = {
    "orders_in_review": 0,
    "refunds_open": 0,
    "refunds_in_review": 0,
    "refunds_failed": 0,
    "holds_overdue": 0,
    "tasks_waiting": 0,
    "tasks_failed": 0,
    "worker": "none",
    "last_heartbeat": None,
    "oldest_task_seconds": 0,
    "open_debts": {"count": 0, "amount": Decimal("0.00")},
}


def test_today(story: Story, at_noon: None) -> None:
    assert today_figures(sites=ALL_SITES) == {
        "bookings": 3,
        "revenue": Decimal("100.00"),
        "active_sessions": 1,
        "completed": 2,
        "cancelled": 0,
        "no_place": 0,
    }


def test_today_ends_at_midnight_of_the_site(story: Story) -> None:
    with time_machine.travel(ist("21 23:59"), tick=False):
        before = today_figures(sites=ALL_SITES)
    with time_machine.travel(ist("22 00:00"), tick=False):
        after = today_figures(sites=ALL_SITES)
    assert (before["bookings"], before["completed"], before["cancelled"]) == (2, 1, 1)
    assert (after["bookings"], after["completed"], after["cancelled"]) == (2, 1, 2)
    assert (before["revenue"], after["revenue"]) == (Decimal("150.00"), Decimal("200.00"))


def test_overall(story: Story, admin: User) -> None:
    assert overall_figures(sites=ALL_SITES) == {"revenue": Decimal("500.00"), "sessions": 8, "users": 3}


def test_nothing_waits(db: None) -> None:
    assert system_figures(sites=ALL_SITES, now=NOON) == QUIET


def test_a_debt_waits_for_a_person(story: Story) -> None:
    assert system_figures(sites=ALL_SITES, now=NOON)["open_debts"] == {"count": 1, "amount": Decimal("75.00")}


def test_holds_and_bookings_that_should_have_ended_are_counted_once(driver: User, settings: Settings) -> None:
    zone = make_zone()
    settings.SIMULATED_OUTCOME = "PENDING"
    book(driver, zone, now=ist("23 11:00"))
    book(driver, zone, now=ist("23 11:49"))
    book(driver, zone, now=ist("23 11:55"))
    settings.SIMULATED_OUTCOME = "CAPTURE"
    book(driver, zone, now=ist("23 11:29"))
    book(driver, zone, now=ist("23 11:31"))
    # The first is overdue in both ways, the second unpaid for eleven minutes, the fourth late for its entry.
    assert system_figures(sites=ALL_SITES, now=NOON)["holds_overdue"] == 3


def test_refunds_and_orders_that_wait(driver: User, settings: Settings) -> None:
    zone = make_zone()
    sessions = [book(driver, zone, now=ist("23 11:30")) for _ in range(4)]
    settings.SIMULATED_OUTCOME = "PENDING"
    for session in sessions:
        cancel(driver, session, now=ist("23 11:31"))
    refunds = list(Refund.objects.order_by("pk"))
    for refund, status in zip(
        refunds, [RefundStatus.REVIEW, RefundStatus.FAILED, RefundStatus.INITIATED], strict=False
    ):
        Refund.objects.filter(pk=refund.pk).update(status=status)
    PaymentOrder.objects.filter(bill=sessions[0].bill).update(status=OrderStatus.REVIEW)
    figures = system_figures(sites=ALL_SITES, now=NOON)
    assert figures == QUIET | {
        "orders_in_review": 1,
        "refunds_open": 2,
        "refunds_in_review": 1,
        "refunds_failed": 1,
    }
    assert ParkingSession.objects.filter(status="CANCELLED").count() == 4
