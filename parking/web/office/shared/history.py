"""Lines of the audit record in words: who changed what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.accounts.events import PasswordChanged, UserChanged, UserCreated, UserRegistered
from parking.audit.events import Event
from parking.facilities.events import (
    CapacitySet,
    GateChanged,
    GateCreated,
    SettingsChanged,
    SiteChanged,
    SiteCopied,
    SiteCreated,
    SlotChanged,
    SlotsAdded,
    ZoneChanged,
    ZoneCreated,
    ZoneRetired,
)
from parking.reports.changes import Change
from parking.tariffs.events import (
    HolidayAdded,
    HolidayRemoved,
    TariffAdded,
    TariffChanged,
    TariffEnded,
    TariffWithdrawn,
)
from parking.tariffs.rules import KindRate
from parking.web.office.facilities.site_form import GateForm, SiteForm
from parking.web.office.facilities.zone_form import ZoneForm
from parking.web.office.people.user_form import UserForm
from parking.web.office.settings.form import LABELS
from parking.web.templatetags.parking import rupees, word

_ACTIONS: dict[type[Event], Promise] = {
    ZoneCreated: _("Zone created"),
    ZoneChanged: _("Zone changed"),
    ZoneRetired: _("Zone retired"),
    TariffChanged: _("Prices of other vehicles set"),
    TariffAdded: _("Tariff added"),
    TariffEnded: _("End of a tariff set"),
    TariffWithdrawn: _("Tariff withdrawn"),
    HolidayAdded: _("Holiday added"),
    HolidayRemoved: _("Holiday removed"),
    CapacitySet: _("Number of places set"),
    SiteCreated: _("Car park created"),
    SiteChanged: _("Car park changed"),
    SiteCopied: _("Created as a copy"),
    GateCreated: _("Gate created"),
    GateChanged: _("Gate changed"),
    SlotsAdded: _("Slots added"),
    SlotChanged: _("Slot changed"),
    SettingsChanged: _("Settings changed"),
    UserRegistered: _("Signed up"),
    UserCreated: _("Account created"),
    UserChanged: _("Account changed"),
    PasswordChanged: _("Password changed"),
}
_FIELDS: dict[str, Promise] = {
    "password": _("Password"),
    "username": _("Username"),
    "site_id": _("Car park"),
    "state": _("Open for cars"),
    "retired": _("Retired"),
    "zone_ids": _("Leads to"),
    "marked": _("Slots have numbers"),
    "permissions": _("Permissions"),
}


@dataclass(frozen=True)
class Line:
    """When (aware), who, what was done, and with what."""

    at: datetime
    who: str
    what: str
    details: str


def change_lines(changes: Iterable[Change]) -> list[Line]:
    """Return changes as lines in the reader's language."""
    return [Line(change.at, word(change.who), _action(change.event), _details(change)) for change in changes]


def _action(event: Event) -> str:
    return str(_ACTIONS.get(type(event), event.recorded_action))


def _details(change: Change) -> str:
    match change.event:
        case SlotsAdded(first=first, last=last, kind=kind):
            return f"{first} … {last} · {word(kind)}"
        case TariffChanged() | SettingsChanged() | CapacitySet() as event:
            return _values(event)
        case SlotChanged() | GateCreated() | GateChanged() | HolidayAdded() | HolidayRemoved():
            return _with_name(change)
        case ZoneChanged() | UserChanged() | SiteChanged() as event:
            return ", ".join(_field(name, event) for name in event.changed)
        case UserCreated(role=code) | SiteCreated(code=code) | TariffAdded(vehicle_kind=code):
            return word(code)
    return ""


def _with_name(change: Change) -> str:
    """Return the number of a slot or the name of a gate or holiday, and what was set of it."""
    match change.event:
        case SlotChanged(status=status, kind=kind):
            return f"{change.slot} · {word(status)} · {word(kind)}"
        case GateCreated(direction=direction):
            return f"{change.gate} · {word(direction)}"
        case GateChanged(changed=changed):
            return " · ".join([change.gate, *map(_label, changed)])
        case HolidayAdded(date=day, name=name) | HolidayRemoved(date=day, name=name):
            return f"{day:%d.%m.%Y} · {name}"
    return ""


def _values(event: TariffChanged | SettingsChanged | CapacitySet) -> str:
    """Return what was set, one after the other."""
    if isinstance(event, CapacitySet):
        return " · ".join(f"{word(kind)} {number}" for kind, number in event.capacity.items())
    if isinstance(event, SettingsChanged):
        return " · ".join(_setting(name, *both) for name, both in event.changes.items())
    return " · ".join(_kind_rate(rate) for rate in event.kind_rates) or gettext("All pay as cars do")


def _setting(name: str, before: str | None, after: str | None) -> str:
    usual = gettext("default")
    return f"{LABELS.get(name, name)}: {before or usual} → {after or usual}"


def _kind_rate(rate: KindRate) -> str:
    return f"{word(rate.vehicle_kind)} {rupees(rate.hourly_rate)} / {rupees(rate.booking_fee)}"


def _field(name: str, event: ZoneChanged | UserChanged | SiteChanged) -> str:
    """Return a field's label, with what it became where the record says so."""
    match event, name:
        case UserChanged(role=role), "role":
            return f"{_label(name)}: {word(role)}"
        case UserChanged(is_active=is_active), "is_active":
            return gettext("Active again") if is_active else gettext("Suspended")
        case SiteChanged(state=state), "state":
            return f"{_label(name)}: {word(state)}"
        case ZoneChanged(amounts=amounts), _ if name in amounts:
            before, after = amounts[name]
            return f"{_label(name)}: {rupees(before)} → {rupees(after)}"
    return _label(name)


def _label(name: str) -> str:
    fields = SiteForm.base_fields | GateForm.base_fields | ZoneForm.base_fields | UserForm.base_fields
    return str(fields[name].label if name in fields else _FIELDS.get(name, name))
