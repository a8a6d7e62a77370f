"""The dashboard of the office."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parking.edge.pages import page
from parking.facilities.calendars import calendar_of
from parking.reports.background import background_now
from parking.reports.board import board_now
from parking.reports.usual import days_now, usual_now
from parking.stays.watching import everything_text
from parking.web.access import for_office
from parking.web.live import drawn_once, live, minute, same_rights
from parking.web.office.day.alerts import alert_cards
from parking.web.office.day.figures import (
    MOST_ZONES,
    fullest_first,
    key_figures,
    more_tasks,
    revenue_line,
    tasks,
    waiting,
)
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
@drawn_once(state=_state, seen_by=same_rights)
def live_part(request: HttpRequest) -> HttpResponse:
    """Show the changing part of the dashboard."""
    return _rendered(request, "office/parts/dashboard.html")


def _rendered(request: HttpRequest, template: str) -> HttpResponse:
    switch = site_switch(request)
    board, usual = board_now(sites=switch.sites), usual_now(sites=switch.sites)
    calendar = calendar_of(switch.sites)
    cards = alert_cards(board.alerts, switch.site_id, today=calendar.today())
    lines = tasks(cards)
    return page(
        request,
        template,
        section="office",
        switch=switch,
        board=board,
        kpis=key_figures(board, usual, days_now(sites=switch.sites), switch.query),
        line=revenue_line(board, usual, board.at.astimezone(calendar.main)),
        zones=fullest_first(board.zones),
        more_zones=max(len(board.zones) - MOST_ZONES, 0),
        alerts=cards,
        tasks=lines,
        more_tasks=more_tasks(cards, lines),
        waiting=waiting(cards),
        background=background_now.value(),
    )
