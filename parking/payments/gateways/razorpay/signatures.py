"""Razorpay's signatures. Source: razorpay.com/docs, "Verify Payment Signature", "Validate and Test Webhooks"."""

from collections.abc import Mapping, Sequence

from parking.payments.gateways.http import header, hmac_sha256, same_proof

SIGNATURE_HEADER = "X-Razorpay-Signature"


def parts_signature(key_secret: str, *parts: str) -> str:
    """Return the signature that a browser brings back: over `order|payment`, or a link's four parts."""
    return hmac_sha256(key_secret, "|".join(parts).encode()).hex()


def checkout_is_genuine(key_secret: str, *, order_id: str, payment_id: str, signature: object) -> bool:
    """Return whether Razorpay signed that this payment belongs to this order; `order_id` from our own database.

    The payment's state and amount are not signed: fetch the order afterwards.
    """
    if not key_secret or not order_id or not payment_id or not f"{order_id}{payment_id}".isascii():
        return False
    return same_proof(signature, parts_signature(key_secret, order_id, payment_id))


def mandate_is_genuine(key_secret: str, *, payment_id: str, subscription_id: str, signature: object) -> bool:
    """Return whether Razorpay signed that this payment gave this mandate: the payment comes first, unlike an order's.

    Take `subscription_id` from our own row, and read the mandate afterwards: its state is not signed.
    """
    if not key_secret or not payment_id or not subscription_id or not f"{payment_id}{subscription_id}".isascii():
        return False
    return same_proof(signature, parts_signature(key_secret, payment_id, subscription_id))


def webhook_is_genuine(secrets: Sequence[str], headers: Mapping[str, str], body: bytes) -> bool:
    """Return whether the raw body was signed with one of the secrets. While a secret changes, old and new are valid."""
    given = header(headers, SIGNATURE_HEADER)
    return any(same_proof(given, hmac_sha256(secret, body).hex()) for secret in secrets if secret)
