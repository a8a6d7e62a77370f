"""Asking for the documents of a payment by mail; they are sent as all messages are."""

from datetime import datetime

from django.db import transaction

from parking.accounts.models import User
from parking.accounts.throttles import count_call
from parking.audit import services as audit
from parking.checkout import document_mails
from parking.checkout.documents import find_payment
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.idempotency import RequestKey
from parking.invoices.events import DocumentMailAsked
from parking.invoices.models import DocumentMail, MailState
from parking.payments.models import Payment

# Whoever asks again and again shall not fill a mailbox; it counts for the mailbox, from however many addresses.
MAILS_PER_MINUTE = 3


def ask_for_mail(*, actor: Actor, payment_id: int, now: datetime, key: RequestKey | None = None) -> DocumentMail:
    """Queue the documents of a payment for the address of the booking's account; one mail that waits is enough.

    Drivers ask for their own, attendants for any. Not inside a transaction. Raises NotFound `payment_not_found`,
    Refused `mail_address_missing`, TooMany, RepeatedRequest.
    """
    payment, sale = find_payment(payment_id=payment_id, actor=actor)
    reader = sale.account
    if reader is None or not reader.email or not reader.is_active:
        about = {"session_id": sale.session.pk} if sale.session else {}
        raise Refused(
            "mail_address_missing", "The account of this booking has no e-mail address, or is suspended", **about
        )
    # One that waits already is not counted: it is sent anyway.
    if _waiting(payment, reader.pk) is None:
        count_call(scope="document-mail", address=f"user-{reader.pk}", limit=MAILS_PER_MINUTE, now=now)
    with transaction.atomic():
        # Of two wishes at once the second finds the mail of the first.
        User.objects.select_for_update(no_key=True).get(pk=reader.pk)
        present = _waiting(payment, reader.pk)
        mail = present or DocumentMail.objects.create(payment=payment, recipient=reader, asked_at=now)
        idempotency.claim(key, subject=str(mail.pk), now=now)
        if present is None:
            event = DocumentMailAsked(bill_id=payment.bill_id, payment_id=payment.pk, mail_id=mail.pk)
            audit.record(actor, event, now)
            document_mails.send(mail=mail, now=now)
    return mail


def _waiting(payment: Payment, reader_id: int) -> DocumentMail | None:
    return DocumentMail.objects.filter(payment=payment, recipient_id=reader_id, state=MailState.WAITING).first()


def asked_mail(*, subject: str) -> DocumentMail:
    """Return the mail that an earlier run of the same request asked for."""
    return DocumentMail.objects.get(pk=int(subject))
