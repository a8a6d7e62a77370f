"""Quoting and taking the money at the exit."""

from datetime import timedelta

import pytest

from parking.audit.models import AuditEntry
from parking.core import clock
from parking.payments.gateways.base import GatewayState
from parking.payments.models import Payment, PaymentOrder
from parking.payments.trouble import in_trouble
from tests.build import book, enter, leave, reloaded, take_ticket, terminate
from tests.invariants import assert_books_agree, nothing_changes

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(staff, driver, zone):
    """Inside for 150 minutes at ₹50: ₹150, of which ₹50 were paid with the booking."""
    before = clock.now() - timedelta(minutes=150)
    return enter(staff, book(driver, zone, "DL-01-AB-1234", before), before)


@pytest.mark.parametrize("direction", ["OUT", "BOTH"])
def test_the_bill_is_shown_line_by_line_and_closes_nothing(gate, inside, direction):
    part = gate.scan(inside, direction)
    assert part.verdict == "quote"
    assert (part.fact("total"), part.fact("paid"), part.fact("due")) == ("₹150", "₹50", "₹100")
    assert "3 h × ₹50" in part.text
    assert "This bill is valid until" in part.text
    assert part.fact("plate") == "DL 01 AB 1234"
    assert reloaded(inside).status == "ACTIVE"


def test_cash_lets_out_with_change_and_receipt(gate, inside):
    gate.scan(inside, "OUT")
    part = gate.collect(inside, "CASH", tendered="500")
    assert (part.verdict, part.word, part.fact("change-given")) == ("yes", "LET OUT", "₹400")
    assert f"/receipts/{Payment.objects.get(method='CASH').pk}" in part.html
    assert_books_agree()


def test_the_same_cash_again_is_the_same(gate, inside):
    first = gate.collect(inside, "CASH", tendered="500", scan_id="Gate 1-x")
    second = gate.collect(inside, "CASH", tendered="500", scan_id="Gate 1-x")
    assert (first.word, second.word) == ("LET OUT", "LET OUT")
    assert first.fact("change-given") == second.fact("change-given") == "₹400"
    assert Payment.objects.filter(method="CASH").count() == 1


@pytest.mark.parametrize(
    ("method", "fields", "sentence"),
    [
        ("CASH", {"tendered": "99.99"}, "The cash received is less than the amount due."),
        ("CASH", {"tendered": "ten"}, "Please check what you entered."),
        ("UPI", {"upi_reference": "123"}, "Enter the 12 digits of the UPI reference."),
        ("ONLINE", {"gateway": "NOBODY"}, "This payment method is not available."),
    ],
)
def test_a_refused_payment_shows_the_bill_again_with_the_reason(gate, inside, method, fields, sentence):
    gate.scan(inside, "OUT")
    with nothing_changes():
        part = gate.collect(inside, method, **fields)
    assert part.verdict == "quote"
    assert sentence in part.text
    assert f'data-pane-open="{method}"' in part.html


@pytest.mark.parametrize(
    ("method", "fields"), [("CASH", {}), ("CASH", {"tendered": "500"}), ("UPI", {"upi_reference": "123456789012"})]
)
def test_a_bill_that_grew_since_it_was_shown_is_not_written_down_as_paid(gate, inside, method, fields):
    with nothing_changes():
        part = gate.collect(inside, method, due="0.00", **fields)
    assert part.verdict == "quote"
    assert "This is not the amount due. Please check again." in part.text
    assert 'name="due" value="100.00"' in part.html
    assert gate.collect(inside, method, due="100.00", **fields).word == "LET OUT"


def test_upi_at_the_counter(gate, inside):
    assert gate.collect(inside, "UPI", upi_reference="123456789012").word == "LET OUT"
    assert Payment.objects.get(method="UPI").reference == "123456789012"


def test_nothing_due_has_one_button(gate, staff, driver, zone):
    session = enter(staff, book(driver, zone))
    part = gate.scan(session, "OUT")
    assert "Nothing is due." in part.text
    assert 'data-pane="CASH"' not in part.html
    assert gate.collect(session, "CASH").word == "LET OUT"


