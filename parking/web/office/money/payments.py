"""The list of all payments and refunds, with the totals of its filter."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from parking.core import clock
from parking.core.sites import Sites
from parking.edge.pages import page
from parking.payments.models import PaymentMethod
from parking.reports.money_counts import money_up_to_long
from parking.reports.money_walk import MoneyWalk, money_as_of
from parking.reports.payments import MONEY_SORTS, REFUND, money_keys, money_rows, sum_of, totals_by_method
from parking.reports.sheets import MONEY_COLUMNS, money_table
from parking.web.access import for_office
from parking.web.office.money.money_filter import COLUMNS, USUAL_SORT, MoneyFilterForm, money_filter
from parking.web.office.shared.chips import Chip, chips_of, today_of
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
from parking.web.templatetags.parking import word


@require_safe
@for_office
def listing(request: HttpRequest) -> HttpResponse:
    """Show the payments and refunds of a filter, page by page, and their totals over all pages."""
    switch = site_switch(request)
    form = money_filter(request, switch.sites)
    sort = sort_of(request, list(MONEY_SORTS), USUAL_SORT)
    sheet = _sheet(request, form, sort)
    totals = totals_by_method(form.wanted) if form.is_valid() else {}
    return page(
        request,
        "office/payments.html",
        section="payments",
        switch=switch,
        form=form,
        heads=heads_of(request, COLUMNS, sort),
        saved=saved_views(request, "payments", switch),
        chips=_chips(request, switch.sites),
        sheet=replace(sheet, rows=money_rows(sheet.rows)),
        totals=totals,
        total=sum_of(list(totals.values())),
        file_query=filter_query(request),
    )


def _chips(request: HttpRequest, sites: Sites) -> list[Chip]:
    label, days = today_of(sites)
    cash, online = PaymentMethod.CASH.value, PaymentMethod.ONLINE.value
    return chips_of(
        request,
        [
            (label, days, None),
            (word(cash), {"method": cash}, None),
            (word(online), {"method": online}, None),
            (gettext("Refunds"), {"kind": REFUND}, None),
        ],
    )


def _sheet(request: HttpRequest, form: MoneyFilterForm, sort: Sort) -> Sheet:
    if not form.is_valid():
        return sheet_of(request, None)
    keys = money_keys(form.wanted, by=sort.key, downwards=sort.downwards)
    by_time = sort.key == "at"
    return walked_sheet(
        request,
        keys,
        MoneyWalk(form.wanted, downwards=sort.downwards or not by_time),
        count=money_up_to_long(form.wanted),
        goes_by_time=by_time,
    )


@require_safe
@for_office
def file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Send the same rows as a CSV or XLSX file, newest first."""
    form = money_filter(request, site_switch(request).sites)
    refuse_wrong_filter(form)
    keys = money_keys(form.wanted)
    table = money_table(money_as_of(form.wanted, clock.now()))
    return office_file(kind, "payments", MONEY_COLUMNS, table, counted=keys, add_up=True)
