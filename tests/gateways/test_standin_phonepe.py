"""The stand-in's PhonePe: tokens, orders, refunds, and what it turns down."""

import time

import pytest

from tests.gateways.standin import MERCHANT_ID, Standin
from tests.gateways.standin_clients import TOKEN_FORM, PhonePeByHand

ORDER = "PK-20260101-000042-1"


@pytest.fixture
def phonepe(standin: Standin) -> PhonePeByHand:
    return PhonePeByHand(standin)


def _errors(answer):
    return answer.status_code, answer.json()["code"]


def test_a_token_lasts_an_hour(standin, phonepe):
    token = phonepe.fetch_token().json()
    assert token["expires_at"] - token["issued_at"] == 3600
    assert abs(token["issued_at"] - time.time()) < 5
    assert (token["expires_in"], token["token_type"]) == (None, "O-Bearer")
    assert token["session_expires_at"] == token["expires_at"]

    phonepe.paid_order()
    standin.advance(3601)
    assert _errors(phonepe.status()) == (401, "AUTHORIZATION_FAILED")


@pytest.mark.parametrize("name", ["client_id", "client_secret", "client_version", "grant_type"])
def test_a_token_needs_every_field(phonepe, name):
    answer = phonepe.fetch_token(**{name: "wrong"})
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "INVALID_CLIENT")


def test_a_token_is_asked_for_by_form_alone(standin):
    answer = standin.http.post(f"{standin.phonepe_base}/v1/oauth/token", json=TOKEN_FORM)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("header", ["", "O-Bearer", "O-Bearer wrong", "Bearer {token}"])
def test_only_a_valid_token_is_let_in(standin, phonepe, header):
    token = phonepe.fetch_token().json()["access_token"]
    url = f"{standin.phonepe_base}/checkout/v2/order/{ORDER}/status"
    answer = standin.http.get(url, headers={"Authorization": header.format(token=token)})
    assert _errors(answer) == (401, "AUTHORIZATION_FAILED")


def test_a_new_order_waits_on_its_page(standin, phonepe):
    answer = phonepe.pay(expireAfter=900).json()
    assert answer["orderId"].startswith("OMO") and len(answer["orderId"]) == 25
    assert answer["state"] == "PENDING"
    assert answer["redirectUrl"].startswith(f"{standin.address}/pay/")
    assert abs(answer["expireAt"] / 1000 - time.time() - 900) < 5
    status = phonepe.status().json()
    assert (status["state"], status["amount"], status["paymentDetails"]) == ("PENDING", 5000, [])


def test_a_null_counts_as_absent(phonepe):
    flow = {"type": "PG_CHECKOUT", "message": None, "paymentModeConfig": None, "merchantUrls": {"redirectUrl": None}}
    assert phonepe.pay(paymentFlow=flow, metaInfo=None, disablePaymentRetry=None).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"merchantOrderId": "x" * 64},
        {"merchantOrderId": "PK 1"},
        {"merchantOrderId": 7},
        {"amount": 99},
        {"amount": "5000"},
        {"amount": True},
        {"expireAfter": 299},
        {"expireAfter": 3601},
        {"metaInfo": {"udf16": "x"}},
        {"metaInfo": {"udf1": "x" * 257}},
        {"metaInfo": {"udf11": "x" * 51}},
        {"metaInfo": {"udf11": "naïve"}},
        {"metaInfo": {"udf1": 5}},
        {"paymentFlow": None},
        {"paymentFlow": {"type": "PG"}},
        {"paymentFlow": {"type": "PG_CHECKOUT", "merchantUrls": {"redirectUrl": "javascript:alert(1)"}}},
        {"paymentFlow": {"type": "PG_CHECKOUT", "paymentModeConfig": {"enabledPaymentModes": [{"type": []}]}}},
        {
            "paymentFlow": {
                "type": "PG_CHECKOUT",
                "paymentModeConfig": {"enabledPaymentModes": [], "disabledPaymentModes": []},
            }
        },
    ],
)
def test_an_order_that_breaks_a_rule_is_refused(standin, phonepe, fields):
    assert _errors(phonepe.pay(**fields)) == (400, "BAD_REQUEST")
    assert standin.books()["orders"] == []


