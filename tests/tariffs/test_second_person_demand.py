"""Busy and quiet times, holidays, rates and peak hours that make a running day cheaper wait for a second person."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from time_machine import Traveller

from parking.accounts.models import Approval, Role, User
from parking.audit.models import AuditEntry
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.facilities.services import retire_zone
from parking.tariffs import holidays, zone_demand, zone_tariffs
from parking.tariffs.demand import steps_of
from parking.tariffs.models import Holiday
from parking.tariffs.queries import price_now
from parking.tariffs.rules.demand import DemandStep
from parking.tariffs.rules.templates import peak_bands
from parking.tariffs.rules.terms import Band, Weekday
from parking.tariffs.versions import Draft
from tests.api.reading import data_of, problem_of
from tests.build import actor, make_user, make_zone
from tests.client import ApiClient
from tests.invariants import refused
from tests.moments import START

pytestmark = pytest.mark.django_db

# Sunday 22 November 2026.
TODAY = START.date()
STEPS = [{"from_percent": 0, "change_percent": -10}, {"from_percent": 80, "change_percent": 20}]


@pytest.fixture(autouse=True)
def _at_start(time_machine: Traveller) -> None:
    time_machine.move_to(START, tick=False)


@pytest.fixture
def second(admin: User) -> ApiClient:
    """The second administrator, beside `admin`."""
    return ApiClient(make_user(Role.ADMIN))


def aged(zone: ParkingZone) -> ParkingZone:
    """Let a zone be of yesterday: the prices of one that was made today are anybody's to change."""
    zone.created_at = START - timedelta(days=1)
    zone.save(update_fields=["created_at"])
    return zone


@pytest.fixture
def zone(zone: ParkingZone) -> ParkingZone:
    return aged(zone)


def decide(client: ApiClient, asked: Any, decision: str = "APPROVE") -> Any:
    return client.post(f"/api/admin/approvals/{asked['approval_id']}/", {"decision": decision})


def given(person: User, zone: ParkingZone, *steps: tuple[int, int]) -> None:
    """Give a zone steps before there is a second administrator who would have to approve them."""
    wanted = [DemandStep(*step) for step in steps]
    zone_demand.set_demand(actor=actor(person), zone_id=zone.pk, steps=wanted, now=START)


def address_of(zone: ParkingZone) -> str:
    return f"/api/admin/zones/{zone.pk}/demand/"


# --- Busy and quiet times ------------------------------------------------------------------------------


def test_quiet_times_wait_and_hold_once_approved(admin: User, second: ApiClient, zone: ParkingZone) -> None:
    first = ApiClient(admin)
    asked = data_of(first.put(address_of(zone), {"steps": STEPS}), 202)
    assert asked["waits_for"] == "SECOND_PERSON"
    assert steps_of(zone.pk) == ()
    [row] = data_of(second.get("/api/admin/approvals/"))["results"]
    assert (row["kind"], row["facts"]) == ("TARIFF", {"zone_id": zone.pk, "steps": STEPS})
    assert problem_of(first.put(address_of(zone), {"steps": STEPS})) == (400, "waits_already")
    assert problem_of(decide(first, asked)) == (400, "own_change")
    assert data_of(decide(second, asked))["decision"] == "APPROVE"
    assert steps_of(zone.pk) == (DemandStep(0, -10), DemandStep(80, 20))
    assert price_now(zone, START).hourly_rate == 45
    assert problem_of(decide(second, asked)) == (400, "decided_already")
    assert AuditEntry.objects.filter(action="demand.changed").count() == 1
    assert AuditEntry.objects.get(action="tariff.asked").facts["wanted"] == {"steps": STEPS}


