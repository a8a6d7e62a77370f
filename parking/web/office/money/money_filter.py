"""The filter and the columns of the list of payments and refunds."""

from collections.abc import Mapping
from functools import cached_property, partial
from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parking.core.ids import Ref
from parking.core.sites import Sites
from parking.facilities.models import ParkingZone
from parking.facilities.queries import zones_of
from parking.payments.models import PaymentMethod, RefundStatus
from parking.reports.payments import CAPTURED, PAYMENT, REFUND, MoneyFilter
from parking.web.office.shared.lists import MENUS, Column, FilterForm, or_all

COLUMNS = (
    Column(_("What")),
    Column(_("When"), "at", first_down=True),
    Column(_("Booking")),
    Column(_("Payment method"), "method"),
    Column(_("Reference")),
    Column(_("State"), "status"),
    Column(_("Amount"), "amount", is_number=True, first_down=True),
    MENUS,
)
USUAL_SORT = "-at"
SORT_CHOICES = [
    ("", _("Newest first")),
    ("at", _("Oldest first")),
    ("-amount", _("Largest first")),
    ("amount", _("Smallest first")),
]
GATEWAYS = ("PHONEPE", "RAZORPAY", "SIMULATED")


def _gateways() -> list[tuple[str, str | Promise]]:
    """Return the gateways that are in use, and those that were."""
    return or_all([*GATEWAYS, *(code for code in settings.GATEWAYS if code not in GATEWAYS)])


class MoneyFilterForm(FilterForm):
    q = forms.CharField(
        label=_("Reference, order, plate or booking number"),
        required=False,
        max_length=100,
        widget=forms.SearchInput,
    )
    kind = forms.ChoiceField(label=_("What"), required=False, choices=partial(or_all, [PAYMENT, REFUND]))
    method = forms.ChoiceField(label=_("Payment method"), required=False, choices=partial(or_all, PaymentMethod.values))
    gateway = forms.ChoiceField(label=_("Payment service"), required=False, choices=_gateways)
    status = forms.ChoiceField(
        label=_("State"), required=False, choices=partial(or_all, [CAPTURED, *RefundStatus.values])
    )
    zone = forms.ModelChoiceField(ParkingZone.objects.none(), label=_("Zone"), required=False, empty_label=_("All"))
    sort = forms.CharField(label=_("Sort by"), required=False, widget=forms.Select(choices=SORT_CHOICES))

    field_order = ("q", "kind", "method", "gateway", "status", "zone", "first", "last", "sort")

    def __init__(self, data: Mapping[str, Any], sites: Sites) -> None:
        super().__init__(data)
        self.sites = sites
        zones = cast("forms.ModelChoiceField[ParkingZone]", self.fields["zone"])
        zones.queryset = zones_of(sites)

    @cached_property
    def wanted(self) -> MoneyFilter:
        """Return the filter of a valid form."""
        data = self.cleaned_data
        return MoneyFilter(
            sites=self.sites,
            period=data["period"],
            method=data["method"] or None,
            status=data["status"] or None,
            gateway=data["gateway"] or None,
            zone=Ref(pk=data["zone"].pk) if data["zone"] else None,
            kind=data["kind"] or None,
            search=data["q"] or None,
        )


def money_filter(request: HttpRequest, sites: Sites) -> MoneyFilterForm:
    return MoneyFilterForm(request.GET, sites)
