"""Lists of the office as files for people: heads and codes in words, refunds negative, money added up at the end."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from parking.core.money import ZERO
from parking.edge.downloads import page_file
from parking.reports.exports import Row
from parking.web.templatetags.parking import word

_HEADS: dict[str, Promise] = {
    "session_id": _("Booking number"),
    "session_uuid": _("Long number"),
    "qr_code": _("QR code"),
    "status": _("State"),
    "payment_status": _("Payment"),
    "end_reason": _("Outcome"),
    "end_note": _("Note"),
    "zone_name": _("Zone"),
    "slot_number": _("Slot"),
    "vehicle_number": _("Plate"),
    "vehicle_kind": _("Vehicle type"),
    "owner_name": _("Owner"),
    "user_id": _("Driver's number"),
    "username": _("Driver"),
    "hourly_rate": _("Rate per hour"),
    "booked_at": _("Booked"),
    "entry_time": _("Entry"),
    "exit_time": _("Exit"),
    "amount_paid": _("Paid"),
    "amount_due": _("Amount due"),
    "total_amount": _("Total"),
    "payment_method": _("Payment method"),
    "kind": _("Type"),
    "id": _("Number"),
    "at": _("Time"),
    "amount": _("Amount"),
    "method": _("Payment method"),
    "gateway": _("Payment service"),
    "reference": _("Reference"),
    "order_id": _("Order"),
    "attendant": _("Attendant"),
    "claim": _("Claim"),
    "card_last4": _("Card ends in"),
    "terminal": _("Terminal (TID)"),
    "actor_kind": _("Who (type)"),
    "actor_id": _("Who (number)"),
    "actor_role": _("Role"),
    "action": pgettext_lazy("record", "What"),
    "refused": _("Refused"),
    "subject_kind": _("About (type)"),
    "subject_id": _("About (number)"),
    "request_id": _("Request"),
    "facts": _("Details"),
    "part": _("Part"),
    "name": _("Name"),
    "revenue": _("Collected"),
    "refunds": _("Refunded"),
    "net": _("Revenue"),
    "sessions": _("Sessions"),
}
_CODES = {
    "status", "payment_status", "end_reason", "vehicle_kind", "payment_method", "kind", "method", "gateway", "claim",
}  # fmt: skip
_ADDED_UP = {"amount_paid", "amount_due", "total_amount", "amount"}


def office_file(
    kind: str,
    name: str,
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    counted: "QuerySet[Any, Any] | None" = None,
    add_up: bool = False,
) -> HttpResponseBase:
    """Return rows under `columns` as a file of kind `csv` or `xlsx`, in the language of the page.

    `counted` are the rows that a long XLSX is refused by; `add_up` ends the file with the sums of its money. Raises as
    `edge.downloads.table_file`.
    """
    heads = [str(_HEADS[column]) for column in columns]
    lines = _in_words(columns, rows, translation.get_language(), add_up=add_up)
    return page_file(kind, name, heads, lines, counted=counted)


def _in_words(columns: Sequence[str], rows: Iterable[Row], language: str | None, *, add_up: bool) -> Iterator[Row]:
    """Yield the rows in words. Each by itself: between two of them the thread answers others, in their languages."""
    sums = {column: ZERO for column in columns if column in _ADDED_UP} if add_up else {}
    for row in rows:
        cells = _signed(dict(zip(columns, row, strict=True)))
        for column in sums:
            sums[column] += cells[column] or ZERO
        with translation.override(language):
            line = [word(value) if column in _CODES and value else value for column, value in cells.items()]
        yield line
    if sums:
        with translation.override(language):
            total = gettext("Total")
        yield [total if place == 0 else sums.get(column) for place, column in enumerate(columns)]


def _signed(cells: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose money that went back is negative, so that a column can be added up as it stands."""
    if cells.get("kind") == "REFUND":
        cells["amount"] = -cells["amount"]
    if isinstance(cells.get("refunds"), Decimal):
        cells["refunds"] = -cells["refunds"]
    return cells
