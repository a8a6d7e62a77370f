"""`manage.py worker`: queues the timetable's work and carries out the queue."""

import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from parking.checkout.timetable import keep_time


class Command(BaseCommand):
    help = "Carry out background work: expiry, waiting payments, refunds. Run one or several."

    def handle(self, **_options: Any) -> None:
        stop = threading.Event()
        clockwork = threading.Thread(target=keep_time, args=(stop,), daemon=True)
        worker = Worker(
            queue_names=["*"],
            interval=0.5,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        worker.configure_signals()
        clockwork.start()
        try:
            worker.run()
        finally:
            stop.set()
