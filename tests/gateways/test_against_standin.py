"""Our gateways against the stand-in, over real HTTP: whole journeys, and every fault of the wire."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from gateway_standin.razorpay.hooks import signature
from parking.core.ids import new_order_id, new_refund_id
from parking.payments.gateways.base import (
    EntryKind,
    EventKind,
    ForgedWebhook,
    Gateway,
    GatewayMisconfigured,
    GatewayNotFound,
    GatewayRefused,
    GatewayState,
    GatewayUnreachable,
    OrderAnswer,
    OrderRequest,
    ReadsWebhooks,
    RefundRequest,
)
from parking.payments.gateways.http import Timeouts
from parking.payments.gateways.phonepe.config import PhonePeConfig, WebhookConfig, WebhookMode
from parking.payments.gateways.phonepe.gateway import PhonePeGateway
from parking.payments.gateways.razorpay.config import CapturePolicy, RazorpayConfig
from parking.payments.gateways.razorpay.gateway import RazorpayGateway
from tests.gateways import standin as fake
from tests.gateways.standin import Standin

PENDING, COMPLETED, FAILED = GatewayState.PENDING, GatewayState.COMPLETED, GatewayState.FAILED
BOTH = ("PHONEPE", "RAZORPAY")
TIMEOUTS = Timeouts(connect=1, read=1.5, whole=5)


def phonepe(standin: Standin, mode: WebhookMode = WebhookMode.SHA, **changes: Any) -> PhonePeGateway:
    plain = PhonePeConfig(
        oauth_url=standin.phonepe_base,
        pg_url=standin.phonepe_base,
        client_id=fake.CLIENT_ID,
        client_secret=fake.CLIENT_SECRET,
        client_version=fake.CLIENT_VERSION,
        return_url="https://park.example/pay/return/{order_id}/",
        webhook=WebhookConfig(
            mode,
            username=fake.HOOK_USERNAME,
            password=fake.HOOK_PASSWORD,
            hmac_secret=fake.HMAC_SECRET,
            hmac_key_id=fake.HMAC_KEY_ID,
            salt_key=fake.SALT_KEY,
            salt_index=fake.SALT_INDEX,
        ),
        timeouts=TIMEOUTS,
    )
    return PhonePeGateway(replace(plain, **changes))


def razorpay(standin: Standin, **changes: Any) -> RazorpayGateway:
    plain = RazorpayConfig(
        url=standin.razorpay_base,
        key_id=fake.KEY_ID,
        key_secret=fake.KEY_SECRET,
        webhook_secrets=(fake.RAZORPAY_WEBHOOK_SECRET,),
        timeouts=TIMEOUTS,
    )
    return RazorpayGateway(replace(plain, **changes))


MAKERS: dict[str, Callable[[Standin], PhonePeGateway | RazorpayGateway]] = {"PHONEPE": phonepe, "RAZORPAY": razorpay}
CREATE = {"PHONEPE": "pay", "RAZORPAY": "order_create"}
REFUND = {"PHONEPE": "refund", "RAZORPAY": "refund_create"}


@pytest.fixture(params=BOTH)
def gateway(request: pytest.FixtureRequest, standin: Standin) -> PhonePeGateway | RazorpayGateway:
    return MAKERS[request.param](standin)


def new_order(**changes: Any) -> OrderRequest:
    number = new_order_id()
    return replace(OrderRequest(number, 5000, f"Parking {number}", fresh=True), **changes)


def paid(standin: Standin, gateway: Gateway) -> tuple[OrderRequest, OrderAnswer]:
    order = new_order()
    made = gateway.create_order(order)
    standin.pay(order.order_id)
    known = replace(order, fresh=False, gateway_order_id=made.gateway_order_id)
    return known, gateway.fetch_order(known)


def refund_of(answer: OrderAnswer, amount: int = 2000) -> RefundRequest:
    return RefundRequest(new_refund_id(), answer.order_id, answer.reference, amount, fresh=True)


def booked(standin: Standin, what: str, number: str) -> list[dict[str, Any]]:
    """The stand-in's orders, payments or refunds under one number of ours."""
    rows = standin.books()[what]
    return [row for row in rows if number in (row.get("reference"), row.get("order_reference"))]


