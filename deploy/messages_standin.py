"""The stand-in of messages beside `make run`, so that mails, push messages, SMS and WhatsApp can be looked at."""

import os
import socket
import sys
from base64 import urlsafe_b64encode
from secrets import token_bytes

# With one of these set, the person at the terminal has a mail server or provider of his own.
_OWN = ("EMAIL_HOST", "MAIL_PROVIDER", "SMS_URL", "WHATSAPP_URL", "PUSH_PRIVATE_KEY")
_TEMPLATES = ("booked.en", "booked.hi", "left.en", "left.hi")


def standin(wanted_port: int | None) -> tuple[list[str], str]:
    """Return the command that starts the stand-in and its address, or nothing where real ones are configured.

    Points the settings of all children at it. `wanted_port` is that of its pages, None for any free one.
    """
    if os.environ.get("SMART_PARKING_ENV") == "production" or any(os.environ.get(name) for name in _OWN):
        return [], ""
    port, smtp_port = wanted_port or _free_port(), _free_port()
    address = f"http://127.0.0.1:{port}"
    os.environ.update(_settings(address, smtp_port))
    command = [sys.executable, "-m", "message_standin", "--port", str(port), "--smtp-port", str(smtp_port)]
    return command, address


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _settings(address: str, smtp_port: int) -> dict[str, str]:
    """Return the addresses of the stand-in, fake credentials, and a key for push messages of this run."""
    host = address.removeprefix("http://")
    hosts = os.environ.get("PUSH_HOSTS") or "fcm.googleapis.com,updates.push.services.mozilla.com,*.push.apple.com"
    return {
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(smtp_port),
        "SMS_URL": f"{address}/sms",
        "SMS_KEY": "fake-sms-key",
        "SMS_ENTITY": "1100000000000000001",
        "SMS_HEADER": "PRKING",
        "SMS_TEMPLATE_IDS": ",".join(f"{name}=110700000000000000{number}" for number, name in enumerate(_TEMPLATES)),
        "WHATSAPP_URL": f"{address}/whatsapp",
        "WHATSAPP_SENDER": "100000000000001",
        "WHATSAPP_KEY": "fake-whatsapp-key",
        # A number below the order of the curve: its first byte is small.
        "PUSH_PRIVATE_KEY": urlsafe_b64encode(b"\x01" + token_bytes(31)).rstrip(b"=").decode(),
        "PUSH_HOSTS": f"{hosts},{host}",
    }
