"""Slips and receipts for a printer that is connected to the device; and the page that connects it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from parking.core.ids import Ref
from parking.core.qr import qr_rows
from parking.edge.callers import actor_of
from parking.edge.pages import PRIVATE, page
from parking.stays import access
from parking.web.access import for_attendants
from parking.web.gate.slip_rows import rows_of


@require_safe
@for_attendants
def slip(request: HttpRequest, session_id: int) -> HttpResponse:
    """Return the rows of the slip or receipt of a session, which the script draws and prints."""
    session = access.find(Ref(pk=session_id), actor_of(request), at_work=True)
    rows = rows_of(session, settings.BASE_URL)
    return JsonResponse({"rows": rows}, headers={"Cache-Control": PRIVATE})


@require_safe
@for_attendants
def printer(request: HttpRequest) -> HttpResponse:
    """Connect a printer, and print a test."""
    return page(request, "gate/printer.html", section="gate", test={"rows": _test_rows()})


def _test_rows() -> list[dict[str, object]]:
    return [
        {"text": "PARKING · पार्किंग", "align": "center", "size": 2, "bold": True},
        {"left": "₹1,250", "right": "12:34"},
        {"rule": True},
        {"qr": qr_rows("QR-TEST00000000")},
    ]
