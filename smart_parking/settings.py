"""Every setting of the project; each value comes from the environment, with a default for development.

`docs/settings.md` lists the variables for operators.
"""

import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
import sentry_sdk

from parking.core import production
from smart_parking import gateway_settings, mail_settings
from smart_parking.gateway_settings import *  # noqa: F403 - its capital names are settings like those below
from smart_parking.mail_settings import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent


def _flag(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    return default if value in (None, "") else value.strip().lower() in {"1", "true", "yes", "on"}


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


def _words(name: str, default: str) -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


# --- Environment -----------------------------------------------------------------------------------

ENVIRONMENT = os.environ.get("SMART_PARKING_ENV") or "development"
IN_PRODUCTION = ENVIRONMENT == "production"
DEBUG = _flag("SMART_PARKING_DEBUG", default=False)
SECRET_KEY = os.environ.get("SMART_PARKING_SECRET_KEY") or production.DEFAULT_SECRET
ALLOWED_HOSTS = _words("SMART_PARKING_ALLOWED_HOSTS", "" if IN_PRODUCTION else "*")
CSRF_TRUSTED_ORIGINS = _words("SMART_PARKING_TRUSTED_ORIGINS", "")

# --- Parking ---------------------------------------------------------------------------------------

OPEN_LEGACY = _flag("SMART_PARKING_OPEN_LEGACY", default=not IN_PRODUCTION)
# Gateways that a client may name, and the one taken when it names none.
GATEWAYS = _words("SMART_PARKING_GATEWAYS", "" if IN_PRODUCTION else "SIMULATED")
DEFAULT_GATEWAY = os.environ.get("SMART_PARKING_DEFAULT_GATEWAY") or (GATEWAYS[0] if GATEWAYS else "")
# What the simulated gateway answers: CAPTURE, DECLINE or PENDING.
SIMULATED_OUTCOME = os.environ.get("SMART_PARKING_SIMULATED_OUTCOME") or "CAPTURE"
# Orders and refunds that are open for longer are listed by the reconciliation.
PENDING_TOO_LONG_MINUTES = _number("SMART_PARKING_PENDING_TOO_LONG_MINUTES", 60)

BOOKING_FEE = Decimal(os.environ.get("SMART_PARKING_BOOKING_FEE") or "50.00")
HOLD_MINUTES = _number("SMART_PARKING_HOLD_MINUTES", 10)
NO_SHOW_MINUTES = _number("SMART_PARKING_NO_SHOW_MINUTES", 30)
QUOTE_MINUTES = _number("SMART_PARKING_QUOTE_MINUTES", 10)
PAID_AHEAD_MINUTES = _number("SMART_PARKING_PAID_AHEAD_MINUTES", 15)
LONG_STAY_HOURS = _number("SMART_PARKING_LONG_STAY_HOURS", 12)
# A green answer at the entry makes way for the next car after so long.
GATE_CLOSES_AFTER_SECONDS = _number("SMART_PARKING_GATE_CLOSES_AFTER_SECONDS", 6)

# --- Applications ----------------------------------------------------------------------------------

INSTALLED_APPS = [
    # Before Django's admin, whose frame it replaces.
    "parking.web",
    "parking.legacy",
    "parking.edge",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ninja",
    "ninja_jwt",
    "ninja_jwt.token_blacklist",
    "axes",
    "django_tasks",
    "django_tasks_db",
    "parking.core",
    "parking.audit",
    "parking.accounts",
    "parking.vehicles",
    "parking.facilities",
    "parking.tariffs",
    "parking.payments",
    "parking.invoices",
    "parking.stays",
    "parking.checkout",
    "parking.reports",
    "parking.api",
]

MIDDLEWARE = [
    "parking.core.requests.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "parking.edge.middleware.ContractMiddleware",
    "parking.web.policy.PagePolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "parking.web.language.PageLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "parking.web.refusals.RefusalMiddleware",
]

ROOT_URLCONF = "smart_parking.urls"
WSGI_APPLICATION = "smart_parking.wsgi.application"
# Addresses end in a slash exactly as the contract writes them; a redirect would lose a POST's body.
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database --------------------------------------------------------------------------------------

DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{BASE_DIR / 'parking.sqlite3'}"


def _socket_directory(url: str) -> str | None:
    """The directory in `postgresql://user@%2Ftmp%2FpgA/name`; the parser would make its letters small."""
    host = urlsplit(url).netloc.rpartition("@")[2].partition(":")[0]
    return unquote(host) if host.lower().startswith("%2f") else None


def _database(url: str) -> dict[str, Any]:
    config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=None))
    config["HOST"] = _socket_directory(url) or config["HOST"]
    if config["ENGINE"].endswith("sqlite3"):
        # IMMEDIATE: a writer queues at BEGIN instead of failing at its first write. FULL: money survives a power cut.
        config.setdefault("OPTIONS", {}).update(
            transaction_mode="IMMEDIATE",
            timeout=30,
            init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        )
        # A file, because threads of one test must meet in one database.
        config["TEST"] = {"NAME": str(BASE_DIR / ".cache" / "test.sqlite3")}
    else:
        # Parameters bound by the server and plans kept: a fifth quicker (docs/performance.md).
        config.setdefault("OPTIONS", {}).update(server_side_binding=True, prepare_threshold=2)
    return config


DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# --- People ----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
# Usernames are unique in any letter case, by a constraint that the check does not know.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "parking.accounts.hashers.Argon2idHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
]
if IN_PRODUCTION:
    AUTH_PASSWORD_VALIDATORS += [
        {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
        {"NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator"},
        {"NAME": f"{_VALIDATORS}.NumericPasswordValidator"},
    ]

NINJA_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(hours=24),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    "ALGORITHM": "HS256",
    "SIGNING_KEY": SECRET_KEY,
    "UPDATE_LAST_LOGIN": False,
}

# Failed logins are counted per username and address together; a success resets the count.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = _number("SMART_PARKING_LOGIN_FAILURES", 5)
AXES_COOLOFF_TIME = timedelta(seconds=_number("SMART_PARKING_LOCKOUT_SECONDS", 900 if IN_PRODUCTION else 60))
# Tries during a lock-out do not make it longer.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "parking.accounts.lockout.address_of"
AXES_USERNAME_CALLABLE = "parking.accounts.lockout.username_of"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False

# Calls per minute from one address.
REGISTRATIONS_PER_MINUTE = _number("SMART_PARKING_REGISTRATIONS_PER_MINUTE", 10 if IN_PRODUCTION else 600)
LOGINS_PER_MINUTE = _number("SMART_PARKING_LOGINS_PER_MINUTE", 30 if IN_PRODUCTION else 1200)
RESETS_PER_MINUTE = _number("SMART_PARKING_RESETS_PER_MINUTE", 5 if IN_PRODUCTION else 600)
# Seconds for which the link in a mail sets a new password.
PASSWORD_RESET_TIMEOUT = 3600

# --- Language and time -----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("hi", "हिन्दी")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = os.environ.get("SMART_PARKING_TIME_ZONE") or "Asia/Kolkata"
USE_I18N = True
USE_TZ = True
LOGIN_URL = "sign_in"

# --- Files, cookies, headers -----------------------------------------------------------------------

STATIC_URL = "/static/"
# What others publish, put there by `deploy/assets.py`.
_VENDOR = BASE_DIR / ".cache" / "vendor"
STATICFILES_DIRS = [("vendor", _VENDOR)] if _VENDOR.is_dir() else []
# Outside of production the state that was collected last; resolved, so that a running server keeps its own.
_COLLECTED = BASE_DIR / "staticfiles" if IN_PRODUCTION else (BASE_DIR / ".cache" / "static" / "current").resolve()
STATIC_ROOT = os.environ.get("SMART_PARKING_STATIC_ROOT") or str(_COLLECTED)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "parking.web.storage.HashedStaticFiles"},
}
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_MIMETYPES = {".webmanifest": "application/manifest+json"}

# Where the pictures of the map come from: a template such as https://tiles.example.org/{z}/{x}/{y}.png; empty: no map.
MAP_TILES = os.environ.get("SMART_PARKING_MAP_TILES") or ""
MAP_CREDIT = os.environ.get("SMART_PARKING_MAP_CREDIT") or ""
CSRF_FAILURE_VIEW = "parking.web.refusals.csrf_failed"
# All that a page may load is ours. Views that need more say so where they are (`csp_update`).
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IN_PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = IN_PRODUCTION and _flag("SMART_PARKING_HTTPS_REDIRECT", default=True)
SECURE_HSTS_SECONDS = _number("SMART_PARKING_HSTS_SECONDS", 31_536_000 if IN_PRODUCTION else 0)
BEHIND_PROXY = _flag("SMART_PARKING_BEHIND_PROXY", default=False)
# How many proxies of ours a call passes; each adds one address to X-Forwarded-For.
TRUSTED_PROXIES = _number("SMART_PARKING_TRUSTED_PROXIES", 1) if BEHIND_PROXY else 0
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Logs ------------------------------------------------------------------------------------------

LOG_LEVEL = os.environ.get("SMART_PARKING_LOG_LEVEL") or "INFO"
LOGGING_CONFIG = "parking.core.logs.configure"
LOGGING: dict[str, Any] = {"level": LOG_LEVEL, "json": IN_PRODUCTION}
SENTRY_DSN = os.environ.get("SENTRY_DSN", "")
if SENTRY_DSN:
    sentry_sdk.init(dsn=SENTRY_DSN, environment=ENVIRONMENT, send_default_pii=False)

production.refuse_half_configuration(gateway_settings.configuration_problems(GATEWAYS))
if IN_PRODUCTION:
    production.refuse_unsafe_settings(
        secret_key=SECRET_KEY,
        debug=DEBUG,
        open_legacy=OPEN_LEGACY,
        gateways=GATEWAYS,
        further_problems=gateway_settings.production_problems(GATEWAYS) + mail_settings.mail_problems(),
        allowed_hosts=ALLOWED_HOSTS,
    )