def test_another_plate_is_refused_with_the_bill_and_with_the_money(gate, inside):
    assert gate.scan(inside, "OUT", plate_seen="KA-01-AB-0001").word == "STOP"
    assert gate.collect(inside, "CASH", plate_seen="KA-01-AB-0001").word == "STOP"
    assert reloaded(inside).status == "ACTIVE"
    kept = gate.scan(inside, "OUT", plate_seen="DL 01 AB 1234")
    assert '<input type="hidden" name="plate_seen" value="DL 01 AB 1234">' in kept.html


def test_too_little_cash_keeps_what_was_typed(gate, inside):
    part = gate.collect(inside, "CASH", tendered="९०")
    assert 'name="tendered" value="९०"' in " ".join(part.html.split())


@pytest.mark.parametrize("typed", ["1,000", "१०००", "₹ 1,000.00", "૧૦૦૦"])
def test_cash_is_read_in_the_digits_of_any_script_and_with_commas(gate, inside, typed):
    part = gate.collect(inside, "CASH", tendered=typed)
    assert (part.word, part.fact("change-given")) == ("LET OUT", "₹900")


def test_green_closes_itself_also_at_the_exit_and_stays_longer_for_the_change(gate, inside):
    part = gate.collect(inside, "CASH", tendered="500")
    assert 'data-closes-after="18"' in part.html


# --- Online ------------------------------------------------------------------------------------------


def test_an_online_payment_that_comes_at_once_lets_out(gate, inside):
    assert gate.collect(inside, "ONLINE", gateway="SIMULATED").word == "LET OUT"


def test_the_gate_waits_for_an_online_payment_and_goes_on_by_itself(gate, inside, gateway):
    gateway.outcome = GatewayState.PENDING
    part = gate.collect(inside, "ONLINE")
    assert (part.verdict, part.word, part.fact("amount-due")) == ("wait", "WAIT", "₹100")
    assert f'data-follow="/gate/wait/{inside.pk}/?scan=Gate%201-0001"' in part.html
    assert f'data-check="/gate/wait/{inside.pk}/check/"' in part.html
    assert 'src="data:image/svg+xml;base64,' in part.html
    PaymentOrder.objects.update(updated_at=clock.now() - timedelta(minutes=1))
    assert gate.wait(inside).word == "WAIT"
    gateway.decide(GatewayState.COMPLETED)
    with nothing_changes():
        assert gate.look(inside).word == "WAIT"
    assert wait_until_asked(gate, inside).word == "LET OUT"
    assert_books_agree()


def wait_until_asked(gate, session):
    """The gateway is asked every two seconds at most."""
    from parking.checkout import paying  # noqa: PLC0415

    before, paying.LOOK_AGAIN_AFTER = paying.LOOK_AGAIN_AFTER, timedelta(0)
    try:
        return gate.wait(session)
    finally:
        paying.LOOK_AGAIN_AFTER = before


