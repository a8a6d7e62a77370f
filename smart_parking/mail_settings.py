"""The settings of mail; every value comes from the environment. `settings.py` imports them by name."""

import os
from urllib.parse import urlsplit


def _text(name: str, default: str = "") -> str:
    return (os.environ.get(name) or default).strip()


def _flag(name: str) -> bool:
    return _text(name).lower() in {"1", "true", "yes", "on"}


_IN_PRODUCTION = _text("SMART_PARKING_ENV") == "production"

EMAIL_HOST = _text("EMAIL_HOST", "localhost")
EMAIL_USE_TLS = _flag("EMAIL_USE_TLS")
EMAIL_USE_SSL = _flag("EMAIL_USE_SSL")
EMAIL_PORT = int(_text("EMAIL_PORT", "587" if EMAIL_USE_TLS else "465" if EMAIL_USE_SSL else "25"))
EMAIL_HOST_USER = _text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = _text("EMAIL_HOST_PASSWORD")
# Seconds that the worker waits for the mail server.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _text("DEFAULT_FROM_EMAIL", "Smart Parking <noreply@localhost>")
# Development prints mails to the worker's terminal, unless a server is named.
_SENDS = _IN_PRODUCTION or bool(_text("EMAIL_HOST"))
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _SENDS else 'console'}.EmailBackend"


def _base_url() -> str:
    """Where people reach the pages. The worker, which writes the mails, sees no request that would tell."""
    hosts = [host.strip() for host in _text("SMART_PARKING_ALLOWED_HOSTS").split(",") if host.strip() not in {"", "*"}]
    default = f"https://{hosts[0].lstrip('.')}" if _IN_PRODUCTION and hosts else "http://127.0.0.1:8000"
    return _text("SMART_PARKING_BASE_URL", default).rstrip("/")


BASE_URL = _base_url()


def mail_problems() -> list[str]:
    """Why production must not send mails so: a link that sets a password goes over a closed line."""
    is_open = urlsplit(BASE_URL).scheme != "https"
    return ["SMART_PARKING_BASE_URL does not begin with https://"] if is_open else []
