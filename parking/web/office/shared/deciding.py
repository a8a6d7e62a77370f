"""Forms for decisions about money: with a reason, and safe to send twice."""

from django import forms
from django.utils.translation import gettext_lazy as _

from parking.edge.requests import new_form_key
from parking.web.forms import ServiceForm


class DecisionForm(ServiceForm):
    """A decision with its reason. The key identifies the form, so that sending it twice is one decision."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64, initial=new_form_key)

    def show_again(self) -> None:
        """Give a form that was sent, and is shown again, a new key."""
        if self.is_bound:
            self.data = {**dict(self.data.items()), "key": new_form_key()}
