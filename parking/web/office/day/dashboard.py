"""The dashboard of the office."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.edge.pages import page
from parking.facilities.calendars import calendar_of
from parking.reports.background import background_now
from parking.reports.board import board_now
from parking.stays.watching import everything_text
from parking.web.access import for_office
from parking.web.live import live, minute
from parking.web.office.day.alerts import alert_cards
from parking.web.office.shared.site_switch import site_switch


@require_safe
@for_office
def overview(request: HttpRequest) -> HttpResponse:
    """Show today's bookings, money and occupancy, and the alerts."""
    return _rendered(request, "office/dashboard.html")


def _state() -> str:
    return f"{minute()} {everything_text()}"


@require_safe
@live(state=_state)
@for_office
def live_part(request: HttpRequest) -> HttpResponse:
    """Show the changing part of the dashboard."""
    return _rendered(request, "office/parts/dashboard.html")


def _rendered(request: HttpRequest, template: str) -> HttpResponse:
    switch = site_switch(request)
    figures = board_now(sites=switch.sites)
    return page(
        request,
        template,
        section="office",
        switch=switch,
        board=figures,
        alerts=alert_cards(figures.alerts, switch.site_id, today=calendar_of(switch.sites).today()),
        background=background_now.value(),
    )
