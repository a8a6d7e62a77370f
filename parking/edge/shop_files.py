"""The statement of a shop as files, the same for the API and the pages: its invoice as PDF, its sessions as XLSX."""

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from parking.core.errors import NotFound
from parking.core.site_settings import own_logo
from parking.edge.downloads import PDF, table_file
from parking.invoices.paper import A4
from parking.invoices.pdf import pdf_of
from parking.invoices.sheets import sheet_of
from parking.offers.statements import Statement, invoice_of
from parking.reports.exports import Row

HEADING = ("date", "session", "plate", "zone", "bill_number", "bill_amount", "amount")


def statement_file(kind: str, statement: Statement, *, now: datetime) -> HttpResponseBase:
    """Return a file of kind `pdf` or `xlsx`. Raises NotFound for another kind; as `invoice_of`."""
    if kind == "xlsx":
        return table_file("xlsx", f"statement-{statement.month:%Y-%m}", HEADING, _rows(statement))
    if kind != "pdf":
        raise NotFound("not_found", "There is nothing here")
    invoice = invoice_of(statement.shop, statement.month, now=now)
    body = pdf_of((sheet_of(invoice),), A4, own_logo())
    name = invoice.number.replace("/", "-")
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(body, content_type=PDF, headers=headers)


def _rows(statement: Statement) -> Iterator[Row]:
    for row in statement.rows:
        session = row.session
        yield [
            row.settled_at,
            session.pk,
            session.vehicle.vehicle_number,
            session.zone.name,
            row.bill_number,
            row.bill_amount,
            row.amount,
        ]
