"""Change history: the newest lines of the audit record about a site, a zone or an account, with names."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from parking.accounts.events import PasswordChanged, UserChanged, UserCreated, UserRegistered
from parking.accounts.models import User
from parking.audit.events import Event, read_event
from parking.audit.models import AuditEntry
from parking.audit.queries import latest_about
from parking.facilities.models import Gate, ParkingSite, ParkingSlot, ParkingZone
from parking.facilities.setting_values import changes_of_settings

SHOWN = 20
# Events that change an account; signing in and out does not.
ABOUT_ACCOUNTS: tuple[type[Event], ...] = (UserRegistered, UserCreated, UserChanged, PasswordChanged)


@dataclass(frozen=True)
class Change:
    """One line: when (aware), who (a username, or the code of a role where there is no account), and what."""

    at: datetime
    who: str
    event: Event
    slot: str = ""
    gate: str = ""


def changes_of_zone(zone: ParkingZone) -> list[Change]:
    """Return the last changes of a zone, its prices and its slots."""
    slots = ParkingSlot.objects.filter(zone=zone)
    return _changes(latest_about("zone", zone.pk, beside=("slot", slots.values("pk"))))


def changes_of_site(site: ParkingSite) -> list[Change]:
    """Return the last changes of a site, its settings and its gates."""
    return _changes(latest_about("site", site.pk, beside=("gate", Gate.objects.filter(site=site).values("pk"))))


def changes_of_place(site_id: int | None) -> list[Change]:
    """Return the last changes of the settings of a site; without one, of the installation's."""
    return _changes(changes_of_settings(site_id))


def changes_of_account(user: User) -> list[Change]:
    """Return the last changes of an account."""
    actions = [event_type.action for event_type in ABOUT_ACCOUNTS]
    return _changes(latest_about("user", user.pk).filter(action__in=actions))


def _changes(entries: QuerySet[AuditEntry]) -> list[Change]:
    rows = list(entries.filter(refused=False)[:SHOWN])
    people = dict(User.objects.filter(pk__in={row.actor_id for row in rows}).values_list("pk", "username"))
    gates = {row.subject_id or 0 for row in rows if row.subject_kind == "gate"}
    names = dict(Gate.objects.filter(pk__in=gates).values_list("pk", "name")) if gates else {}
    slots = {row.subject_id or 0 for row in rows if row.subject_kind == "slot"}
    numbers = dict(ParkingSlot.objects.filter(pk__in=slots).values_list("pk", "slot_number")) if slots else {}
    return [
        Change(
            at=row.at,
            who=people.get(row.actor_id or 0, row.actor_role),
            event=read_event(row),
            slot=numbers[row.subject_id or 0] if row.subject_kind == "slot" else "",
            gate=names[row.subject_id or 0] if row.subject_kind == "gate" else "",
        )
        for row in rows
    ]
