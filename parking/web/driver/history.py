"""A driver's own bookings, and the spending on them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from parking.checkout.queries import first_payments
from parking.core import clock
from parking.core.ids import Ref
from parking.core.money import ZERO
from parking.edge.pages import page
from parking.facilities.calendars import zone_of
from parking.reports import history as history_file
from parking.reports.spending import MonthSpending, spending_by_month, stays_by_month
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.queries import history_of, zones_visited
from parking.web.access import for_drivers, user_of
from parking.web.driver.standing import rows_of
from parking.web.forms import ServiceForm, day_bounds
from parking.web.templatetags.parking import clock_time, moment, word

PER_PAGE = 20
MONTHS = 6


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    text = _("Please choose a day.")
    return forms.DateField(
        label=label, required=False, widget=widget, validators=day_bounds(text), error_messages={"invalid": text}
    )


class HistoryFilter(ServiceForm):
    """The filter of the driver's own bookings; empty means all."""

    status = forms.ChoiceField(label=_("State"), required=False)
    zone = forms.ChoiceField(label=_("Zone"), required=False)
    first = _day(_("From"))
    last = _day(_("To"))
    plate = forms.CharField(
        label=_("Plate"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"class": "plate-field", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, request: HttpRequest) -> None:
        self.driver_id = user_of(request).pk
        self._asked = request.GET.copy()
        self._asked.pop("page", None)
        super().__init__(request.GET, initial=request.GET)
        states = [(state, word(state)) for state in SessionStatus.values]
        self._choose_from("status", states)
        self._choose_from("zone", [(str(zone.pk), zone.name) for zone in zones_visited(self.driver_id)])
        # No choice is required, so the word for that in each label would only be noise.
        self.use_required_attribute = False

    def _choose_from(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        first, last = values.get("first"), values.get("last")
        if first and last and first > last:
            self.add_error("last", _("Not before the first day."))
        return values

    def sessions(self) -> QuerySet[ParkingSession]:
        """Return the bookings of the filter; none if it is not valid."""
        if not self.is_valid():
            return ParkingSession.objects.none()
        values = self.cleaned_data
        return history_of(
            self.driver_id,
            status=values["status"] or None,
            first=values["first"],
            last=values["last"],
            zone=Ref(pk=int(values["zone"])) if values["zone"] else None,
            q=values["plate"],
        )

    @property
    def is_used(self) -> bool:
        """Return whether any field of the filter is set."""
        return any(self.data.get(name) for name in self.fields)

    @property
    def query(self) -> str:
        """Return the filter as the query of an address."""
        return self._asked.urlencode()


@dataclass(frozen=True)
class Visit:
    """A booking with its state as the driver sees it, and its first payment."""

    session: ParkingSession
    state: str
    payment_id: int | None

    @property
    def began(self) -> datetime:
        """Return the entry, or the booking of a car that did not come, in the time zone of the site."""
        time = self.session.entry_time or self.session.booked_at
        return time.astimezone(zone_of(self.session.site_id))

    @property
    def times(self) -> str:
        """Return when it began, and when the car left: both of one day as times of day, otherwise with the day."""
        exit_time, site_id = self.session.exit_time, self.session.site_id
        if exit_time is None:
            return f"{self.began:%H:%M}"
        left = exit_time.astimezone(zone_of(site_id))
        is_one_day = left.date() == self.began.date()
        return f"{self.began:%H:%M}–{clock_time(left, site_id) if is_one_day else moment(left, site_id)}"  # noqa: RUF001

    @property
    def month(self) -> date:
        """Return the first day of the month of the booking."""
        return self.session.booked_at.astimezone(zone_of(self.session.site_id)).date().replace(day=1)


@dataclass(frozen=True)
class Bar:
    """A month of spending beside the dearest one."""

    month: date
    amount: Decimal
    percent: int


def _bars(months: list[MonthSpending]) -> list[Bar]:
    most = max((month.amount for month in months), default=ZERO)
    return [Bar(month.month, month.amount, int(100 * max(month.amount, ZERO) / most)) for month in months if most]


@require_safe
@for_drivers
def history(request: HttpRequest) -> HttpResponse:
    """Show the spending by month, and the driver's own bookings with the sums of their months, newest first."""
    form = HistoryFilter(request)
    sessions = form.sessions()
    shown = Paginator(sessions, PER_PAGE).get_page(request.GET.get("page"))
    receipts = first_payments([session.bill_id for session in shown])
    visits = [Visit(row.session, row.state, receipts.get(row.session.bill_id)) for row in rows_of(shown)]
    sums = stays_by_month(sessions) if visits else {}
    return page(
        request,
        "driver/history.html",
        section="history",
        form=form,
        shown=shown,
        groups=[(month, sums[month], list(rows)) for month, rows in groupby(visits, attrgetter("month"))],
        bars=_bars(spending_by_month(form.driver_id, MONTHS)),
    )


@require_safe
@for_drivers
def history_csv(request: HttpRequest) -> HttpResponseBase:
    """Stream the bookings of the same filter as CSV."""
    lines = history_file.history_csv(
        HistoryFilter(request).sessions(), language=get_language() or "en", now=clock.now()
    )
    name = f"parking-{clock.today():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
