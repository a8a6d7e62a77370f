"""The page of a receipt or invoice, which the API and the pages serve."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from parking.edge.pages import page
from parking.invoices.sheets import Sheet

# A receipt is also served below /api/, where the usual policy is not set; it needs less than other pages do.
RECEIPT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def receipt(request: HttpRequest, sheets: Sequence[Sheet], **frame: Any) -> HttpResponse:
    """A document and the notes to it, to read or print. `frame`, for buttons around it: `payment_id`, `back`."""
    response = page(request, "edge/receipt.html", sheets=sheets, **frame)
    response.headers["Content-Security-Policy"] = RECEIPT_POLICY
    return response
