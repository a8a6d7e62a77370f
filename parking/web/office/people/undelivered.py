"""Messages that reached nobody, and sending them again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from parking.core import clock
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.notifications.queries import failed_deliveries
from parking.notifications.retrying import retry as send_again
from parking.notifications.texts import words_of
from parking.web.access import for_managers, for_office
from parking.web.office.shared.lists import sheet_of


@require_safe
@for_office
def listing(request: HttpRequest) -> HttpResponse:
    """Show what failed, newest first."""
    sheet = sheet_of(request, failed_deliveries(sites=actor_of(request).sites))
    rows = [(delivery, words_of(delivery.notice).title) for delivery in sheet.rows]
    return page(request, "office/undelivered.html", section="undelivered", sheet=sheet, sheet_rows=rows)


@require_POST
@for_managers
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Have one sent again."""
    send_again(actor=actor_of(request), delivery_id=delivery_id, now=clock.now())
    messages.success(request, gettext("The message is sent again."))
    return redirect("office_undelivered")
