"""Free slots of a zone, flat."""

import pytest

from parking.core import clock
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingSlot
from parking.facilities.services import retire_zone
from tests.build import book, enter, make_user, make_zone


@pytest.mark.parametrize("by", ["pk", "uuid"])
def test_booked_and_occupied_count_together(anybody, zone, driver, staff, by):
    enter(staff, book(driver, zone))
    book(make_user(), zone)
    book(make_user(), zone)
    ParkingSlot.objects.filter(slot_number="A-010").update(status="OUT_OF_SERVICE")
    answer = anybody.get(f"/parking/zone/{getattr(zone, by)}/status/")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "success": True,
            "zone_name": "Zone A",
            "total_slots": 10,
            "occupied_slots": 3,
            "available_slots": 6,
            "occupancy_percent": 30.0,
            "hourly_rate": "50.00",
        },
    )


def test_an_empty_zone_and_a_rate_with_paise(anybody, db):
    zone = make_zone(rate="62.5", slots=0)
    body = anybody.get(f"/parking/zone/{zone.pk}/status/").json()
    assert (body["total_slots"], body["occupancy_percent"], body["hourly_rate"]) == (0, 0.0, "62.50")


def test_a_retired_zone_is_gone(anybody, zone):
    retire_zone(actor=SYSTEM, zone_id=zone.pk, now=clock.now())
    answer = anybody.get(f"/parking/zone/{zone.pk}/status/")
    assert (answer.status_code, answer.json()["message"]) == (404, "Zone not found")
