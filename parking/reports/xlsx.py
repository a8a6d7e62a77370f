"""Tables as XLSX files. Whoever writes one imports it then: its library takes 18 MB and a fifth of a second."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from parking.reports.exports import Row, harmless, local

WIDTH = 16  # characters: a plate, or a day with its time
RUPEES = "#,##0.00"
BOLD = Font(bold=True)
# What XML 1.0 cannot hold, and openpyxl therefore refuses.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def xlsx_file(title: str, heading: Sequence[str], rows: Iterable[Row]) -> IO[bytes]:
    """Return an XLSX file; numbers and times are typed cells, times the site's."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, text in enumerate(heading, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = max(len(text) + 2, WIDTH)
    sheet.append([_bold(sheet, text) for text in heading])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    # Compressed, the longest file takes some megabytes.
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def _bold(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.font = BOLD
    return cell


def _cell(sheet: Any, value: object) -> Any:
    if isinstance(value, datetime):
        # A cell has no time zone.
        return local(value).replace(tzinfo=None, microsecond=0)
    if isinstance(value, Decimal):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = RUPEES
        return cell
    if value is None or isinstance(value, int | Decimal | date):
        return value
    return harmless(_NOT_IN_XML.sub("", str(value)))
