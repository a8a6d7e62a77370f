"""Reads of what managers set: each value with where it comes from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from parking.audit.models import AuditEntry
from parking.core.models import OPERATOR, SettingValue
from parking.core.site_settings import BY_NAME, Setting
from parking.facilities.events import SettingsChanged

SITE, INSTALLATION, DEFAULT = "SITE", "OPERATOR", "DEFAULT"


@dataclass(frozen=True)
class Current:
    """A setting at a site or for the installation: the value that counts, and the one it would return to.

    `source` says whose value it is; who changed it (a user id), and when (aware), belong to that value.
    """

    setting: Setting[Any]
    value: Any
    default: Any
    source: str
    changed_by: int | None = None
    changed_at: datetime | None = None


def current_values(site_id: int | None) -> list[Current]:
    """Return every setting as it counts at a site; without one, for the installation. Reads the database anew."""
    places = [OPERATOR] if site_id is None else [OPERATOR, site_id]
    rows = {(row.name, row.site_id): row for row in SettingValue.objects.filter(site_id__in=places)}
    return [_current(setting, rows, site_id) for setting in settings_of(site_id)]


def settings_of(site_id: int | None) -> list[Setting[Any]]:
    """Return the settings that a site has, without one those of the installation."""
    return [setting for setting in BY_NAME.values() if site_id is None or not setting.for_all]


def _current(setting: Setting[Any], rows: dict[tuple[str, int], SettingValue], site_id: int | None) -> Current:
    usual = setting.default()
    operators = rows.get((setting.name, OPERATOR))
    if site_id is not None:
        own = rows.get((setting.name, site_id))
        returns_to = usual if operators is None else operators.value
        if own is not None:
            return Current(setting, own.value, returns_to, SITE, own.changed_by, own.changed_at)
        usual = returns_to
    if operators is None:
        return Current(setting, usual, usual, DEFAULT)
    default = setting.default() if site_id is None else operators.value
    return Current(setting, operators.value, default, INSTALLATION, operators.changed_by, operators.changed_at)


def changes_of_settings(site_id: int | None) -> QuerySet[AuditEntry]:
    """Return the lines of the record about the settings of a site, or the installation's, newest first."""
    return AuditEntry.objects.filter(
        action=SettingsChanged.action, subject_kind=SettingsChanged.subject_kind, subject_id=site_id
    ).order_by("-pk")