def test_a_number_is_used_once(phonepe):
    assert phonepe.pay().status_code == 200
    assert _errors(phonepe.pay()) == (400, "ORDER_ALREADY_EXISTS")


def test_a_completed_order(standin, phonepe):
    phonepe.paid_order(metaInfo={"udf1": "PS-000042"})
    status = phonepe.status(details="False", errorContext="true").json()
    detail = status.pop("paymentDetails")[0]
    assert status.pop("orderId") and status.pop("expireAt")
    assert status == {
        "state": "COMPLETED",
        "amount": 5000,
        "payableAmount": 5000,
        "feeAmount": 0,
        "metaInfo": {"udf1": "PS-000042"},
    }
    assert (detail["state"], detail["amount"], detail["paymentMode"]) == ("COMPLETED", 5000, "UPI_QR")
    assert detail["rail"]["type"] == "UPI" and len(detail["rail"]["utr"]) == 12
    attempt = phonepe.get(f"checkout/v2/transaction/{detail['transactionId']}/status").json()
    assert (attempt["state"], attempt["paymentDetails"]) == ("COMPLETED", [detail])


def test_a_failed_order_says_why_when_asked(standin, phonepe):
    phonepe.pay()
    standin.decline(ORDER)
    status = phonepe.status().json()
    assert (status["state"], status["errorCode"], status["detailedErrorCode"]) == ("FAILED", "PAYMENT_ERROR", "ZM")
    assert "errorContext" not in status
    context = phonepe.status(errorContext="true").json()["errorContext"]
    assert set(context) == {"errorCode", "detailedErrorCode", "source", "stage", "description"}


def test_an_order_expires_and_may_still_be_paid_late(standin, phonepe):
    phonepe.pay(expireAfter=300)
    standin.advance(301)
    assert phonepe.status().json()["state"] == "FAILED"
    standin.succeed_late(ORDER)
    assert phonepe.status().json()["state"] == "COMPLETED"


def test_details_shows_every_attempt(standin, phonepe):
    phonepe.pay()
    standin.hang(ORDER)
    assert phonepe.status().json()["paymentDetails"][0]["state"] == "PENDING"
    assert len(phonepe.status(details="true").json()["paymentDetails"]) == 1
    assert _errors(phonepe.status(details="maybe")) == (400, "BAD_REQUEST")


def test_what_does_not_exist(phonepe):
    assert _errors(phonepe.status("nope")) == (400, "INVALID_MERCHANT_ORDER_ID")
    assert _errors(phonepe.get("checkout/v2/transaction/OM1/status")) == (400, "INVALID_TRANSACTION_ID")
    assert _errors(phonepe.refund_status("nope")) == (400, "INVALID_MERCHANT_REFUND_ID")
    assert _errors(phonepe.refund(of="nope")) == (400, "INVALID_MERCHANT_ORDER_ID")
    assert _errors(phonepe.get("checkout/v3/pay"))[0] == 404


def test_a_refund_is_pending_first_and_completed_then(standin, phonepe):
    phonepe.paid_order()
    answer = phonepe.refund().json()
    assert answer.pop("refundId").startswith("OMR")
    assert answer == {"amount": 2000, "state": "PENDING"}
    status = phonepe.refund_status().json()
    assert (status["state"], status["merchantRefundId"], status["merchantId"]) == (
        "COMPLETED",
        "RF-000007",
        MERCHANT_ID,
    )
    assert (status["originalMerchantOrderId"], status["amount"]) == (ORDER, 2000)
    assert (
        standin.http.post(
            f"{standin.phonepe_base}/payments/v2/refund/RF-000007/status",
            headers={"Authorization": f"O-Bearer {phonepe.token}"},
        ).json()
        == status
    )


