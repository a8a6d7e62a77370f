"""Run with the SDKs' own interpreter: PhonePe's SDK against the stand-in at the address given. Prints JSON."""

import json
import sys
import urllib.request

from phonepe.sdk.pg import env  # type: ignore[import-not-found] # only the SDKs' own environment has it
from phonepe.sdk.pg.common.exceptions import PhonePeException  # type: ignore[import-not-found]
from phonepe.sdk.pg.common.models.request.meta_info import MetaInfo  # type: ignore[import-not-found]
from phonepe.sdk.pg.common.models.request.refund_request import RefundRequest  # type: ignore[import-not-found]
from phonepe.sdk.pg.payments.v2.models.request.standard_checkout_pay_request import (  # type: ignore[import-not-found]
    StandardCheckoutPayRequest,
)
from phonepe.sdk.pg.payments.v2.standard_checkout_client import StandardCheckoutClient  # type: ignore[import-not-found]

ADDRESS = sys.argv[1]
CLIENT_ID, CLIENT_SECRET = "STANDIN_FAKE_CLIENT", "fake-client-secret-of-the-stand-in"
HOOK_USERNAME, HOOK_PASSWORD = "standin_hook", "FakeHook2026"
PAID, DECLINED = "PK-20260101-000042-1", "PK-20260101-000043-1"


def control(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(f"{ADDRESS}/_control/{path}", data, timeout=10) as answer:
        return json.load(answer)


def refusal(call, *arguments, **options):
    """Status and code with which a call is refused."""
    try:
        call(*arguments, **options)
    except PhonePeException as error:
        return [error.http_status_code, error.code]
    return None


def new_client(secret):
    # There is no public way to set the address; the module is asked for it at construction.
    env.SANDBOX_PG_BASE_URL = env.SANDBOX_OAUTH_BASE_URL = f"{ADDRESS}/apis/pg-sandbox"
    env.SANDBOX_EVENT_INGESTION_BASE_URL = ADDRESS
    return StandardCheckoutClient(
        client_id=CLIENT_ID,
        client_secret=secret,
        client_version=1,
        env=env.Env.SANDBOX,
        should_publish_events=False,
    )


def order(number, amount=5000):
    return StandardCheckoutPayRequest.build_request(
        merchant_order_id=number,
        amount=amount,
        redirect_url="https://park.example/back",
        expire_after=900,
        meta_info=MetaInfo(udf1="PS-000042"),
    )


def refund(amount, number="RF-000007"):
    return RefundRequest.build_refund_request(merchant_refund_id=number, amount=amount, original_merchant_order_id=PAID)


def callbacks(client, number):
    """What the SDK makes of every webhook about an order; the code of its refusal where it does not trust one."""
    read = []
    for webhook in control(f"webhooks?gateway=phonepe&about={number}")["webhooks"]:
        header, body = webhook["headers"]["Authorization"], webhook["body"]
        answer = client.validate_callback(HOOK_USERNAME, HOOK_PASSWORD, header, body)
        forged = refusal(client.validate_callback, HOOK_USERNAME, HOOK_PASSWORD, "0" * 64, body)
        read.append([answer.type, answer.event, answer.payload.state, answer.payload.amount, forged])
    return read


def main():
    found = {"stranger": refusal(new_client, "wrong")}
    client = new_client(CLIENT_SECRET)
    found["refused"] = refusal(client.pay, order(PAID, amount=99))
    pay = client.pay(order(PAID))
    found["pay"] = [pay.order_id, pay.state, pay.expire_at, pay.redirect_url]
    found["again"] = refusal(client.pay, order(PAID))
    found["pending"] = client.get_order_status(PAID).to_dict()
    control(f"orders/{PAID}/pay", {})
    status = client.get_order_status(PAID, details=True)
    found["status"] = status.to_dict()
    found["attempt"] = client.get_transaction_status(status.payment_details[0].transaction_id).to_dict()
    client.pay(order(DECLINED))
    control(f"orders/{DECLINED}/decline", {})
    found["declined"] = client.get_order_status(DECLINED).to_dict()
    found["unknown"] = refusal(client.get_order_status, "nothing")

    answer = client.refund(refund(2000))
    found["refund"] = [answer.refund_id, answer.amount, answer.state]
    found["refund_status"] = client.get_refund_status("RF-000007").to_dict()
    found["refund_too_much"] = refusal(client.refund, refund(3001, "RF-000008"))
    found["callbacks"] = callbacks(client, PAID) + callbacks(client, DECLINED)

    control("tokens/revoke", {})
    found["revoked"] = refusal(client.get_order_status, PAID)
    found["after_revocation"] = client.get_order_status(PAID).state
    client.close()
    sys.stdout.write(json.dumps(found) + "\n")


main()