# --- Journeys --------------------------------------------------------------------------------------


def test_an_order_is_made_paid_and_partly_refunded(standin: Standin, gateway: Gateway):
    order = new_order()
    made = gateway.create_order(order)
    waiting = gateway.fetch_order(order)
    standin.pay(order.order_id)
    done = gateway.fetch_order(order)

    assert (made.state, waiting.state, done.state) == (PENDING, PENDING, COMPLETED)
    assert (done.order_id, done.amount, done.currency) == (order.order_id, 5000, "INR")
    assert made.gateway_order_id == waiting.gateway_order_id == done.gateway_order_id != ""
    (payment,) = booked(standin, "payments", order.order_id)
    assert (done.reference, done.bank_reference) == (payment["id"], payment["reference"])

    refund = refund_of(done)
    sent = gateway.create_refund(refund)
    arrived = gateway.fetch_refund(refund)

    assert (sent.refund_id, sent.amount, arrived.state) == (refund.refund_id, 2000, COMPLETED)
    assert sent.gateway_refund_id == arrived.gateway_refund_id != ""
    assert gateway.fetch_order(order).state == COMPLETED


def test_a_phonepe_order_has_a_page(standin: Standin):
    assert phonepe(standin).create_order(new_order()).pay_url.startswith(f"{standin.address}/pay/")


def test_a_declined_order_fails_and_may_still_be_paid(standin: Standin, gateway: Gateway):
    order = new_order()
    gateway.create_order(order)
    standin.decline(order.order_id)
    failed = gateway.fetch_order(order)
    standin.succeed_late(order.order_id)

    assert (failed.state, bool(failed.failure), failed.retryable) == (FAILED, True, gateway.code == "RAZORPAY")
    assert gateway.fetch_order(order).state == COMPLETED


def test_a_hanging_payment_waits(standin: Standin, gateway: Gateway):
    order = new_order()
    gateway.create_order(order)
    standin.hang(order.order_id)

    assert gateway.fetch_order(order).state == PENDING


def test_another_amount_is_told_as_it_is(standin: Standin, gateway: Gateway):
    order = new_order()
    gateway.create_order(order)
    standin.pay(order.order_id, amount=4900)

    answer = gateway.fetch_order(order)

    assert (answer.state, answer.amount) == (COMPLETED, 4900)


def test_a_refund_waits_then_fails(standin: Standin, gateway: Gateway):
    _, done = paid(standin, gateway)
    standin.switch(gateway.code.lower(), refund_waits=True)
    refund = refund_of(done)
    gateway.create_refund(refund)
    waiting = gateway.fetch_refund(refund)
    standin.fail_refund(refund.refund_id)

    assert (waiting.state, gateway.fetch_refund(refund).state) == (PENDING, FAILED)


def test_too_much_refunded_is_refused(standin: Standin, gateway: Gateway):
    _, done = paid(standin, gateway)

    with pytest.raises(GatewayRefused) as caught:
        gateway.create_refund(refund_of(done, 5100))

    assert caught.value.permanent


def test_held_money_is_captured(standin: Standin):
    gateway = razorpay(standin, capture=CapturePolicy.MANUAL)
    order = new_order()
    gateway.create_order(order)
    standin.pay(order.order_id)
    held = gateway.fetch_order(order)

    assert (held.state, held.awaits_capture) == (PENDING, True)
    assert gateway.capture_order(order).state == COMPLETED


def test_a_checkout_signature_of_the_stand_in_is_genuine(standin: Standin):
    gateway = razorpay(standin)
    order, done = paid(standin, gateway)
    signed = signature(fake.KEY_SECRET, f"{order.gateway_order_id}|{done.reference}".encode())

    assert gateway.checkout_is_genuine(
        gateway_order_id=order.gateway_order_id, payment_id=done.reference, signature=signed
    )


