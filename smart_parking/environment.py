"""Every environment variable that the product reads: its type, default, unit and meaning.

`settings.py`, `gateway_settings.py`, `mail_settings.py` and `deploy/` take their values from `read()`. A value of the
wrong type stops the start with a sentence that names the variable. `docs/settings.md` lists the same for operators. An
empty variable counts as not set; an empty list is an empty list.
"""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from smart_parking.vehicle_kinds import kinds_of

PRODUCTION = "production"

# --- Types -----------------------------------------------------------------------------------------

_ON, _OFF = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def _switch(value: Any) -> Any:
    word = str(value).strip().lower()
    if word in _ON | _OFF:
        return word in _ON
    raise ValueError(f"a switch is one of {', '.join(sorted(_ON | _OFF))}")


def _words(value: Any) -> Any:
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (LookupError, ValueError, OSError):
        raise ValueError("not the name of a time zone, such as Asia/Kolkata") from None
    return value


def _known_folder(value: str) -> str:
    if value and not Path(value).is_dir():
        raise ValueError("not a folder that exists")
    return value


def _known_kinds(value: str) -> str:
    kinds_of(value)
    return value


def _level(name: str) -> str:
    """Return the name of a level of logs, of which Python's logging takes some in a second form."""
    level = name.strip().upper()
    return {"WARN": "WARNING", "FATAL": "CRITICAL", "NOTSET": "DEBUG"}.get(level, level)


Switch = Annotated[bool, BeforeValidator(_switch)]
Words = Annotated[list[str], NoDecode, BeforeValidator(_words)]
Capitals = Annotated[str, StringConstraints(to_upper=True)]
Address = Annotated[str, BeforeValidator(lambda value: str(value).strip().rstrip("/"))]
Folder = Annotated[str, AfterValidator(_known_folder)]
KindsFile = Annotated[str, AfterValidator(_known_kinds)]
TimeZone = Annotated[str, BeforeValidator(_known_zone)]
# What signs is taken as it is, with spaces.
Unstripped = Annotated[str, StringConstraints(strip_whitespace=False)]
Whole = Annotated[int, Field(ge=0)]
AtLeastOne = Annotated[int, Field(ge=1)]
Port = Annotated[int, Field(ge=1, le=65_535)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Level = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(lambda value: _level(str(value)))
]
Outcome = Literal["CAPTURE", "DECLINE", "PENDING"]
# The backends of anymail that it supports, and that need HTTP and a key alone: docs/choices.md.
MailProvider = Literal[
    "brevo", "mailersend", "mailgun", "mailjet", "mailtrap", "mandrill", "postal", "postmark", "resend", "sparkpost",
]  # fmt: skip
Rupees = Annotated[Decimal, Field(ge=0, max_digits=8, decimal_places=2)]


def variable(name: str, default: Any, meaning: str, *, unit: str = "", **more: Any) -> Any:
    """Describe one variable.

    `production` is its default there, where that differs; `derived` says in words what the settings put in the place of
    an empty default; `secret` keeps the value out of messages.
    """
    return Field(default, validation_alias=name, description=meaning, json_schema_extra={"unit": unit, **more})


# --- Variables ---------------------------------------------------------------------------------------


