"""The filter and the columns of the list of parking sessions."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property, partial
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.core import clock
from parking.core.ids import Ref
from parking.core.sites import Sites
from parking.facilities.models import ParkingZone
from parking.facilities.queries import zones_of
from parking.reports.periods import Period
from parking.reports.sessions import SessionFilter, all_sessions
from parking.stays.models import EndReason, ParkingSession, SessionStatus
from parking.web.office.shared.chips import Chip, Query, chips_of, today_of
from parking.web.office.shared.lists import MENUS, Column, FilterForm, or_all

COLUMNS = (
    Column(_("Plate"), "plate"),
    Column(_("State"), "status"),
    Column(_("Zone and slot"), "zone"),
    Column(_("Owner"), "owner"),
    Column(_("Booking"), "number", first_down=True),
    Column(_("Entry"), "entered", first_down=True),
    Column(_("Parked"), is_number=True),
    Column(_("Amount due"), is_number=True),
    Column(_("Paid"), "paid", is_number=True, first_down=True),
    Column(_("Payment method")),
    MENUS,
)
USUAL_SORT = "-number"

SORT_CHOICES = [
    ("", _("Newest first")),
    ("number", _("Oldest first")),
    ("plate", _("Plate")),
    ("owner", _("Owner")),
    ("entered", _("Longest inside first")),
    ("-ended", _("Last ended first")),
    ("-paid", _("Most paid first")),
]


class SessionFilterForm(FilterForm):
    q = forms.CharField(
        label=_("Plate, booking number, owner or QR code"), required=False, max_length=100, widget=forms.SearchInput
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=partial(or_all, SessionStatus.values))
    reason = forms.ChoiceField(label=_("Outcome"), required=False, choices=partial(or_all, EndReason.values))
    zone = forms.ModelChoiceField(ParkingZone.objects.none(), label=_("Zone"), required=False, empty_label=_("All"))
    days_of = forms.ChoiceField(
        label=_("Days of"), required=False, choices=[("", _("Booking")), ("entered", _("Entry")), ("ended", _("End"))]
    )
    user = forms.CharField(label=_("Account"), required=False, max_length=150)
    # Heads of columns sort too, by more than this offers: whatever is not known sorts as usual.
    sort = forms.CharField(label=_("Sort by"), required=False, widget=forms.Select(choices=SORT_CHOICES))
    long = forms.BooleanField(label=_("Only long stays"), required=False)
    unpaid = forms.BooleanField(label=_("Only unpaid"), required=False)

    field_order = ("q", "state", "reason", "zone", "days_of", "first", "last", "user", "sort", "long", "unpaid")

    def __init__(self, data: Mapping[str, Any], sites: Sites) -> None:
        super().__init__(data)
        self.sites = sites
        zones = cast("forms.ModelChoiceField[ParkingZone]", self.fields["zone"])
        zones.queryset = zones_of(sites)

    @cached_property
    def wanted(self) -> SessionFilter:
        """Return the filter of a valid form."""
        data = self.cleaned_data
        return SessionFilter(
            sites=self.sites,
            period=data["period"],
            status=data["state"] or None,
            user=data["user"] or None,
            zone=Ref(pk=data["zone"].pk) if data["zone"] else None,
            search=data["q"] or None,
            moment={"entered": "entry_time", "ended": "ended_at"}.get(data["days_of"], "booked_at"),
            end_reason=data["reason"] or None,
            long_at=clock.now() if data["long"] else None,
            unpaid=data["unpaid"],
        )

    def rows(self) -> QuerySet[ParkingSession]:
        """Return the parking sessions of a valid form, newest first."""
        return all_sessions(self.wanted)


def session_filter(request: HttpRequest, sites: Sites) -> SessionFilterForm:
    return SessionFilterForm(request.GET, sites)


def usual_filters(request: HttpRequest, sites: Sites) -> list[Chip]:
    """Return the usual filters with how many rows each leaves. In four statements."""
    label, days = today_of(sites)
    today = date.fromisoformat(days["to"])
    wanted: tuple[tuple[str, Query, dict[str, Any]], ...] = (
        (label, days, {"period": Period(today, today)}),
        (gettext("Inside"), {"state": SessionStatus.ACTIVE.value}, {"status": SessionStatus.ACTIVE}),
        (gettext("Unpaid"), {"unpaid": "on"}, {"unpaid": True}),
        (gettext("Long stay"), {"long": "on"}, {"long_at": clock.now()}),
    )
    return chips_of(
        request,
        [
            (label, query, all_sessions(SessionFilter(sites=sites, **narrowed)).count())
            for label, query, narrowed in wanted
        ],
    )
