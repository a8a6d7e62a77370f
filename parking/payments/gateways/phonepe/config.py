"""The configuration of the PhonePe gateway."""

from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings

from parking.payments.gateways.http import Timeouts


class WebhookMode(StrEnum):
    """How PhonePe proves that a webhook is its own: one mode for an endpoint, as set in its dashboard."""

    SHA = "SHA"
    HMAC = "HMAC"
    V1 = "V1"


@dataclass(frozen=True)
class WebhookConfig:
    """The mode and its secrets. An empty secret accepts nothing.

    `hmac_header` and `hmac_encoding` (HEX or BASE64) are settings because PhonePe does not publish them for certain. An
    empty `hmac_key_id` is not compared.
    """

    mode: WebhookMode
    username: str = ""
    password: str = field(default="", repr=False)
    hmac_secret: str = field(default="", repr=False)
    hmac_key_id: str = ""
    hmac_header: str = "x-phonepe-checksum-signature"
    hmac_encoding: str = "HEX"
    salt_key: str = field(default="", repr=False)
    salt_index: str = "1"


@dataclass(frozen=True)
class PhonePeConfig:
    """Addresses, credentials of the v2 interface, and where the payer's browser returns (`{order_id}` filled in).

    `upi_qr`: the account may make `upi://` links (custom checkout; PhonePe grants it on request).
    """

    oauth_url: str
    pg_url: str
    client_id: str
    webhook: WebhookConfig
    client_secret: str = field(repr=False)
    client_version: str = "1"
    return_url: str = ""
    upi_qr: bool = False
    timeouts: Timeouts = field(default_factory=Timeouts)


def configured() -> PhonePeConfig:
    """Return the configuration from the settings of this moment."""
    return PhonePeConfig(
        oauth_url=settings.PHONEPE_OAUTH_URL,
        pg_url=settings.PHONEPE_PG_URL,
        client_id=settings.PHONEPE_CLIENT_ID,
        client_secret=settings.PHONEPE_CLIENT_SECRET,
        client_version=settings.PHONEPE_CLIENT_VERSION,
        return_url=settings.PAYMENT_RETURN_URL,
        upi_qr=settings.PHONEPE_UPI_QR,
        webhook=_webhook(),
        timeouts=Timeouts(
            settings.GATEWAY_CONNECT_SECONDS, settings.GATEWAY_READ_SECONDS, settings.GATEWAY_CALL_SECONDS
        ),
    )


def _webhook() -> WebhookConfig:
    return WebhookConfig(
        mode=WebhookMode(settings.PHONEPE_WEBHOOK_MODE),
        username=settings.PHONEPE_WEBHOOK_USERNAME,
        password=settings.PHONEPE_WEBHOOK_PASSWORD,
        hmac_secret=settings.PHONEPE_WEBHOOK_SECRET,
        hmac_key_id=settings.PHONEPE_WEBHOOK_KEY_ID,
        hmac_header=settings.PHONEPE_HMAC_HEADER,
        hmac_encoding=settings.PHONEPE_HMAC_ENCODING,
        salt_key=settings.PHONEPE_SALT_KEY,
        salt_index=settings.PHONEPE_SALT_INDEX,
    )
