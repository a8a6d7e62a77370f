"""Files to take away, the same for the API and the pages: lists as CSV or XLSX, documents as PDF."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from parking.core import clock
from parking.core.errors import NotFound
from parking.core.site_settings import own_logo
from parking.invoices.models import TaxDocument
from parking.invoices.paper import PAPERS
from parking.invoices.pdf import pdf_of
from parking.invoices.sheets import sheet_of
from parking.reports.exports import Row, csv_lines, refuse_long_xlsx

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"


def table_file(
    kind: str,
    name: str,
    heading: Sequence[str],
    rows: Iterable[Row],
    *,
    counted: "QuerySet[Any, Any] | None" = None,
    for_excel: bool = False,
) -> HttpResponseBase:
    """Return the rows as a file of kind `csv` or `xlsx`; CSV is sent while it is read.

    `counted` are the rows that a long XLSX is refused by; `for_excel` marks CSV as UTF-8 for people who open it there.
    Raises NotFound for another kind of file, Refused `export_too_large`.
    """
    filename = f"{name}-{clock.today()}.{kind}"
    if kind == "csv":
        lines = _without_time_limit(csv_lines(heading, rows, for_excel=for_excel))
        headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
        return StreamingHttpResponse(lines, content_type=f"{CSV}; charset=utf-8", headers=headers)
    if kind != "xlsx":
        raise NotFound("not_found", "There is nothing here")
    if counted is not None:
        refuse_long_xlsx(counted)
    from parking.reports.xlsx import xlsx_file

    book = xlsx_file(name.capitalize(), heading, rows)
    return FileResponse(book, as_attachment=True, filename=filename, content_type=XLSX)


def _without_time_limit(lines: Iterator[str]) -> Iterator[str]:
    """Yield the lines of a long file; PostgreSQL may take longer for its rows than a request's statement may."""
    if connection.vendor != "postgresql":
        yield from lines
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    try:
        yield from lines
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")


def page_file(kind: str, name: str, heading: Sequence[str], rows: Iterable[Row], **more: Any) -> HttpResponseBase:
    """Return `table_file` for the browser of one person, which keeps no copy."""
    response = table_file(kind, name, heading, rows, for_excel=True, **more)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def documents_file(documents: Sequence[TaxDocument], paper: str) -> HttpResponse:
    """Return a document and the notes to it as one PDF, on paper `A4` or `80mm`. Raises NotFound for other paper."""
    if paper not in PAPERS:
        raise NotFound("not_found", "There is nothing here")
    body = pdf_of(tuple(sheet_of(document) for document in documents), PAPERS[paper], own_logo())
    name = documents[0].number.replace("/", "-")
    # The document never changes, but notes may join it: ask again each time.
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(body, content_type=PDF, headers=headers)
