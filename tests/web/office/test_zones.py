"""Zones on pages: what is shown, what is asked before it is saved, what is refused."""

from datetime import time
from decimal import Decimal

import pytest

from parking.accounts.models import Role
from parking.audit.models import AuditEntry
from parking.core import fresh
from parking.facilities.models import ParkingZone
from parking.facilities.services import retire_zone
from parking.tariffs.models import ZoneTariff
from tests.build import actor, book, make_user, make_zone
from tests.web.office.forms import browser_of, fields_of, hidden_fields, text_of

ZONES = "/office/zones/"


@pytest.fixture
def office(admin):
    return browser_of(admin)


def address(zone):
    return f"{ZONES}{zone.pk}/"


# --- Seen ----------------------------------------------------------------------------------------------


def test_the_list_shows_counts_prices_and_what_is_retired(office, admin, driver):
    zone = make_zone("Zone A", rate="10000", slots=3)
    book(driver, zone)
    gone = make_zone("Old yard", slots=0)
    retire_zone(actor=actor(admin), zone_id=gone.pk, now=gone.created_at)
    answer = office.get(ZONES)
    page = text_of(answer)
    [(shown, counts)] = answer.context["zones"]
    assert (shown.pk, counts.total, counts.available, counts.booked) == (zone.pk, 3, 2, 1)
    assert "₹10,000" in page
    assert page.index("Retired zones") < page.index("Old yard")
    assert office.get(address(gone)).status_code == 404


@pytest.mark.parametrize("zones", [1, 6])
def test_the_list_costs_the_same_however_many_zones_there_are(office, zones, django_assert_num_queries):
    for _ in range(zones):
        make_zone(slots=2)
    office.get(ZONES)  # the process keeps what it read of the brand, prices, demand and notices
    with django_assert_num_queries(7):  # session, account, sites, zones, counts, retired, what waits
        office.get(ZONES)


