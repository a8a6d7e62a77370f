"""Give each zone a first version of its plain rate, as it is at present."""

from typing import Any

from django.db import migrations


def flat_terms(rate: Any, fee: Any) -> dict[str, Any]:
    """Return what `Prices.to_json` writes of a flat tariff."""
    return {
        "base_rate": str(rate),
        "booking_fee": str(fee),
        "step_minutes": 60,
        "grace_minutes": 5,
        "minimum_minutes": 60,
        "free_minutes": 0,
        "free_mode": "WHOLE",
        "free_again_after_minutes": 0,
        "next_day": "RESTART",
        "round_to": "0.01",
        "lost_ticket_fee": "200.00",
        "overstay_percent": 0,
        "collect_at": "EXIT",
    }


def fill(apps: Any, _schema_editor: Any) -> None:
    """A zone that has a version stays as it is. Safe to run again."""
    zones = apps.get_model("facilities", "ParkingZone").objects.filter(tariff_versions=None)
    versions = apps.get_model("tariffs", "Tariff").objects
    versions.bulk_create(
        versions.model(
            zone=zone,
            vehicle_kind="CAR",
            valid_from=zone.created_at,
            is_base=True,
            terms=flat_terms(zone.hourly_rate, zone.booking_fee),
            created_at=zone.created_at,
        )
        for zone in zones.order_by("pk")
    )


class Migration(migrations.Migration):
    dependencies = [("tariffs", "0002_tariffs_cards_holidays")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
