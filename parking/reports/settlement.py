"""Parsing of a gateway's settlement file. Its columns are described in docs/payments.md.

Strict: a file that is wrong anywhere is refused whole, because half a list would invent differences.
"""

import csv
import io
import re
from collections import Counter
from datetime import datetime
from decimal import Decimal

from parking.core.errors import InvalidInput
from parking.core.money import MAX_AMOUNT, PAISA, ZERO
from parking.reports.rules import PAYMENT, REFUND, Movement

COLUMNS = ("kind", "gateway_id", "merchant_id", "amount", "currency", "made_at")
_AMOUNT = re.compile(r"[0-9]{1,8}(\.[0-9]{1,2})?")
_NUMBER = re.compile(r"[!-~]{1,64}")
_MOST_PROBLEMS = 10


def read_settlement(text: str) -> list[Movement]:
    """Return the payments and refunds that a file lists. Raises InvalidInput with the lines that are wrong."""
    rows = _rows(text)
    if not rows or tuple(rows[0][1]) != COLUMNS:
        raise _wrong([f"line 1: the columns must be {','.join(COLUMNS)}"])
    movements, problems = [], []
    for line, row in rows[1:]:
        try:
            movements.append(_movement(row))
        except ValueError as error:
            problems.append(f"line {line}: {error}")
    problems += _listed_twice(movements)
    if problems:
        raise _wrong(problems[:_MOST_PROBLEMS])
    return movements


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return each line that is not empty, with its number."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        return [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise _wrong([f"line {reader.line_num}: {error}"]) from error


def _movement(row: list[str]) -> Movement:
    if len(row) != len(COLUMNS):
        raise ValueError(f"{len(row)} columns, not {len(COLUMNS)}")
    kind, number, own_number, amount, currency, made_at = row
    if kind not in {PAYMENT, REFUND}:
        raise ValueError(f"kind must be {PAYMENT} or {REFUND}")
    if not _NUMBER.fullmatch(number) or (own_number and not _NUMBER.fullmatch(own_number)):
        raise ValueError("a number has 1 to 64 visible ASCII characters; only merchant_id may be empty")
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise ValueError("currency must be three capital letters")
    return Movement(kind, number, own_number, _rupees(amount), _moment(made_at), currency)


def _rupees(text: str) -> Decimal:
    amount = Decimal(text).quantize(PAISA) if _AMOUNT.fullmatch(text) else ZERO
    if not ZERO < amount <= MAX_AMOUNT:
        raise ValueError("amount must be rupees above zero, such as 50.00")
    return amount


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min  # noqa: DTZ901 - it has no zone, so it is refused below
    if moment.tzinfo is None:
        raise ValueError("made_at must be a time with its zone, such as 2026-11-22T10:00:00+05:30")
    return moment


def _listed_twice(movements: list[Movement]) -> list[str]:
    counted = Counter((row.kind, row.number) for row in movements)
    return [f"{kind} {number} stands there {times} times" for (kind, number), times in counted.items() if times > 1]


def _wrong(problems: list[str]) -> InvalidInput:
    return InvalidInput({"settlement": problems}, "The settlement file cannot be read")
