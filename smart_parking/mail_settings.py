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
# A provider's API in the place of a server.
MAIL_PROVIDER = _env.mail_provider or ""
# Under which names the library reads the keys; all others read an API_KEY.
_KEY_NAMES = {"mailersend": "API_TOKEN", "mailtrap": "API_TOKEN", "postmark": "SERVER_TOKEN"}
_PARTS = {
    _KEY_NAMES.get(MAIL_PROVIDER, "API_KEY"): _env.mail_provider_key,
    "SECRET_KEY": _env.mail_provider_secret,
    "API_URL": _env.mail_provider_url,
}
ANYMAIL = {f"{MAIL_PROVIDER.upper()}_{name}": value for name, value in _PARTS.items() if value and MAIL_PROVIDER}
# By what the provider's reports of bounces are known: its signature, or else `name:password` in the address for them.
MAIL_EVENTS_KEY = _env.mail_events_key
_EVENT_KEY_NAMES = {
    "mailersend": "MAILERSEND_SIGNING_SECRET",
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
    "mailtrap": "MAILTRAP_TRACKING_SECRET",
    "postal": "POSTAL_WEBHOOK_KEY",
}
if MAIL_EVENTS_KEY:
    ANYMAIL[_EVENT_KEY_NAMES.get(MAIL_PROVIDER, "WEBHOOK_SECRET")] = MAIL_EVENTS_KEY
# Development keeps mails as files, unless a server is named: a link that sets a password belongs in no log.
_SENDS = _env.in_production or bool(_env.email_host)
_BACKEND = "parking.notifications.channels.smtp" if _SENDS else "django.core.mail.backends.filebased"
EMAIL_BACKEND = f"{'parking.notifications.channels.mail_provider' if MAIL_PROVIDER else _BACKEND}.EmailBackend"
EMAIL_FILE_PATH = Path(__file__).resolve().parent.parent / ".cache" / "mails"


def _base_url() -> str:
    """Return the address of the pages. The worker, which writes the mails, has no request to take it from."""
    hosts = [host for host in _env.allowed_hosts if host != "*"]
    default = f"https://{hosts[0].lstrip('.')}" if _env.in_production and hosts else "http://127.0.0.1:8000"
    return _env.base_url or default


BASE_URL = _base_url()


def mail_configuration_problems() -> list[str]:
    """Return what is missing or contradicts itself, of a mail provider."""
    has_part = bool(_env.mail_provider_key or _env.mail_provider_secret or _env.mail_provider_url)
    problems = [
        (not MAIL_PROVIDER and has_part, "MAIL_PROVIDER_KEY, _SECRET or _URL is set, but MAIL_PROVIDER is not"),
        (
            MAIL_PROVIDER and not _env.mail_provider_key,
            f"MAIL_PROVIDER is {MAIL_PROVIDER}: MAIL_PROVIDER_KEY is not set",
        ),
        (
            MAIL_PROVIDER == "mailjet" and not _env.mail_provider_secret,
            "MAIL_PROVIDER is mailjet: MAIL_PROVIDER_SECRET is not set",
        ),
        (
            MAIL_PROVIDER == "postal" and not _env.mail_provider_url,
            "MAIL_PROVIDER is postal: MAIL_PROVIDER_URL is not set",
        ),
        (
            MAIL_EVENTS_KEY and MAIL_PROVIDER in {"", "mandrill"},
            "MAIL_EVENTS_KEY is set, but no MAIL_PROVIDER whose reports are taken",
        ),
        (
            MAIL_EVENTS_KEY and MAIL_PROVIDER not in _EVENT_KEY_NAMES and not _is_login(MAIL_EVENTS_KEY),
            f"MAIL_EVENTS_KEY of {MAIL_PROVIDER} is not a name and 16 or more characters: name:password",
        ),
        (MAIL_PROVIDER and _env.email_host, "MAIL_PROVIDER and EMAIL_HOST are both set: mails go by one of them"),
    ]
    return [text for wrong, text in problems if wrong]


def _is_login(text: str) -> bool:
    name, _colon, password = text.partition(":")
    return bool(name) and len(password) >= 16


def mail_problems() -> list[str]:
    """Return why production must not send mails so: a link that sets a password must travel encrypted."""
    problems = [
        (urlsplit(BASE_URL).scheme != "https", "SMART_PARKING_BASE_URL does not begin with https://"),
        (
            not (MAIL_PROVIDER or EMAIL_USE_TLS or EMAIL_USE_SSL or _is_here(EMAIL_HOST)),
            "EMAIL_USE_TLS and EMAIL_USE_SSL are off",
        ),
        (not _is_safe(_env.mail_provider_url), "MAIL_PROVIDER_URL does not begin with https://"),
    ]
    return [text for wrong, text in problems if wrong]


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return not url or parts.scheme == "https" or _is_here(parts.hostname or "")


def _is_here(host: str) -> bool:
    """Return whether a server is on this machine, which no line leads to."""
    return host in {"localhost", "::1"} or host.startswith("127.")
