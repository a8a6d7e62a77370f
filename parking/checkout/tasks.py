"""What is queued for the worker. Each task may run twice, or twice at once: it is decided again under the lock."""

from django.db import transaction
from django_tasks import task

from parking.checkout import document_mails, webhooks
from parking.core import clock
from parking.invoices.models import DocumentMail


@task(queue_name="gateways")
def work_on_event(event_id: int) -> bool:
    return webhooks.work_on_event(event_id=event_id, now=clock.now())


@task()
def send_document_mail(mail_id: int) -> None:
    """Write the message of a wish that an earlier version queued; later ones write it with the wish."""
    with transaction.atomic():
        document_mails.send(mail=DocumentMail.objects.get(pk=mail_id), now=clock.now())
