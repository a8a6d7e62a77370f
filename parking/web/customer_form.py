"""The form for the company and GSTIN that shall stand on the documents of a stay; drivers and attendants have it."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.invoices.customers import ADDRESS_LENGTH, COMPANY_LENGTH, Wanted
from parking.invoices.models import CustomerDetails
from parking.web.forms import ServiceForm
from parking.web.gstin_field import GstinField


class CustomerForm(ServiceForm):
    company = forms.CharField(
        label=_("Company"),
        help_text=_("Empty: the invoice is in the name of the booking."),
        max_length=COMPANY_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    gstin = GstinField()
    address = forms.CharField(
        label=_("Address"),
        max_length=ADDRESS_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "street-address"}),
    )

    def clean(self) -> dict[str, str]:
        values: dict[str, str] = self.cleaned_data
        if not values.get("company") and (values.get("gstin") or values.get("address")):
            self.add_error("company", gettext("Enter the name that the GSTIN is registered for."))
        return values

    def wanted(self) -> Wanted:
        return Wanted(**self.cleaned_data)


def values_of(details: CustomerDetails) -> dict[str, str]:
    """Return what was given before, as the form's initial values."""
    return {"company": details.company, "gstin": details.gstin, "address": details.address}
