"""Sending documents by mail, in the worker: plain text in the reader's language, the documents as one PDF."""

from datetime import datetime
from smtplib import SMTPException

import structlog
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from parking.audit import services as audit
from parking.checkout.documents import find_payment, issued_documents
from parking.checkout.notice_documents import file_of
from parking.core.actor import SYSTEM
from parking.core.errors import DomainError
from parking.core.site_settings import BRAND_NAME
from parking.invoices.events import DocumentMailed
from parking.invoices.models import DocumentMail, MailState, TaxDocument

log = structlog.get_logger(__name__)


def send(*, mail_id: int, now: datetime) -> bool:
    """Send a mail that waits, once; answers whether it went out. Not inside a transaction.

    What could take long comes before it is claimed. A worker that dies after that has sent it or not; it is not sent
    again, and whoever misses it asks again.
    """
    mail = DocumentMail.objects.select_related("payment", "recipient").get(pk=mail_id)
    try:
        message = _message(mail, now) if mail.state == MailState.WAITING else None
    except DomainError as error:
        log.error("document_not_mailed", mail_id=mail.pk, code=error.code)
        _end(mail, MailState.WAITING, MailState.FAILED, now)
        return False
    if message is None or not _end(mail, MailState.WAITING, MailState.SENDING, None):
        return False
    try:
        message.send()
    except (SMTPException, OSError) as error:
        # Only what kind of error: its text may hold the address.
        log.error("mail_not_sent", user_id=mail.recipient_id, error=type(error).__name__)
        _end(mail, MailState.SENDING, MailState.FAILED, now)
        return False
    _end(mail, MailState.SENDING, MailState.SENT, now)
    event = DocumentMailed(bill_id=mail.payment.bill_id, payment_id=mail.payment_id, mail_id=mail.pk)
    audit.record(SYSTEM, event, now)
    return True


def _end(mail: DocumentMail, before: MailState, after: MailState, now: datetime | None) -> bool:
    """Move a mail from one state to another; of several workers one does."""
    rows = DocumentMail.objects.filter(pk=mail.pk, state=before)
    return rows.update(state=after, ended_at=now) == 1


def _message(mail: DocumentMail, now: datetime) -> EmailMessage:
    payment, sale = find_payment(payment_id=mail.payment_id, actor=SYSTEM)
    documents = issued_documents(payment, sale, now=now)
    reader = mail.recipient
    with translation.override(reader.reads):
        subject, text = _words(documents[0], sale.facts.details.plate)
    message = EmailMessage(subject, text, None, [reader.email])
    attached = file_of(documents)
    message.attach(attached.name, attached.body, attached.media_type)
    return message


def _words(document: TaxDocument, plate: str) -> tuple[str, str]:
    """Return subject and text, in the active language."""
    facts = {"number": document.number, "plate": plate}
    paragraphs = [
        _("Attached is the document %(number)s for parking %(plate)s.") % facts,
        _("You receive this mail because it was requested on your booking."),
        BRAND_NAME.at(None),
    ]
    return _("Your parking receipt %(number)s") % facts, "\n\n".join(paragraphs) + "\n"
