"""The configuration of the Razorpay gateway."""

from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings

from parking.payments.gateways.http import Timeouts


class CapturePolicy(StrEnum):
    """Who captures money that a bank holds for us: Razorpay at once, we by `capture_order`, or the dashboard's rule."""

    AUTOMATIC = "AUTOMATIC"
    MANUAL = "MANUAL"
    DASHBOARD = "DASHBOARD"


@dataclass(frozen=True)
class RazorpayConfig:
    """Address, key, and the policies of the account.

    `key_id` is public: a client's checkout needs it. `webhook_secrets` are all that are valid now: more than one while
    the secret changes. `checkout_url` is a page where an order can be paid, with `{order_id}` for Razorpay's number and
    `{key_id}`; empty if there is none. `unique_receipt`: the account answers a repeated receipt with the same order
    (to be asked for; elsewhere the field is refused). `refund_speed` is `normal` or `optimum`. `subscriptions`:
    mandates may be given.
    """

    url: str
    key_id: str
    key_secret: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    checkout_url: str = ""
    capture: CapturePolicy = CapturePolicy.AUTOMATIC
    unique_receipt: bool = False
    refund_speed: str = "normal"
    subscriptions: bool = False
    timeouts: Timeouts = field(default_factory=Timeouts)


def configured() -> RazorpayConfig:
    """Return the configuration from the settings of this moment."""
    return RazorpayConfig(
        url=settings.RAZORPAY_URL,
        key_id=settings.RAZORPAY_KEY_ID,
        key_secret=settings.RAZORPAY_KEY_SECRET,
        webhook_secrets=tuple(settings.RAZORPAY_WEBHOOK_SECRETS),
        checkout_url=settings.RAZORPAY_CHECKOUT_URL,
        capture=CapturePolicy(settings.RAZORPAY_CAPTURE),
        unique_receipt=settings.RAZORPAY_UNIQUE_RECEIPT,
        refund_speed=settings.RAZORPAY_REFUND_SPEED,
        subscriptions=settings.RAZORPAY_SUBSCRIPTIONS,
        timeouts=Timeouts(
            settings.GATEWAY_CONNECT_SECONDS, settings.GATEWAY_READ_SECONDS, settings.GATEWAY_CALL_SECONDS
        ),
    )
