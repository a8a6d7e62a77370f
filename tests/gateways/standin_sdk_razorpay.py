"""Run with the SDKs' own interpreter: Razorpay's SDK against the stand-in at the address given. Prints JSON."""

import json
import sys
import urllib.request

import razorpay  # type: ignore[import-not-found] # only the SDKs' own environment has it
from razorpay.errors import BadRequestError, SignatureVerificationError  # type: ignore[import-not-found]

ADDRESS = sys.argv[1]
KEY_ID, KEY_SECRET = "rzp_test_StandInFakeKey", "fake-key-secret-of-the-stand-in"
WEBHOOK_SECRET = "fake-webhook-secret-of-the-stand-in"
WAIT = {"timeout": 10}


def control(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(f"{ADDRESS}/_control/{path}", data, timeout=10) as answer:
        return json.load(answer)


def refusal(call, *arguments, **options):
    """The text with which a call is refused."""
    try:
        call(*arguments, **options, **WAIT)
    except BadRequestError as error:
        return str(error)
    return None


def is_genuine(check, *arguments):
    try:
        return check(*arguments)
    except SignatureVerificationError:
        return False


def main():
    client = razorpay.Client(auth=(KEY_ID, KEY_SECRET), base_url=ADDRESS)
    stranger = razorpay.Client(auth=(KEY_ID, "wrong"), base_url=ADDRESS)
    found = {"refused": refusal(client.order.create, {"amount": 99, "currency": "INR"})}
    found["unknown_field"] = refusal(client.order.create, {"amount": 100, "currency": "INR", "colour": "red"})
    found["stranger"] = refusal(stranger.order.all)

    new = {"amount": 5000, "currency": "INR", "receipt": "PK-20260101-000042-1", "notes": {"session": "PS-000042"}}
    order = found["created"] = client.order.create(new, **WAIT)
    found["before"] = client.order.payments(order["id"], **WAIT)
    control(f"orders/{order['id']}/pay", {})
    found["fetched"] = client.order.fetch(order["id"], **WAIT)
    found["listed"] = client.order.all({"receipt": order["receipt"]}, **WAIT)
    found["payments"] = client.order.payments(order["id"], **WAIT)
    payment = found["payments"]["items"][0]["id"]
    found["payment"] = client.payment.fetch(payment, **WAIT)
    found["captured_again"] = refusal(client.payment.capture, payment, 5000, {"currency": "INR"})

    key = {"X-Refund-Idempotency": "refund-RF-000007"}
    part = {"amount": 2000, "receipt": "RF-000007"}
    found["refund"] = client.payment.refund(payment, dict(part), headers=dict(key), **WAIT)
    found["refund_again"] = client.payment.refund(payment, dict(part), headers=dict(key), **WAIT)
    found["refund_other"] = refusal(client.payment.refund, payment, {"amount": 2100}, headers=dict(key))
    found["refund_too_much"] = refusal(client.payment.refund, payment, {"amount": 3001})
    found["refund_fetched"] = client.refund.fetch(found["refund"]["id"], **WAIT)
    found["refunds"] = client.payment.fetch_multiple_refund(payment, **WAIT)

    webhooks = control(f"webhooks?gateway=razorpay&about={order['id']}")["webhooks"]
    found["events"] = [webhook["event"] for webhook in webhooks]
    verify = client.utility.verify_webhook_signature
    signed = [(webhook["body"], webhook["headers"]["X-Razorpay-Signature"]) for webhook in webhooks]
    found["genuine"] = [is_genuine(verify, body, signature, WEBHOOK_SECRET) for body, signature in signed]
    found["altered"] = [is_genuine(verify, body + " ", signature, WEBHOOK_SECRET) for body, signature in signed]
    sys.stdout.write(json.dumps(found) + "\n")


main()
