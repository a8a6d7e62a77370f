"""A driver's own bookings, and the spending on them."""

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
from parking.edge.pages import page
from parking.reports import history as history_file
from parking.reports.spending import spending_by_month
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.queries import history_of, zones_visited
from parking.web.access import for_drivers, user_of
from parking.web.driver.standing import rows_of
from parking.web.forms import ServiceForm, day_bounds
from parking.web.templatetags.parking import word

PER_PAGE = 20


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
        label=_("Number plate"),
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


@require_safe
@for_drivers
def history(request: HttpRequest) -> HttpResponse:
    """Show the driver's own bookings, newest first, and the spending by month."""
    form = HistoryFilter(request)
    shown = Paginator(form.sessions(), PER_PAGE).get_page(request.GET.get("page"))
    receipts = first_payments([session.bill_id for session in shown])
    rows = [(row.session, row.state, receipts.get(row.session.bill_id)) for row in rows_of(shown)]
    months = spending_by_month(form.driver_id)
    return page(
        request,
        "driver/history.html",
        section="history",
        form=form,
        shown=shown,
        rows=rows,
        months=months if any(month.amount for month in months) else [],
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
