"""Days of traffic at two sites, with an attendant each: the books agree, and everybody sees what is theirs."""

from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.offers.models import Shop
from parking.offers.statements import statement_of
from parking.payments.models import Debt, Payment
from parking.stays.models import ParkingSession
from tests.client import ApiClient
from tests.invariants import assert_books_agree

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def traffic():
    with time_machine.travel(NOW, tick=False):
        call_command("demo")
        call_command("demo_traffic", days=1, verbosity=0)
        yield


def account(name: str) -> ApiClient:
    return ApiClient(User.objects.get(username=name))


def data_of(answer):
    assert answer.status_code == 200
    return answer.json()["data"]


@pytest.mark.usefixtures("traffic")
def test_the_books_agree_and_the_reports_add_up_to_the_payments() -> None:
    assert_books_agree()
    by_day: dict[str, Decimal] = defaultdict(Decimal)
    for payment in Payment.objects.all():
        by_day[f"{timezone.localdate(payment.captured_at)}"] += payment.amount
    auditor = account("auditor1")
    report = data_of(auditor.get("/api/admin/revenue-report/?start_date=2026-11-19&end_date=2026-11-20"))
    assert {row["date"]: Decimal(str(row["revenue"])) for row in report["daily"]} == dict(by_day)
    assert Decimal(str(report["total"])) == sum(by_day.values())
    assert sum(Decimal(str(row["revenue"])) for row in report["zones"]) == sum(by_day.values())


@pytest.mark.usefixtures("traffic")
def test_the_shop_has_a_statement() -> None:
    statement = statement_of(Shop.objects.get(), date(2026, 11, 1))
    assert statement.rows
    assert statement.total > 0


@pytest.mark.usefixtures("traffic")
def test_each_attendant_worked_at_the_own_site_and_sees_its_cars_alone() -> None:
    ids = {name: User.objects.get(username=name).pk for name in ("staff1", "staff2")}
    done = AuditEntry.objects.filter(action__in=["session.entered", "session.exited", "session.terminated"])
    codes = dict(ParkingSession.objects.values_list("pk", "zone__site__code"))
    by_people = done.exclude(actor_id=None)  # the demonstration itself leaves a vehicle behind
    assert {(entry.actor_id, codes[int(entry.subject_id or 0)]) for entry in by_people} == {
        (ids["staff1"], "CP"), (ids["staff2"], "AIR"),
    }  # fmt: skip
    inside = data_of(account("staff2").get("/api/staff/active-sessions/?page_size=100"))["results"]
    assert {row["zone_name"] for row in inside} <= {"Zone P1", "Zone P2"}
    assert len(inside) == ParkingSession.objects.filter(status="ACTIVE", zone__site__code="AIR").count() > 0


@pytest.mark.usefixtures("traffic")
def test_who_drove_off_owes_and_the_auditor_reads_it_without_changing_it() -> None:
    debt = Debt.objects.first()
    if debt is None:
        pytest.fail("one of the days' cars drives off")
    auditor = account("auditor1")
    assert data_of(auditor.get("/api/admin/debts/"))["count"] == Debt.objects.count()
    assert auditor.post(f"/api/admin/debts/{debt.pk}/write-off/", {"reason": "x"}).status_code == 403


def test_without_the_demonstration_there_is_nobody_to_make_it() -> None:
    with pytest.raises(CommandError, match="demonstration data first"):
        call_command("demo_traffic", days=1, verbosity=0)
