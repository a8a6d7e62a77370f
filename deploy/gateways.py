"""The stand-in gateway beside `make run`, so that PhonePe and Razorpay work without an account."""

import os
import socket
import sys

from gateway_standin import options

# With one of these set, the person at the terminal has gateways of his own.
_OWN = ("SMART_PARKING_GATEWAYS", "PHONEPE_MERCHANT_ID", "PHONEPE_CLIENT_ID", "RAZORPAY_KEY_ID")


def standin(base: str, wanted_port: int | None) -> tuple[list[str], str]:
    """Return the command that starts the stand-in and its address, or nothing where real gateways are configured.

    Points the settings of all children at it. `base` is our own address, to which its webhooks go; `wanted_port` its
    port, None for any free one.
    """
    if os.environ.get("SMART_PARKING_ENV") == "production" or any(os.environ.get(name) for name in _OWN):
        return [], ""
    port = str(wanted_port or _free_port())
    address = f"http://127.0.0.1:{port}"
    os.environ.update(_settings(address, base))
    os.environ.setdefault("PHONEPE_SIMULATION_MODE", "true")
    command = [
        *(sys.executable, "-m", "gateway_standin", "--port", port),
        *("--phonepe-webhook-url", f"{base}/api/payment/callback/phonepe/"),
        *("--razorpay-webhook-url", f"{base}/api/payment/webhook/"),
    ]
    return command, address


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _settings(address: str, base: str) -> dict[str, str]:
    """Return the settings for the gateways' addresses and the stand-in's own fake credentials."""
    fake = options.parse([], {})
    return {
        "SMART_PARKING_GATEWAYS": "SIMULATED,PHONEPE,RAZORPAY",
        "SMART_PARKING_PAYMENT_RETURN_URL": f"{base}/pay/return/{{order_id}}/",
        "PHONEPE_OAUTH_URL": f"{address}/apis/pg-sandbox",
        "PHONEPE_PG_URL": f"{address}/apis/pg-sandbox",
        "PHONEPE_MERCHANT_ID": fake.phonepe_client_id,
        "PHONEPE_API_KEY": fake.phonepe_client_secret,
        "PHONEPE_WEBHOOK_USERNAME": fake.phonepe_webhook_username,
        "PHONEPE_WEBHOOK_PASSWORD": fake.phonepe_webhook_password,
        "RAZORPAY_URL": address,
        "RAZORPAY_KEY_ID": fake.razorpay_key_id,
        "RAZORPAY_KEY_SECRET": fake.razorpay_key_secret,
        "RAZORPAY_WEBHOOK_SECRET": fake.razorpay_webhook_secret,
        "RAZORPAY_SUBSCRIPTIONS": "on",
        "RAZORPAY_CHECKOUT_URL": f"{address}/pay/{{order_id}}",
    }
