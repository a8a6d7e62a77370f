"""Lines of the audit record in words: who changed what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.core.money import rupees as amount
from parking.reports.changes import Change
from parking.web.office.facilities.zone_form import ZoneForm
from parking.web.office.people.user_form import UserForm
from parking.web.templatetags.parking import rupees, word

_ACTIONS: dict[str, Promise] = {
    "zone.created": _("Zone made"),
    "zone.changed": _("Zone changed"),
    "zone.retired": _("Zone retired"),
    "tariff.changed": _("Prices of other vehicles set"),
    "slots.added": _("Slots added"),
    "slot.changed": _("Slot changed"),
    "user.registered": _("Signed up"),
    "user.created": _("Account made"),
    "user.changed": _("Account changed"),
    "password.changed": _("Password changed"),
}
_FIELDS: dict[str, Promise] = {"password": _("Password"), "username": _("Username"), "site_id": _("Car park")}


@dataclass(frozen=True)
class Line:
    """When (aware), who, what was done, and with what."""

    at: datetime
    who: str
    what: str
    details: str


def told(changes: Iterable[Change]) -> list[Line]:
    """Changes in the reader's language."""
    return [Line(change.at, word(change.who), _action(change.action), _details(change)) for change in changes]


def _action(code: str) -> str:
    return str(_ACTIONS.get(code, code))


def _details(change: Change) -> str:
    facts = change.facts
    if change.action == "slots.added":
        return f"{facts['first']} … {facts['last']} · {word(facts['kind'])}"
    if change.action == "slot.changed":
        return f"{facts['slot']} · {word(facts['status'])} · {word(facts['kind'])}"
    if change.action == "tariff.changed":
        return " · ".join(_kind_rate(rate) for rate in facts["kind_rates"]) or gettext("All pay as cars do")
    if change.action.endswith(".changed"):
        return ", ".join(_field(name, facts) for name in facts.get("changed", []))
    if change.action == "user.created":
        return word(facts["role"])
    return ""


def _kind_rate(rate: dict[str, Any]) -> str:
    return f"{word(rate['vehicle_kind'])} {rupees(amount(rate['hourly_rate']))} / {rupees(amount(rate['booking_fee']))}"


def _field(name: str, facts: dict[str, Any]) -> str:
    """A field's label, with what it became where the record says so."""
    fields = ZoneForm.base_fields | UserForm.base_fields
    label = str(fields[name].label if name in fields else _FIELDS.get(name, name))
    if name in facts.get("amounts", {}):
        before, after = (rupees(amount(value)) for value in facts["amounts"][name])
        return f"{label}: {before} → {after}"
    if name == "role":
        return f"{label}: {word(facts['role'])}"
    if name == "is_active" and "role" in facts:
        return gettext("Active again") if facts["is_active"] else gettext("Suspended")
    return label
