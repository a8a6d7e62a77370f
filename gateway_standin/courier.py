"""Delivery of webhooks to the merchant, in the background, repeated until accepted; with faults on request."""

import http.client
import logging
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gateway_standin.books import Brand
from gateway_standin.schedule import Schedule
from gateway_standin.settings import Settings
from gateway_standin.switches import Switches

TIMEOUT_SECONDS = 5
LONGEST_PAUSE = 60.0
KEPT = 10_000

log = logging.getLogger(__name__)


@dataclass
class Webhook:
    """One event on its way. `about` names the order or refund; `headers` prove who sent it.

    `state`: WAITING, HELD (until the next one went out), DELIVERED, FAILED, DROPPED, NO_ADDRESS, or FORGOTTEN (the
    books were emptied while it was on its way).
    """

    number: int
    brand: Brand
    event: str
    about: tuple[str, ...]
    headers: dict[str, str]
    body: bytes
    state: str = "WAITING"
    tries: int = 0
    last: str = ""


def spoiled(headers: dict[str, str]) -> dict[str, str]:
    """Return the headers with every signature wrong, but well formed."""
    return {name: _spoil(value) if _is_signature(name) else value for name, value in headers.items()}


def _is_signature(name: str) -> bool:
    return name.lower() in {"authorization", "x-verify", "x-phonepe-checksum-signature", "x-razorpay-signature"}


def _spoil(value: str) -> str:
    return ("0" if value[:1] != "0" else "1") + value[1:]


@dataclass
class Courier:
    """Delivers webhooks. `settings` is called for each delivery, because they may change."""

    schedule: Schedule
    switches: Switches
    settings: Callable[[], Settings]
    webhooks: deque[Webhook] = field(default_factory=lambda: deque(maxlen=KEPT))
    _held: list[Webhook] = field(default_factory=list)
    _made: int = 0

    def take(self, brand: Brand, event: str, about: Iterable[str], headers: dict[str, str], body: bytes) -> None:
        """Accept an event for delivery. The caller holds the lock of the books."""
        self._made += 1
        if self.switches.take(brand, "webhook_bad_signature", event):
            headers = spoiled(headers)
        webhook = Webhook(self._made, brand, event, tuple(about), headers, body)
        self.webhooks.append(webhook)
        self._dispatch(webhook)

    def resend(self, webhook: Webhook) -> None:
        """Send a webhook once more, whatever its state."""
        webhook.state, webhook.tries = "WAITING", 0
        self._send_after(0, webhook)

    def clear(self) -> None:
        self.schedule.clear()
        for webhook in self.webhooks:
            webhook.state = "FORGOTTEN"
        self.webhooks.clear()
        self._held.clear()
        self._made = 0

    def _dispatch(self, webhook: Webhook) -> None:
        brand, event = webhook.brand, webhook.event
        if not self._address(brand):
            webhook.state = "NO_ADDRESS"
        elif self.switches.take(brand, "webhook_drop", event):
            webhook.state = "DROPPED"
        elif self.switches.take(brand, "webhook_reorder", event):
            self._hold(webhook)
        else:
            late = self.switches.take(brand, "webhook_delay", event)
            self._send_after(self.settings().webhook_delay_seconds if late else 0, webhook)
            if self.switches.take(brand, "webhook_duplicate", event):
                self._send_after(0, webhook)
            self._release(brand)

    def _hold(self, webhook: Webhook) -> None:
        """Hold a webhook until the next one went out; if none does, for a while."""
        webhook.state = "HELD"
        self._held.append(webhook)
        self.schedule.after(self.settings().webhook_hold_seconds, lambda: self._release(webhook.brand))

    def _release(self, brand: Brand) -> None:
        with self.switches.lock:
            due = [webhook for webhook in self._held if webhook.brand is brand]
            self._held = [webhook for webhook in self._held if webhook.brand is not brand]
        for webhook in due:
            webhook.state = "WAITING"
            self._send_after(0, webhook)

    def _send_after(self, seconds: float, webhook: Webhook) -> None:
        self.schedule.after(seconds, lambda: self._send(webhook))

    def _send(self, webhook: Webhook) -> None:
        address = self._address(webhook.brand)
        if not address:
            webhook.state = "NO_ADDRESS"
            return
        webhook.tries += 1
        webhook.last = _post(address, webhook)
        if webhook.state == "FORGOTTEN":
            return
        if webhook.last.startswith("2"):
            webhook.state = "DELIVERED"
        elif webhook.tries < self.settings().webhook_tries:
            pause = self.settings().webhook_retry_seconds * 2 ** (webhook.tries - 1)
            self._send_after(min(pause, LONGEST_PAUSE), webhook)
        else:
            webhook.state = "FAILED"

    def _address(self, brand: Brand) -> str:
        settings = self.settings()
        return settings.phonepe_webhook_url if brand is Brand.PHONEPE else settings.razorpay_webhook_url


def _post(address: str, webhook: Webhook) -> str:
    """Return the status of the answer, or why there was none. A redirect is not followed, as by the real gateways."""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    path = parts._replace(scheme="", netloc="").geturl() or "/"
    try:
        connection.request("POST", path, webhook.body, {"Content-Type": "application/json", **webhook.headers})
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        log.debug("webhook %s was not taken: %s", webhook.event, error)
        return type(error).__name__
    finally:
        connection.close()
