"""`manage.py demo`: demonstration accounts, zones and slots. Refuses to run in production."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from parking.accounts.demonstration import create_demonstration_accounts
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.facilities.services import add_slots, create_zone

# What each zone is, the prefix of its slots and how many there are.
ZONES: tuple[tuple[dict[str, Any], str, int], ...] = (
    (
        {
            "name": "Zone A",
            "hourly_rate": Decimal("50.00"),
            "contact": "+91 11 5550 0100",
            "place": "Level 1, north side",
            "latitude": Decimal("28.631500"),
            "longitude": Decimal("77.216700"),
            "features": ["covered", "guarded"],
        },
        "A-",
        10,
    ),
    (
        {
            "name": "Zone B",
            "hourly_rate": Decimal("75.00"),
            "contact": "+91 11 5550 0101",
            "place": "Ground, by the lifts",
            "latitude": Decimal("28.632100"),
            "longitude": Decimal("77.218300"),
            "features": ["guarded", "ev_charging"],
        },
        "B-",
        8,
    ),
)


class Command(BaseCommand):
    help = "Create the demonstration data; what exists already stays as it is."

    def handle(self, **_options: Any) -> None:
        if settings.IN_PRODUCTION:
            raise CommandError("The demonstration data is never created in production.")
        now = clock.now()
        create_demonstration_accounts(now=now)
        for zone, prefix, slots in ZONES:
            _make_zone(zone, prefix, slots, now)


def _make_zone(fields: dict[str, Any], prefix: str, slots: int, now: datetime) -> None:
    if ParkingZone.objects.filter(name=fields["name"]).exists():
        return
    zone = create_zone(actor=SYSTEM, changes=fields, now=now)
    add_slots(actor=SYSTEM, zone_id=zone.pk, prefix=prefix, first=1, last=slots, kind="CAR", now=now)
