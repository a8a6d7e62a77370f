"""Identifiers in the shape of the real ones.

They are random, not counted: the product keeps them in a database that outlives this program's memory.
"""

import secrets
import string
from datetime import UTC, datetime

LETTERS_AND_DIGITS = string.ascii_letters + string.digits


def razorpay_id(prefix: str) -> str:
    """Return `prefix_` and 14 letters or digits, for example `order_IEIaMR65cu6nz3`."""
    return f"{prefix}_{_pick(LETTERS_AND_DIGITS, 14)}"


def phonepe_id(prefix: str, at: float) -> str:
    """Return `prefix`, the second of creation, ten digits: for example `OMO2601010905301234567890`."""
    second = datetime.fromtimestamp(at, UTC).strftime("%y%m%d%H%M%S")
    return f"{prefix}{second}{_pick(string.digits, 10)}"


def event_id() -> str:
    return _pick(LETTERS_AND_DIGITS, 14)


def bank_reference() -> str:
    """Return the twelve digits (RRN or UTR) that the bank prints on a statement."""
    return secrets.choice("123456789") + _pick(string.digits, 11)


def token() -> str:
    return secrets.token_urlsafe(24)


def _pick(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))
