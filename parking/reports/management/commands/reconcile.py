"""`manage.py reconcile`: our books against a gateway's. Exit code 0: they agree; 1: they differ; 2: not done."""

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from parking.core import clock
from parking.core.errors import DomainError, InvalidInput
from parking.core.sites import ALL_SITES
from parking.reports.periods import ClosedPeriod, closed_period
from parking.reports.reconciliation import reconcile
from parking.reports.rules import Comparison, as_data

DIFFERENT, NOT_DONE = 1, 2
_TITLES = {
    "missing_here": "Missing here",
    "missing_there": "Missing at the gateway",
    "amount_differs": "Amount differs",
    "pending_too_long": "Pending too long",
}


class Command(BaseCommand):
    help = "Compare payments and refunds with a gateway's own list, or with its settlement file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--gateway", required=True, help="PHONEPE or RAZORPAY")
        parser.add_argument("--from", dest="first", required=True, type=_day, help="first day, or today")
        parser.add_argument("--to", dest="last", required=True, type=_day, help="last day, or today")
        parser.add_argument("--settlement", type=Path, help="a CSV file (docs/payments.md) instead of asking")
        parser.add_argument("--json", action="store_true", help="the report as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            period = closed_period(options["first"], options["last"])
            result = _compared(options["gateway"], period, options["settlement"])
        except (DomainError, OSError, UnicodeDecodeError) as error:
            raise CommandError(_reason(error), returncode=NOT_DONE) from error
        self.stdout.write(_as_json(result) if options["json"] else _as_text(result))
        if result.differences:
            raise CommandError(f"{result.differences} differences", returncode=DIFFERENT)


def _day(text: str) -> date:
    try:
        return clock.today() if text == "today" else date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-11-22, nor today") from None


def _compared(gateway: str, period: ClosedPeriod, settlement: Path | None) -> Comparison:
    text = settlement.read_text(encoding="utf-8") if settlement else None
    return reconcile(gateway=gateway, period=period, sites=ALL_SITES, now=clock.now(), settlement=text)


def _reason(error: Exception) -> str:
    details = error.errors if isinstance(error, InvalidInput) else {}
    return "\n".join([str(error), *(f"{name}: {text}" for name, texts in details.items() for text in texts)])


def _as_json(result: Comparison) -> str:
    return json.dumps(as_data(result), default=str, indent=2)


def _as_text(result: Comparison) -> str:
    data = as_data(result)
    lines = [f"{result.compared} compared, {result.differences} differences"]
    for part, title in _TITLES.items():
        rows = data[part]
        if isinstance(rows, list) and rows:
            lines += [f"\n{title}:", *(_line(row) for row in rows)]
    return "\n".join(lines)


def _line(row: dict[str, object]) -> str:
    return "  " + "  ".join(f"{name}={value}" for name, value in row.items() if value is not None)