def test_refused_the_steps_stay_as_they_are(admin: User, second: ApiClient, zone: ParkingZone) -> None:
    asked = data_of(ApiClient(admin).put(address_of(zone), {"steps": STEPS}), 202)
    data_of(decide(second, asked, "REFUSE"))
    assert steps_of(zone.pk) == ()
    assert AuditEntry.objects.filter(action="tariff.refused").count() == 1


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [(50, 20)],
        [(50, 10), (80, 40)],
        [(51, 20), (80, 40)],
        [(50, 20), (80, 40), (90, 30)],
        [(0, -1), (50, 20), (80, 40)],
    ],
)
def test_steps_that_fall_anywhere_wait(admin: User, zone: ParkingZone, steps: list[tuple[int, int]]) -> None:
    given(admin, zone, (50, 20), (80, 40))
    make_user(Role.ADMIN)
    body = {"steps": [{"from_percent": begins, "change_percent": change} for begins, change in steps]}
    data_of(ApiClient(admin).put(address_of(zone), body), 202)
    assert steps_of(zone.pk) == (DemandStep(50, 20), DemandStep(80, 40))


@pytest.mark.parametrize(
    "steps",
    [
        [(50, 20), (80, 40)],
        [(40, 20), (80, 40)],
        [(50, 40)],
        [(50, 20), (80, 40), (90, 50)],
        [(0, 10), (50, 20), (80, 40)],
    ],
)
def test_steps_that_fall_nowhere_need_nobody(admin: User, zone: ParkingZone, steps: list[tuple[int, int]]) -> None:
    given(admin, zone, (50, 20), (80, 40))
    make_user(Role.ADMIN)
    body = {"steps": [{"from_percent": begins, "change_percent": change} for begins, change in steps]}
    data_of(ApiClient(admin).put(address_of(zone), body))
    assert [(step.from_percent, step.change_percent) for step in steps_of(zone.pk)] == steps
    assert not Approval.objects.exists()


def test_the_only_administrator_sets_steps_alone(as_admin: ApiClient, zone: ParkingZone) -> None:
    data_of(as_admin.put(address_of(zone), {"steps": STEPS}))
    assert len(steps_of(zone.pk)) == 2
    assert AuditEntry.objects.get(action="user.decided_alone").facts["kind"] == "TARIFF"


@pytest.mark.usefixtures("second")
def test_a_zone_of_today_may_have_quiet_times(admin: User) -> None:
    new = make_zone("Zone N")
    data_of(ApiClient(admin).put(address_of(new), {"steps": STEPS}))
    assert len(steps_of(new.pk)) == 2


def test_what_cannot_ask_is_refused(admin: User, second: ApiClient, zone: ParkingZone) -> None:
    with refused("second_person_needed"):
        given(admin, zone, (0, -10))


def test_steps_that_were_changed_meanwhile_are_replaced_by_what_is_approved(
    admin: User, second: ApiClient, zone: ParkingZone
) -> None:
    first = ApiClient(admin)
    asked = data_of(first.put(address_of(zone), {"steps": STEPS}), 202)
    data_of(first.put(address_of(zone), {"steps": [{"from_percent": 50, "change_percent": 30}]}))
    data_of(decide(second, asked))
    assert steps_of(zone.pk) == (DemandStep(0, -10), DemandStep(80, 20))


def test_a_request_of_a_zone_that_was_retired_can_be_refused(admin: User, second: ApiClient, zone: ParkingZone) -> None:
    asked = data_of(ApiClient(admin).put(address_of(zone), {"steps": STEPS}), 202)
    retire_zone(actor=SYSTEM, zone_id=zone.pk, now=START)
    assert problem_of(decide(second, asked)) == (404, "zone_not_found")
    assert data_of(decide(second, asked, "REFUSE"))["decision"] == "REFUSE"


# --- Holidays ------------------------------------------------------------------------------------------

ALL_DAY = Band("Holiday", (Weekday.HOLIDAY,), 0, 0, Decimal(10))


def with_holiday_band(zone: ParkingZone, rate: int = 10) -> None:
    band = Band("Holiday", (Weekday.HOLIDAY,), 0, 0, Decimal(rate))
    draft = Draft({"base_rate": Decimal(50), "bands": (band,)})
    zone_tariffs.add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=draft, now=START - timedelta(days=1))


@pytest.fixture
def festive(zone: ParkingZone) -> ParkingZone:
    """A zone that costs ₹10 an hour on holidays, else ₹50."""
    with_holiday_band(zone)
    return zone


def calendar_of(zone: ParkingZone) -> str:
    return f"/api/admin/sites/{zone.site_id}/holidays/"


def body_of(day: date) -> dict[str, str]:
    return {"date": day.isoformat(), "name": "Feast"}


