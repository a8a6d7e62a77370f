"""Forms of a user's own account. The rules are the API's, in sentences."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from parking.core.languages import choices
from parking.edge.wording import sentence_for
from parking.web.forms import ServiceForm
from parking.web.templatetags.parking import kind_choices

_USERNAME = RegexValidator(r"^[A-Za-z0-9_.@+-]+\Z", _("Only letters from A to Z, digits, and the signs . _ - + @"))
_PHONE = RegexValidator(r"^\+?[0-9][0-9 ()-]{4,17}[0-9]\Z", _("A phone number such as +91 98765 43210."))


def _username(*, autofocus: bool = False) -> forms.CharField:
    attributes = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": autofocus}
    return forms.CharField(label=_("Username"), max_length=150, widget=forms.TextInput(attrs=attributes))


def _old_password(label: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
    return forms.CharField(label=label, max_length=200, strip=False, widget=widget)


def _filled(text: Any, number: int) -> Any:
    """Return a text with a number, put in when it is shown, in the reader's language."""
    return format_lazy(text, n=number)


def _new_password(label: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    help_text = _("At least {n} characters. Several words are easy to remember and hard to guess.")
    shortest = _("At least {n} characters are needed.")
    return forms.CharField(
        label=label,
        min_length=settings.PASSWORD_LENGTH,
        max_length=128,
        strip=False,
        widget=widget,
        help_text=_filled(help_text, settings.PASSWORD_LENGTH),
        error_messages={"min_length": _filled(shortest, settings.PASSWORD_LENGTH)},
    )


class SignInForm(ServiceForm):
    username = _username(autofocus=True)
    password = _old_password(_("Password"))


class ContactForm(ServiceForm):
    """Name and contact: an e-mail address or a phone number is needed."""

    first_name = forms.CharField(
        label=_("First name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("This is not an e-mail address.")},
    )
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=20,
        required=False,
        validators=[_PHONE],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not (self.errors or values.get("email") or values.get("phone")):
            self.add_error("email", _("Enter an e-mail address or a phone number."))
        return values

    def contact(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ContactForm.base_fields}


class SignUpForm(ContactForm):
    username = _username(autofocus=True)
    password = _new_password(_("Password"))

    field_order = ("username", "password", "email", "phone", "first_name", "last_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].validators.append(_USERNAME)
        self.fields["phone"].help_text = _("One of the two is enough: e-mail or phone.")


class ProfileForm(ContactForm):
    language = forms.ChoiceField(label=_("Language"), choices=choices)
    password = _old_password(_("Password"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = False
        self.fields["password"].help_text = _("Only to change the e-mail address or the phone number.")

    def changes(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name != "password"}

    def add_refusal(self, error: Any) -> None:
        """Show what is wrong with the password at its field."""
        if error.code in {"password_needed", "password_wrong"}:
            self.add_error("password", sentence_for(error))
        else:
            super().add_refusal(error)


class PasswordChangeForm(ServiceForm):
    old_password = _old_password(_("Current password"))
    new_password = _new_password(_("New password"))


class ForgottenForm(ServiceForm):
    email_or_username = forms.CharField(
        label=_("Username or e-mail address"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )


class ResetForm(ServiceForm):
    new_password = _new_password(_("New password"))


class VehicleForm(ServiceForm):
    plate = forms.CharField(
        label=_("Plate"),
        max_length=30,
        widget=forms.TextInput(
            attrs={
                "class": "plate-field",
                "autocapitalize": "characters",
                "autocomplete": "off",
                "spellcheck": "false",
                "placeholder": "DL-01-AB-1234",
            }
        ),
    )
    vehicle_kind = forms.ChoiceField(label=_("Vehicle type"), choices=kind_choices)
    owner_name = forms.CharField(
        label=_("Owner's name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    label = forms.CharField(
        label=_("What you call it"), max_length=30, required=False, help_text=_("For example: the red scooter")
    )

    def add_refusal(self, error: Any) -> None:
        """Show a refused plate at its field."""
        if error.code == "vehicle_invalid":
            self.add_error("plate", _("4 to 15 letters and digits, as on the plate."))
        else:
            super().add_refusal(error)


class PushForm(forms.Form):
    """What a browser's push service gave it; sent by a script."""

    endpoint = forms.CharField(max_length=1000)
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=40)
