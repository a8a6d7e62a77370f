"""How an emergency is shown: to the gate, which lets every car out, and to managers, who see what it left behind."""

from datetime import datetime
from typing import Any, Self

from parking.checkout.emergencies import Owing
from parking.edge.shapes import Shape
from parking.facilities.models import Emergency, EmergencyStatus


class EmergencyOut(Shape):
    id: int
    site_id: int
    site_name: str
    status: EmergencyStatus
    reason: str
    minutes: int
    asked_by: str
    asked_at: datetime
    confirmed_by: str | None
    begins_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    debts: int
    open_debts: int
    owed: float

    example = {
        "id": 2,
        "site_id": 1,
        "site_name": "Connaught Place",
        "status": "RUNS",
        "reason": "Smoke on level 2",
        "minutes": 60,
        "asked_by": "staff1",
        "asked_at": "2026-11-22T07:30:00Z",
        "confirmed_by": "admin",
        "begins_at": "2026-11-22T07:31:00Z",
        "ends_at": "2026-11-22T08:31:00Z",
        "ended_at": None,
        "debts": 14,
        "open_debts": 14,
        "owed": 850.0,
    }

    @classmethod
    def of(cls, emergency: Emergency, owing: Owing, now: datetime, **others: Any) -> Self:
        """Return an emergency as it stands at `now`."""
        return cls.read(
            emergency,
            site_name=emergency.site.name,
            status=emergency.status_at(now),
            asked_by=emergency.begun_by.username,
            confirmed_by=emergency.confirmed_by.username if emergency.confirmed_by else None,
            debts=owing.all_debts,
            open_debts=owing.open_debts,
            owed=owing.owed,
            **others,
        )


class WaivedOut(Shape):
    """What an administrator forgave in one step."""

    emergency_id: int
    debts: int
    amount: float

    example = {"emergency_id": 2, "debts": 14, "amount": 850.0}
