"""Webhooks of the stand-in: what they say, how they are signed, and how badly they can be delivered."""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.gateways import standin as fake
from tests.gateways.standin_clients import PhonePeByHand, RazorpayByHand

ORDER = "PK-20260101-000042-1"


class Merchant(ThreadingHTTPServer):
    """Takes webhooks, and answers with the statuses of `refusals` first, then with 200."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Inbox)
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        self.refusals: list[int] = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook?from=gateway"

    @property
    def events(self):
        return [json.loads(body)["event"] for _, _, body in self.taken]


class Inbox(BaseHTTPRequestHandler):
    server: Merchant

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.refusals.pop(0) if self.server.refusals else 200
        self.server.taken.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(status)
        self.end_headers()

    def log_message(self, format, *args):  # noqa: A002
        pass


@pytest.fixture
def merchant(standin):
    with Merchant() as merchant:
        threading.Thread(target=merchant.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        standin.set(phonepe_webhook_url=merchant.url, razorpay_webhook_url=merchant.url, webhook_retry_seconds=0.05)
        yield merchant
        merchant.shutdown()


@pytest.fixture
def razorpay(standin):
    return RazorpayByHand(standin)


@pytest.fixture
def phonepe(standin):
    return PhonePeByHand(standin)


def test_razorpay_tells_of_a_payment(standin, merchant, razorpay):
    order, payment = razorpay.paid_order(notes={"session": "PS-000042"})
    standin.wait_for_webhooks()
    assert merchant.events == ["payment.authorized", "payment.captured", "order.paid"]
    path, headers, body = merchant.taken[2]
    assert path == "/hook?from=gateway"
    assert headers["content-type"] == "application/json"
    expected = hmac.new(fake.RAZORPAY_WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["x-razorpay-signature"] == expected
    assert len({headers["x-razorpay-event-id"] for _, headers, _ in merchant.taken}) == 3
    event = json.loads(body)
    assert (event["entity"], event["contains"]) == ("event", ["payment", "order"])
    assert event["payload"]["payment"]["entity"] == razorpay.get(f"payments/{payment}").json()
    assert event["payload"]["order"]["entity"] == razorpay.get(f"orders/{order['id']}").json()


def test_razorpay_tells_of_a_refund(standin, merchant, razorpay):
    standin.switch("razorpay", refund_waits=1)
    payment = razorpay.paid_order()[1]
    refund = razorpay.refund(payment, amount=2000).json()["id"]
    standin.fail_refund(refund)
    standin.wait_for_webhooks()
    assert merchant.events[3:] == ["refund.created", "refund.failed"]
    payload = json.loads(merchant.taken[-1][2])["payload"]
    assert payload["refund"]["entity"] == razorpay.get(f"refunds/{refund}").json()
    assert payload["payment"]["entity"]["id"] == payment


def test_razorpay_tells_of_a_failure_and_of_success_after_it(standin, merchant, razorpay):
    standin.switch("razorpay", late_success=1)
    standin.set(late_success_seconds=0.1)
    payment = standin.decline(razorpay.order()["id"])["payments"][0]
    standin.wait_for_webhooks()
    assert merchant.events == ["payment.failed", "payment.captured", "order.paid"]
    assert {json.loads(body)["payload"]["payment"]["entity"]["id"] for _, _, body in merchant.taken} == {payment}


def test_phonepe_sends_a_fixed_token(standin, merchant, phonepe):
    phonepe.paid_order(metaInfo={"udf1": "PS-000042"})
    standin.wait_for_webhooks()
    ((_, headers, body),) = merchant.taken
    expected = hashlib.sha256(f"{fake.HOOK_USERNAME}:{fake.HOOK_PASSWORD}".encode()).hexdigest()
    assert headers["authorization"] == expected
    event = json.loads(body)
    assert event["event"] == "checkout.order.completed"
    payload = event["payload"]
    assert (payload.pop("merchantId"), payload.pop("merchantOrderId")) == (fake.MERCHANT_ID, ORDER)
    assert payload == phonepe.status().json()


def test_phonepe_signs_the_body_in_hmac_mode(standin, merchant, phonepe):
    standin.set(phonepe_webhook_mode="HMAC")
    phonepe.pay()
    standin.decline(ORDER)
    standin.wait_for_webhooks()
    ((_, headers, body),) = merchant.taken
    assert "authorization" not in headers
    expected = hmac.new(fake.HMAC_SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["x-phonepe-checksum-signature"] == expected
    assert headers["x-phonepe-checksum-key-id"] == fake.HMAC_KEY_ID
    assert json.loads(body)["event"] == "checkout.order.failed"


def test_phonepe_sends_a_callback_in_version_1_mode(standin, merchant, phonepe):
    standin.set(phonepe_webhook_mode="V1")
    phonepe.paid_order()
    standin.wait_for_webhooks()
    ((_, headers, body),) = merchant.taken
    encoded = json.loads(body)["response"]
    checksum = hashlib.sha256((encoded + fake.SALT_KEY).encode()).hexdigest()
    assert headers["x-verify"] == f"{checksum}###{fake.SALT_INDEX}"
    callback = json.loads(base64.b64decode(encoded))
    assert (callback["success"], callback["code"]) == (True, "PAYMENT_SUCCESS")
    data = callback["data"]
    assert (data["merchantTransactionId"], data["amount"], data["state"]) == (ORDER, 5000, "COMPLETED")


def test_phonepe_tells_of_a_refund(standin, merchant, phonepe):
    phonepe.paid_order()
    phonepe.refund()
    standin.wait_for_webhooks()
    assert merchant.events == ["checkout.order.completed", "pg.refund.accepted", "pg.refund.completed"]
    states = [json.loads(body)["payload"]["state"] for _, _, body in merchant.taken]
    assert states == ["COMPLETED", "CONFIRMED", "COMPLETED"]
    assert json.loads(merchant.taken[2][2])["payload"] == phonepe.refund_status().json()


def test_a_refund_that_fails_after_it_was_pending(standin, merchant, phonepe):
    phonepe.paid_order()
    standin.switch("phonepe", refund_fails=1)
    phonepe.refund()
    standin.wait_for_webhooks()
    assert merchant.events[1:] == ["pg.refund.accepted", "pg.refund.failed"]
    assert phonepe.refund_status().json()["state"] == "FAILED"


def test_what_is_not_taken_is_sent_again_with_the_same_id(standin, merchant, razorpay):
    merchant.refusals = [500, 302]
    standin.decline(razorpay.order()["id"])
    standin.wait_for_webhooks()
    assert merchant.events == ["payment.failed"] * 3
    assert len({headers["x-razorpay-event-id"] for _, headers, _ in merchant.taken}) == 1
    (webhook,) = standin.webhooks()
    assert (webhook["state"], webhook["tries"], webhook["last"]) == ("DELIVERED", 3, "200")


def test_the_stand_in_gives_up_in_the_end(standin, merchant, razorpay):
    merchant.refusals = [500] * 9
    standin.set(webhook_tries=2)
    standin.decline(razorpay.order()["id"])
    standin.wait_for_webhooks()
    assert [(row["state"], row["tries"]) for row in standin.webhooks()] == [("FAILED", 2)]


def test_nobody_listens(standin, razorpay):
    standin.set(razorpay_webhook_url="http://127.0.0.1:9/", webhook_tries=1)
    standin.decline(razorpay.order()["id"])
    standin.wait_for_webhooks()
    (webhook,) = standin.webhooks()
    assert (webhook["state"], webhook["last"]) == ("FAILED", "ConnectionRefusedError")


def test_without_an_address_webhooks_are_written_down(standin, merchant, razorpay):
    standin.set(razorpay_webhook_url="")
    order = razorpay.order()["id"]
    standin.decline(order)
    assert [(row["state"], row["event"]) for row in standin.webhooks(about=order)] == [("NO_ADDRESS", "payment.failed")]
    standin.set(razorpay_webhook_url=merchant.url)
    assert standin.resend(about=order) == 1
    standin.wait_for_webhooks()
    assert merchant.events == ["payment.failed"]


def test_duplicate(standin, merchant, razorpay):
    standin.switch("razorpay", webhook_duplicate={"times": 1, "only": "payment.captured"})
    razorpay.paid_order()
    standin.wait_for_webhooks()
    assert sorted(merchant.events) == ["order.paid", "payment.authorized", "payment.captured", "payment.captured"]
    ids = [headers["x-razorpay-event-id"] for _, headers, _ in merchant.taken]
    assert len(set(ids)) == 3


def test_reorder(standin, merchant, razorpay):
    standin.set(webhook_hold_seconds=0.5)
    standin.switch("razorpay", webhook_reorder={"times": 1, "only": "payment.authorized"})
    razorpay.paid_order()
    standin.wait_for_webhooks()
    assert merchant.events == ["payment.captured", "payment.authorized", "order.paid"]


def test_reorder_without_a_next_one_sends_it_after_a_while(standin, merchant, phonepe):
    standin.set(webhook_hold_seconds=0.1)
    standin.switch("phonepe", webhook_reorder=1)
    phonepe.paid_order()
    assert [row["state"] for row in standin.webhooks()] == ["HELD"]
    standin.wait_for_webhooks()
    assert merchant.events == ["checkout.order.completed"]


def test_drop(standin, merchant, phonepe):
    standin.switch("phonepe", webhook_drop=1)
    phonepe.paid_order()
    standin.wait_for_webhooks()
    assert merchant.taken == []
    assert [row["state"] for row in standin.webhooks()] == ["DROPPED"]


def test_delay(standin, merchant, phonepe):
    standin.switch("phonepe", webhook_delay=1)
    standin.set(webhook_delay_seconds=0.3)
    begin = time.monotonic()
    phonepe.paid_order()
    standin.wait_for_webhooks()
    assert time.monotonic() - begin >= 0.3
    assert merchant.events == ["checkout.order.completed"]


@pytest.mark.parametrize(
    ("mode", "header"),
    [("SHA", "authorization"), ("HMAC", "x-phonepe-checksum-signature"), ("V1", "x-verify")],
)
def test_wrong_signature_of_phonepe(standin, merchant, phonepe, mode, header):
    standin.set(phonepe_webhook_mode=mode)
    standin.switch("phonepe", webhook_bad_signature=1)
    phonepe.paid_order("first")
    phonepe.paid_order("second")
    standin.wait_for_webhooks()
    wrong, right = (headers[header] for _, headers, _ in merchant.taken)
    assert len(wrong) == len(right) and wrong != right


def test_wrong_signature_of_razorpay(standin, merchant, razorpay):
    standin.switch("razorpay", webhook_bad_signature=1)
    standin.decline(razorpay.order()["id"])
    standin.wait_for_webhooks()
    ((_, headers, body),) = merchant.taken
    expected = hmac.new(fake.RAZORPAY_WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["x-razorpay-signature"][1:] == expected[1:]
    assert headers["x-razorpay-signature"] != expected
