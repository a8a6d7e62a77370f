"""All parking sessions: the list, its file, and the timeline of one."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from parking.checkout.bills import running_bill
from parking.core import clock
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.reports.session_counts import sessions_up_to_long
from parking.reports.sessions import SORTS, WALKED, sessions_walk, sorted_sessions
from parking.reports.sheets import SESSION_COLUMNS, session_table
from parking.reports.stories import story_of
from parking.reports.walking import rows_of
from parking.stays.watching import everything_text
from parking.web.access import for_office
from parking.web.live import live, minute
from parking.web.office.day.telling import event_texts
from parking.web.office.sessions.session_filter import (
    COLUMNS,
    USUAL_SORT,
    SessionFilterForm,
    session_filter,
    usual_filters,
)
from parking.web.office.shared.files import office_file
from parking.web.office.shared.lists import (
    Sheet,
    Sort,
    filter_query,
    heads_of,
    refuse_wrong_filter,
    sheet_of,
    sort_of,
)
from parking.web.office.shared.saved_views import saved_views
from parking.web.office.shared.site_switch import site_switch
from parking.web.office.shared.walked import walked_sheet


@require_safe
@for_office
def listing(request: HttpRequest) -> HttpResponse:
    """Show the parking sessions of a filter, page by page."""
    switch = site_switch(request)
    form = session_filter(request, switch.sites)
    sort = sort_of(request, list(SORTS), USUAL_SORT)
    sheet, now = _sheet(request, form, sort), clock.now()
    return page(
        request,
        "office/sessions.html",
        section="sessions",
        switch=switch,
        form=form,
        heads=heads_of(request, COLUMNS, sort),
        saved=saved_views(request, "sessions", switch),
        sheet=sheet,
        rows=[(session, running_bill(session, now)) for session in sheet.rows],
        chips=usual_filters(request, switch.sites),
        file_query=filter_query(request),
        now=now,
    )


def _sheet(request: HttpRequest, form: SessionFilterForm, sort: Sort) -> Sheet:
    if not form.is_valid():
        return sheet_of(request, None)
    walked = sort.key in WALKED
    by, downwards = (sort.key, sort.downwards) if walked else ("number", True)
    return walked_sheet(
        request,
        sorted_sessions(form.rows(), sort.key, downwards=sort.downwards),
        sessions_walk(form.wanted, by, downwards=downwards),
        count=sessions_up_to_long(form.wanted),
        goes_by_time=walked,
    )


@require_safe
@for_office
def file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Send the same parking sessions as a CSV or XLSX file, newest first."""
    form = session_filter(request, site_switch(request).sites)
    refuse_wrong_filter(form)
    rows = rows_of(sessions_walk(form.wanted, "number", downwards=True))
    table = session_table(rows, now=clock.now())
    return office_file(kind, "sessions", SESSION_COLUMNS, table, counted=form.rows(), add_up=True)


@require_safe
@for_office
def detail(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show one parking session: its facts, its money, and everything that happened."""
    return _rendered(request, "office/session.html", session_id)


def _story_state(**_stay: int) -> str:
    # The page shows the debts, documents and refusals of the stay too: any recorded event may belong to it.
    return f"{minute()} {everything_text()}"


@require_safe
@live(state=_story_state)
@for_office
def story(request: HttpRequest, session_id: int) -> HttpResponse:
    """Show the changing part of the page of one parking session."""
    return _rendered(request, "office/parts/session.html", session_id)


def _rendered(request: HttpRequest, template: str, session_id: int) -> HttpResponse:
    found = story_of(session_id, sites=actor_of(request).sites, now=clock.now())
    return page(request, template, section="sessions", story=found, events=event_texts(found.events))
