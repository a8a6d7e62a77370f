"""Forms for accounts: creating, changing and searching them."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.accounts.models import Role, User
from parking.accounts.permissions import read_permissions
from parking.core.actor import Permissions
from parking.core.errors import DomainError, InvalidInput
from parking.core.languages import choices, installed
from parking.core.money import ZERO
from parking.core.sites import Sites
from parking.edge.wording import sentence_for
from parking.facilities.people import sites_to_give
from parking.web.confirming import Alteration
from parking.web.forms import ServiceForm
from parking.web.office.shared.fields import EditForm, RupeesField
from parking.web.templatetags.parking import word

COLUMNS = (
    "first_name", "last_name", "email", "phone", "language", "role", "is_active", "site_ids", "special_slots",
    "disability_card",
)  # fmt: skip
ROLES: list[tuple[str, Promise]] = [
    (Role.USER, _("Driver")),
    (Role.STAFF, _("Gate attendant")),
    (Role.ADMIN, _("Manager")),
    (Role.AUDITOR, _("Auditor")),
]
_MAY: dict[str, Promise] = {
    Role.USER: _("A driver books and pays, and sees only their own bookings."),
    Role.STAFF: _("A gate attendant lets cars in and out, takes money and sees the cars inside."),
    Role.ADMIN: _("A manager sees all money and changes prices, zones and accounts."),
    Role.AUDITOR: _("An auditor sees what managers see, and changes nothing."),
}
# Fields of the form that are permissions, under the names of the column.
SWITCHES = {f"may_{name}": name for name in ("terminate", "move", "collect_debt", "voucher", "assign_special")}
LIMITS = {"refund_each": "each", "refund_per_day": "per_day"}


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
    language = forms.ChoiceField(label=_("Language"), choices=choices)
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
    is_active = forms.BooleanField(label=_("Can sign in"), required=False)
    site_ids = forms.TypedMultipleChoiceField(
        label=_("Car parks"),
        help_text=_("Where the person works. None chosen: all."),
        coerce=int,
        empty_value=[],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    may_terminate = forms.BooleanField(label=_("End sessions without an exit scan"), required=False)
    may_move = forms.BooleanField(label=_("Move cars to other slots"), required=False)
    may_collect_debt = forms.BooleanField(label=_("Collect debts"), required=False)
    may_voucher = forms.BooleanField(label=_("Give vouchers"), required=False)
    may_assign_special = forms.BooleanField(label=_("Assign accessible and VIP slots"), required=False)
    special_slots = forms.MultipleChoiceField(
        label=_("Special slots that the driver may book"),
        choices=[("ACCESSIBLE", _("Accessible")), ("VIP", _("VIP"))],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    disability_card = forms.CharField(
        label=_("Number of the disability card"),
        help_text=_("Check the card once: number and photo. Required for accessible slots."),
        max_length=40,
        required=False,
    )
    refund_each = RupeesField(label=_("Refund at once at most"), help_text=_("0: cannot give refunds."), required=False)
    refund_per_day = RupeesField(label=_("Refund in a day at most"), required=False)

    def __init__(self, *args: Any, sites: Sites, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = cast(Any, self.fields)
        fields["site_ids"].choices = sites_to_give(sites)
        if sites is not None:
            fields["role"].choices = [(role, label) for role, label in ROLES if role != Role.USER]

    def clean_refund_each(self) -> Decimal:
        return self.cleaned_data["refund_each"] or ZERO

    def clean_refund_per_day(self) -> Decimal:
        return self.cleaned_data["refund_per_day"] or ZERO

    def changes(self) -> dict[str, Any]:
        """Return what was altered, as changes of the service."""
        return _as_changes(self.altered())

    def facts(self) -> list[Alteration]:
        """Return the present values in words, for who may only read."""
        sites = dict(cast(Any, self.fields["site_ids"]).choices)
        named = ", ".join(sites[site_id] for site_id in self.initial["site_ids"] if site_id in sites)
        rows = [self._fact(name) for name in ("first_name", "last_name", "email", "phone", "language", "is_active")]
        return [*rows, Alteration(str(self.fields["site_ids"].label), named or gettext("All"), "")]

    def _fact(self, name: str) -> Alteration:
        return Alteration(str(self.fields[name].label), _shown(name, self.initial.get(name)), "")

    def add_refusal(self, error: DomainError) -> None:
        if error.code == "username_taken" and "username" in self.fields:
            self.add_error("username", sentence_for(error))
        elif isinstance(error, InvalidInput) and "sites" in error.errors:
            self.add_error("site_ids", gettext("Choose one or more of your own car parks."))
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
            found.append(gettext("The new role of %(name)s takes effect at once on every device.") % name)
            found.append(str(_MAY[altered["role"]]))
        if altered.get("is_active") is False:
            found.append(
                gettext("%(name)s is signed out everywhere at once, and cannot sign in until you allow it again.")
                % name
            )
            found.append(gettext("Bookings and cars inside stay as they are."))
        if altered.get("is_active") is True:
            found.append(gettext("%(name)s can sign in again with the same password as before.") % name)
        if found and is_self:
            found.insert(0, gettext("This is your own account."))
        return found

    def alterations(self) -> list[Alteration]:
        """Return each change as old and new value, in words."""
        return [
            Alteration(str(self.fields[name].label), _shown(name, self.initial.get(name)), _shown(name, value))
            for name, value in self.altered().items()
        ]


def _as_changes(values: dict[str, Any]) -> dict[str, Any]:
    """Return values of the form as columns of the account: what are permissions together, by their names."""
    changes = {name: value for name, value in values.items() if name not in SWITCHES and name not in LIMITS}
    permissions: dict[str, Any] = {SWITCHES[name]: value for name, value in values.items() if name in SWITCHES}
    limits = {LIMITS[name]: value for name, value in values.items() if name in LIMITS}
    if limits:
        permissions["refund"] = limits
    return changes | ({"permissions": permissions} if permissions else {})


def _shown(name: str, value: Any) -> str:
    if name == "is_active" or name in SWITCHES:
        return gettext("Yes") if value else gettext("No")
    if name == "language":
        return str(installed().get(value, value))
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
        """Return the columns of the new account."""
        values = {name: self.cleaned_data[name] for name in (*COLUMNS, *SWITCHES, *LIMITS)}
        return _as_changes(values)


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
    values = {name: getattr(user, name) for name in COLUMNS} | {"language": user.reads}
    return values | values_of_permissions(read_permissions(user.permissions))


def values_of_permissions(permissions: Permissions) -> dict[str, Any]:
    """Return permissions as the form's initial values."""
    switches = {field: getattr(permissions, name) for field, name in SWITCHES.items()}
    return switches | {field: getattr(permissions.refund, name) for field, name in LIMITS.items()}