def rate_of(zone: ParkingZone) -> Decimal:
    return price_now(zone, START).hourly_rate


def test_a_holiday_that_makes_today_cheaper_waits(admin: User, second: ApiClient, festive: ParkingZone) -> None:
    first = ApiClient(admin)
    asked = data_of(first.post(calendar_of(festive), body_of(TODAY)), 202)
    assert (Holiday.objects.count(), rate_of(festive)) == (0, 50)
    [row] = data_of(second.get("/api/admin/approvals/"))["results"]
    assert (row["kind"], row["facts"]) == (
        "TARIFF",
        {
            "zone_id": festive.pk,
            "holiday": {"site_id": festive.site_id, "date": "2026-11-22", "name": "Feast"},
            "zone_ids": [festive.pk],
        },
    )
    assert problem_of(first.post(calendar_of(festive), body_of(TODAY))) == (400, "waits_already")
    assert problem_of(decide(first, asked)) == (400, "own_change")
    data_of(decide(second, asked))
    assert (Holiday.objects.get().name, rate_of(festive)) == ("Feast", 10)
    assert problem_of(decide(second, asked)) == (400, "decided_already")
    assert AuditEntry.objects.get(action="holiday.added").facts["date"] == "2026-11-22"


def test_a_holiday_whose_end_makes_today_cheaper_waits(admin: User, zone: ParkingZone) -> None:
    with_holiday_band(zone, rate=90)
    day = data_of(ApiClient(admin).post(calendar_of(zone), body_of(TODAY)), 201)
    second = ApiClient(make_user(Role.ADMIN))
    asked = data_of(ApiClient(admin).delete(f"{calendar_of(zone)}{day['id']}/"), 202)
    assert (Holiday.objects.count(), rate_of(zone)) == (1, 90)
    data_of(decide(second, asked))
    assert (Holiday.objects.count(), rate_of(zone)) == (0, 50)
    assert AuditEntry.objects.filter(action="holiday.removed").count() == 1


@pytest.mark.usefixtures("second")
@pytest.mark.parametrize(("days", "status"), [(-2, 201), (-1, 201), (1, 202), (2, 202), (3, 201), (30, 201)])
def test_a_holiday_of_another_day_waits_where_who_comes_today_pays_less(
    admin: User, festive: ParkingZone, days: int, status: int
) -> None:
    """Stays of two days are compared; a band of yesterday's holiday held until midnight."""
    data_of(ApiClient(admin).post(calendar_of(festive), body_of(TODAY + timedelta(days=days))), status)


@pytest.mark.usefixtures("second")
def test_a_holiday_that_makes_today_dearer_or_changes_nothing_needs_nobody(admin: User, zone: ParkingZone) -> None:
    first = ApiClient(admin)
    day = data_of(first.post(calendar_of(zone), body_of(TODAY)), 201)
    data_of(first.delete(f"{calendar_of(zone)}{day['id']}/"))
    with_holiday_band(zone, rate=90)
    data_of(first.post(calendar_of(zone), body_of(TODAY)), 201)
    assert not Approval.objects.exists()


@pytest.mark.usefixtures("second")
def test_each_zone_of_the_site_is_looked_at_and_none_of_another(admin: User, zone: ParkingZone) -> None:
    other = aged(make_zone("Zone B"))
    with_holiday_band(zone, rate=90)
    with_holiday_band(other)
    data_of(ApiClient(admin).post(calendar_of(zone), body_of(TODAY)), 202)
    assert Approval.objects.get().facts["zone_ids"] == [other.pk]


def test_the_only_administrator_names_a_holiday_alone(as_admin: ApiClient, festive: ParkingZone) -> None:
    data_of(as_admin.post(calendar_of(festive), body_of(TODAY)), 201)
    assert AuditEntry.objects.get(action="user.decided_alone").facts["kind"] == "TARIFF"


def test_a_holiday_that_came_by_another_way_meanwhile_is_not_added_again(
    admin: User, second: ApiClient, festive: ParkingZone
) -> None:
    asked = data_of(ApiClient(admin).post(calendar_of(festive), body_of(TODAY)), 202)
    Holiday.objects.create(site_id=festive.site_id, date=TODAY, name="Feast", created_at=START)
    assert problem_of(decide(second, asked)) == (400, "holiday_exists")
    assert Approval.objects.get().decision == ""
    data_of(decide(second, asked, "REFUSE"))


