"""Every setting of the project. What operators can change comes from the environment (`environment.py`)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from parking.core import production, reporting, vehicle_kinds
from smart_parking import gateway_settings, mail_settings, message_settings
from smart_parking.database import database
from smart_parking.environment import read
from smart_parking.gateway_settings import *  # noqa: F403 - its capital names are settings like those below
from smart_parking.languages import languages_in
from smart_parking.mail_settings import *  # noqa: F403
from smart_parking.message_settings import *  # noqa: F403
from smart_parking.vehicle_kinds import kinds_of

BASE_DIR = Path(__file__).resolve().parent.parent
_env = read()

# --- Environment -----------------------------------------------------------------------------------

ENVIRONMENT = _env.environment
IN_PRODUCTION = _env.in_production
DEBUG = _env.debug
SECRET_KEY = _env.secret_key or production.DEFAULT_SECRET
ALLOWED_HOSTS = _env.allowed_hosts
CSRF_TRUSTED_ORIGINS = _env.trusted_origins

# --- Parking ---------------------------------------------------------------------------------------

OPEN_LEGACY = _env.open_legacy
# Gateways that a client may name, and the one taken when it names none.
GATEWAYS = _env.gateways
DEFAULT_GATEWAY = _env.default_gateway or (GATEWAYS[0] if GATEWAYS else "")
# What the simulated gateway answers: CAPTURE, DECLINE or PENDING.
SIMULATED_OUTCOME = _env.simulated_outcome
# Orders and refunds that are open for longer are listed by the reconciliation.
PENDING_TOO_LONG_MINUTES = _env.pending_too_long_minutes
# What comes for a bill that was paid already goes back by itself, or waits for a manager's word.
REFUND_SECOND_PAYMENT = _env.refund_second_payment

vehicle_kinds.install(kinds_of(_env.vehicle_kinds))
BOOKING_FEE = _env.booking_fee
HOLD_MINUTES = _env.hold_minutes
NO_SHOW_MINUTES = _env.no_show_minutes
QUOTE_MINUTES = _env.quote_minutes
PAID_AHEAD_MINUTES = _env.paid_ahead_minutes
LONG_STAY_HOURS = _env.long_stay_hours
# What one driver may hold; 0: any number.
BOOKING_LIMIT = _env.booking_limit
UNPAID_LIMIT = _env.unpaid_limit
ABANDONED_LIMIT = _env.abandoned_limit
# A green answer at the entry makes way for the next car after so long.
GATE_CLOSES_AFTER_SECONDS = _env.gate_closes_after_seconds

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
    "parking.notifications",
    "parking.vehicles",
    "parking.facilities",
    "parking.tariffs",
    "parking.payments",
    "parking.invoices",
    "parking.passes",
    "parking.stays",
    "parking.replays",
    "parking.offers",
    "parking.checkout",
    "parking.reports",
    "parking.api",
]

MIDDLEWARE = [
    "parking.core.requests.RequestIdMiddleware",
    "parking.edge.refused.RefusedRequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "parking.edge.middleware.ContractMiddleware",
    "parking.web.policy.PagePolicyMiddleware",
    "parking.web.of_pages.PageSessionMiddleware",
    "parking.web.language.PageLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "parking.web.of_pages.PageCsrfMiddleware",
    "parking.web.of_pages.PageUserMiddleware",
    "parking.web.of_pages.PageMessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "parking.edge.middleware.ExportRecordMiddleware",
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

DATABASES = {"default": database(_env, BASE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Work that asks gateways waits in a queue of its own, so that one that hangs delays no mail.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "gateways"]}}

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
PASSWORD_LENGTH = _env.password_length
# Words of which no password may consist, beside its user's own.
PASSWORD_WORDS = _env.password_words
# Whether a password that a manager chose must be changed before anything else is open.
GIVEN_PASSWORDS_CHANGE = _env.given_passwords_change
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": PASSWORD_LENGTH}},
]
if _env.password_lists:
    AUTH_PASSWORD_VALIDATORS += [
        {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
        {"NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator"},
        {"NAME": f"{_VALIDATORS}.NumericPasswordValidator"},
        {"NAME": "parking.accounts.password_rules.ContextWordsValidator"},
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
AXES_FAILURE_LIMIT = _env.login_failures
AXES_COOLOFF_TIME = timedelta(seconds=_env.lockout_seconds)
# Tries during a lock-out do not make it longer.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "parking.accounts.lockout.address_of"
AXES_USERNAME_CALLABLE = "parking.accounts.lockout.username_of"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False

# Calls per minute from one address.
REGISTRATIONS_PER_MINUTE = _env.registrations_per_minute
LOGINS_PER_MINUTE = _env.logins_per_minute
RESETS_PER_MINUTE = _env.resets_per_minute
# Failed logins of one username, from all addresses, after which pauses begin.
NAME_FAILURES = _env.name_failures
# Calls per minute that each of the web processes counts for itself; 0: any number.
BOOKINGS_PER_MINUTE = _env.bookings_per_minute
TICKETS_PER_MINUTE = _env.tickets_per_minute
CALLS_PER_MINUTE = {
    "public": _env.public_per_minute,
    "read": _env.reads_per_minute,
    "write": _env.writes_per_minute,
    "money": _env.money_per_minute,
    "gate": _env.gate_per_minute,
}
WEB_PROCESSES = _env.web_workers
# Seconds for which the link in a mail sets a new password.
PASSWORD_RESET_TIMEOUT = 3600

# --- Language and time -----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
# The operator's folder comes first: its words win over ours.
LOCALE_PATHS = [*([Path(_env.languages)] if _env.languages else []), BASE_DIR / "locale"]
LANGUAGES = languages_in(LOCALE_PATHS)
TIME_ZONE = _env.time_zone
USE_I18N = True
USE_TZ = True
LOGIN_URL = "sign_in"

# --- Files, cookies, headers -----------------------------------------------------------------------

STATIC_URL = "/static/"
# What others publish, put there by `deploy/assets.py`.
_VENDOR = BASE_DIR / ".cache" / "vendor"
DOCUMENT_FONTS = BASE_DIR / ".cache" / "fonts"
STATICFILES_DIRS = [("vendor", _VENDOR)] if _VENDOR.is_dir() else []
# Outside of production the state that was collected last; resolved, so that a running server keeps its own.
_COLLECTED = BASE_DIR / "staticfiles" if IN_PRODUCTION else (BASE_DIR / ".cache" / "static" / "current").resolve()
STATIC_ROOT = _env.static_root or str(_COLLECTED)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "parking.web.storage.HashedStaticFiles"},
}
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_MIMETYPES = {".webmanifest": "application/manifest+json"}

# Where the pictures of the map come from: a template such as https://tiles.example.org/{z}/{x}/{y}.png; empty: no map.
MAP_TILES = _env.map_tiles
MAP_CREDIT = _env.map_credit
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

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IN_PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if IN_PRODUCTION:
    # Browsers take these only from this very host, over HTTPS: no other host of the domain can plant one.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = IN_PRODUCTION and _env.https_redirect
SECURE_HSTS_SECONDS = _env.hsts_seconds
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
BEHIND_PROXY = _env.behind_proxy
# How many proxies of ours a call passes; each adds one address to X-Forwarded-For.
TRUSTED_PROXIES = _env.trusted_proxies if BEHIND_PROXY else 0
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Logs ------------------------------------------------------------------------------------------

LOG_LEVEL = _env.log_level
LOGGING_CONFIG = "parking.core.logs.configure"
LOGGING: dict[str, Any] = {"level": LOG_LEVEL, "json": IN_PRODUCTION}
SENTRY_DSN = _env.sentry_dsn
if SENTRY_DSN:
    reporting.start(SENTRY_DSN, ENVIRONMENT)

production.refuse_half_configuration(
    [*gateway_settings.configuration_problems(GATEWAYS), *mail_settings.mail_configuration_problems()]
)
if IN_PRODUCTION:
    production.refuse_unsafe_settings(
        secret_key=SECRET_KEY,
        debug=DEBUG,
        open_legacy=OPEN_LEGACY,
        gateways=GATEWAYS,
        further_problems=[
            *gateway_settings.production_problems(GATEWAYS),
            *mail_settings.mail_problems(),
            *message_settings.message_problems(),
        ],
        allowed_hosts=ALLOWED_HOSTS,
    )

# `manage.py test`; `make test` calls pytest itself, on both databases.
TEST_RUNNER = "tests.runner.PytestRunner"
