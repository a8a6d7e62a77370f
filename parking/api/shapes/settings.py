"""How settings and their history are shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self

from parking.audit.events import read_event
from parking.audit.models import AuditEntry
from parking.edge.shapes import Shape
from parking.facilities.events import SettingsChanged
from parking.facilities.setting_values import Current


class SettingOut(Shape):
    """A setting: the value that counts, the one that it returns to, and whose value it is."""

    name: str
    value: int | str
    default: int | str
    source: Literal["SITE", "OPERATOR", "DEFAULT"]
    unit: str
    changed_by: int | None
    changed_at: datetime | None

    example = {
        "name": "hold_minutes",
        "value": 15,
        "default": 10,
        "source": "SITE",
        "unit": "minutes",
        "changed_by": 1,
        "changed_at": "2026-11-22T05:00:00Z",
    }

    @classmethod
    def of(cls, current: Current) -> Self:
        """Return a setting."""
        return cls.read(current, name=current.setting.name, unit=current.setting.unit)


class SettingChangeOut(Shape):
    name: str
    before: str | None
    after: str | None

    example = {"name": "hold_minutes", "before": None, "after": "15"}


class SettingsChangeOut(Shape):
    """One change of settings; null stands for the default."""

    id: int
    at: datetime
    changed_by: int | None
    changes: list[SettingChangeOut]

    example = {
        "id": 912,
        "at": "2026-11-22T05:00:00Z",
        "changed_by": 1,
        "changes": [SettingChangeOut.example],
    }

    @classmethod
    def rows(cls, entries: Sequence[AuditEntry]) -> list[Self]:
        """Return lines of the record as changes."""
        return [cls._of(entry) for entry in entries]

    @classmethod
    def _of(cls, entry: AuditEntry) -> Self:
        event = read_event(entry)
        changes = event.changes if isinstance(event, SettingsChanged) else {}
        shown = [SettingChangeOut(name=name, before=old, after=new) for name, (old, new) in sorted(changes.items())]
        return cls.read(entry, changed_by=entry.actor_id, changes=shown)
