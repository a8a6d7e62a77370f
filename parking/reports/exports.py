"""Tables as files: CSV; `reports/xlsx.py` has the other kind.

Both are opened in spreadsheets, where a text such as `=HYPERLINK(…)` in an owner's name would run: see
https://owasp.org/www-community/attacks/CSV_Injection.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from parking.core import clock
from parking.core.errors import Refused

# Some programs drop white space before they look; a tab or line break splits cells when rows are pasted.
# The signs are those of defusedcsv: `|` and `%` begin commands and macros in some programs.
_FORMULA = re.compile(r"[\t\r\n]|[\s\x00-\x1f]*[=+\-@|%]")
# Texts that a spreadsheet takes for a number, a day, a time or a truth value when it opens a CSV file: long references
# lose their last digits, others their zeros in front, slots such as 1-2 and DEC-01 become dates. A short whole number
# loses nothing.
_SHORT_NUMBER = "(?![1-9][0-9]{0,10}$)"
_DIGITS = r"[(]?[₹$€£]?[ .]*[0-9][0-9 .,'/:-]*(?:e[+-]?[0-9]+)?(?: ?[ap]m?| ?%)?[)]?"
_WITH_MONTH = r"(?=.*[0-9])[0-9 .,/:-]*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[0-9 .,/:-]*"
_MISREAD = re.compile(rf"{_SHORT_NUMBER} *(?:{_DIGITS}|{_WITH_MONTH}|true|false) *", re.IGNORECASE | re.ASCII)
# An XLSX file is only ready when its last row is, at some 1,500 rows a second; CSV flows from the start.
MOST_XLSX_ROWS = 50_000

Row = Sequence[object]
# Without it Excel takes UTF-8 for the machine's own letters, and names in Devanagari fall apart.
BYTE_ORDER_MARK = "\ufeff"


def harmless(text: str) -> str:
    """Return the text with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def csv_lines(heading: Sequence[str], rows: Iterable[Row], *, for_excel: bool = False) -> Iterator[str]:
    """Yield the lines of a CSV file (RFC 4180); times with the site's offset from UTC, money in rupees.

    `for_excel`: with the mark of UTF-8, and texts in the form in which spreadsheets leave them as they are.
    """
    writer = csv.writer(_Line())
    mark = BYTE_ORDER_MARK if for_excel else ""
    cell = _excel_cell if for_excel else _csv_cell
    yield mark + writer.writerow(heading)
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


class _Line:
    """A file for `csv.writer` that returns what is written, so that `writerow` returns its line."""

    def write(self, line: str) -> str:
        return line


def _excel_cell(value: object) -> object:
    if isinstance(value, str) and _MISREAD.fullmatch(value):
        # A formula that is nothing but the text. A tab or an apostrophe in front would stand in the cell.
        return f'="{value}"'
    return _csv_cell(value)


def _csv_cell(value: object) -> object:
    if isinstance(value, datetime):
        return local(value).isoformat(timespec="seconds")
    if value is None or isinstance(value, int | Decimal):
        return value
    return harmless(str(value))


def local(time: datetime) -> datetime:
    """Return a time in the zone of its site, if its table put it there; otherwise in the operator's."""
    return time if isinstance(time.tzinfo, ZoneInfo) else time.astimezone(clock.site_zone())


def refuse_long_xlsx(rows: QuerySet[Any, Any]) -> None:
    """Raise Refused `export_too_large` for more rows than an XLSX file is made of while somebody waits."""
    if rows[: MOST_XLSX_ROWS + 1].count() > MOST_XLSX_ROWS:
        raise Refused("export_too_large", f"More than {MOST_XLSX_ROWS} rows: take CSV, or name fewer days")
