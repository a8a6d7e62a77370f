"""The only writer of tariffs; changes a zone together with its prices."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import InvalidInput
from parking.facilities import services as facilities
from parking.facilities.models import ParkingZone
from parking.tariffs.events import TariffChanged
from parking.tariffs.models import ZoneTariff
from parking.tariffs.rules import KindRate


def create_zone(*, actor: Actor, changes: dict[str, Any], kind_rates: Sequence[KindRate], now: datetime) -> ParkingZone:
    """Make a zone with its prices. Raises Refused `zone_name_taken`, InvalidInput."""
    with transaction.atomic():
        zone = facilities.create_zone(actor=actor, changes=changes, now=now)
        if kind_rates:
            set_kind_rates(actor=actor, zone=zone, kind_rates=kind_rates, now=now)
    return zone


def update_zone(
    *,
    actor: Actor,
    zone_id: int,
    changes: dict[str, Any],
    kind_rates: Sequence[KindRate] | None,
    now: datetime,
) -> ParkingZone:
    """Change a zone and, unless `kind_rates` is None, what the kinds of vehicles pay.

    Stays keep the terms that they were booked under. Raises NotFound, Refused `zone_name_taken`, InvalidInput.
    """
    with transaction.atomic():
        zone = facilities.update_zone(actor=actor, zone_id=zone_id, changes=changes, now=now)
        if kind_rates is not None:
            set_kind_rates(actor=actor, zone=zone, kind_rates=kind_rates, now=now)
    return zone


def set_kind_rates(*, actor: Actor, zone: ParkingZone, kind_rates: Sequence[KindRate], now: datetime) -> None:
    """Make these the tariffs of a zone whose row is locked; a kind that is not named pays as cars do.

    Rows may be deleted: nothing points to them, because each stay has a copy of its terms. Raises InvalidInput.
    """
    kinds = [rate.vehicle_kind for rate in kind_rates]
    if len(set(kinds)) < len(kinds):
        raise InvalidInput({"kind_rates": ["Each kind of vehicle once"]})
    ZoneTariff.objects.filter(zone=zone).delete()
    ZoneTariff.objects.bulk_create(ZoneTariff(zone=zone, **rate.__dict__) for rate in kind_rates)
    audit.record(actor, TariffChanged(zone_id=zone.pk, kind_rates=tuple(kind_rates)), now)
