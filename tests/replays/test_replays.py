"""What closed sessions would have cost: exact sums, whose they are, and a worker that dies on the way."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from parking.accounts.models import Role, User
from parking.core.actor import SYSTEM
from parking.core.errors import InvalidInput, Refused
from parking.facilities.models import ParkingZone
from parking.replays import services, working
from parking.replays.models import Replay, ReplayState
from parking.tariffs.models import Tariff
from parking.tariffs.versions import Draft
from tests.api.reading import data_of
from tests.build import book, enter, leave, make_user, make_zone, quote
from tests.client import ApiClient
from tests.moments import START, at
from tests.web.driver.conftest import browser_of

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _in_the_evening() -> Any:
    with time_machine.travel(at(600), tick=False):
        yield


Parked = Callable[..., int]


@pytest.fixture
def parked(driver: User, staff: User) -> Parked:
    """Park for so many minutes, from START on; answers the id of the session."""

    def park(zone: ParkingZone, minutes: int, kind: str = "CAR", day: int = 0) -> int:
        entry = START + timedelta(days=day)
        session = book(driver, zone, now=entry, vehicle_kind=kind)
        enter(staff, session, entry)
        leave(staff, session, now=entry + timedelta(minutes=minutes))
        return session.pk

    return park


def start(*zones: ParkingZone, rate: int = 60, fee: int = 50, first: date = TODAY, last: date = TODAY) -> Replay:
    draft = Draft({"base_rate": Decimal(rate), "booking_fee": Decimal(fee)})
    ids = [zone.pk for zone in zones]
    return services.start_replay(actor=SYSTEM, zone_ids=ids, draft=draft, start_date=first, end_date=last, now=at(600))


def result_of(replay: Replay) -> dict[str, Any]:
    assert working.run_replays(now=at(600)) == 1
    replay.refresh_from_db()
    assert (replay.state, replay.percent_done) == (ReplayState.DONE, 100)
    assert replay.result
    return replay.result


def test_sums_by_day_length_and_band_and_what_changes_most(zone: ParkingZone, parked: Parked) -> None:
    """At ₹50 they cost 50, 150 and 300; at ₹40 with a fee of ₹50: 50, 120 and 240."""
    short, middle, long = (parked(zone, minutes) for minutes in (40, 150, 360))
    found = result_of(start(zone, rate=40))
    assert (found["sessions"], found["before"], found["after"]) == (3, "500.00", "410.00")
    assert (found["pay_more"], found["pay_less"]) == (0, 2)
    assert found["by_day"] == [{"date": "2026-11-22", "sessions": 3, "before": "500.00", "after": "410.00"}]
    assert found["by_length"] == [
        {"until_minutes": 60, "sessions": 1, "before": "50.00", "after": "50.00"},
        {"until_minutes": 240, "sessions": 1, "before": "150.00", "after": "120.00"},
        {"until_minutes": 480, "sessions": 1, "before": "300.00", "after": "240.00"},
    ]
    assert found["by_band"] == [
        {"label": "Booking minimum", "before": "0.00", "after": "10.00"},
        {"label": "Parking", "before": "500.00", "after": "400.00"},
    ]
    assert found["most_changed"] == [
        {"session_id": long, "before": "300.00", "after": "240.00"},
        {"session_id": middle, "before": "150.00", "after": "120.00"},
    ]
    assert short not in {row["session_id"] for row in found["most_changed"]}


def test_a_car_that_left_after_it_was_shown_its_bill_is_billed_no_longer_than_it_was(
    zone: ParkingZone, driver: User, staff: User
) -> None:
    """Shown the bill of one hour at 64 minutes, out at 68: the same tariff costs the same."""
    session = book(driver, zone, now=START)
    enter(staff, session, START)
    quote(staff, session, at(64))
    leave(staff, session, now=at(68))
    found = result_of(start(zone, rate=50))
    assert (found["before"], found["after"], found["most_changed"]) == ("50.00", "50.00", [])


def test_other_zones_kinds_and_days_do_not_count(zone: ParkingZone, parked: Parked) -> None:
    parked(zone, 60)
    parked(make_zone("Zone B"), 60)
    parked(zone, 60, kind="EV")
    parked(zone, 60, day=-1)
    assert result_of(start(zone))["sessions"] == 1
    assert result_of(start(zone, first=TODAY - timedelta(days=1)))["sessions"] == 2


def test_nothing_that_ended_is_a_result_of_zero(zone: ParkingZone) -> None:
    found = result_of(start(zone))
    assert (found["sessions"], found["before"], found["by_day"], found["most_changed"]) == (0, "0.00", [], [])


def test_a_worker_that_died_leaves_the_replay_to_the_next_one(
    zone: ParkingZone, parked: Parked, monkeypatch: pytest.MonkeyPatch
) -> None:
    parked(zone, 60)
    replay = start(zone)

    def die(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(working, "_past", die)
        with pytest.raises(KeyboardInterrupt):
            working.run_replays(now=at(600))
    assert working.run_replays(now=at(601)) == 0
    assert working.run_replays(now=at(602)) == 1
    replay.refresh_from_db()
    assert (replay.state, replay.result and replay.result["sessions"]) == (ReplayState.DONE, 1)


def test_who_lost_the_claim_writes_nothing(zone: ParkingZone, parked: Parked, monkeypatch: pytest.MonkeyPatch) -> None:
    parked(zone, 60)
    replay = start(zone)
    past = working._past

    def taken_over(*arguments: Any) -> Any:
        Replay.objects.update(claimed_until=at(700), done=7)
        return past(*arguments)

    monkeypatch.setattr(working, "_past", taken_over)
    working.run_replays(now=at(600))
    replay.refresh_from_db()
    assert (replay.state, replay.done, replay.result) == (ReplayState.RUNNING, 7, None)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite always waits for the disk")
def test_only_how_far_it_is_does_not_wait_for_the_disk(zone: ParkingZone, parked: Parked) -> None:
    parked(zone, 60)
    start(zone)
    with CaptureQueriesContext(connection) as running:
        working.run_replays(now=at(600))
    statements = [query["sql"] for query in running]
    (unwaited,) = [number for number, sql in enumerate(statements) if "synchronous_commit TO off" in sql]
    assert statements[unwaited + 1].startswith("""UPDATE "replays_replay" SET "done" = 1, "claimed_until" = """)


def test_one_that_breaks_is_marked_and_holds_up_none(
    zone: ParkingZone, parked: Parked, monkeypatch: pytest.MonkeyPatch
) -> None:
    parked(zone, 60)
    first, second = start(zone), start(zone)
    with monkeypatch.context() as broken:
        broken.setattr(working, "_past", lambda *_arguments: 1 / 0)
        working.run_replays(now=at(600))
    result_of(second)
    first.refresh_from_db()
    assert first.state == ReplayState.FAILED


def test_what_cannot_be_asked(zone: ParkingZone) -> None:
    with pytest.raises(InvalidInput):
        start(zone, first=TODAY, last=TODAY - timedelta(days=1))
    with pytest.raises(InvalidInput):
        start(zone, first=TODAY - timedelta(days=366))
    with pytest.raises(InvalidInput):
        start()
    with pytest.raises(InvalidInput):
        start(zone, rate=10_001)
    for _ in range(services.MOST_OPEN):
        start(zone)
    with pytest.raises(Refused) as refused:
        start(zone)
    assert refused.value.code == "too_many_replays"


# --- By API and page -----------------------------------------------------------------------------------


def test_the_call_answers_how_far_it_is_and_then_the_result(
    as_admin: ApiClient, zone: ParkingZone, parked: Parked
) -> None:
    parked(zone, 150)
    body = {
        "zone_ids": [zone.pk],
        "draft": {"base_rate": 60, "daily_cap": 170},
        "start_date": "2026-11-22",
        "end_date": "2026-11-22",
    }
    asked = data_of(as_admin.post("/api/admin/replays/", body), 202)
    assert (asked["status"], asked["percent_done"], asked["result"]) == ("WAITING", 0, None)
    working.run_replays(now=at(600))
    found = data_of(as_admin.get(f"/api/admin/replays/{asked['id']}/"))
    assert (found["status"], found["percent_done"]) == ("DONE", 100)
    result = found["result"]
    assert (result["before"], result["after"], result["change"]) == (150.0, 170.0, 20.0)
    assert (result["pay_more"], result["pay_more_percent"]) == (1, 100.0)
    assert [row["label"] for row in result["by_band"]] == ["Daily maximum", "Parking"]


@pytest.mark.parametrize(
    ("field", "value"), [("zone_ids", [999]), ("zone_ids", []), ("end_date", "2026-11-20"), ("draft", {"slabs": [{}]})]
)
def test_bad_input_is_named_and_nothing_starts(as_admin: ApiClient, zone: ParkingZone, field: str, value: Any) -> None:
    body = {
        "zone_ids": [zone.pk],
        "draft": {"base_rate": 60},
        "start_date": "2026-11-21",
        "end_date": "2026-11-22",
    }
    answer = as_admin.post("/api/admin/replays/", body | {field: value})
    assert answer.status_code == 400
    assert any(name.startswith(field) for name in answer.json()["errors"])
    assert not Replay.objects.exists()


@pytest.fixture
def browser() -> Client:
    return browser_of(make_user(Role.ADMIN))


def test_from_the_editor_to_a_tariff_that_holds(browser: Client, zone: ParkingZone, parked: Parked) -> None:
    parked(zone, 150, day=-1)
    fields = {
        "vehicle_kind": "CAR", "base_rate": "70", "booking_fee": "50", "lost_ticket_fee": "200", "step_minutes": "60",
        "grace_minutes": "5", "minimum_minutes": "60", "free_minutes": "0", "free_mode": "WHOLE",
        "free_again_after_minutes": "0", "round_to": "0.01", "overstay_percent": "0",
    }  # fmt: skip
    assert "What would it have brought?" in browser.post(f"/office/zones/{zone.pk}/tariffs/", fields).content.decode()
    sent = browser.post(f"/office/zones/{zone.pk}/tariffs/", fields | {"step": "replay"})
    replay = Replay.objects.get()
    assert sent.headers["Location"] == f"/office/what-if/{replay.pk}/"
    assert (replay.start_date, replay.end_date) == (date(2026, 10, 23), date(2026, 11, 21))
    assert "<progress" in browser.get(f"/office/what-if/{replay.pk}/live/").content.decode()
    working.run_replays(now=at(600))
    text = browser.get(f"/office/what-if/{replay.pk}/").content.decode()
    assert "<dd>₹60</dd>" in text and "100.0 %" in text
    before = Tariff.objects.count()
    browser.post(f"/office/what-if/{replay.pk}/adopt/", {"valid_from": "2026-12-01"})
    tariff = Tariff.objects.latest("pk")
    assert (Tariff.objects.count() - before, tariff.zone, tariff.terms["base_rate"]) == (1, zone, "70.00")
