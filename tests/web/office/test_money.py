"""Payments, refunds, terminations, debts and the revenue report on the office's pages."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from parking.accounts.models import Role
from parking.checkout import refunding
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.payments.models import Debt, DebtStatus, Payment, Refund, RefundStatus
from tests.build import actor, book, enter, leave, make_user, reloaded, terminate
from tests.invariants import assert_books_agree
from tests.web.markup import squeezed
from tests.web.office.forms import browser_of, fields_of, hidden_fields, text_of

LIST = "/office/payments/"


@pytest.fixture(autouse=True)
def _by_day():
    """What happened three hours ago happened today."""
    with time_machine.travel(datetime(2026, 11, 20, 9, 30, tzinfo=UTC)):
        yield


@pytest.fixture
def office(admin):
    return browser_of(admin)


@pytest.fixture
def stay(driver, staff, zone):
    """A stay of one hour at ₹50 an hour that cost ₹150: the fee online, ₹100 in cash."""
    now = clock.now()
    session = enter(staff, book(driver, zone, now=now - timedelta(hours=3)), now=now - timedelta(hours=3))
    return leave(staff, session, now=now).session


def cash_of(stay):
    return Payment.objects.get(bill=stay.bill, method="CASH")


def online_of(stay):
    return Payment.objects.get(bill=stay.bill, method="ONLINE")


def asked_and_confirmed(office, address, values):
    """Fill in the form, read the question, and say yes."""
    question = office.post(address, fields_of(office.get(address)) | values)
    sent = hidden_fields(question) | {"step": "go"}
    return question, office.post(address, sent), sent


def read(office, address):
    return b"".join(office.get(address).streaming_content).decode()


# --- The list --------------------------------------------------------------------------------------------


def test_the_sums_are_those_of_all_rows(office, stay):
    answer = office.get(LIST)
    total = answer.context["total"]
    assert (total.captured, total.refunded, total.net) == (Decimal("150.00"), Decimal("0.00"), Decimal("150.00"))
    assert [(row["kind"], row["amount"]) for row in answer.context["sheet"].rows] == [
        ("PAYMENT", Decimal("100.00")), ("PAYMENT", Decimal("50.00")),
    ]  # fmt: skip
    assert answer.context["totals"]["CASH"].net == Decimal("100.00")


def test_filters_and_search(office, stay, admin):
    refund = refunding.refund_any_payment(
        actor=actor(admin), payment_id=online_of(stay).pk, amount=Decimal("20"), reason="Goodwill", now=clock.now()
    )
    assert [row["kind"] for row in office.get(LIST, {"kind": "REFUND"}).context["sheet"].rows] == ["REFUND"]
    assert [row["method"] for row in office.get(LIST, {"method": "CASH"}).context["sheet"].rows] == ["CASH"]
    order = online_of(stay).order.order_id
    assert {row["kind"] for row in office.get(LIST, {"q": order}).context["sheet"].rows} == {"PAYMENT", "REFUND"}
    assert office.get(LIST, {"q": refund.refund_id}).context["sheet"].count == 1
    assert office.get(LIST, {"q": stay.vehicle.vehicle_number}).context["sheet"].count == 3
    smallest = office.get(LIST, {"sort": "amount"}).context["sheet"].rows
    assert [row["amount"] for row in smallest] == [Decimal("20.00"), Decimal("50.00"), Decimal("100.00")]


@pytest.mark.parametrize("query", ["from=abc", "method=GOLD", "page=x", "status=NOPE", "kind=1", "q=%00"])
def test_wrong_addresses_get_a_page(office, stay, query):
    assert office.get(f"{LIST}?{query}").status_code == 200
    assert office.get(f"/office/revenue/?{query}").status_code == 200


def test_files_have_the_rows_of_the_filter(office, stay):
    text = b"".join(office.get(f"{LIST}file/csv/", {"method": "CASH"}).streaming_content).decode()
    assert text.startswith("\ufeffType,Number,Time,State,Amount,")
    assert text.count("Payment,") == 1
    book_ = load_workbook(BytesIO(b"".join(office.get(f"{LIST}file/xlsx/").streaming_content)))
    assert len(list(book_.active.values)) == 4
    assert office.get(f"{LIST}file/csv/?from=abc").status_code == 400


def test_money_that_went_back_is_negative_in_a_file_and_its_sum_is_that_of_the_page(office, stay):
    given = {"payment_id": online_of(stay).pk, "amount": Decimal("30"), "reason": "Goodwill"}
    refunding.refund_any_payment(actor=SYSTEM, now=clock.now(), **given)
    _, *lines = [line.split(",") for line in read(office, f"{LIST}file/csv/").splitlines()]
    amounts = sorted((line[0], Decimal(line[4])) for line in lines)
    assert amounts == [("Payment", 50), ("Payment", 100), ("Refund", -30), ("Total", 120)]


def test_the_heads_of_a_file_are_in_the_reader_s_language(office, stay):
    office.cookies["django_language"] = "hi"
    assert read(office, "/office/revenue/file/csv/").startswith("\ufeffहिस्सा,नाम,राशि ली,")


def test_a_page_costs_the_same_however_many_rows(office, driver, staff, zone, stay):
    def cost():
        office.get(LIST)  # the process keeps what it read of zones, notices and what waits
        with CaptureQueriesContext(connection) as found:
            office.get(LIST)
        return len(found)

    few = cost()
    for _ in range(5):
        leave(staff, enter(staff, book(driver, zone)))
    assert cost() == few


# --- Refunds ---------------------------------------------------------------------------------------------


def test_a_refund_says_what_will_happen_before_it_does(office, stay, driver):
    payment = online_of(stay)
    address = f"{LIST}{payment.pk}/refund/"
    form = office.get(address)
    assert fields_of(form)["amount"] == Decimal("50.00")
    question = office.post(address, fields_of(form) | {"amount": "20", "reason": "Goodwill"})
    assert "₹20 is refunded through Simulated payment to where it came from." in text_of(question)
    assert not Refund.objects.exists()
    answer = office.post(address, hidden_fields(question) | {"step": "go"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/office/sessions/{stay.pk}/")
    refund = Refund.objects.get()
    assert (refund.amount, refund.status, refund.reason) == (Decimal("20.00"), RefundStatus.COMPLETED, "Goodwill")
    assert_books_agree()


def test_the_same_form_twice_gives_back_once(office, stay):
    address = f"{LIST}{online_of(stay).pk}/refund/"
    _, first, sent = asked_and_confirmed(office, address, {"amount": "20", "reason": "Goodwill"})
    second = office.post(address, sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert Refund.objects.count() == 1


def test_more_than_is_left_is_refused_in_the_form(office, stay):
    address = f"{LIST}{online_of(stay).pk}/refund/"
    answer = office.post(address, {"amount": "51", "reason": "Goodwill"})
    assert "Only ₹50 of this payment can still be refunded." in text_of(answer)
    assert "Give ₹51 back?" not in text_of(answer)


@pytest.mark.parametrize("amount", ["0", "0.00"])
def test_nothing_is_not_asked_to_be_given_back(office, stay, amount):
    answer = office.post(f"{LIST}{online_of(stay).pk}/refund/", {"amount": amount, "reason": "Goodwill"})
    assert "Please give an amount above zero." in text_of(answer)
    assert 'href="#id_amount">Amount</a>' in answer.content.decode()
    assert not Refund.objects.exists()


@pytest.mark.parametrize("amount", ["", "abc", "-5", "1.005", "NaN", "1e9"])
def test_no_amount_no_question(office, stay, amount):
    answer = office.post(f"{LIST}{online_of(stay).pk}/refund/", {"amount": amount, "reason": "Goodwill", "step": "go"})
    assert answer.status_code == 200
    assert answer.context["form"].errors["amount"]
    assert not Refund.objects.exists()


def test_cash_goes_back_only_by_another_manager(office, admin, stay):
    other = browser_of(make_user(Role.ADMIN))
    payment = cash_of(stay)
    question, _, _ = asked_and_confirmed(office, f"{LIST}{payment.pk}/refund/", {"amount": "30", "reason": "Wrong car"})
    assert "Another manager has to approve it before the money is paid out." in text_of(question)
    refund = Refund.objects.get()
    approve = f"/office/refunds/{refund.pk}/approve/"
    assert "another manager has to approve it" in text_of(office.get("/office/review/"))
    office.post(approve, {"step": "go"})
    refund.refresh_from_db()
    assert refund.status == RefundStatus.INITIATED
    assert "Another manager must approve" in text_of(office.get("/office/review/"))

    assert f'action="{approve}"' in text_of(other.get("/office/review/"))
    assert "₹30 is handed back at the counter" in text_of(other.post(approve))
    assert "₹30 is handed back at the counter" in text_of(other.get(approve))
    assert other.post(approve, {"step": "go"}).status_code == 302
    assert other.post(approve, {"step": "go"}).status_code == 302
    refund.refresh_from_db()
    assert refund.status == RefundStatus.COMPLETED
    assert_books_agree()


def test_a_refused_refund_is_tried_again(office, stay, gateway, admin):
    payment = online_of(stay)
    refund = refunding.refund_any_payment(
        actor=actor(admin), payment_id=payment.pk, amount=Decimal("20"), reason="Goodwill", now=clock.now()
    )
    Refund.objects.filter(pk=refund.pk).update(status=RefundStatus.REVIEW, completed_at=None, failure="No funds")
    assert "No funds" in text_of(office.get("/office/review/"))
    address = f"/office/refunds/{refund.pk}/retry/"
    question = office.post(address)
    assert "is asked first whether it has this refund" in text_of(question)
    # As the choice of another language does.
    assert "is asked first whether it has this refund" in text_of(office.get(address))
    assert office.post(address, hidden_fields(question) | {"step": "go"}).status_code == 302


def test_refunds_that_are_not_there(office, zone):
    assert office.get(f"{LIST}999/refund/").status_code == 404
    assert office.post("/office/refunds/999/approve/").status_code == 404
    assert office.post("/office/refunds/999/retry/").status_code == 404


# --- Terminations and debts --------------------------------------------------------------------------------


def test_a_termination_says_what_it_means_and_leaves_a_debt(office, driver, staff, zone):
    now = clock.now()
    session = enter(staff, book(driver, zone, now=now - timedelta(hours=3)), now=now - timedelta(hours=3))
    address = f"/office/sessions/{session.pk}/terminate/"
    question, answer, sent = asked_and_confirmed(office, address, {"reason": "Towed away", "method": "NONE"})
    assert "The amount due becomes a debt of the plate" in text_of(question)
    assert "₹100 is due now" in text_of(question)
    assert answer.headers["Location"] == f"/office/sessions/{session.pk}/"
    ended = reloaded(session)
    assert (ended.end_reason, ended.end_note) == ("TERMINATED", "Towed away")
    assert office.post(address, sent).status_code == 302
    assert Debt.objects.get().amount == Decimal("100.00")
    assert_books_agree()


def test_a_stay_that_grew_dearer_than_the_question_said_is_asked_about_again(office, driver, staff, zone):
    now = clock.now()
    with time_machine.travel(now, tick=False) as moment:
        session = enter(staff, book(driver, zone, now=now - timedelta(hours=3)), now=now - timedelta(hours=3))
        address = f"/office/sessions/{session.pk}/terminate/"
        question = office.post(address, {"reason": "Towed away", "method": "CASH", "key": "one"})
        assert question.context["form"]["due"].value() == "100.00"
        moment.shift(timedelta(hours=1))
        sent = {"reason": "Towed away", "method": "CASH", "key": "one", "due": "100.00", "step": "go"}
        answer = office.post(address, sent)
        assert "This is not the amount due. Please check again." in text_of(answer)
        assert "₹150" in text_of(answer)
        assert reloaded(session).status == "ACTIVE"
        assert office.post(address, sent | {"key": "two", "due": "150.00"}).status_code == 302
        assert reloaded(session).bill.captured == 200


def test_a_termination_needs_a_reason_and_a_car_inside(office, driver, staff, zone, stay):
    session = enter(staff, book(driver, zone))
    address = f"/office/sessions/{session.pk}/terminate/"
    assert office.post(address, {"method": "CASH", "step": "go"}).context["form"].errors["reason"]
    assert reloaded(session).status == "ACTIVE"
    assert office.get(f"/office/sessions/{stay.pk}/terminate/").status_code == 400
    assert office.get("/office/sessions/999999/terminate/").status_code == 404


def test_upi_needs_its_reference(office, driver, staff, zone):
    now = clock.now()
    session = enter(staff, book(driver, zone, now=now - timedelta(hours=3)), now=now - timedelta(hours=3))
    address = f"/office/sessions/{session.pk}/terminate/"
    _, answer, _ = asked_and_confirmed(office, address, {"reason": "Towed", "method": "UPI", "upi_reference": "123"})
    assert "Enter the 12 digits of the UPI reference." in text_of(answer)
    assert reloaded(session).status == "ACTIVE"


def test_a_debt_is_written_off_once(office, admin, driver, staff, zone):
    now = clock.now()
    session = enter(staff, book(driver, zone, now=now - timedelta(hours=3)), now=now - timedelta(hours=3))
    debt = terminate(staff, session).session.bill.debt
    assert "Plates owe ₹100 in all" in text_of(office.get("/office/debts/"))
    address = f"/office/debts/{debt.pk}/write-off/"
    question, answer, sent = asked_and_confirmed(office, address, {"reason": "Ambulance"})
    assert "owes ₹100 less" in text_of(question)
    assert answer.status_code == office.post(address, sent).status_code == 302
    debt.refresh_from_db()
    assert (debt.status, debt.written_off_by) == (DebtStatus.WRITTEN_OFF, admin)
    assert "No plate has an open debt." in text_of(office.get("/office/debts/"))
    assert office.get("/office/debts/", {"all": "on"}).context["sheet"].count == 1


def test_posts_need_a_token(admin, stay):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    for path in (f"{LIST}{online_of(stay).pk}/refund/", "/office/refunds/1/approve/", "/office/debts/1/write-off/"):
        assert browser.post(path, {"step": "go"}).status_code == 403
    assert not Refund.objects.exists()


@pytest.mark.parametrize("role", [Role.USER, Role.STAFF])
def test_only_managers(role, stay):
    browser = browser_of(make_user(role))
    payment = online_of(stay).pk
    for path in (LIST, f"{LIST}file/csv/", f"{LIST}{payment}/refund/", "/office/review/", "/office/debts/",
                 "/office/revenue/", "/office/revenue/file/csv/"):  # fmt: skip
        assert browser.get(path).status_code == 403
    assert browser.post(f"{LIST}{payment}/refund/", {"amount": "5", "reason": "x", "step": "go"}).status_code == 403


# --- Revenue ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["day", "week", "month"])
def test_every_table_of_the_report_adds_up(office, stay, admin, group):
    refunding.refund_any_payment(
        actor=actor(admin), payment_id=online_of(stay).pk, amount=Decimal("20"), reason="Goodwill", now=clock.now()
    )
    answer = office.get("/office/revenue/", {"group": group})
    report = answer.context["report"]
    assert report.total == Decimal("130.00")
    for rows in (report.daily, report.zones, report.methods, report.hours):
        assert sum(next(part for part in row if hasattr(part, "net")).net for row in rows) == Decimal("130.00")
    page = squeezed(text_of(answer))
    assert page.count('<tfoot><tr><th scope="row">Total</th><td class="money">₹150</td><td class="money">₹20</td>') == 4


def test_presets_and_growth(office, stay):
    today = f"{clock.today()}"
    answer = office.get("/office/revenue/", {"from": today, "to": today})
    assert answer.context["presets"][0].is_shown
    assert len(answer.context["report"].daily) == 1
    assert "no revenue then" in text_of(answer)


def test_the_chart_reads_the_figures_of_the_table(office, stay):
    page = text_of(office.get("/office/revenue/"))
    assert 'data-table="daily" data-columns="1 2"' in page
    assert 'data-value="150.00">₹150</td>' in page


def test_the_report_as_a_file_adds_up(office, stay):
    text = b"".join(office.get("/office/revenue/file/csv/").streaming_content).decode()
    assert text.startswith("\ufeffPart,Name,Collected,Refunded,Revenue,Sessions")
    rows = [line.split(",") for line in text.splitlines()[1:]]
    assert all(Decimal(row[2]) + Decimal(row[3]) == Decimal(row[4]) for row in rows)
    sums = {part: sum(Decimal(row[4]) for row in rows if row[0] == part) for part in {row[0] for row in rows}}
    assert sums == dict.fromkeys(("DAY", "ZONE", "METHOD", "HOUR", "TOTAL"), Decimal("150.00"))
