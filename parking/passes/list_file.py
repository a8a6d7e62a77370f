"""The list of an organisation's vehicles as a CSV file: read without trust, and the template that is filled in."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO

from parking.core import clock
from parking.core.errors import Refused
from parking.facilities.importing.faults import Fault, FaultCode
from parking.passes.organisation_rules import MOST_ON_LIST

VEHICLES = "Vehicles"
COLUMNS = ("vehicle_number", "joins_on", "leaves_on")
MOST_BYTES = 500_000
_LONGEST_CELL = 50
# As offices write dates: 2026-12-01, 01-12-2026, 01/12/2026.
_FORMATS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y")


@dataclass(frozen=True)
class Line:
    """A vehicle with the first and last day on which it is on the list, if the file says so; `row` 1 is the heading."""

    row: int
    plate: str
    joins_on: date | None = None
    leaves_on: date | None = None


def read_list(content: bytes) -> tuple[list[Line], list[Fault]]:
    """Return the lines of a file that can be read, and the faults of the others.

    Raises Refused `list_unreadable`, `list_too_large`.
    """
    if len(content) > MOST_BYTES:
        raise _too_large()
    rows = _rows_of(content)
    heading = [name.lower() for name in rows[0]] if rows else []
    faults = list(_faults_of_heading(heading))
    if faults:
        return [], faults
    lines: list[Line] = []
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cells):
            continue
        if len(lines) + len({fault.row for fault in faults}) >= MOST_ON_LIST:
            raise _too_large()
        found = dict(zip(heading, cells, strict=False))
        wrong = list(_faults_of_row(number, found))
        faults += wrong
        if not wrong:
            joins_on, leaves_on = _day(found.get("joins_on", "")), _day(found.get("leaves_on", ""))
            lines.append(Line(number, found["vehicle_number"], joins_on, leaves_on))
    return lines, faults


def template_text(lines: Sequence[Line] = ()) -> str:
    """Return the file of a list; without lines, one with an example."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line in lines or [Line(2, "DL-01-AB-1234", date(2026, 12, 1), None)]:
        writer.writerow([line.plate, line.joins_on or "", line.leaves_on or ""])
    return text.getvalue()


def _rows_of(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = ";" if first.count(";") > first.count(",") else ","
        return [
            [cell.strip()[:_LONGEST_CELL] for cell in row]
            for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
        ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refused("list_unreadable", "This is not a CSV file that can be read") from error


def _faults_of_heading(heading: Sequence[str]) -> Iterator[Fault]:
    if "vehicle_number" not in heading:
        yield Fault(VEHICLES, 1, "vehicle_number", FaultCode.COLUMN_MISSING)
    seen: set[str] = set()
    for column in filter(None, heading):
        if column not in COLUMNS:
            yield Fault(VEHICLES, 1, column, FaultCode.COLUMN_UNKNOWN)
        elif column in seen:
            yield Fault(VEHICLES, 1, column, FaultCode.TWICE, found=column)
        seen.add(column)


def _faults_of_row(number: int, cells: dict[str, str]) -> Iterator[Fault]:
    if not cells.get("vehicle_number"):
        yield Fault(VEHICLES, number, "vehicle_number", FaultCode.EMPTY)
    for column in ("joins_on", "leaves_on"):
        text = cells.get(column, "")
        if text and _day(text) is None:
            yield Fault(VEHICLES, number, column, FaultCode.DATE_INVALID, found=text)
    joins_on, leaves_on = _day(cells.get("joins_on", "")), _day(cells.get("leaves_on", ""))
    if joins_on and leaves_on and leaves_on < joins_on:
        yield Fault(VEHICLES, number, "leaves_on", FaultCode.DATES_REVERSED, found=cells["leaves_on"])


def _day(text: str) -> date | None:
    """Return the date of a text, None for one that is none."""
    for form in _FORMATS:
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a date has no time zone
        except ValueError:
            continue
        return day if clock.FIRST_DAY < day < clock.LAST_DAY else None
    return None


def _too_large() -> Refused:
    return Refused("list_too_large", f"At most {MOST_ON_LIST} vehicles and {MOST_BYTES // 1000} kB at once")
