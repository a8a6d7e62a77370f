"""The official SDKs drive the stand-in: proof that it speaks the two protocols as their makers do."""

import time

from tests.gateways.standin import MERCHANT_ID, Standin
from tests.gateways.standin_sdk_venv import drive

PAID, DECLINED = "PK-20260101-000042-1", "PK-20260101-000043-1"


def test_razorpays_sdk(standin: Standin):
    found = drive("standin_sdk_razorpay.py", standin.razorpay_base)
    books = standin.books("razorpay")
    (order,), (payment,), (refund,) = books["orders"], books["payments"], books["refunds"]

    assert found["refused"] == "The amount must be at least INR 1.00"
    assert found["unknown_field"] == "colour is/are not required and should not be sent"
    assert found["stranger"] == "Authentication failed"

    created = found["created"]
    assert (created["id"], created["status"], created["amount_due"]) == (order["id"], "created", 5000)
    assert (created["receipt"], created["notes"]) == (PAID, {"session": "PS-000042"})
    assert found["before"] == {"entity": "collection", "count": 0, "items": []}
    changes = {"status": "paid", "amount_paid": 5000, "amount_due": 0, "attempts": 1}
    assert found["fetched"] == created | changes
    assert found["listed"]["items"] == [found["fetched"]]

    assert found["payments"]["items"] == [found["payment"]]
    paid = found["payment"]
    assert (paid["id"], paid["order_id"], paid["status"]) == (payment["id"], order["id"], "captured")
    assert (paid["amount"], paid["currency"], paid["method"]) == (5000, "INR", "upi")
    assert found["captured_again"] == "This payment has already been captured"

    given = found["refund"]
    assert (given["id"], given["payment_id"], given["amount"]) == (refund["id"], payment["id"], 2000)
    assert (given["status"], given["receipt"], given["notes"]) == ("processed", "RF-000007", [])
    assert found["refund_again"] == found["refund_fetched"] == given
    assert found["refunds"]["items"] == [given]
    assert found["refund_other"] == "The idempotency key was used before with a different request"
    assert found["refund_too_much"] == "The total refund amount is greater than the refund payment amount"

    assert found["events"] == [
        "payment.authorized",
        "payment.captured",
        "order.paid",
        "refund.created",
        "refund.processed",
    ]
    assert (found["genuine"], found["altered"]) == ([True] * 5, [False] * 5)


def test_phonepes_sdk(standin: Standin):
    found = drive("standin_sdk_phonepe.py", standin.address)
    books = standin.books("phonepe")
    declined, paid = books["orders"]
    payment, (refund,) = books["payments"][-1], books["refunds"]

    assert found["stranger"] == [401, "INVALID_CLIENT"]
    assert found["refused"] == [400, "BAD_REQUEST"]
    number, state, expires, page = found["pay"]
    assert (number, state, page) == (paid["id"], "PENDING", f"{standin.address}{paid['pay_path']}")
    assert abs(expires / 1000 - time.time() - 900) < 60
    assert found["again"] == [400, "ORDER_ALREADY_EXISTS"]
    assert (found["pending"]["state"], found["pending"]["paymentDetails"]) == ("PENDING", [])

    status = found["status"]
    assert (status["orderId"], status["state"], status["amount"]) == (paid["id"], "COMPLETED", 5000)
    assert (status["payableAmount"], status["feeAmount"], status["metaInfo"]) == (5000, 0, {"udf1": "PS-000042"})
    (detail,) = status["paymentDetails"]
    assert (detail["transactionId"], detail["paymentMode"], detail["state"]) == (payment["id"], "UPI_QR", "COMPLETED")
    assert (detail["rail"]["type"], detail["rail"]["utr"]) == ("UPI", payment["reference"])
    assert detail["instrument"]["type"] == "ACCOUNT"
    assert found["attempt"] == status
    assert (found["declined"]["state"], found["declined"]["errorCode"]) == ("FAILED", "PAYMENT_ERROR")
    assert declined["reference"] == DECLINED
    assert found["unknown"] == [400, "INVALID_MERCHANT_ORDER_ID"]

    assert found["refund"] == [refund["id"], 2000, "PENDING"]
    given = found["refund_status"]
    assert (given["merchantId"], given["merchantRefundId"], given["state"]) == (MERCHANT_ID, "RF-000007", "COMPLETED")
    assert (given["originalMerchantOrderId"], given["amount"]) == (PAID, 2000)
    assert found["refund_too_much"] == [400, "REFUND_AMOUNT_EXCEEDS_ORIGINAL"]

    forged = [417, None]
    assert found["callbacks"] == [
        ["CHECKOUT_ORDER_COMPLETED", "checkout.order.completed", "COMPLETED", 5000, forged],
        ["PG_REFUND_ACCEPTED", "pg.refund.accepted", "CONFIRMED", 2000, forged],
        ["PG_REFUND_COMPLETED", "pg.refund.completed", "COMPLETED", 2000, forged],
        ["CHECKOUT_ORDER_FAILED", "checkout.order.failed", "FAILED", 5000, forged],
    ]
    assert found["revoked"] == [401, "AUTHORIZATION_FAILED"]
    assert found["after_revocation"] == "COMPLETED"
