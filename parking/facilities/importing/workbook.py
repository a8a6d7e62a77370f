"""XLSX files from outside: read without trust, and the template that is filled in.

Nothing is evaluated. A file is refused before it is unpacked if that would take much, and whatever is wrong inside is
one refusal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from parking.core.errors import DomainError, Refused
from parking.facilities.importing.faults import Fault, FaultCode

SLOTS, PEOPLE = "Slots", "People"
# The columns of each sheet, and whether a row needs a value there.
COLUMNS: dict[str, dict[str, bool]] = {
    SLOTS: {"zone": True, "number": True, "kind": False},
    PEOPLE: {"username": True, "name": False, "role": True, "mail": True, "permissions": False},
}
MOST_ROWS = {SLOTS: 1000, PEOPLE: 100}
MOST_BYTES, MOST_UNPACKED, MOST_PARTS = 2_000_000, 20_000_000, 200
LONGEST_CELL = 500
_MOST_COLUMNS, _MOST_LINES = 20, 10_000
_EXAMPLES: dict[str, Sequence[Sequence[str]]] = {
    SLOTS: [("Zone A", "A-001", "CAR"), ("Zone A", "A-002", "EV")],
    PEOPLE: [("ravi", "Ravi Kumar", "STAFF", "ravi@example.org", "terminate, collect_debt, refund=200/1000")],
}


@dataclass(frozen=True)
class SheetRow:
    """A row with its number and its texts by column; what is empty is missing."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """The rows of a sheet that could be read, and the faults of the others."""

    rows: Sequence[SheetRow]
    faults: Sequence[Fault]


def read_workbook(content: bytes) -> dict[str, Sheet]:
    """Return the sheets of a file that we know, by name. Raises Refused `import_unreadable`, `import_too_large`."""
    from openpyxl import load_workbook

    if len(content) > MOST_BYTES:
        raise _too_large()
    try:
        _refuse_bomb(content)
        book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
        found = {name: _sheet_of(name, book[name]) for name in COLUMNS if name in book.sheetnames}
        book.close()
    except DomainError:
        raise
    # What a broken or hostile file makes the reader raise is not to be foreseen.
    except Exception as error:
        raise _unreadable() from error
    if not found:
        raise Refused("import_without_sheets", "The file has no sheet of the name Slots or People")
    return found


def template_file() -> bytes:
    """Return a file with both sheets, their headings and example rows."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, columns in COLUMNS.items():
        sheet = book.create_sheet(name)
        sheet.append(list(columns))
        for row in _EXAMPLES[name]:
            sheet.append(list(row))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _refuse_bomb(content: bytes) -> None:
    with ZipFile(BytesIO(content)) as packed:
        parts = packed.infolist()
        # No part unpacks to more than it announces: the reader stops there.
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise _too_large()


def _sheet_of(name: str, sheet: Any) -> Sheet:
    # What a file says of its own size may be wrong.
    sheet.reset_dimensions()
    lines = enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), start=1)
    heading = [_text(cell).lower() for cell in next(lines, (1, ()))[1]]
    faults = list(_faults_of_heading(name, heading))
    if faults:
        return Sheet((), faults)
    rows: list[SheetRow] = []
    for number, line in lines:
        # The reader makes up the rows before one whose number a file has made large.
        if number > _MOST_LINES:
            raise _too_large()
        cells = {column: cell for column, cell in zip(heading, line, strict=False) if column and _text(cell)}
        if not cells:
            continue
        if len(rows) + len({fault.row for fault in faults}) >= MOST_ROWS[name]:
            raise _too_large()
        wrong = list(_faults_of_row(name, number, cells))
        faults += wrong
        if not wrong:
            rows.append(SheetRow(number, {column: _text(cell) for column, cell in cells.items()}))
    return Sheet(rows, faults)


def _faults_of_heading(name: str, heading: Sequence[str]) -> Iterator[Fault]:
    for column, is_needed in COLUMNS[name].items():
        if is_needed and column not in heading:
            yield Fault(name, 1, column, FaultCode.COLUMN_MISSING)
    seen: set[str] = set()
    for column in filter(None, heading):
        if column not in COLUMNS[name]:
            yield Fault(name, 1, column[:50], FaultCode.COLUMN_UNKNOWN)
        elif column in seen:
            yield Fault(name, 1, column, FaultCode.TWICE, found=column)
        seen.add(column)


def _faults_of_row(name: str, number: int, cells: dict[str, Any]) -> Iterator[Fault]:
    for column, is_needed in COLUMNS[name].items():
        if column not in cells:
            if is_needed:
                yield Fault(name, number, column, FaultCode.EMPTY)
        elif cells[column].data_type in {"f", "e"}:
            yield Fault(name, number, column, FaultCode.FORMULA, found=_text(cells[column])[:50])


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()[:LONGEST_CELL]


def _too_large() -> Refused:
    slots, people = MOST_ROWS[SLOTS], MOST_ROWS[PEOPLE]
    return Refused("import_too_large", f"At most {slots} slots, {people} people and 2 MB at once")


def _unreadable() -> Refused:
    return Refused("import_unreadable", "This is not an XLSX file that can be read")