def test_refunds_that_break_a_rule(standin, phonepe):
    phonepe.pay("open")
    assert _errors(phonepe.refund(of="open")) == (400, "BAD_REQUEST")
    phonepe.paid_order()
    assert _errors(phonepe.refund(amount=99)) == (400, "BAD_REQUEST")
    assert _errors(phonepe.refund(amount=5001)) == (400, "REFUND_AMOUNT_EXCEEDS_ORIGINAL")
    assert phonepe.refund(amount=3000).status_code == 200
    assert _errors(phonepe.refund(amount=100)) == (400, "BAD_REQUEST")
    assert _errors(phonepe.refund("RF-000008", amount=2001)) == (400, "REFUND_AMOUNT_EXCEEDS_ORIGINAL")
    assert len(standin.books()["refunds"]) == 1


def test_a_refund_that_fails_after_all(standin, phonepe):
    phonepe.paid_order()
    standin.switch("phonepe", refund_waits=1)
    phonepe.refund()
    assert phonepe.refund_status().json()["state"] == "PENDING"
    standin.fail_refund("RF-000007")
    status = phonepe.refund_status().json()
    assert (status["state"], status["errorCode"]) == ("FAILED", "REFUND_FAILED")
    assert phonepe.refund("RF-000008", amount=5000).status_code == 200


def test_orders_pay_themselves_when_switched_on(standin, phonepe):
    standin.switch("phonepe", pays_at_once=True)
    assert phonepe.pay().json()["state"] == "PENDING"
    assert phonepe.status().json()["state"] == "COMPLETED"


def test_the_base_of_production_and_no_base_at_all_work_too(standin):
    for base in ("", "/apis/identity-manager", "/apis/pg"):
        answer = standin.http.post(f"{base}/v1/oauth/token", data=TOKEN_FORM)
        assert answer.json()["token_type"] == "O-Bearer"


# --- UPI QR ----------------------------------------------------------------------------------------

QR_FLOW = {"type": "PG", "paymentMode": {"type": "UPI_QR"}}


def _by_qr(standin, phonepe, flow=QR_FLOW):
    headers = {"Authorization": f"O-Bearer {phonepe.fetch_token().json()['access_token']}"}
    body = {"merchantOrderId": ORDER, "amount": 5000, "expireAfter": 900, "paymentFlow": flow}
    return headers, standin.http.post(f"{standin.phonepe_base}/payments/v2/pay", json=body, headers=headers)


def _status_as(standin, headers, kind):
    return standin.http.get(f"{standin.phonepe_base}/{kind}/v2/order/{ORDER}/status", headers=headers)


def test_a_qr_order_has_a_link_and_an_address_of_its_own(standin, phonepe):
    headers, answer = _by_qr(standin, phonepe)
    made = answer.json()
    assert (made["state"], made["intentUrl"] == made["qrData"], "redirectUrl" in made) == ("PENDING", True, False)
    assert made["qrData"].startswith("upi://pay?pa=standinuat@standin&pn=Stand-in%20merchant&tr=OMO")
    assert "&am=50.00&cu=INR" in made["qrData"]
    assert _errors(_status_as(standin, headers, "checkout")) == (400, "INVALID_MERCHANT_ORDER_ID")
    standin.pay(ORDER)
    assert _status_as(standin, headers, "payments").json()["state"] == "COMPLETED"
    standin.wait_for_webhooks()


@pytest.mark.parametrize("flow", [None, {"type": "PG_CHECKOUT"}, {"type": "PG", "paymentMode": {"type": "CARD"}}])
def test_a_qr_order_is_by_qr_alone(standin, phonepe, flow):
    assert _errors(_by_qr(standin, phonepe, flow)[1]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(("decide", "event"), [("pay", "pg.order.completed"), ("decline", "pg.order.failed")])
def test_a_qr_order_has_events_of_its_own(standin, phonepe, decide, event):
    _by_qr(standin, phonepe)
    getattr(standin, decide)(ORDER)
    assert [hook["event"] for hook in standin.webhooks(gateway="phonepe")] == [event]