def test_an_unchanged_list_costs_no_statement(office, zone, driver, django_assert_num_queries):
    first = office.get(f"{ZONES}live/", headers={"X-Live": "true"})
    with django_assert_num_queries(0):
        again = office.get(f"{ZONES}live/", headers={"X-Live": "true", "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    book(driver, zone)
    fresh.forget_all()
    news = office.get(f"{ZONES}live/", headers={"X-Live": "true", "If-None-Match": first.headers["ETag"]})
    assert news.status_code == 200


# --- Made and changed --------------------------------------------------------------------------------------


def test_a_zone_is_made_with_all_its_fields(office, admin):
    answer = office.post(
        f"{ZONES}new/",
        fields_of(office.get(f"{ZONES}new/"))
        | {
            "name": "छत पार्किंग",
            "place": "Roof",
            "contact": "+91 11 5550 0100",
            "latitude": "28.613939123",
            "longitude": "77.209",
            "hourly_rate": "₹1,250.50",
            "booking_fee": "20",
            "TWO_WHEELER_hourly_rate": "15",
            "TWO_WHEELER_booking_fee": "0",
            "hold_minutes": "12",
            "no_show_minutes": "45",
            "opens_at": "06:00",
            "closes_at": "23:30",
            "features": ["covered", "cctv"],
            "restrictions": "No trucks",
        },
    )
    zone = ParkingZone.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{address(zone)}slots/")
    assert (zone.name, zone.place, zone.contact, zone.restrictions) == (
        "छत पार्किंग",
        "Roof",
        "+91 11 5550 0100",
        "No trucks",
    )
    assert (zone.hourly_rate, zone.booking_fee) == (Decimal("1250.50"), Decimal("20.00"))
    assert (zone.latitude, zone.longitude) == (Decimal("28.613939"), Decimal("77.209000"))
    assert (zone.hold_minutes, zone.no_show_minutes, zone.is_active) == (12, 45, True)
    assert (zone.opens_at, zone.closes_at, zone.features) == (time(6), time(23, 30), ["covered", "cctv"])
    rate = ZoneTariff.objects.get()
    assert (rate.vehicle_kind, rate.hourly_rate, rate.booking_fee) == ("TWO_WHEELER", Decimal("15.00"), Decimal("0.00"))
    assert AuditEntry.objects.get(action="zone.created").actor_id == admin.pk


def test_what_changes_no_price_is_saved_without_a_question(office, zone):
    form = fields_of(office.get(address(zone)))
    answer = office.post(address(zone), form | {"contact": "Ravi at the gate"})
    assert (answer.status_code, answer.headers["Location"]) == (302, address(zone))
    zone.refresh_from_db()
    assert (zone.contact, zone.hourly_rate) == ("Ravi at the gate", Decimal("50.00"))
    assert AuditEntry.objects.get(action="zone.changed").facts["changed"] == ["contact"]


def test_saving_what_stands_changes_nothing(office, zone):
    answer = office.post(address(zone), fields_of(office.get(address(zone))), follow=True)
    assert "Nothing was changed." in text_of(answer)
    assert not AuditEntry.objects.filter(action="zone.changed").exists()


def test_a_new_price_is_asked_about_with_old_and_new(office, zone):
    form = fields_of(office.get(address(zone))) | {"hourly_rate": "60"}
    question = office.post(address(zone), form)
    page = text_of(question)
    assert question.status_code == 200
    assert [(line.label, line.before, line.after) for line in question.context["alterations"]] == [
        ("Rate per hour", "₹50", "₹60")
    ]
    assert "Stays that are booked, and cars that are inside, keep the old ones." in page
    zone.refresh_from_db()
    assert zone.hourly_rate == Decimal("50.00")


def test_what_was_asked_about_is_saved_after_a_yes(office, zone, driver):
    before = book(driver, zone)
    form = fields_of(office.get(address(zone)))
    form.pop("is_active")
    question = office.post(address(zone), form | {"hourly_rate": "60", "features": ["covered", "guarded"]})
    assert "The zone takes no new bookings." in text_of(question)
    answer = office.post(address(zone), hidden_fields(question) | {"step": "go"})
    assert (answer.status_code, answer.headers["Location"]) == (302, address(zone))
    zone.refresh_from_db()
    assert (zone.hourly_rate, zone.is_active, zone.features) == (Decimal("60.00"), False, ["covered", "guarded"])
    assert before.terms["base_rate"] == "50.00"
    page = text_of(office.get(address(zone)))
    assert "Rate per hour: ₹50 → ₹60" in page


def test_going_back_keeps_what_was_typed_and_saves_nothing(office, zone):
    form = fields_of(office.get(address(zone))) | {"hourly_rate": "60", "place": "Roof"}
    question = office.post(address(zone), form)
    again = office.post(address(zone), hidden_fields(question) | {"step": "back"})
    assert again.context["form"]["hourly_rate"].value() == "60"
    assert 'value="Roof"' in text_of(again)
    zone.refresh_from_db()
    assert (zone.hourly_rate, zone.place) == (Decimal("50.00"), "")


def test_prices_of_other_vehicles_are_asked_about_and_set(office, zone):
    form = fields_of(office.get(address(zone)))
    question = office.post(address(zone), form | {"EV_hourly_rate": "40", "EV_booking_fee": "10"})
    assert question.context["alterations"][0].before == "none"
    office.post(address(zone), hidden_fields(question) | {"step": "go"})
    rate = ZoneTariff.objects.get()
    assert (rate.vehicle_kind, rate.hourly_rate, rate.booking_fee) == ("EV", Decimal("40.00"), Decimal("10.00"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"hourly_rate": "-1"}, "hourly_rate"),
        ({"hourly_rate": "10000.01"}, "hourly_rate"),
        ({"hourly_rate": "1.005"}, "hourly_rate"),
        ({"hourly_rate": "1e99999"}, "hourly_rate"),
        ({"hourly_rate": "NaN"}, "hourly_rate"),
        ({"booking_fee": "fifty"}, "booking_fee"),
        ({"opens_at": "06:00"}, "closes_at"),
        ({"opens_at": "25:00", "closes_at": "26:00"}, "opens_at"),
        ({"latitude": "91", "longitude": "0"}, "latitude"),
        ({"latitude": "1e999", "longitude": "0"}, "latitude"),
        ({"latitude": "28.6"}, "longitude"),
        ({"hold_minutes": "0"}, "hold_minutes"),
        ({"no_show_minutes": "1441"}, "no_show_minutes"),
        ({"features": ["covered", "<b>"]}, "features"),
        ({"EV_hourly_rate": "10"}, "EV_booking_fee"),
        ({"name": "a\x00b"}, "name"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(office, zone, change, field):
    answer = office.post(address(zone), fields_of(office.get(address(zone))) | change | {"step": "go"})
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not AuditEntry.objects.filter(action="zone.changed").exists()


def test_a_name_that_is_taken_is_said_at_the_name(office, zone):
    make_zone("Zone B")
    answer = office.post(address(zone), fields_of(office.get(address(zone))) | {"name": "Zone B"})
    assert answer.context["form"].errors["name"] == ["There is already a zone with this name."]
    zone.refresh_from_db()
    assert zone.name == "Zone A"


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(office, zone):
    form = fields_of(office.get(address(zone)))
    ParkingZone.objects.update(hourly_rate=Decimal("80.00"))
    answer = office.post(address(zone), form | {"contact": "Ravi", "step": "go"})
    assert answer.status_code == 200
    assert "Someone else changed this" in text_of(answer)
    zone.refresh_from_db()
    assert (zone.hourly_rate, zone.contact) == (Decimal("80.00"), "")


def test_a_feature_that_another_program_set_is_kept(office):
    zone = make_zone(features=["valet"])
    form = fields_of(office.get(address(zone)))
    office.post(address(zone), form | {"contact": "Ravi"})
    zone.refresh_from_db()
    assert (zone.features, zone.contact) == (["valet"], "Ravi")


def test_what_is_typed_is_never_markup(office, zone):
    form = fields_of(office.get(address(zone))) | {"place": "<script>alert(1)</script>", "hourly_rate": "60"}
    question = text_of(office.post(address(zone), form))
    assert "<script>alert" not in question
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in question


# --- Retired ------------------------------------------------------------------------------------------------


def test_retiring_asks_first(office, zone):
    assert "cannot be restored" in text_of(office.get(f"{address(zone)}retire/"))
    office.post(f"{address(zone)}retire/", {"sent": "without the answer"})
    zone.refresh_from_db()
    assert zone.retired_at is None
    answer = office.post(f"{address(zone)}retire/", {"step": "go"})
    assert (answer.status_code, answer.headers["Location"]) == (302, ZONES)
    zone.refresh_from_db()
    assert zone.retired_at is not None


def test_a_zone_with_an_open_stay_is_not_retired(office, zone, driver):
    book(driver, zone)
    answer = office.post(f"{address(zone)}retire/", {"step": "go"})
    assert "This zone has open bookings, cars inside or slots that are kept for passes." in text_of(answer)
    zone.refresh_from_db()
    assert zone.retired_at is None


# --- Access -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.USER, Role.STAFF])
@pytest.mark.parametrize("part", ["", "retire/", "slots/"])
def test_nobody_but_a_manager_changes_a_zone(zone, role, part):
    answer = browser_of(make_user(role)).post(f"{address(zone)}{part}", {"step": "go", "hourly_rate": "1"})
    assert answer.status_code == 403
    zone.refresh_from_db()
    assert (zone.hourly_rate, zone.retired_at) == (Decimal("50.00"), None)


def test_a_form_without_its_token_does_nothing(admin, zone):
    browser = browser_of(admin, enforce_csrf_checks=True)
    assert browser.post(f"{address(zone)}retire/", {"step": "go"}).status_code == 403
    zone.refresh_from_db()
    assert zone.retired_at is None
