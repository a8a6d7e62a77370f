"""What anybody may ask."""

import json
from datetime import time, timedelta

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError
from django_tasks_db.models import DBTaskResult

from parking import __version__
from parking.api import public
from parking.checkout.tasks import work_on_event
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.core.heartbeats import beat
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.services import retire_zone, update_zone
from tests.api.reading import data_of
from tests.build import book, make_user, make_zone
from tests.client import ApiClient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock_stands")]


def test_zones_show_rate_hours_and_what_is_free(anybody: ApiClient, zone: ParkingZone) -> None:
    hours = {"opens_at": time(6, 30), "closes_at": time(23), "contact": "+91 11 5550 0100"}
    update_zone(actor=SYSTEM, zone_id=zone.pk, changes=hours, now=zone.created_at)
    book(make_user(), zone)
    ParkingSlot.objects.filter(slot_number="A-010").update(status="OUT_OF_SERVICE")
    (found,) = data_of(anybody.get("/api/public/zones/"))
    expected = {
        "id": zone.pk,
        "uuid": str(zone.uuid),
        "name": "Zone A",
        "hourly_rate": 50.0,
        "is_active": True,
        "total_slots": 10,
        "available_slots": 8,
        "occupancy_percent": 10.0,
        "opens_at": "06:30:00",
        "closes_at": "23:00:00",
        "contact": "+91 11 5550 0100",
    }
    assert {name: found[name] for name in expected} == expected


def test_zones_that_are_closed_or_retired_are_not_shown(anybody: ApiClient, zone: ParkingZone) -> None:
    closed, retired = make_zone(), make_zone()
    update_zone(actor=SYSTEM, zone_id=closed.pk, changes={"is_active": False}, now=zone.created_at)
    retire_zone(actor=SYSTEM, zone_id=retired.pk, now=zone.created_at)
    assert [row["name"] for row in data_of(anybody.get("/api/public/zones/"))] == ["Zone A"]


def test_a_driver_sees_the_same_zones(anybody: ApiClient, as_driver: ApiClient, zone: ParkingZone) -> None:
    assert data_of(as_driver.get("/api/user/zones/")) == data_of(anybody.get("/api/public/zones/"))


def test_zones_are_at_most_one_second_old(
    anybody: ApiClient, zone: ParkingZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 1000.0
    monkeypatch.setattr("parking.core.fresh.time.monotonic", lambda: seconds)
    assert len(data_of(anybody.get("/api/public/zones/"))) == 1
    make_zone()
    seconds += 0.999
    assert len(data_of(anybody.get("/api/public/zones/"))) == 1
    seconds += 0.001
    assert len(data_of(anybody.get("/api/public/zones/"))) == 2


def test_health_while_everything_answers(anybody: ApiClient) -> None:
    answer = anybody.get("/api/public/health/")
    assert (answer.status_code, json.loads(answer.content)) == (
        200,
        {
            "status": "ok",
            "version": __version__,
            "timestamp": "2026-11-22T04:30:00Z",
            "services": {"database": "ok", "worker": "none", "queue": "ok"},
            "background": {"last_heartbeat": None, "oldest_task_seconds": 0},
        },
    )


@pytest.mark.parametrize(("seconds", "state"), [(0, "ok"), (60, "ok"), (61, "late")])
def test_health_says_when_a_worker_was_last_alive(anybody: ApiClient, seconds: int, state: str) -> None:
    beat(worker_id="w", started_at=clock.now(), sweeps={}, now=clock.now() - timedelta(seconds=seconds))
    answer = anybody.get("/api/public/health/")
    body = json.loads(answer.content)
    assert (answer.status_code, body["status"], body["services"]["worker"]) == (200, "ok", state)


@pytest.mark.parametrize(("seconds", "state"), [(60, "ok"), (61, "late")])
def test_health_says_how_long_the_oldest_task_waits(anybody: ApiClient, seconds: int, state: str) -> None:
    work_on_event.enqueue(1)
    DBTaskResult.objects.update(enqueued_at=clock.now() - timedelta(seconds=seconds))
    work_on_event.enqueue(2)
    answer = anybody.get("/api/public/health/")
    body = json.loads(answer.content)
    assert (answer.status_code, body["services"]["queue"]) == (200, state)
    assert body["background"]["oldest_task_seconds"] == seconds


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_health_while_the_database_is_away(
    anybody: ApiClient, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    class Away:
        def cursor(self) -> None:
            raise error("away")

    monkeypatch.setattr(public, "connection", Away())
    answer = anybody.get("/api/public/health/")
    body = json.loads(answer.content)
    assert (answer.status_code, body["status"], body["services"]) == (503, "error", {"database": "error"})


def test_health_while_the_background_work_cannot_be_read(anybody: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(**_: object) -> None:
        raise ProgrammingError("no such table")

    monkeypatch.setattr(public, "background_state", unreadable)
    answer = anybody.get("/api/public/health/")
    body = json.loads(answer.content)
    assert (answer.status_code, body["status"], body["services"]) == (200, "ok", {"database": "ok"})
    assert body["background"] is None
