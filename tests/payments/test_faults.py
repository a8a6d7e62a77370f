"""Every fault of a gateway and of the line to it: nothing is lost, nothing happens twice, the books agree."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from parking.accounts.models import User
from parking.checkout import expiring, webhooks
from parking.facilities.models import ParkingZone
from parking.payments.gateways.phonepe import gateway as phonepe
from parking.payments.gateways.phonepe.webhook import sha_proof
from parking.payments.models import GatewayEvent, Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from tests.build import cancel, enter, leave, reloaded, terminate
from tests.gateways.peer import Call
from tests.gateways.standin import HOOK_PASSWORD, HOOK_USERNAME, Standin
from tests.invariants import nothing_changes
from tests.moments import at
from tests.payments.world import (
    BOTH,
    BRAND,
    HOOK_PATH,
    Mail,
    assert_books_agree_with,
    book,
    follow,
    leave_online,
    order_of,
)

pytestmark = pytest.mark.django_db

CALLS = {
    "PHONEPE": {"create": "pay", "look": "order_status", "refund": "refund", "refund_look": "refund_status"},
    "RAZORPAY": {
        "create": "order_create",
        "look": "order_payments",
        "refund": "refund_create",
        "refund_look": "refund_fetch",
    },
}
WIRE_FAULTS = ("answer_401", "answer_429", "answer_html_502", "lost_answer", "unknown_states", "extra_fields")


def states() -> tuple[list[str], list[str], list[str]]:
    """Orders, refunds, stays: how each stands."""
    return (
        list(PaymentOrder.objects.order_by("pk").values_list("status", flat=True)),
        list(Refund.objects.order_by("pk").values_list("status", flat=True)),
        list(ParkingSession.objects.order_by("pk").values_list("status", flat=True)),
    )


def paid_at_the_bank(standin: Standin, session: ParkingSession) -> str:
    number = order_of(session).order_id
    standin.pay(number)
    return number


# --- Webhooks --------------------------------------------------------------------------------------


def test_webhooks_sent_twice_are_one_payment(
    driver: User, zone: ParkingZone, standin: Standin, mail: Mail, code: str
) -> None:
    standin.switch(BRAND[code], webhook_duplicate=True)
    session = book(driver, zone, code).session
    paid_at_the_bank(standin, session)
    calls = mail.arrived()
    assert len(calls) == 2 * len({call.content for call in calls})
    assert set(mail.hand_over(calls)) == {200}
    with nothing_changes():
        assert set(mail.hand_over(calls)) == {200}
    assert (states(), reloaded(session).amount_paid) == ((["COMPLETED"], [], ["BOOKED"]), 50)
    assert GatewayEvent.objects.count() == len(calls) // 2
    assert_books_agree_with(standin)


def test_webhooks_in_the_wrong_order_come_to_the_same(
    driver: User, zone: ParkingZone, standin: Standin, mail: Mail, code: str
) -> None:
    standin.switch(BRAND[code], webhook_reorder=1)
    session = book(driver, zone, code).session
    paid_at_the_bank(standin, session)
    follow(at(0.5))
    cancel(driver, session, at(1))
    calls = mail.arrived()
    mail.hand_over(calls[::-1])
    assert states() == (["COMPLETED"], ["COMPLETED"], ["CANCELLED"])
    with nothing_changes():
        mail.hand_over(calls)
    assert_books_agree_with(standin)


def test_a_webhook_after_the_poller_changes_nothing(
    driver: User, zone: ParkingZone, standin: Standin, mail: Mail, code: str
) -> None:
    standin.set(webhook_delay_seconds=0.2)
    standin.switch(BRAND[code], webhook_delay=True)
    session = book(driver, zone, code).session
    paid_at_the_bank(standin, session)
    assert mail.peer.calls == []
    follow(at(0.5))
    assert states()[0] == ["COMPLETED"]
    with nothing_changes():
        assert set(mail.hand_over()) == {200}
    assert GatewayEvent.objects.filter(processed_at=None).count() == 0
    assert_books_agree_with(standin)


def test_without_any_webhook_the_poller_settles_everything(
    *, driver: User, staff: User, zone: ParkingZone, standin: Standin, mail: Mail, code: str
) -> None:
    standin.switch(BRAND[code], webhook_drop=True)
    kept, back, leaving = (book(driver, zone, code).session for _ in range(3))
    for session in (kept, back, leaving):
        paid_at_the_bank(standin, session)
    follow(at(0.5))
    assert states()[0] == ["COMPLETED"] * 3
    standin.switch(BRAND[code], refund_waits=True)
    cancel(driver, back, at(1))
    enter(staff, leaving, at(1))
    leave_online(staff, leaving, code, at(70))
    paid_at_the_bank(standin, leaving)
    standin.complete_refund(Refund.objects.get().refund_id)
    follow(at(71))
    assert mail.arrived() == []
    assert states() == (["COMPLETED"] * 4, ["COMPLETED"], ["BOOKED", "CANCELLED", "COMPLETED"])
    assert reloaded(leaving).bill.charged == Decimal(50)
    assert_books_agree_with(standin)


def test_forged_webhooks_are_refused_and_leave_nothing(
    driver: User, zone: ParkingZone, standin: Standin, mail: Mail, code: str
) -> None:
    standin.switch(BRAND[code], webhook_bad_signature=True)
    session = book(driver, zone, code).session
    paid_at_the_bank(standin, session)
    calls = mail.arrived()
    with nothing_changes():
        assert set(mail.hand_over(calls)) == {401}
        assert mail.hand_over([replace(calls[0], headers={})]) == [401]
    assert not GatewayEvent.objects.exists()
    follow(at(0.5))
    assert_books_agree_with(standin)


def test_a_genuine_webhook_is_not_believed_but_looked_into(
    driver: User, zone: ParkingZone, standin: Standin, mail: Mail, code: str
) -> None:
    """PhonePe's token does not cover the body, so whoever saw one can write what he likes; Razorpay's may be old."""
    paid, unpaid = (book(driver, zone, code).session for _ in range(2))
    number = paid_at_the_bank(standin, paid)
    calls = mail.arrived()
    # The gateway forgets the order: what its webhooks said is no longer true.
    standin.reset()
    mail.hand_over(calls)
    assert not Payment.objects.exists()
    assert (order_of(paid).order_id, order_of(paid).status, order_of(unpaid).status) == (number, "PENDING", "PENDING")


def test_a_forged_event_that_came_first_does_not_silence_the_genuine_one(
    driver: User, zone: ParkingZone, standin: Standin, mail: Mail
) -> None:
    session = book(driver, zone, "PHONEPE").session
    number, order_number = order_of(session).order_id, order_of(session).gateway_order_id
    standin.hang(number)
    paid_at_the_bank(standin, session)
    (genuine,) = mail.arrived()
    assert order_number in genuine.content.decode()
    standin.switch("phonepe", answer_html_502=1)
    mail.hand_over([genuine])
    assert order_of(session).status == "PENDING"
    mail.hand_over([genuine])
    (waiting,) = webhooks.unworked_events(now=at(60 * 24 * 365))
    webhooks.work_on_event(event_id=waiting, now=at(1))
    assert order_of(session).status == "COMPLETED"
    assert_books_agree_with(standin)


# --- The line --------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["create", "look", "refund", "refund_look"])
@pytest.mark.parametrize("fault", WIRE_FAULTS)
def test_a_broken_call_is_made_good(
    *, driver: User, zone: ParkingZone, standin: Standin, code: str, fault: str, call: str
) -> None:
    """Book, pay, cancel, with one call that goes wrong: one order, one payment, one refund, on both sides."""
    standin.switch(BRAND[code], refund_waits=True, **{fault: {"times": 1, "only": CALLS[code][call]}})
    session = book(driver, zone, code).session
    follow(at(0.5))
    paid_at_the_bank(standin, session)
    follow(at(1))
    follow(at(2))
    assert (states()[0], reloaded(session).amount_paid) == (["COMPLETED"], 50)
    cancel(driver, session, at(3))
    follow(at(4))
    standin.complete_refund(Refund.objects.get().refund_id)
    follow(at(5))
    follow(at(6))
    assert standin.look("switches")[BRAND[code]][fault]["times"] == 0, "the fault never happened"
    assert states() == (["COMPLETED"], ["COMPLETED"], ["CANCELLED"])
    books = standin.books()
    assert [len(books[what]) for what in ("orders", "payments", "refunds")] == [1, 1, 1]
    assert Refund.objects.get().attempt == 1
    assert_books_agree_with(standin)


@pytest.mark.parametrize("code", BOTH)
def test_a_gateway_that_answers_too_late_has_worked_once(
    driver: User, zone: ParkingZone, standin: Standin, settings: Settings, code: str
) -> None:
    settings.GATEWAY_READ_SECONDS = 0.4
    standin.set(lost_answer_seconds=1)
    standin.switch(BRAND[code], pays_at_once=True, lost_answer={"times": 1, "only": CALLS[code]["create"]})
    booked = book(driver, zone, code)
    assert (booked.order and booked.order.status, reloaded(booked.session).amount_paid) == ("INITIATED", 0)
    follow(at(0.5))
    standin.switch(BRAND[code], lost_answer={"times": 1, "only": CALLS[code]["refund"]})
    cancel(driver, booked.session, at(1))
    assert states() == (["COMPLETED"], ["INITIATED"], ["CANCELLED"])
    follow(at(2))
    assert states()[1] == ["COMPLETED"]
    assert [len(standin.books()[what]) for what in ("orders", "payments", "refunds")] == [1, 1, 1]
    assert_books_agree_with(standin)


# --- The bank changes its mind ---------------------------------------------------------------------


def test_a_declined_payment_that_succeeds_late_at_phonepe_counts_while_the_slot_is_held(
    driver: User, zone: ParkingZone, standin: Standin, mail: Mail
) -> None:
    session = book(driver, zone, "PHONEPE").session
    number = order_of(session).order_id
    standin.decline(number)
    mail.hand_over()
    assert states() == (["FAILED"], [], ["BOOKED"])
    standin.succeed_late(number)
    mail.hand_over(now=at(1))
    assert (states(), reloaded(session).amount_paid) == ((["COMPLETED"], [], ["BOOKED"]), 50)
    assert_books_agree_with(standin)


def test_a_declined_payment_that_succeeds_at_phonepe_after_the_hold_goes_back(
    driver: User, zone: ParkingZone, standin: Standin, mail: Mail
) -> None:
    session = book(driver, zone, "PHONEPE").session
    number = order_of(session).order_id
    standin.decline(number)
    mail.hand_over()
    expiring.expire_unpaid_holds(now=at(11))
    assert (states(), reloaded(session).end_reason) == ((["FAILED"], [], ["EXPIRED"]), "UNPAID")
    standin.succeed_late(number)
    mail.hand_over(now=at(12))
    follow(at(13))
    assert states() == (["COMPLETED"], ["COMPLETED"], ["EXPIRED"])
    assert_books_agree_with(standin)


def test_a_declined_payment_that_succeeds_late_at_razorpay_counts(
    driver: User, zone: ParkingZone, standin: Standin, mail: Mail
) -> None:
    session = book(driver, zone, "RAZORPAY").session
    number = order_of(session).order_id
    standin.decline(number)
    mail.hand_over()
    assert states() == (["PENDING"], [], ["BOOKED"])
    standin.succeed_late(number)
    mail.hand_over()
    assert (states(), reloaded(session).amount_paid) == ((["COMPLETED"], [], ["BOOKED"]), 50)
    assert_books_agree_with(standin)


def test_paid_never_becomes_failed(driver: User, zone: ParkingZone, standin: Standin, mail: Mail, code: str) -> None:
    session = book(driver, zone, code).session
    number = order_of(session).order_id
    standin.decline(number)
    old_news = mail.arrived()
    standin.succeed_late(number)
    mail.hand_over()
    with nothing_changes():
        mail.hand_over(old_news)
        follow(at(1))
    assert order_of(session).status == "COMPLETED"
    assert_books_agree_with(standin)


def test_another_amount_than_the_orders_is_for_a_person_to_see(
    driver: User, zone: ParkingZone, standin: Standin, mail: Mail, code: str
) -> None:
    standin.switch(BRAND[code], amount_mismatch=True)
    session = book(driver, zone, code).session
    paid_at_the_bank(standin, session)
    mail.hand_over()
    follow(at(1))
    assert (states(), reloaded(session).amount_paid) == ((["REVIEW"], [], ["BOOKED"]), 0)
    assert not Payment.objects.exists()
    assert_books_agree_with(standin)


def test_held_money_is_taken_when_we_are_to_take_it(
    driver: User, zone: ParkingZone, standin: Standin, settings: Settings
) -> None:
    settings.RAZORPAY_CAPTURE = "MANUAL"
    session = book(driver, zone, "RAZORPAY").session
    paid_at_the_bank(standin, session)
    assert [row["state"] for row in standin.books()["payments"]] == ["AUTHORISED"]
    follow(at(1))
    follow(at(2))
    assert (states()[0], [row["state"] for row in standin.books()["payments"]]) == (["COMPLETED"], ["CAPTURED"])
    assert_books_agree_with(standin)


# --- Money for a stay that is over ---------------------------------------------------------------------


def _paid_in_cash(driver: User, staff: User, session: ParkingSession) -> None:
    leave(staff, session, "CASH", at(71), tendered="100")


def _terminated(driver: User, staff: User, session: ParkingSession) -> None:
    terminate(staff, session, "CASH", at(71))


@pytest.mark.parametrize("settled_by", [_paid_in_cash, _terminated])
def test_money_for_an_exit_that_was_settled_otherwise_goes_back_once(
    *,
    driver: User,
    staff: User,
    zone: ParkingZone,
    standin: Standin,
    mail: Mail,
    code: str,
    settled_by: Callable[[User, User, ParkingSession], None],
) -> None:
    session = book(driver, zone, code).session
    paid_at_the_bank(standin, session)
    follow(at(0.5))
    enter(staff, session, at(1))
    leave_online(staff, session, code, at(70))
    late = order_of(session).order_id
    settled_by(driver, staff, session)
    assert reloaded(session).status == "COMPLETED"
    standin.pay(late)
    calls = mail.arrived()
    mail.hand_over(calls, now=at(71.5))
    follow(at(72))
    mail.hand_over(now=at(72))
    assert states() == (["COMPLETED", "COMPLETED"], ["COMPLETED"], ["COMPLETED"])
    with nothing_changes():
        mail.hand_over(calls, now=at(73))
        follow(at(73))
    refund = Refund.objects.get()
    assert (refund.amount, refund.payment.order and refund.payment.order.order_id) == (Decimal(50), late)
    assert reloaded(session).bill.paid == reloaded(session).bill.total == Decimal(100)
    assert_books_agree_with(standin)


@pytest.mark.parametrize("over", ["cancelled", "expired"])
def test_money_for_a_booking_that_is_over_goes_back_once(
    *, driver: User, zone: ParkingZone, standin: Standin, mail: Mail, code: str, over: str
) -> None:
    session = book(driver, zone, code).session
    if over == "cancelled":
        cancel(driver, session, at(1))
    else:
        assert expiring.expire_unpaid_holds(now=at(11)) == 1
    paid_at_the_bank(standin, session)
    calls = mail.arrived()
    mail.hand_over(calls, now=at(11.5))
    follow(at(12))
    mail.hand_over(now=at(12))
    with nothing_changes():
        mail.hand_over(calls, now=at(13))
        follow(at(13))
    assert states() == (["COMPLETED"], ["COMPLETED"], [over.upper()])
    assert reloaded(session).payment_status == "REFUNDED"
    assert_books_agree_with(standin)


# --- Refunds that fail ---------------------------------------------------------------------------------


def test_a_refund_that_failed_is_tried_again_under_a_new_number(
    driver: User, zone: ParkingZone, standin: Standin, mail: Mail, code: str
) -> None:
    standin.switch(BRAND[code], pays_at_once=True, refund_waits=True)
    session = book(driver, zone, code).session
    follow(at(0.5))
    cancel(driver, session, at(1))
    number = Refund.objects.get().refund_id
    standin.fail_refund(number)
    mail.hand_over()
    assert states()[1] == ["FAILED"]
    assert Refund.objects.get().failure != "" or code == "RAZORPAY"
    retry_at = Refund.objects.get().next_try_at
    assert retry_at is not None
    with nothing_changes():
        follow(retry_at - timedelta(seconds=1))
    follow(retry_at)
    assert (states()[1], Refund.objects.get().attempt_id) == (["PENDING"], f"{number}-R2")
    standin.complete_refund(f"{number}-R2")
    mail.hand_over()
    assert states()[1] == ["COMPLETED"]
    assert sorted(row["state"] for row in standin.books()["refunds"]) == ["DONE", "FAILED"]
    assert_books_agree_with(standin)


def test_a_refund_that_always_fails_comes_before_a_person(
    driver: User, zone: ParkingZone, standin: Standin, code: str
) -> None:
    standin.switch(BRAND[code], pays_at_once=True, refund_waits=True)
    session = book(driver, zone, code).session
    follow(at(0.5))
    cancel(driver, session, at(1))
    now, pauses = at(2), []
    while Refund.objects.get().status != "REVIEW":
        standin.fail_refund(Refund.objects.get().attempt_id)
        follow(now)
        refund = Refund.objects.get()
        if refund.next_try_at and refund.status == "FAILED":
            pauses.append((refund.next_try_at - now) / timedelta(minutes=1))
            now = refund.next_try_at
            follow(now)
            now += timedelta(minutes=1)
    assert (pauses, Refund.objects.get().attempt) == ([1, 10, 60, 360], 5)
    assert [row["state"] for row in standin.books()["refunds"]] == ["FAILED"] * 5
    with nothing_changes():
        follow(now + timedelta(days=3))
    assert_books_agree_with(standin)


def test_a_refund_numbered_with_an_r_hears_its_news(
    *, driver: User, zone: ParkingZone, standin: Standin, mail: Mail, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One random number in 32 begins like the mark of a second attempt."""
    monkeypatch.setattr("parking.payments.refunds.new_refund_id", lambda: "RF-R23456789ABCDEFGHJK")
    standin.switch(BRAND[code], pays_at_once=True, refund_waits=True)
    session = book(driver, zone, code).session
    follow(at(0.5))
    cancel(driver, session, at(1))
    standin.complete_refund("RF-R23456789ABCDEFGHJK")
    mail.hand_over()
    assert states()[1] == ["COMPLETED"]
    assert_books_agree_with(standin)


