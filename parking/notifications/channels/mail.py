"""Mail: plain text and HTML in the operator's brand, with the documents attached."""

from datetime import datetime
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from parking.core.brand import dark_shades, light_shades
from parking.core.site_settings import BRAND_COLOUR, BRAND_NAME
from parking.notifications.attachments import attachments_of
from parking.notifications.channels.base import Letter, NotDelivered
from parking.notifications.kinds import Kind, known_kind
from parking.notifications.texts import unbroken
from parking.notifications.unsubscribing import unsubscribe_address

_PERMANENT, _TOO_LARGE = 500, 552
# It will not talk to us, or takes no mails of this sender, whoever they are for: ours to mend, too.
_BEFORE_THE_RECIPIENT = (SMTPConnectError, SMTPHeloError, SMTPSenderRefused)


class MailSender:
    """Sends by Django's mail backend."""

    def send(self, letter: Letter, now: datetime) -> None:
        address = letter.delivery.address or letter.person.email
        if not address:
            raise NotDelivered("no_address", is_definite=True)
        message = mail_of(letter, address, now)
        try:
            message.send()
        except (SMTPException, OSError) as error:
            raise _failure(error) from error


def _failure(error: Exception) -> NotDelivered:
    """Return what an error of a mail server means."""
    if isinstance(error, SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        return NotDelivered(f"smtp_{max(codes)}", is_definite=min(codes) >= _PERMANENT)
    if isinstance(error, SMTPAuthenticationError):
        # Ours to mend, not the address's fault.
        return NotDelivered("smtp_login")
    if isinstance(error, SMTPResponseException):
        is_refused = error.smtp_code >= _PERMANENT
        if is_refused and isinstance(error, _BEFORE_THE_RECIPIENT) and error.smtp_code != _TOO_LARGE:
            return NotDelivered("smtp_sender")
        return NotDelivered(f"smtp_{error.smtp_code}", is_definite=is_refused)
    return NotDelivered("too_slow" if isinstance(error, TimeoutError) else type(error).__name__)


def mail_of(letter: Letter, address: str, now: datetime) -> EmailMultiAlternatives:
    """Return a mail, in the active language."""
    files = attachments_of(letter.notice.attachment, now=now)
    facts = _facts(letter, now) | {"attached": _("The document is attached.") if files else ""}
    message = EmailMultiAlternatives(
        # A line break would end the header: names and other data may have one.
        subject=" ".join(letter.words.title.split()),
        body=_plain_text(facts),
        to=[address],
        headers=_headers(letter, facts["unsubscribe"]),
    )
    message.attach_alternative(render_to_string("notifications/mail.html", facts | _in_html(letter)), "text/html")
    for attached in files:
        message.attach(attached.name, attached.body, attached.media_type)
    return message


def _facts(letter: Letter, now: datetime) -> dict[str, str | list[str] | object]:
    colour, kind = BRAND_COLOUR.at(None), known_kind(letter.notice.kind)
    is_bound = kind is None or kind.urgent
    return {
        "language": get_language(),
        "brand": BRAND_NAME.at(None),
        "light": light_shades(colour),
        "dark": dark_shades(colour),
        "title": letter.words.title,
        "text": letter.words.text,
        "lines": list(letter.words.lines),
        "advice": letter.words.advice,
        "button": letter.words.button or _("Open"),
        "address": _address(letter, kind, now),
        # What is about the safety of an account cannot be ended.
        "unsubscribe": "" if is_bound else unsubscribe_address(letter.notice.person_id, letter.notice.kind),
        "why": _why(kind) if is_bound else "",
        "preferences": f"{settings.BASE_URL}/profile/notifications/",
    }


def _why(kind: Kind | None) -> str:
    """Return why a mail comes that cannot be ended."""
    if kind is not None and kind.is_asked_for:
        return _("You receive this mail because it was asked for.")
    return _("This mail is about the safety of your account or car park and is always sent.")


# Programs that drop styles keep those of an element.
_UNBROKEN = '<span style="white-space: nowrap">{}</span>'


def _in_html(letter: Letter) -> dict[str, str | list[str]]:
    """Return the words as HTML, in which no line ends inside a plate."""
    words = letter.words
    return {
        "heading": unbroken(words.title, _UNBROKEN),
        "text": unbroken(words.text, _UNBROKEN),
        "lines": [unbroken(line, _UNBROKEN) for line in words.lines],
    }


def _address(letter: Letter, kind: Kind | None, now: datetime) -> str:
    """Return where the button leads: a page of ours, or a link made now, which is nowhere but in the mail."""
    if kind is not None and kind.link is not None:
        return kind.link(letter.person, now)
    return f"{settings.BASE_URL}{letter.notice.path}" if letter.notice.path else ""


def _headers(letter: Letter, unsubscribe: object) -> dict[str, str]:
    domain = urlsplit(settings.BASE_URL).hostname or "localhost"
    headers = {"Message-ID": f"<{letter.reference}@{domain}>", "Auto-Submitted": "auto-generated"}
    if unsubscribe:
        # RFC 8058: the mail program posts to it, without asking and without a session.
        headers |= {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return headers


def _plain_text(facts: dict[str, str | list[str] | object]) -> str:
    lines = facts["lines"]
    paragraphs = [facts["text"], *(lines if isinstance(lines, list) else []), facts["attached"]]
    paragraphs += [facts["advice"], facts["address"], facts["why"], facts["brand"]]
    if facts["unsubscribe"]:
        paragraphs += [_("No more mails of this kind: %(address)s") % {"address": facts["unsubscribe"]}]
    return "\n\n".join(str(paragraph) for paragraph in paragraphs if paragraph) + "\n"
