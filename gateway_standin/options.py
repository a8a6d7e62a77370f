"""The program's options: flags, or the environment. The defaults are for demonstration and plainly fake."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway_standin.settings import HookMode

PREFIX = "GATEWAY_STANDIN_"

# name, default, help. The flag is `--razorpay-key-id`, the variable GATEWAY_STANDIN_RAZORPAY_KEY_ID.
TEXTS = (
    ("razorpay-key-id", "rzp_test_StandInFakeKey", "Razorpay: user of the Basic authentication"),
    (
        "razorpay-key-secret",
        "fake-key-secret-of-the-stand-in",
        "Razorpay: its password, and key of checkout signatures",
    ),
    ("razorpay-webhook-secret", "fake-webhook-secret-of-the-stand-in", "Razorpay: key of webhook signatures"),
    ("razorpay-webhook-url", "", "Razorpay: where webhooks go; empty for nowhere"),
    ("phonepe-merchant-id", "STANDINUAT", "PhonePe: merchant id"),
    ("phonepe-client-id", "STANDIN_FAKE_CLIENT", "PhonePe: client_id of the token call"),
    ("phonepe-client-secret", "fake-client-secret-of-the-stand-in", "PhonePe: client_secret of the token call"),
    ("phonepe-client-version", "1", "PhonePe: client_version of the token call"),
    ("phonepe-webhook-url", "", "PhonePe: where webhooks go; empty for nowhere"),
    ("phonepe-webhook-mode", "SHA", "PhonePe: how webhooks are signed: SHA, HMAC or V1"),
    ("phonepe-webhook-username", "standin_hook", "PhonePe, SHA: user of the fixed token"),
    ("phonepe-webhook-password", "FakeHook2026", "PhonePe, SHA: password of the fixed token"),
    ("phonepe-webhook-secret", "fake-hmac-secret-of-the-stand-in", "PhonePe, HMAC: key"),
    ("phonepe-webhook-key-id", "standin-key-1", "PhonePe, HMAC: name of the key"),
    ("phonepe-salt-key", "00000000-fake-salt-0000-000000000000", "PhonePe, V1: salt"),
    ("phonepe-salt-index", "1", "PhonePe, V1: number of the salt"),
)
DEFAULT_PORT = 8801
TRUE = {"1", "true", "yes", "on"}


@dataclass(frozen=True)
class Options:
    """`senders`: threads that send webhooks; with one, they leave in order."""

    port: int
    senders: int
    phonepe_pays_at_once: bool
    razorpay_pays_at_once: bool
    razorpay_unique_receipt: bool
    razorpay_key_id: str
    razorpay_key_secret: str
    razorpay_webhook_secret: str
    razorpay_webhook_url: str
    phonepe_merchant_id: str
    phonepe_client_id: str
    phonepe_client_secret: str
    phonepe_client_version: str
    phonepe_webhook_url: str
    phonepe_webhook_mode: str
    phonepe_webhook_username: str
    phonepe_webhook_password: str
    phonepe_webhook_secret: str
    phonepe_webhook_key_id: str
    phonepe_salt_key: str
    phonepe_salt_index: str


def parse(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Options:
    """Return the options; a flag overrides its variable. Exits with a text if a value is not valid."""
    parser = _parser(environment)
    options = Options(**vars(parser.parse_args(arguments)))
    if options.phonepe_webhook_mode not in set(HookMode):
        parser.error(f"--phonepe-webhook-mode is one of {', '.join(HookMode)}")
    return options


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gateway_standin",
        description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    simulates = environment.get("PHONEPE_SIMULATION_MODE", "").lower() in TRUE
    _number(parser, environment, "port", DEFAULT_PORT, "port on 127.0.0.1; 0 for any free one, which is printed")
    _number(parser, environment, "senders", 1, "threads that send webhooks; with one, they leave in order")
    _yes_or_no(parser, environment, "phonepe-pays-at-once", simulates, "PhonePe's orders are paid as soon as made")
    _yes_or_no(parser, environment, "razorpay-pays-at-once", False, "Razorpay's orders are paid as soon as made")
    _yes_or_no(parser, environment, "razorpay-unique-receipt", False, "know unique_receipt, as some accounts do")
    for name, default, text in TEXTS:
        parser.add_argument(f"--{name}", default=environment.get(_variable(name), default), help=text)
    return parser


def _number(
    parser: argparse.ArgumentParser, environment: Mapping[str, str], name: str, default: int, text: str, /
) -> None:
    parser.add_argument(f"--{name}", type=int, default=environment.get(_variable(name), str(default)), help=text)


def _yes_or_no(
    parser: argparse.ArgumentParser, environment: Mapping[str, str], name: str, default: bool, text: str, /
) -> None:
    given = environment.get(_variable(name))
    on = default if given is None else given.lower() in TRUE
    parser.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, default=on, help=text)


def _variable(name: str) -> str:
    return PREFIX + name.replace("-", "_").upper()
