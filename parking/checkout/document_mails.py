"""Document mails that somebody asked for: a message as all others, and what its end says of the wish."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from parking.audit import services as audit
from parking.checkout.documents import Sale, find_payment
from parking.core.actor import SYSTEM
from parking.facilities.calendars import zone_of
from parking.invoices.events import DocumentMailed
from parking.invoices.models import DocumentMail, MailState
from parking.notifications.kinds import ANYBODY, Kind, Message, ValueType, register_kind
from parking.notifications.models import Channel, Notice
from parking.notifications.noticing import tell
from parking.payments.models import Payment


def note_end(notice: Notice, now: datetime, *, is_sent: bool) -> None:
    """Write on the wish how its mail ended. Inside the transaction in which the delivery is marked.

    One that failed may be sent after all, when a manager says so.
    """
    rows = DocumentMail.objects.filter(pk=notice.values["mail"])
    if not is_sent:
        rows.filter(state=MailState.WAITING).update(state=MailState.FAILED, ended_at=now)
    elif rows.exclude(state=MailState.SENT).update(state=MailState.SENT, ended_at=now):
        mail = rows.select_related("payment").get()
        event = DocumentMailed(bill_id=mail.payment.bill_id, payment_id=mail.payment_id, mail_id=mail.pk)
        audit.record(SYSTEM, event, now)


DOCUMENT = Kind(
    "document",
    _("Your receipt for %(about)s"),
    _("As requested, here is the receipt for the payment of %(amount)s on %(at)s, for %(about)s at %(site)s."),
    {
        "about": ValueType.TEXT,
        "site": ValueType.TEXT,
        "amount": ValueType.MONEY,
        "at": ValueType.TIME,
        "mail": ValueType.NUMBER,
    },
    channels=frozenset({Channel.MAIL}),
    audience=ANYBODY,
    urgent=True,
    is_asked_for=True,
    when_ended=note_end,
    button=_("Open the receipt"),
)


def register() -> None:
    register_kind(DOCUMENT)


def send(*, mail: DocumentMail, now: datetime) -> None:
    """Write the message of a wish, for the address that its reader has when it is sent. Inside a transaction.

    Safe to repeat. The document is made when the mail is sent.
    """
    if mail.state == MailState.WAITING:
        payment, sale = find_payment(payment_id=mail.payment_id, actor=SYSTEM)
        message = _message(mail, payment, sale)
        tell([message], source=message.fact, at=mail.asked_at, now=now)


def _message(mail: DocumentMail, payment: Payment, sale: Sale) -> Message:
    details, site = sale.facts.details, sale.facts.site
    values = {
        "about": details.plate if sale.session else details.pass_number,
        "site": site.name,
        "amount": str(payment.amount),
        "at": payment.captured_at.isoformat(),
        "mail": mail.pk,
    }
    return Message(
        mail.recipient_id,
        DOCUMENT.code,
        values,
        path=f"/receipts/{payment.pk}/",
        attachment=f"payment:{payment.pk}",
        site_id=site.pk,
        time_zone=zone_of(site.pk).key,
        fact=f"document-mail:{mail.pk}",
    )