def test_the_books_of_razorpay(standin: Standin):
    gateway = razorpay(standin)
    order, done = paid(standin, gateway)
    refund = refund_of(done)
    sent = gateway.create_refund(refund)
    now = datetime.now(UTC)

    payment, refunded = gateway.statement(now - timedelta(hours=1), now + timedelta(hours=1))

    assert (payment.kind, payment.reference, payment.gateway_order_id, payment.amount, payment.state) == (
        EntryKind.PAYMENT,
        done.reference,
        order.gateway_order_id,
        5000,
        COMPLETED,
    )
    assert (refunded.kind, refunded.refund_id, refunded.gateway_refund_id, refunded.reference, refunded.amount) == (
        EntryKind.REFUND,
        refund.refund_id,
        sent.gateway_refund_id,
        done.reference,
        2000,
    )


# --- Faults of the wire ----------------------------------------------------------------------------

FAULTS = ("answer_html_502", "answer_429", "lost_answer")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_creation_of_unknown_fate_is_repeated_into_one_order(standin: Standin, gateway: Gateway, fault: str):
    order = new_order()
    standin.switch(gateway.code.lower(), **{fault: {"times": 1, "only": CREATE[gateway.code]}})

    with pytest.raises(GatewayUnreachable):
        gateway.create_order(order)
    again = gateway.create_order(replace(order, fresh=False))

    (row,) = booked(standin, "orders", order.order_id)
    assert (again.state, again.gateway_order_id) == (PENDING, row["id"])


@pytest.mark.parametrize("fault", FAULTS)
def test_a_refund_of_unknown_fate_is_repeated_into_one_refund(standin: Standin, gateway: Gateway, fault: str):
    _, done = paid(standin, gateway)
    refund = refund_of(done)
    standin.switch(gateway.code.lower(), **{fault: {"times": 1, "only": REFUND[gateway.code]}})

    with pytest.raises(GatewayUnreachable):
        gateway.create_refund(refund)
    again = gateway.create_refund(replace(refund, fresh=False))

    (row,) = booked(standin, "refunds", refund.refund_id)
    assert (again.amount, again.gateway_refund_id) == (2000, row["id"])


def test_a_promise_that_was_broken_does_no_harm(standin: Standin, gateway: Gateway):
    """A refund sent twice as fresh: PhonePe refuses the number, Razorpay knows the key."""
    _, done = paid(standin, gateway)
    refund = refund_of(done)

    answers = {gateway.create_refund(refund).gateway_refund_id for _ in range(3)}

    assert len(answers) == len(booked(standin, "refunds", refund.refund_id)) == 1


def test_a_phonepe_order_is_one_even_if_sent_twice_as_fresh(standin: Standin):
    gateway, order = phonepe(standin), new_order()
    first, second = gateway.create_order(order), gateway.create_order(order)

    assert first.gateway_order_id == second.gateway_order_id
    assert (bool(first.pay_url), second.pay_url) == (True, "")


def test_a_token_revoked_in_mid_flight_is_replaced(standin: Standin):
    gateway = phonepe(standin)
    _, done = paid(standin, gateway)
    standin.switch("phonepe", answer_401=1)

    assert gateway.create_refund(refund_of(done)).state == PENDING


def test_a_token_that_ran_out_is_replaced(standin: Standin):
    gateway = phonepe(standin)
    order, _ = paid(standin, gateway)
    standin.advance(7200)

    assert gateway.fetch_order(order).state == COMPLETED


def test_a_wrong_key_is_the_operators_matter(standin: Standin):
    for gateway in (razorpay(standin, key_secret="wrong"), phonepe(standin, client_secret="wrong")):
        with pytest.raises(GatewayMisconfigured):
            gateway.create_order(new_order())


def test_unheard_fields_and_kinds_change_nothing(standin: Standin, gateway: Gateway):
    standin.switch(gateway.code.lower(), extra_fields=True, unknown_enums=True)
    _, done = paid(standin, gateway)
    refund = refund_of(done)
    gateway.create_refund(refund)

    assert (done.state, done.amount, done.method) == (COMPLETED, 5000, "QUANTUM_TELLER")
    assert gateway.fetch_refund(refund).state == COMPLETED


def test_unheard_states_wait(standin: Standin, gateway: Gateway):
    order, done = paid(standin, gateway)
    refund = refund_of(done)
    gateway.create_refund(refund)
    standin.switch(gateway.code.lower(), unknown_states=True)

    assert (gateway.fetch_order(order).state, gateway.fetch_refund(refund).state) == (PENDING, PENDING)


