"""Forms for accounts: creating, changing and searching them."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.accounts.models import Role, User
from parking.core.errors import DomainError
from parking.edge.wording import sentence_for
from parking.web.confirming import Alteration
from parking.web.forms import ServiceForm
from parking.web.office.shared.fields import EditForm
from parking.web.templatetags.parking import word

COLUMNS = ("first_name", "last_name", "email", "phone", "language", "role", "is_active")
ROLES: list[tuple[str, Promise]] = [
    (Role.USER, _("Driver")),
    (Role.STAFF, _("Gate attendant")),
    (Role.ADMIN, _("Manager")),
]
_MAY: dict[str, Promise] = {
    Role.USER: _("A driver books and pays, and sees the own bookings only."),
    Role.STAFF: _("A gate attendant lets cars in and out, takes money and sees the cars inside."),
    Role.ADMIN: _("A manager sees all money and changes prices, zones and accounts."),
}


def new_password() -> forms.CharField:
    return forms.CharField(
        label=_("Password"),
        help_text=format_lazy(
            _("At least {n} characters. Give it to the person yourself, who chooses another at the first sign-in."),
            n=settings.PASSWORD_LENGTH,
        ),
        min_length=settings.PASSWORD_LENGTH,
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class UserForm(EditForm):
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    phone = forms.RegexField(
        r"^\+?[0-9][0-9 ()-]{4,17}[0-9]\Z",
        label=_("Phone"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
        error_messages={"invalid": _("Enter a phone number such as +91 98765 43210.")},
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
    is_active = forms.BooleanField(label=_("May sign in"), required=False)

    def add_refusal(self, error: DomainError) -> None:
        if error.code == "username_taken" and "username" in self.fields:
            self.add_error("username", sentence_for(error))
        elif error.code == "last_admin":
            self.add_error("role" if "role" in self.altered() else "is_active", sentence_for(error))
        else:
            super().add_refusal(error)

    def effects(self, user: User, *, is_self: bool) -> list[str]:
        """Return what a change of role or state means for this person; empty if it needs no confirmation."""
        altered = self.altered()
        name = {"name": user.username}
        found = []
        if "role" in altered:
            found.append(gettext("The new role of %(name)s holds at once, on every device.") % name)
            found.append(str(_MAY[altered["role"]]))
        if altered.get("is_active") is False:
            found.append(
                gettext("%(name)s is signed out everywhere at once, and cannot sign in until you allow it again.")
                % name
            )
            found.append(gettext("Bookings and cars inside stay as they are."))
        if altered.get("is_active") is True:
            found.append(gettext("%(name)s may sign in again, with the password of before.") % name)
        if found and is_self:
            found.insert(0, gettext("This is your own account."))
        return found

    def alterations(self) -> list[Alteration]:
        """Return each change as old and new value, in words."""
        return [
            Alteration(str(self.fields[name].label), _shown(name, self.initial.get(name)), _shown(name, value))
            for name, value in self.altered().items()
        ]


def _shown(name: str, value: Any) -> str:
    if name == "is_active":
        return gettext("Yes") if value else gettext("No")
    if name == "language":
        return str(dict(settings.LANGUAGES).get(value, value))
    return word(value) if value else gettext("none")


class NewUserForm(UserForm):
    username = forms.RegexField(
        r"^[A-Za-z0-9_.@+-]+\Z",
        label=_("Username"),
        max_length=150,
        help_text=_("Letters, digits and . _ @ + -"),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
        error_messages={"invalid": _("Only letters from A to Z, digits and . _ @ + - may be used.")},
    )
    password = new_password()

    field_order = ["username", "password", "role", "first_name", "last_name", "email", "phone", "language", "is_active"]

    def fields_of_account(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in COLUMNS}


class PasswordForm(ServiceForm):
    password = new_password()


class UserSearch(ServiceForm):
    """The filter of the list of accounts."""

    STATES = (("", _("All")), ("yes", _("Active")), ("no", _("Suspended")))

    q = forms.CharField(
        label=_("Search"), max_length=200, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("All")), *ROLES], required=False)
    active = forms.ChoiceField(label=_("State"), choices=STATES, required=False)

    def wanted(self) -> dict[str, Any]:
        """Return the query's arguments; values that are not valid filter nothing."""
        values = self.cleaned_data if self.is_valid() else {}
        return {
            "q": values.get("q", ""),
            "role": values.get("role") or None,
            "is_active": {"yes": True, "no": False}.get(values.get("active", "")),
        }


def values_of(user: User) -> dict[str, Any]:
    """Return the account's present values, as the form's initial values."""
    return {name: getattr(user, name) for name in COLUMNS}
