"""Old debts at the gate: shown at entry and exit, paid with the exit or alone."""

from datetime import timedelta
from decimal import Decimal

import pytest

from parking.core import clock
from parking.payments.models import Debt, Payment
from tests.build import book, enter, reloaded, terminate
from tests.invariants import assert_books_agree, nothing_changes
from tests.web.markup import one_line

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"


@pytest.fixture
def debt(staff, driver, zone):
    """₹100: three hours at ₹50 less the fee."""
    start = clock.now() - timedelta(hours=9)
    session = enter(staff, book(driver, zone, PLATE, start), start)
    terminate(staff, session, now=start + timedelta(hours=3))
    return Debt.objects.get()


@pytest.fixture
def inside(staff, driver, zone, debt):
    """₹100 due for 150 minutes beside the debt."""
    before = clock.now() - timedelta(minutes=150)
    return enter(staff, book(driver, zone, PLATE, before), before)


@pytest.fixture
def collector(staff):
    staff.permissions = {"collect_debt": True}
    staff.save()
    return staff


def test_the_entry_names_the_sum_of_old_debts(gate, driver, zone, debt):
    part = gate.scan(book(driver, zone, PLATE), "IN")
    assert (part.word, part.fact("debt")) == ("LET IN", "₹100")


def test_the_bill_shows_old_debts_and_without_permission_none_is_added(gate, inside, debt):
    for fields in ({}, {"debts": str(debt.pk)}):
        part = gate.scan(inside, "OUT", **fields)
        assert (part.fact("due"), part.fact("in-all")) == ("₹100", "")
        assert "Old debt ₹100" in part.text
        assert "data-add-debt" not in part.html
    assert gate.collect(inside, "CASH", tendered="100").word == "LET OUT"
    assert Debt.objects.get().status == "OPEN"


def test_a_debt_is_added_to_the_bill_and_taken_off_again(gate, collector, inside, debt):
    part = gate.scan(inside, "OUT")
    assert "Add ₹100" in part.text
    assert f'name="debts" value="{debt.pk}"' in part.html
    added = gate.scan(inside, "OUT", debts=str(debt.pk))
    assert (added.fact("due"), added.fact("in-all")) == ("₹100", "₹200")
    assert 'data-due="200.00"' in added.html
    assert 'name="method" value="ONLINE"' not in added.html
    assert "Remove" in added.text
    assert 'name="debts" value=""' in added.html


def test_cash_pays_exit_and_debt_with_change_over_both(gate, collector, inside, debt):
    with nothing_changes():
        short = gate.collect(inside, "CASH", tendered="150", due="100.00", debts=str(debt.pk))
    assert "The cash received is less than the amount due." in short.text
    assert short.fact("in-all") == "₹200"
    part = gate.collect(inside, "CASH", tendered="500", due="100.00", debts=str(debt.pk))
    assert (part.word, part.fact("change-given")) == ("LET OUT", "₹300")
    debt.refresh_from_db()
    assert (debt.status, debt.payment.amount) == ("PAID", Decimal("100.00"))
    assert_books_agree()


def test_a_car_with_nothing_due_pays_its_debt(gate, collector, driver, zone, debt):
    session = enter(collector, book(driver, zone, PLATE))
    part = gate.scan(session, "OUT", debts=str(debt.pk))
    assert (part.fact("due"), part.fact("in-all")) == ("₹0", "₹100")
    paid = gate.collect(session, "UPI", upi_reference="123456789012", due="0.00", debts=str(debt.pk))
    assert paid.word == "LET OUT"
    assert "Paid." in paid.text
    assert Payment.objects.get(method="UPI").debt == debt


def test_a_debt_that_was_settled_meanwhile_falls_off_the_bill(gate, collector, inside, debt):
    Debt.objects.update(status="LAPSED", closed_at=clock.now())
    part = gate.collect(inside, "CASH", tendered="500", due="100.00", debts=str(debt.pk))
    assert (part.verdict, part.fact("due"), part.fact("in-all")) == ("quote", "₹100", "")
    assert "This debt is settled already." in part.text
    assert reloaded(inside).status == "ACTIVE"


@pytest.mark.parametrize("text", ["x", "1,,x", "-1", "1" * 19])
def test_what_names_no_debts_is_refused(gate, collector, inside, text):
    with nothing_changes():
        assert gate.collect(inside, "CASH", tendered="500", debts=text).verdict == "quote"


# --- Alone -------------------------------------------------------------------------------------------


def test_debts_are_found_by_the_whole_plate_only(gate, collector, debt):
    def found(text):
        return "₹100" in gate.client.get("/gate/debts/", {"q": text}).content.decode()

    assert [found(text) for text in ("dl 1 ab 1234", PLATE, "1234", "DL01AB", "KA-01-AB-0001")] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_debt_is_collected_alone_once_however_often_it_is_sent(gate, collector, debt):
    form = {"method": "CASH", "tendered": "150", "key": "once"}
    for _ in range(2):
        answer = gate.client.post(f"/gate/debts/{debt.pk}/", form, follow=True)
        assert "₹100 of old debt collected. Change: ₹50" in one_line(answer.content.decode())
    debt.refresh_from_db()
    assert debt.status == "PAID"
    assert Payment.objects.filter(debt=debt).count() == 1
    assert_books_agree()


def test_without_permission_nothing_is_collected(gate, debt):
    assert "Collect" not in one_line(gate.client.get("/gate/debts/", {"q": PLATE}).content.decode())
    with nothing_changes():
        answer = gate.client.post(f"/gate/debts/{debt.pk}/", {"method": "CASH", "key": "once"})
    assert answer.status_code == 403
