"""What is queued for the worker. Each task may run twice, or twice at once: it is decided again under the lock."""

from django_tasks import task

from parking.checkout import sending, webhooks
from parking.core import clock


@task(queue_name="gateways")
def work_on_event(event_id: int) -> bool:
    return webhooks.work_on_event(event_id=event_id, now=clock.now())


@task()
def send_document_mail(mail_id: int) -> bool:
    return sending.send(mail_id=mail_id, now=clock.now())
