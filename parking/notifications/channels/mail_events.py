"""What a mail provider says later of mails that it took: which addresses take none, and who calls them spam.

anymail knows by what each provider proves itself, and what its words mean. Its views are not served: they would tell of
it by signals, and answer in another form than ours.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from parking.core.errors import InvalidInput, Unauthenticated

# Mandrill signs forms, and asks first with HEAD.
_VIEWS = {
    "brevo": "BrevoTrackingWebhookView",
    "mailersend": "MailerSendTrackingWebhookView",
    "mailgun": "MailgunTrackingWebhookView",
    "mailjet": "MailjetTrackingWebhookView",
    "mailtrap": "MailtrapTrackingWebhookView",
    "postal": "PostalTrackingWebhookView",
    "postmark": "PostmarkTrackingWebhookView",
    "resend": "ResendTrackingWebhookView",
    "sparkpost": "SparkPostTrackingWebhookView",
}
_FOR_GOOD = frozenset({RejectReason.BOUNCED, RejectReason.INVALID})
# How providers call what may arrive another day; the library takes it for the same as what never will.
_SOFT = frozenset({"soft_bounce", "soft_bounced", "SoftBounce", "Transient", "temporary"})
# The same at SparkPost, by number: soft, no name server, full, too large, unknown reason, transient.
_SOFT_CLASSES = frozenset({"20", "21", "22", "23", "24", "40", "70"})
_SAYING = frozenset({"event", "type", "Type", "severity"})
_UNREADABLE = (
    ArithmeticError,
    AnymailConfigurationError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
_LONGEST = 254


@dataclass(frozen=True)
class Report:
    """An address that takes no mails (`bounced`), or whose owner calls them spam (`complained`), and since when."""

    address: str
    reason: str
    at: datetime


def read_reports(request: HttpRequest, *, now: datetime) -> list[Report]:
    """Return what a provider reports; all else that it tells is passed over.

    Raises Unauthenticated `webhook_forged` without its proof, or where none is set; InvalidInput.
    """
    if not settings.MAIL_EVENTS_KEY or settings.MAIL_PROVIDER not in _VIEWS:
        raise _forged()
    view: Any = import_string(f"anymail.webhooks.{settings.MAIL_PROVIDER}.{_VIEWS[settings.MAIL_PROVIDER]}")()
    try:
        view.run_validators(request)
        events = view.parse_events(request)
    except AnymailWebhookValidationFailure as error:
        raise _forged() from error
    except _UNREADABLE as error:
        raise InvalidInput({"body": ["These are no events of the mail provider"]}) from error
    return [report for event in events if (report := _report(event, now)) is not None]


def _forged() -> Unauthenticated:
    return Unauthenticated("webhook_forged", "The signature is missing or wrong")


def _report(event: AnymailTrackingEvent, now: datetime) -> Report | None:
    address, is_spam = event.recipient, event.event_type == EventType.COMPLAINED
    is_news = is_spam or (_is_for_good(event) and not _is_soft(event.esp_event))
    # No database takes NUL characters or lone surrogates.
    if not is_news or not isinstance(address, str) or not address.isprintable() or len(address) > _LONGEST:
        return None
    at = event.timestamp or now
    return Report(address, "complained" if is_spam else "bounced", at if at.tzinfo else at.replace(tzinfo=UTC))


def _is_for_good(event: AnymailTrackingEvent) -> bool:
    return event.event_type in {EventType.BOUNCED, EventType.REJECTED} and event.reject_reason in _FOR_GOOD


def _is_soft(said: Any, depth: int = 0) -> bool:
    """Return whether the provider's own words speak of what may arrive another day."""
    if not isinstance(said, dict) or depth > 4:
        return False
    words = {str(value) for name, value in said.items() if name in _SAYING}
    is_soft = bool(words & _SOFT) or str(said.get("bounce_class")) in _SOFT_CLASSES or said.get("hard_bounce") is False
    return is_soft or any(_is_soft(value, depth + 1) for value in said.values())