def test_an_unchanged_wait_is_answered_without_a_body(gate, inside, gateway):
    gateway.outcome = GatewayState.PENDING
    gate.collect(inside, "ONLINE")
    first = gate.wait(inside).response
    again = gate.client.get(
        f"/gate/wait/{inside.pk}/?scan=Gate+1-0001", headers={"X-Live": "true", "If-None-Match": first["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_a_declined_payment_shows_the_bill_again(gate, inside, gateway):
    gateway.outcome = GatewayState.PENDING
    gate.collect(inside, "ONLINE")
    gateway.decide(GatewayState.FAILED)
    part = wait_until_asked(gate, inside)
    assert part.verdict == "quote"
    assert "The payment did not go through. Nothing was charged; please try again." in part.text
    assert gate.collect(inside, "CASH").word == "LET OUT"


def test_a_gateway_that_does_not_answer_loses_nothing(gate, inside, gateway):
    gateway.reachable = False
    part = gate.collect(inside, "ONLINE")
    assert part.verdict in {"quote", "wait"}
    gateway.reachable = True
    assert gate.collect(inside, "ONLINE").word == "LET OUT"
    assert PaymentOrder.objects.filter(purpose="EXIT").count() == 1


def test_cash_instead_of_a_waiting_payment(gate, inside, gateway):
    gateway.outcome = GatewayState.PENDING
    gate.collect(inside, "ONLINE", scan_id="Gate 1-x")
    again = gate.scan(inside, "OUT", scan_id="Gate 1-x", pane="CASH")
    assert (again.verdict, again.fact("due")) == ("quote", "₹100")
    assert 'data-pane-open="CASH"' in again.html
    assert gate.collect(inside, "CASH", scan_id="Gate 1-x").word == "LET OUT"
    assert_books_agree()


# --- Another attendant was quicker -------------------------------------------------------------------


def stopped(part):
    return part.verdict == "no" and part.word == "STOP"


def test_a_car_that_is_out_already_stops_at_the_quote(gate, staff, inside):
    leave(staff, inside)
    part = gate.scan(inside, "OUT")
    assert stopped(part)
    assert "This car was let out already, at" in part.text


def test_a_stay_that_was_ended_by_staff_says_so(gate, staff, inside):
    terminate(staff, inside)
    part = gate.scan(inside, "BOTH")
    assert stopped(part)
    assert "This session was ended by staff at" in part.text


@pytest.mark.parametrize("method", ["CASH", "ONLINE", "UPI"])
def test_nobody_collects_twice(gate, other_gate, inside, method):
    gate.scan(inside, "OUT")
    assert other_gate.collect(inside, "CASH").word == "LET OUT"
    with nothing_changes():
        part = gate.collect(inside, method, upi_reference="123456789012")
    assert stopped(part)
    assert "This car was let out at another gate meanwhile" in part.text
    assert "Do not take any money." in part.text


def test_the_gate_that_waits_is_told_that_another_took_cash(gate, other_gate, inside, gateway):
    gateway.outcome = GatewayState.PENDING
    gate.collect(inside, "ONLINE", scan_id="Gate 1-x")
    assert other_gate.collect(inside, "CASH").word == "LET OUT"
    for part in (
        gate.wait(inside),
        gate.collect(inside, "ONLINE", scan_id="Gate 1-x"),
        gate.collect(inside, "CASH", scan_id="Gate 1-x"),
    ):
        assert stopped(part)
        assert "Do not take any money." in part.text
    assert Payment.objects.filter(method="CASH").count() == 1


def test_a_refused_collection_is_audited(gate, staff, inside):
    leave(staff, inside)
    gate.collect(inside, "CASH")
    assert AuditEntry.objects.filter(action="refused.already_exited").exists()


def test_a_walk_in_pays_all_at_the_exit(gate, staff, zone):
    before = clock.now() - timedelta(minutes=40)
    session = enter(staff, take_ticket(zone, now=before), before)
    assert gate.scan(session, "OUT").fact("due") == "₹50"


def test_a_gateway_that_does_not_answer_is_named_at_every_gate_and_not_for_long(gate, inside, gateway, time_machine):
    time_machine.move_to(clock.now(), tick=False)
    gateway.reachable = False
    gate.collect(inside, "ONLINE")
    in_trouble.forget()
    # An answer may still come.
    assert "data-gateway-trouble" not in gate.scan(inside, "OUT").html
    time_machine.move_to(clock.now() + timedelta(seconds=6), tick=False)
    in_trouble.forget()
    part = gate.scan(inside, "OUT")
    assert "data-gateway-trouble" in part.html
    assert "Simulated payment does not answer now. Choose another payment method" in part.text
    time_machine.move_to(clock.now() + timedelta(minutes=3), tick=False)
    in_trouble.forget()
    assert "data-gateway-trouble" not in gate.scan(inside, "OUT").html


def test_an_answer_ends_the_trouble_of_a_gateway(gate, inside, gateway, time_machine):
    time_machine.move_to(clock.now(), tick=False)
    gateway.reachable = False
    gate.collect(inside, "ONLINE")
    gateway.reachable = True
    gateway.decide(GatewayState.PENDING)
    time_machine.move_to(clock.now() + timedelta(seconds=6), tick=False)
    gate.collect(inside, "ONLINE")
    in_trouble.forget()
    assert in_trouble.value() == frozenset()