class Environment(BaseSettings):
    """The values of the environment at one moment."""

    model_config = SettingsConfigDict(case_sensitive=True, extra="ignore", str_strip_whitespace=True, frozen=True)

    # Processes, of `deploy/`
    host: str = variable("HOST", "127.0.0.1", "address that the web server listens on")
    port: Port = variable("PORT", 8000, "port of the web server")
    web_workers: AtLeastOne = variable("WEB_WORKERS", 2, "processes of the web server")
    web_threads: AtLeastOne = variable("WEB_THREADS", 3, "threads in each of them")
    body_seconds: Seconds = variable(
        "SMART_PARKING_BODY_SECONDS", 10.0, "for a request's body, and more while it comes", unit="seconds"
    )
    standin_port: Port | None = variable("STANDIN_PORT", None, "port of the stand-in gateway", derived="a free one")
    message_standin_port: Port | None = variable(
        "MESSAGE_STANDIN_PORT", None, "port of the page of messages", derived="a free one"
    )

    # Database
    database_url: str = variable("DATABASE_URL", "", "which database", derived="parking.sqlite3", secret=True)

    lock_seconds: Seconds = variable(
        "SMART_PARKING_LOCK_SECONDS", 3.0, "longest wait for a lock in a request; 0: no limit", unit="seconds"
    )
    statement_seconds: Seconds = variable(
        "SMART_PARKING_STATEMENT_SECONDS", 20.0, "longest statement in a request; 0: no limit", unit="seconds"
    )
    idle_transaction_seconds: Seconds = variable(
        "SMART_PARKING_IDLE_TRANSACTION_SECONDS", 30.0, "longest pause in a transaction; 0: no limit", unit="seconds"
    )
    command_lock_seconds: Seconds = variable(
        "SMART_PARKING_COMMAND_LOCK_SECONDS", 60.0, "longest wait for a lock in a command; 0: no limit", unit="seconds"
    )
    command_statement_seconds: Seconds = variable(
        "SMART_PARKING_COMMAND_STATEMENT_SECONDS", 0.0, "longest statement in a command; 0: no limit", unit="seconds"
    )

    # Environment
    environment: str = variable("SMART_PARKING_ENV", "development", "`production` turns on what is marked so")
    secret_key: Unstripped = variable("SMART_PARKING_SECRET_KEY", "", "signs tokens and sessions", secret=True)
    debug: Switch = variable("SMART_PARKING_DEBUG", False, "Django's debug pages")
    allowed_hosts: Words = variable("SMART_PARKING_ALLOWED_HOSTS", ["*"], "host names answered to", production=[])
    trusted_origins: Words = variable("SMART_PARKING_TRUSTED_ORIGINS", [], "origins whose pages may post")
    log_level: Level = variable("SMART_PARKING_LOG_LEVEL", "INFO", "level of the log on standard error")
    static_root: str = variable(
        "SMART_PARKING_STATIC_ROOT", "", "directory of the collected files", derived="collected last"
    )
    sentry_dsn: str = variable("SENTRY_DSN", "", "address of an error tracker", secret=True)

    # Parking
    time_zone: TimeZone = variable("SMART_PARKING_TIME_ZONE", "Asia/Kolkata", "in which days begin")
    languages: Folder = variable("SMART_PARKING_LANGUAGES", "", "folder with more languages, or other words")
    vehicle_kinds: KindsFile = variable("SMART_PARKING_VEHICLE_KINDS", "", "file with more kinds of vehicle")
    booking_fee: Rupees = variable("SMART_PARKING_BOOKING_FEE", Decimal("50.00"), "of a new zone", unit="rupees")
    hold_minutes: Whole = variable("SMART_PARKING_HOLD_MINUTES", 10, "time to pay the fee", unit="minutes")
    no_show_minutes: Whole = variable("SMART_PARKING_NO_SHOW_MINUTES", 30, "time to enter", unit="minutes")
    quote_minutes: Whole = variable("SMART_PARKING_QUOTE_MINUTES", 10, "how long a quote fixes", unit="minutes")
    paid_ahead_minutes: Whole = variable(
        "SMART_PARKING_PAID_AHEAD_MINUTES", 15, "how long a payment ahead covers", unit="minutes"
    )
    long_stay_hours: Whole = variable("SMART_PARKING_LONG_STAY_HOURS", 12, "when a stay is long", unit="hours")
    booking_limit: Whole = variable(
        "SMART_PARKING_BOOKING_LIMIT", 0, "open bookings of one driver; 0: no limit", production=3
    )
    unpaid_limit: Whole = variable(
        "SMART_PARKING_UNPAID_LIMIT", 0, "unpaid bookings of one driver; 0: no limit", production=1
    )
    abandoned_limit: Whole = variable(
        "SMART_PARKING_ABANDONED_LIMIT", 0, "abandoned within an hour until a pause; 0: no limit", production=5
    )
    bookings_per_minute: Whole = variable(
        "SMART_PARKING_BOOKINGS_PER_MINUTE", 0, "tries to book of one account; 0: no limit", production=10
    )
    public_per_minute: Whole = variable(
        "SMART_PARKING_PUBLIC_PER_MINUTE", 0, "public calls of one address; 0: no limit", production=300
    )
    reads_per_minute: Whole = variable(
        "SMART_PARKING_READS_PER_MINUTE", 0, "reading calls of one account; 0: no limit", production=600
    )
    writes_per_minute: Whole = variable(
        "SMART_PARKING_WRITES_PER_MINUTE", 0, "changing calls of one account; 0: no limit", production=120
    )
    money_per_minute: Whole = variable(
        "SMART_PARKING_MONEY_PER_MINUTE", 0, "payment calls of one account; 0: no limit", production=60
    )
    gate_per_minute: Whole = variable(
        "SMART_PARKING_GATE_PER_MINUTE", 0, "gate calls of one account; 0: no limit", production=600
    )
    tickets_per_minute: Whole = variable(
        "SMART_PARKING_TICKETS_PER_MINUTE", 1200, "kiosk tickets from one address; 0: no limit", production=10
    )
    gate_closes_after_seconds: Whole = variable(
        "SMART_PARKING_GATE_CLOSES_AFTER_SECONDS", 6, "how long a green answer is shown", unit="seconds"
    )
    open_legacy: Switch = variable(
        "SMART_PARKING_OPEN_LEGACY", True, "the older addresses without login", production=False
    )
    map_tiles: str = variable("SMART_PARKING_MAP_TILES", "", "template of the map's pictures")
    map_credit: str = variable("SMART_PARKING_MAP_CREDIT", "", "whom the map names as their source")

    # Payments
    gateways: Words = variable("SMART_PARKING_GATEWAYS", ["SIMULATED"], "that clients may name", production=[])
    default_gateway: str = variable(
        "SMART_PARKING_DEFAULT_GATEWAY", "", "taken when a client names none", derived="the first"
    )
    simulated_outcome: Outcome = variable(
        "SMART_PARKING_SIMULATED_OUTCOME", "CAPTURE", "answer of the simulated gateway: CAPTURE, DECLINE, PENDING"
    )
    pending_too_long_minutes: Whole = variable(
        "SMART_PARKING_PENDING_TOO_LONG_MINUTES", 60, "when an open order is listed", unit="minutes"
    )
    refund_second_payment: Switch = variable(
        "SMART_PARKING_REFUND_SECOND_PAYMENT", False, "a second payment goes back without a manager's word"
    )
    payment_return_url: str = variable(
        "SMART_PARKING_PAYMENT_RETURN_URL",
        "http://127.0.0.1:8000/pay/return/{order_id}/",
        "where a payer's browser returns from a gateway's page; {order_id} is filled in",
    )
    gateway_connect_seconds: Seconds = variable(
        "SMART_PARKING_GATEWAY_CONNECT_SECONDS", 3.0, "to get a connection to a gateway", unit="seconds"
    )
    gateway_read_seconds: Seconds = variable(
        "SMART_PARKING_GATEWAY_READ_SECONDS", 10.0, "between two pieces of an answer", unit="seconds"
    )
    gateway_call_seconds: Seconds = variable(
        "SMART_PARKING_GATEWAY_CALL_SECONDS", 20.0, "for a call as a whole", unit="seconds"
    )

    # PhonePe
    phonepe_env: Capitals = variable("PHONEPE_ENV", "SANDBOX", "or PRODUCTION: which of PhonePe's addresses")
    phonepe_merchant_id: str = variable("PHONEPE_MERCHANT_ID", "", "client id")
    phonepe_api_key: str = variable("PHONEPE_API_KEY", "", "client secret", secret=True)
    phonepe_client_id: str = variable("PHONEPE_CLIENT_ID", "", "client id", derived="PHONEPE_MERCHANT_ID")
    phonepe_client_secret: str = variable(
        "PHONEPE_CLIENT_SECRET", "", "client secret", derived="PHONEPE_API_KEY", secret=True
    )
    phonepe_client_version: str = variable("PHONEPE_CLIENT_VERSION", "1", "as PhonePe issued it")
    phonepe_upi_qr: Switch = variable("PHONEPE_UPI_QR", False, "the account may make upi:// links")
    phonepe_callback_url: str = variable("PHONEPE_CALLBACK_URL", "", "our webhook's address at PhonePe")
    phonepe_webhook_mode: Capitals = variable("PHONEPE_WEBHOOK_MODE", "SHA", "proof of a webhook: SHA, HMAC, V1")
    phonepe_webhook_username: str = variable("PHONEPE_WEBHOOK_USERNAME", "", "of SHA")
    phonepe_webhook_password: str = variable("PHONEPE_WEBHOOK_PASSWORD", "", "of SHA", secret=True)
    phonepe_webhook_secret: str = variable("PHONEPE_WEBHOOK_SECRET", "", "of HMAC", secret=True)
    phonepe_webhook_key_id: str = variable("PHONEPE_WEBHOOK_KEY_ID", "", "of HMAC; checked if given")
    phonepe_hmac_header: str = variable("PHONEPE_HMAC_HEADER", "x-phonepe-checksum-signature", "of HMAC")
    phonepe_hmac_encoding: Capitals = variable("PHONEPE_HMAC_ENCODING", "HEX", "of HMAC; HEX or BASE64")
    phonepe_salt_key: str = variable("PHONEPE_SALT_KEY", "", "of V1", derived="PHONEPE_API_KEY", secret=True)
    phonepe_salt_index: str = variable("PHONEPE_SALT_INDEX", "1", "of V1")
    phonepe_oauth_url: Address = variable("PHONEPE_OAUTH_URL", "", "where tokens come from", derived="by PHONEPE_ENV")
    phonepe_pg_url: Address = variable("PHONEPE_PG_URL", "", "where payments go", derived="by PHONEPE_ENV")
    phonepe_simulation_mode: Switch = variable(
        "PHONEPE_SIMULATION_MODE", True, "the stand-in pays PhonePe's orders at once", production=False
    )

    # Razorpay
    razorpay_key_id: str = variable("RAZORPAY_KEY_ID", "", "the key's public part")
    razorpay_key_secret: str = variable("RAZORPAY_KEY_SECRET", "", "the key's secret part", secret=True)
    razorpay_webhook_secrets: Words = variable("RAZORPAY_WEBHOOK_SECRET", [], "several while it changes", secret=True)
    razorpay_capture: Capitals = variable("RAZORPAY_CAPTURE", "AUTOMATIC", "who takes authorised money")
    razorpay_unique_receipt: Switch = variable("RAZORPAY_UNIQUE_RECEIPT", False, "enabled for the account")
    razorpay_subscriptions: Switch = variable(
        "RAZORPAY_SUBSCRIPTIONS", False, "holders of passes may have renewals charged by mandate"
    )
    razorpay_refund_speed: Annotated[str, StringConstraints(to_lower=True)] = variable(
        "RAZORPAY_REFUND_SPEED", "normal", "or optimum: at once where the bank can"
    )
    razorpay_checkout_url: str = variable("RAZORPAY_CHECKOUT_URL", "", "a page where an order can be paid")
    razorpay_url: Address = variable("RAZORPAY_URL", "https://api.razorpay.com", "Razorpay's address")

    # Accounts
    login_failures: AtLeastOne = variable("SMART_PARKING_LOGIN_FAILURES", 5, "failed logins until it is locked out")
    lockout_seconds: Whole = variable("SMART_PARKING_LOCKOUT_SECONDS", 60, "how long", unit="seconds", production=900)
    registrations_per_minute: Whole = variable(
        "SMART_PARKING_REGISTRATIONS_PER_MINUTE", 600, "sign-ups from one address", production=10
    )
    logins_per_minute: Whole = variable(
        "SMART_PARKING_LOGINS_PER_MINUTE", 1200, "logins from one address", production=30
    )
    resets_per_minute: Whole = variable(
        "SMART_PARKING_RESETS_PER_MINUTE", 600, "requests for a new password from one address", production=5
    )
    name_failures: AtLeastOne = variable(
        "SMART_PARKING_NAME_FAILURES", 20, "failed logins of one username until pauses begin", production=10
    )
    password_length: AtLeastOne = variable(
        "SMART_PARKING_PASSWORD_LENGTH", 8, "shortest new password", unit="characters", production=10
    )
    password_lists: Switch = variable(
        "SMART_PARKING_PASSWORD_LISTS", False, "refuse common passwords and those of own data", production=True
    )
    password_words: Words = variable(
        "SMART_PARKING_PASSWORD_WORDS",
        ["parking", "smart", "park", "password", "welcome", "driver", "ticket", "vehicle"],
        "words of which no password may consist",
    )
    given_passwords_change: Switch = variable(
        "SMART_PARKING_GIVEN_PASSWORDS_CHANGE", True, "a password that a manager gave is changed at first use"
    )

    # Mail
    support_contact: str = variable("SMART_PARKING_SUPPORT_CONTACT", "", "whom drivers call when nothing works")
    base_url: Address = variable("SMART_PARKING_BASE_URL", "", "where people reach the pages", derived="first host")
    mail_provider: MailProvider | None = variable("MAIL_PROVIDER", None, "whose API takes mails; empty: SMTP")
    mail_provider_key: str = variable("MAIL_PROVIDER_KEY", "", "key or token of the provider", secret=True)
    mail_provider_secret: str = variable("MAIL_PROVIDER_SECRET", "", "second part of the key, of mailjet", secret=True)
    mail_provider_url: Address = variable("MAIL_PROVIDER_URL", "", "of the API", derived="the provider's usual one")
    mail_events_key: str = variable("MAIL_EVENTS_KEY", "", "proves the provider's reports of bounces", secret=True)
    email_host: str = variable("EMAIL_HOST", "", "mail server (SMTP)", derived="localhost")
    email_port: Port | None = variable("EMAIL_PORT", None, "of the mail server", derived="by the encryption")
    email_host_user: str = variable("EMAIL_HOST_USER", "", "login at the mail server")
    email_host_password: str = variable("EMAIL_HOST_PASSWORD", "", "login at the mail server", secret=True)
    email_use_tls: Switch = variable("EMAIL_USE_TLS", False, "STARTTLS")
    email_use_ssl: Switch = variable("EMAIL_USE_SSL", False, "encrypted from the start")
    default_from_email: str = variable("DEFAULT_FROM_EMAIL", "Smart Parking <noreply@localhost>", "sender")

    # Other channels of notices
    push_private_key: str = variable("PUSH_PRIVATE_KEY", "", "of `manage.py push_key`; empty: none", secret=True)
    push_contact: str = variable("PUSH_CONTACT", "mailto:noreply@localhost", "whom push services may ask")
    push_hosts: Words = variable(
        "PUSH_HOSTS",
        ["fcm.googleapis.com", "updates.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com"],
        "push services that are posted to",
    )
    sms_url: Address = variable("SMS_URL", "", "where SMS are posted; empty: none are sent")
    sms_key: str = variable("SMS_KEY", "", "bearer token of the provider", secret=True)
    sms_entity: str = variable("SMS_ENTITY", "", "principal entity, as registered (DLT)")
    sms_header: str = variable("SMS_HEADER", "", "sender, as registered (DLT)")
    sms_template_ids: Words = variable("SMS_TEMPLATE_IDS", [], "numbers of templates: booked.en=1107...")
    sms_per_month: Whole = variable("SMS_PER_MONTH", 1000, "SMS of one site in a month; 0: any number")
    notices_kept_days: Annotated[int, Field(ge=35)] = variable(
        "SMART_PARKING_NOTICES_KEPT_DAYS", 400, "notices and what was sent of them", unit="days"
    )
    messages_late_minutes: AtLeastOne = variable(
        "SMART_PARKING_MESSAGES_LATE_MINUTES",
        15,
        "wait of a message of which managers are told",
        unit="minutes",
    )
    whatsapp_url: Address = variable("WHATSAPP_URL", "", "where messages are posted; empty: none are sent")
    whatsapp_sender: str = variable("WHATSAPP_SENDER", "", "id of the sending phone number")
    whatsapp_key: str = variable("WHATSAPP_KEY", "", "bearer token", secret=True)

    # HTTPS and proxies
    https_redirect: Switch = variable("SMART_PARKING_HTTPS_REDIRECT", True, "redirect plain HTTP, in production")
    hsts_seconds: Whole = variable(
        "SMART_PARKING_HSTS_SECONDS", 0, "HTTP Strict Transport Security", unit="seconds", production=31_536_000
    )
    behind_proxy: Switch = variable("SMART_PARKING_BEHIND_PROXY", False, "believe what proxies forward")
    trusted_proxies: Whole = variable("SMART_PARKING_TRUSTED_PROXIES", 1, "how many proxies of yours a call passes")

    @property
    def in_production(self) -> bool:
        return self.environment == PRODUCTION

    @model_validator(mode="before")
    @classmethod
    def _with_defaults(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Drop what is empty, except lists, and put in the defaults of production where it is asked for."""
        fields = fields_by_variable()
        values = {name: value for name, value in given.items() if str(value).strip() or _is_list(fields[name])}
        if str(values.get("SMART_PARKING_ENV", "")).strip() != PRODUCTION:
            return values
        return {
            name: _more(field)["production"] for name, field in fields.items() if "production" in _more(field)
        } | values


class WrongEnvironment(ValueError):
    """Some variables have values that cannot be used; the text names each."""


def read() -> Environment:
    """Return the environment as it is now. Raises WrongEnvironment."""
    try:
        return Environment()
    except ValidationError as error:
        raise WrongEnvironment(" ".join(_sentence(item) for item in error.errors())) from None


def fields_by_variable() -> dict[str, FieldInfo]:
    """Return what is known of each variable, by its name."""
    return {str(field.validation_alias): field for field in Environment.model_fields.values()}


def _sentence(item: Any) -> str:
    name = str(item["loc"][0])
    value = "" if _more(fields_by_variable()[name]).get("secret") else f" is {item['input']!r}"
    reason = item["msg"].removeprefix("Value error, ")
    return f"{name}{value}: {reason[:1].lower()}{reason[1:]}."


def _more(field: FieldInfo) -> dict[str, Any]:
    return dict(field.json_schema_extra) if isinstance(field.json_schema_extra, dict) else {}


def _is_list(field: FieldInfo) -> bool:
    return field.annotation == list[str]
