"""The mail settings; every value comes from the environment. `settings.py` imports them by name."""

from pathlib import Path
from urllib.parse import urlsplit

from smart_parking.environment import read

_env = read()

EMAIL_HOST = _env.email_host or "localhost"
EMAIL_USE_TLS = _env.email_use_tls
EMAIL_USE_SSL = _env.email_use_ssl
EMAIL_PORT = _env.email_port or (587 if EMAIL_USE_TLS else 465 if EMAIL_USE_SSL else 25)
EMAIL_HOST_USER = _env.email_host_user
EMAIL_HOST_PASSWORD = _env.email_host_password
# Seconds that the worker waits for each word of the mail server; for a mail as a whole see the backend.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _env.default_from_email
# Development keeps mails as files, unless a server is named: a link that sets a password belongs in no log.
_SENDS = _env.in_production or bool(_env.email_host)
_BACKEND = "parking.notifications.channels.smtp" if _SENDS else "django.core.mail.backends.filebased"
EMAIL_BACKEND = f"{_BACKEND}.EmailBackend"
EMAIL_FILE_PATH = Path(__file__).resolve().parent.parent / ".cache" / "mails"


def _base_url() -> str:
    """Return the address of the pages. The worker, which writes the mails, has no request to take it from."""
    hosts = [host for host in _env.allowed_hosts if host != "*"]
    default = f"https://{hosts[0].lstrip('.')}" if _env.in_production and hosts else "http://127.0.0.1:8000"
    return _env.base_url or default


BASE_URL = _base_url()


def mail_problems() -> list[str]:
    """Return why production must not send mails so: a link that sets a password must travel encrypted."""
    problems = [
        (urlsplit(BASE_URL).scheme != "https", "SMART_PARKING_BASE_URL does not begin with https://"),
        (not (EMAIL_USE_TLS or EMAIL_USE_SSL or _is_here(EMAIL_HOST)), "EMAIL_USE_TLS and EMAIL_USE_SSL are off"),
    ]
    return [text for wrong, text in problems if wrong]


def _is_here(host: str) -> bool:
    """Return whether a mail server is on this machine, which no line leads to."""
    return host in {"localhost", "::1"} or host.startswith("127.")
