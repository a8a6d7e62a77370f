"""The payment gateways' settings; every value comes from the environment. `settings.py` imports them by name.

A gateway without any values is not offered. The two functions at the end report one that is half configured, or that
production must not use.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from smart_parking.environment import read

_env = read()

# --- Both ------------------------------------------------------------------------------------------

# Seconds to get a connection, between two pieces of an answer, and for a call as a whole.
GATEWAY_CONNECT_SECONDS = _env.gateway_connect_seconds
GATEWAY_READ_SECONDS = _env.gateway_read_seconds
GATEWAY_CALL_SECONDS = _env.gateway_call_seconds
# Where a payer's browser returns from a gateway's page; {order_id} is filled in.
PAYMENT_RETURN_URL = _env.payment_return_url

# --- PhonePe ---------------------------------------------------------------------------------------

_PHONEPE_ADDRESSES = {
    "SANDBOX": {
        "oauth": "https://api-preprod.phonepe.com/apis/pg-sandbox",
        "pg": "https://api-preprod.phonepe.com/apis/pg-sandbox",
    },
    "PRODUCTION": {
        "oauth": "https://api.phonepe.com/apis/identity-manager",
        "pg": "https://api.phonepe.com/apis/pg",
    },
}
PHONEPE_ENV = _env.phonepe_env
_phonepe_addresses = _PHONEPE_ADDRESSES.get(PHONEPE_ENV, _PHONEPE_ADDRESSES["SANDBOX"])
PHONEPE_OAUTH_URL = _env.phonepe_oauth_url or _phonepe_addresses["oauth"]
PHONEPE_PG_URL = _env.phonepe_pg_url or _phonepe_addresses["pg"]
# On: the stand-in gateway pays at once, without a person playing the bank.
PHONEPE_SIMULATION_MODE = _env.phonepe_simulation_mode

# PhonePe v2 calls the merchant's number and key "client id" and "client secret"; the older interface had a merchant id
# and a salt key. PHONEPE_MERCHANT_ID and PHONEPE_API_KEY are whichever the merchant was given.
PHONEPE_MERCHANT_ID = _env.phonepe_merchant_id
PHONEPE_API_KEY = _env.phonepe_api_key
PHONEPE_CLIENT_ID = _env.phonepe_client_id or PHONEPE_MERCHANT_ID
PHONEPE_CLIENT_SECRET = _env.phonepe_client_secret or PHONEPE_API_KEY
PHONEPE_CLIENT_VERSION = _env.phonepe_client_version
# The account may make upi:// links (custom checkout, granted by PhonePe on request).
PHONEPE_UPI_QR = _env.phonepe_upi_qr

# The address of our webhook as PhonePe's dashboard has it, and the one mode that it was set to there.
PHONEPE_CALLBACK_URL = _env.phonepe_callback_url
PHONEPE_WEBHOOK_MODE = _env.phonepe_webhook_mode
PHONEPE_WEBHOOK_USERNAME = _env.phonepe_webhook_username
PHONEPE_WEBHOOK_PASSWORD = _env.phonepe_webhook_password
PHONEPE_WEBHOOK_SECRET = _env.phonepe_webhook_secret
PHONEPE_WEBHOOK_KEY_ID = _env.phonepe_webhook_key_id
PHONEPE_HMAC_HEADER = _env.phonepe_hmac_header
PHONEPE_HMAC_ENCODING = _env.phonepe_hmac_encoding
PHONEPE_SALT_KEY = _env.phonepe_salt_key or PHONEPE_API_KEY
PHONEPE_SALT_INDEX = _env.phonepe_salt_index

# --- Razorpay --------------------------------------------------------------------------------------

RAZORPAY_URL = _env.razorpay_url
RAZORPAY_KEY_ID = _env.razorpay_key_id
RAZORPAY_KEY_SECRET = _env.razorpay_key_secret
# Several, with commas, while the secret changes: repeated old events keep the old one.
RAZORPAY_WEBHOOK_SECRETS = tuple(_env.razorpay_webhook_secrets)
# A page where an order can be paid; {order_id} (Razorpay's number) and {key_id} are filled in. Without one, only a
# client that opens Razorpay's own checkout can pay.
RAZORPAY_CHECKOUT_URL = _env.razorpay_checkout_url
# Who takes authorised money: AUTOMATIC (Razorpay at once), MANUAL (we), DASHBOARD (as set there).
RAZORPAY_CAPTURE = _env.razorpay_capture
# Razorpay enables it for an account on request; without that it refuses the field.
RAZORPAY_UNIQUE_RECEIPT = _env.razorpay_unique_receipt
# normal (5 to 7 working days) or optimum (at once where the bank can).
RAZORPAY_REFUND_SPEED = _env.razorpay_refund_speed
# Holders of passes may give a mandate (Razorpay Subscriptions, granted on request) that pays their renewals.
RAZORPAY_SUBSCRIPTIONS = _env.razorpay_subscriptions

# --- What is wrong with them -----------------------------------------------------------------------

_CHOICES = {
    "PHONEPE_ENV": ("SANDBOX", "PRODUCTION"),
    "PHONEPE_WEBHOOK_MODE": ("SHA", "HMAC", "V1"),
    "PHONEPE_HMAC_ENCODING": ("HEX", "BASE64"),
    "RAZORPAY_CAPTURE": ("AUTOMATIC", "MANUAL", "DASHBOARD"),
    "RAZORPAY_REFUND_SPEED": ("normal", "optimum"),
}
# Which variable to name for a missing setting, where it is not the setting's own name.
_VARIABLES = {
    "PHONEPE_CLIENT_ID": "PHONEPE_MERCHANT_ID (or PHONEPE_CLIENT_ID)",
    "PHONEPE_CLIENT_SECRET": "PHONEPE_API_KEY (or PHONEPE_CLIENT_SECRET)",
    "PHONEPE_SALT_KEY": "PHONEPE_API_KEY (or PHONEPE_SALT_KEY)",
    "RAZORPAY_WEBHOOK_SECRETS": "RAZORPAY_WEBHOOK_SECRET",
}
_NEEDED = {
    "PHONEPE": ("PHONEPE_CLIENT_ID", "PHONEPE_CLIENT_SECRET"),
    "RAZORPAY": ("RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRETS"),
}
_NEEDED_BY_WEBHOOK_MODE = {
    "SHA": ("PHONEPE_WEBHOOK_USERNAME", "PHONEPE_WEBHOOK_PASSWORD"),
    "HMAC": ("PHONEPE_WEBHOOK_SECRET",),
    "V1": ("PHONEPE_SALT_KEY",),
}


def configuration_problems(gateways: Sequence[str], values: Mapping[str, Any] | None = None) -> list[str]:
    """Return what is wrong or missing, a sentence each; empty if the configuration is valid.

    `gateways` are those that a client may name. One that is not among them may have no values, or all. `values` are
    settings by name, by default those of this module.
    """
    values = globals() if values is None else values
    wrong = [
        f"{name} is {values[name]!r}, not one of {', '.join(allowed)}"
        for name, allowed in _CHOICES.items()
        if values[name] not in allowed
    ]
    wrong += _missing("PHONEPE", gateways, values) + _missing("RAZORPAY", gateways, values)
    return wrong + _mandates_without_keys(values)


def production_problems(gateways: Sequence[str], values: Mapping[str, Any] | None = None) -> list[str]:
    """Return why production must not start with these gateways: simulated money, unencrypted addresses."""
    values = globals() if values is None else values
    problems = ["PHONEPE_SIMULATION_MODE is on"] if values["PHONEPE_SIMULATION_MODE"] else []
    if "PHONEPE" in gateways:
        if values["PHONEPE_ENV"] != "PRODUCTION":
            problems.append("PHONEPE_ENV is not PRODUCTION")
        problems += _open_lines(values, "PHONEPE_OAUTH_URL", "PHONEPE_PG_URL", "PAYMENT_RETURN_URL")
    if "RAZORPAY" in gateways:
        if values["RAZORPAY_KEY_ID"].startswith("rzp_test_"):
            problems.append("RAZORPAY_KEY_ID is a test key")
        problems += _open_lines(values, "RAZORPAY_URL", "RAZORPAY_CHECKOUT_URL")
    return problems


def _missing(gateway: str, gateways: Sequence[str], values: Mapping[str, Any]) -> list[str]:
    needed = _NEEDED[gateway]
    if gateway == "PHONEPE":
        needed += _NEEDED_BY_WEBHOOK_MODE.get(values["PHONEPE_WEBHOOK_MODE"], ())
    missing = [name for name in needed if not values[name]]
    if gateway not in gateways and len(missing) == len(needed):
        return []
    return [f"{gateway} is configured only in part: {_VARIABLES.get(name, name)} is missing" for name in missing]


def _mandates_without_keys(values: Mapping[str, Any]) -> list[str]:
    """Return what mandates lack where Razorpay has no values at all; `_missing` names the rest of some."""
    needed = _NEEDED["RAZORPAY"]
    if not values["RAZORPAY_SUBSCRIPTIONS"] or any(values[name] for name in needed):
        return []
    names = ", ".join(_VARIABLES.get(name, name) for name in needed)
    return [f"RAZORPAY_SUBSCRIPTIONS is on without Razorpay: {names} are missing"]


def _open_lines(values: Mapping[str, Any], *names: str) -> list[str]:
    given = [name for name in names if values[name]]
    return [f"{name} does not begin with https://" for name in given if urlsplit(values[name]).scheme != "https"]
