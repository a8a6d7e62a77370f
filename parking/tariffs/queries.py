"""The terms of a parking session that begins now, and the tariffs behind them."""

from collections.abc import Collection

from parking.core.site_settings import CANCEL_WINDOW_SECONDS
from parking.facilities.models import ParkingZone
from parking.tariffs.models import ZoneTariff
from parking.tariffs.rules import Terms
from parking.vehicles.models import VehicleKind


def terms_for(*, zone: ParkingZone, vehicle_kind: str) -> Terms:
    """Return the terms of a booking, to be stored with it. The zone's own columns are the tariff of cars."""
    tariff: ParkingZone | ZoneTariff = zone
    if vehicle_kind != VehicleKind.CAR:
        tariff = ZoneTariff.objects.filter(zone=zone, vehicle_kind=vehicle_kind).first() or zone
    return Terms(
        base_rate=tariff.hourly_rate,
        booking_fee=tariff.booking_fee,
        hold_minutes=zone.minutes_to_pay,
        no_show_minutes=zone.minutes_to_arrive,
        cancel_window_seconds=CANCEL_WINDOW_SECONDS.at(zone.site_id),
    )


def walk_in_terms(*, zone: ParkingZone, vehicle_kind: str) -> Terms:
    """Return the terms of a walk-in, which owes no booking fee, to be stored with it."""
    terms = terms_for(zone=zone, vehicle_kind=vehicle_kind)
    return terms.without_fee()


def tariffs_of(zones: Collection[ParkingZone]) -> dict[int, list[ZoneTariff]]:
    """Return the tariffs of vehicles other than cars, by id of the zone."""
    found: dict[int, list[ZoneTariff]] = {}
    for tariff in ZoneTariff.objects.filter(zone__in=zones).order_by("vehicle_kind"):
        found.setdefault(tariff.zone_id, []).append(tariff)
    return found