def test_a_holiday_that_is_gone_meanwhile_is_not_removed_again(admin: User, zone: ParkingZone) -> None:
    with_holiday_band(zone, rate=90)
    day = data_of(ApiClient(admin).post(calendar_of(zone), body_of(TODAY)), 201)
    second = ApiClient(make_user(Role.ADMIN))
    asked = data_of(ApiClient(admin).delete(f"{calendar_of(zone)}{day['id']}/"), 202)
    Holiday.objects.all().delete()
    assert problem_of(decide(second, asked)) == (404, "holiday_not_found")
    data_of(decide(second, asked, "REFUSE"))


def test_a_holiday_that_cannot_ask_is_refused(admin: User, second: ApiClient, festive: ParkingZone) -> None:
    with refused("second_person_needed"):
        holidays.add_holiday(actor=actor(admin), site_id=festive.site_id, day=TODAY, name="Feast", now=START)


# --- Rates of a zone, and peak hours -------------------------------------------------------------------


def test_a_rate_that_falls_after_an_event_of_today_waits(admin: User, second: ApiClient, zone: ParkingZone) -> None:
    """Until the evening an event costs ₹30; ₹40 is more than that, and less than the ₹50 afterwards."""
    draft = Draft({"base_rate": Decimal(30)}, valid_to=START + timedelta(hours=3))
    zone_tariffs.add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=draft, now=START - timedelta(days=1))
    asked = data_of(ApiClient(admin).patch(f"/api/admin/zones/{zone.pk}/", {"hourly_rate": 40}), 202)
    later = START + timedelta(hours=4)
    assert [price_now(zone, moment).hourly_rate for moment in (START, later)] == [30, 50]
    data_of(decide(second, asked))
    zone.refresh_from_db()
    assert [price_now(zone, moment).hourly_rate for moment in (START, later)] == [40, 40]


def test_a_kind_with_a_dear_tariff_later_today_is_not_made_cheaper(admin: User, second: ApiClient) -> None:
    zone = aged(make_zone("Zone K"))
    begins = START + timedelta(hours=2)
    plain = {"kind_rates": [{"vehicle_kind": "EV", "hourly_rate": 60, "booking_fee": 50}]}
    first = ApiClient(admin)
    data_of(first.patch(f"/api/admin/zones/{zone.pk}/", plain))
    draft = Draft({"base_rate": Decimal(20)}, vehicle_kind="EV", valid_from=START, valid_to=begins)
    zone_tariffs.add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=draft, now=START)
    lower = {"kind_rates": [{"vehicle_kind": "EV", "hourly_rate": 30, "booking_fee": 50}]}
    assert problem_of(first.patch(f"/api/admin/zones/{zone.pk}/", lower)) == (400, "second_person_needed")


def test_peak_hours_alone_wait_and_hold_once_approved(admin: User, second: ApiClient, zone: ParkingZone) -> None:
    first, address = ApiClient(admin), f"/api/admin/zones/{zone.pk}/"
    mixed = first.patch(address, {"night_rate": 30, "name": "Zone C"})
    assert problem_of(mixed) == (400, "second_person_needed")
    asked = data_of(first.patch(address, {"night_rate": 30}), 202)
    assert price_now(zone, START).terms.bands == ()
    data_of(decide(second, asked))
    assert price_now(zone, START).terms.bands == peak_bands({"night_rate": Decimal("30.00")})


@pytest.mark.usefixtures("second")
def test_dearer_peak_hours_need_nobody(admin: User, zone: ParkingZone) -> None:
    rates = dict.fromkeys(("morning_rush_rate", "daytime_rate", "evening_rush_rate", "night_rate"), 60)
    data_of(ApiClient(admin).patch(f"/api/admin/zones/{zone.pk}/", rates))
    assert rate_of(zone) == 60
    data_of(ApiClient(admin).patch(f"/api/admin/zones/{zone.pk}/", rates | {"night_rate": 50}), 202)