def test_news_of_nothing_touches_nothing(driver: User, zone: ParkingZone, standin: Standin, mail: Mail) -> None:
    """An order that was never answered has no number of the gateway's; nor has such an event."""
    standin.switch("phonepe", answer_429=True)
    session = book(driver, zone, "PHONEPE").session
    standin.switch("phonepe", answer_429=False)
    proof = {"authorization": sha_proof(HOOK_USERNAME, HOOK_PASSWORD)}
    for event in ("checkout.order.completed", "pg.refund.completed"):
        body = json.dumps({"event": event, "payload": {"state": "COMPLETED"}}).encode()
        with nothing_changes():
            assert mail.hand_over([Call("POST", HOOK_PATH["PHONEPE"], {}, proof, body)]) == [200]
    assert (order_of(session).status, standin.books()["orders"]) == ("INITIATED", [])


# --- One bad row -------------------------------------------------------------------------------------------


def test_one_order_that_cannot_be_settled_does_not_stop_the_others(
    driver: User, zone: ParkingZone, standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway gives two orders the same payment: the first counts, the second is for a person to see."""
    first, second, third = (book(driver, zone, "PHONEPE").session for _ in range(3))
    for session in (first, second, third):
        paid_at_the_bank(standin, session)
    ids = {row["order_reference"]: row["id"] for row in standin.books()["payments"]}
    wrong = {ids[order_of(second).order_id]: ids[order_of(first).order_id]}
    read = phonepe._reference
    monkeypatch.setattr(phonepe, "_reference", lambda *args: wrong.get(read(*args), read(*args)))
    follow(at(1))
    assert [order_of(session).status for session in (first, second, third)] == ["COMPLETED", "REVIEW", "COMPLETED"]
    assert Payment.objects.count() == 2
    assert_books_agree_with(standin)