@pytest.mark.parametrize("as_list", [True, False])
def test_empty_notes_come_both_ways(standin: Standin, as_list: bool):
    standin.switch("razorpay", empty_notes_list=as_list)

    assert paid(standin, razorpay(standin))[1].state == COMPLETED


def test_what_is_not_there_is_not_found(standin: Standin, gateway: Gateway):
    with pytest.raises(GatewayNotFound):
        gateway.fetch_order(new_order())
    with pytest.raises(GatewayNotFound):
        gateway.fetch_refund(RefundRequest(f"RF-{uuid4().hex}", "PK-0", paid(standin, gateway)[1].reference, 100))


def test_a_refund_whose_first_call_still_runs_waits(standin: Standin):
    gateway = razorpay(standin)
    _, done = paid(standin, gateway)
    refund = refund_of(done)
    standin.set(slow_refund_seconds=4)
    standin.switch("razorpay", slow_refund=1)

    with pytest.raises(GatewayUnreachable):
        gateway.create_refund(refund)
    with pytest.raises(GatewayRefused) as caught:
        gateway.create_refund(replace(refund, fresh=False))

    assert not caught.value.permanent


# --- Webhooks --------------------------------------------------------------------------------------


def last_webhook(standin: Standin, event: str) -> tuple[dict[str, str], bytes]:
    sent = standin.webhooks(event=event)[-1]
    return sent["headers"], sent["body"].encode()


@pytest.mark.parametrize("mode", list(WebhookMode))
def test_phonepes_calls_are_genuine_in_their_own_mode_alone(standin: Standin, mode: WebhookMode):
    standin.set(phonepe_webhook_mode=mode.value)
    order, done = paid(standin, phonepe(standin))
    headers, body = last_webhook(standin, "checkout.order.completed")

    event = phonepe(standin, mode).read_webhook(headers, body)

    assert (event.kind, event.order_id) == (EventKind.ORDER, done.order_id)
    assert mode == WebhookMode.V1 or event.gateway_order_id == order.gateway_order_id
    for other in set(WebhookMode) - {mode}:
        with pytest.raises(ForgedWebhook):
            phonepe(standin, other).read_webhook(headers, body)


@pytest.mark.parametrize("mode", list(WebhookMode))
def test_phonepe_tells_of_refunds(standin: Standin, mode: WebhookMode):
    standin.set(phonepe_webhook_mode=mode.value)
    gateway = phonepe(standin, mode)
    _, done = paid(standin, gateway)
    refund = refund_of(done)
    sent = gateway.create_refund(refund)

    event = gateway.read_webhook(*last_webhook(standin, "pg.refund.completed"))

    assert (event.kind, event.refund_id, event.gateway_refund_id) == (
        EventKind.REFUND,
        refund.refund_id,
        sent.gateway_refund_id,
    )


@pytest.mark.parametrize("name", ["payment.authorized", "payment.captured", "order.paid"])
def test_razorpay_tells_of_orders(standin: Standin, name: str):
    gateway = razorpay(standin)
    order, _ = paid(standin, gateway)

    event = gateway.read_webhook(*last_webhook(standin, name))

    assert (event.kind, event.gateway_order_id, event.name) == (EventKind.ORDER, order.gateway_order_id, name)


def test_razorpay_tells_of_refunds(standin: Standin):
    gateway = razorpay(standin)
    _, done = paid(standin, gateway)
    refund = refund_of(done)
    sent = gateway.create_refund(refund)

    event = gateway.read_webhook(*last_webhook(standin, "refund.processed"))

    assert (event.kind, event.refund_id, event.gateway_refund_id, event.reference) == (
        EventKind.REFUND,
        refund.refund_id,
        sent.gateway_refund_id,
        done.reference,
    )


def test_a_spoiled_signature_is_forged(standin: Standin, gateway: PhonePeGateway | RazorpayGateway):
    standin.switch(gateway.code.lower(), webhook_bad_signature=True)
    paid(standin, gateway)
    name = "checkout.order.completed" if gateway.code == "PHONEPE" else "order.paid"
    reads: ReadsWebhooks = gateway

    with pytest.raises(ForgedWebhook):
        reads.read_webhook(*last_webhook(standin, name))
