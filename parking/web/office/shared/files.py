"""Lists as CSV or XLSX files, with the rows of the filter that the page shows."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from parking.core import clock
from parking.core.errors import NotFound
from parking.reports.exports import Row, csv_lines, refuse_long_xlsx, xlsx_file

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_file(
    kind: str,
    name: str,
    heading: Sequence[str],
    rows: Iterable[Row],
    *,
    counted: "QuerySet[Any, Any] | None" = None,
) -> HttpResponseBase:
    """Show the rows as a file; CSV flows while it is read. `counted` are the rows that a long XLSX is refused by.

    Raises NotFound for another kind of file, Refused `export_too_large`.
    """
    filename = f"{name}-{clock.today()}.{kind}"
    if kind == "csv":
        lines = csv_lines(heading, rows, for_excel=True)
        headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "private, no-store"}
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
    if kind != "xlsx":
        raise NotFound("not_found", "There is nothing here")
    if counted is not None:
        refuse_long_xlsx(counted)
    book = xlsx_file(name.capitalize(), heading, rows)
    answer = FileResponse(book, as_attachment=True, filename=filename, content_type=_XLSX)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
