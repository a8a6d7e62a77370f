"""`manage.py rebuild_rollups`: add finished days up again, from their rows."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from parking.core import clock
from parking.reports import rolling


class Command(BaseCommand):
    help = "Add finished days up again. Gates and reports go on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the first and the last day."""
        parser.add_argument("--first", type=date.fromisoformat, help="first day; else the first of all")
        parser.add_argument("--last", type=date.fromisoformat, help="last day; else the newest that is finished")

    def handle(self, *_arguments: Any, first: date | None, last: date | None, **_options: Any) -> None:
        """Add up what is new, then the days of the span again."""
        while rolling.roll_forward(now=clock.now()) == rolling.DAYS_A_RUN:
            pass
        days = rolling.rebuild(first, last, now=clock.now())
        self.stdout.write(f"{days} days added up again")
