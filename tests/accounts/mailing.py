"""Carrying out the mails that are queued, as the worker does."""

from django_tasks_db.models import DBTaskResult

from parking.accounts import tasks
from parking.core import clock
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel

_TASKS = {task.module_path: task for task in (tasks.mail_confirmation_link, tasks.mail_reset_links)}


def send_queued_mails() -> None:
    """Send what is queued, oldest first, then notices."""
    rows = list(DBTaskResult.objects.order_by("enqueued_at"))
    DBTaskResult.objects.all().delete()
    for row in rows:
        _TASKS[row.task_path].func(*row.args_kwargs["args"])
    deliver(now=clock.now(), channel=Channel.MAIL)
