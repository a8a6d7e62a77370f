"""Messages that reached nobody, and sending them again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from parking.core import clock
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.notifications.queries import broken_events, failed_deliveries, failures_by_reason
from parking.notifications.reasons import reason_in_words
from parking.notifications.retrying import render_again, retry_all
from parking.notifications.retrying import retry as send_again
from parking.notifications.texts import words_of
from parking.web.access import for_managers, for_office
from parking.web.office.shared.lists import sheet_of


@require_safe
@for_office
def listing(request: HttpRequest) -> HttpResponse:
    """Show what failed, newest first."""
    sites = actor_of(request).sites
    sheet = sheet_of(request, failed_deliveries(sites=sites))
    rows = [(row, words_of(row.notice).title, reason_in_words(row.error)) for row in sheet.rows]
    return page(
        request,
        "office/undelivered.html",
        section="undelivered",
        sheet=sheet,
        sheet_rows=rows,
        reasons=[(reason, reason_in_words(reason.error)) for reason in failures_by_reason(sites=sites)],
        broken=broken_events(sites=sites),
    )


@require_POST
@for_managers
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Have one sent again."""
    send_again(actor=actor_of(request), delivery_id=delivery_id, now=clock.now())
    messages.success(request, gettext("The message is sent again."))
    return redirect("office_undelivered")


@require_POST
@for_managers
def retry_reason(request: HttpRequest) -> HttpResponse:
    """Have all sent again that failed by one channel for one reason."""
    asked = request.POST
    count = retry_all(
        actor=actor_of(request), channel=asked.get("channel", ""), error=asked.get("reason", ""), now=clock.now()
    )
    return _again(request, count)


@require_POST
@for_managers
def retry_event(request: HttpRequest) -> HttpResponse:
    """Have the messages made again of events of one kind, of which none could be made."""
    count = render_again(actor=actor_of(request), event=request.POST.get("event", ""), now=clock.now())
    return _again(request, count)


def _again(request: HttpRequest, count: int) -> HttpResponse:
    text = ngettext("%(count)d message is sent again.", "%(count)d messages are sent again.", count)
    messages.success(request, text % {"count": count})
    return redirect("office_undelivered")
