"""What people type about their own account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from parking.web.forms import ServiceForm


class SignInForm(ServiceForm):
    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SignUpForm(ServiceForm):
    username = forms.CharField(label=_("Username"), max_length=150)
