"""Forms for decisions about money: with a reason, and safe to send twice."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parking.web.forms import ServiceForm
from parking.web.repeats import new_key


class DecisionForm(ServiceForm):
    """A decision with its reason. The key identifies the form, so that sending it twice is one decision."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64, initial=new_key)

    @property
    def values(self) -> dict[str, Any]:
        """Return the fields of the decision, without the form's key."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}

    def show_anew(self) -> None:
        """Give a form that was sent, and is shown again, a new key."""
        if self.is_bound:
            self.data = {**dict(self.data.items()), "key": new_key()}
