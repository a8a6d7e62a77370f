"""`manage.py push_key`: print a new key for PUSH_PRIVATE_KEY."""

from typing import Any

from django.core.management.base import BaseCommand

from parking.notifications.channels.web_push import new_private_key


class Command(BaseCommand):
    help = "Print a new private key of this installation for push services, for PUSH_PRIVATE_KEY."

    def handle(self, *_: Any, **__: Any) -> None:
        self.stdout.write(new_private_key())
