"""Sites and gates on the office's pages."""

from datetime import time

import pytest

from parking.accounts.models import Role
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.facilities.gates import create_gate
from parking.facilities.models import Gate, ParkingSite, ParkingSlot, ParkingZone
from tests.build import make_user, make_zone
from tests.web.office.forms import browser_of, fields_of, hidden_fields, text_of

SITES = "/office/sites/"


@pytest.fixture
def office(admin):
    return browser_of(admin)


def make_site(name="Airport", code="AIR", **fields):
    return ParkingSite.objects.create(name=name, code=code, created_at=clock.now(), **fields)


def make_gate(site, name="North", direction="IN"):
    return create_gate(actor=SYSTEM, site_id=site.pk, name=name, direction=direction, zone_ids=[], now=clock.now())


def manager_of(*sites):
    user = make_user(Role.ADMIN)
    user.site_ids = [site.pk for site in sites]
    user.save(update_fields=["site_ids"])
    return browser_of(user)


def address(site, part=""):
    return f"{SITES}{site.pk}/{part}"


# --- Sites ----------------------------------------------------------------------------------------------


def test_the_list_says_hours_and_what_is_missing(office, zone):
    make_gate(zone.site, direction="BOTH")
    airport = make_site(opens_at=time(5), closes_at=time(1))
    answer = office.get(SITES)
    assert [(site.name, missing) for site, missing in answer.context["sites"]] == [
        ("Airport", ["NO_ZONE", "NO_SLOT", "NO_GATE_IN", "NO_GATE_OUT"]),
        ("Main car park", []),
    ]
    page = text_of(answer)
    assert "05:00–01:00" in page
    assert "No gate where cars come in" in page
    assert f'href="{address(airport)}"' in page


def test_a_site_is_made_closed(office):
    sent = fields_of(office.get(f"{SITES}new/")) | {
        "name": "Airport",
        "code": "AIR",
        "opens_at": "05:00",
        "closes_at": "01:00",
        "last_exit_at": "00:45",
        "latitude": "28.5562",
        "longitude": "77.1",
        "is_open": "on",
    }
    answer = office.post(f"{SITES}new/", sent)
    site = ParkingSite.objects.get()
    assert answer.headers["Location"] == address(site)
    assert (site.name, site.code, site.state, site.time_zone) == ("Airport", "AIR", "CLOSED", "Asia/Kolkata")
    assert (site.opens_at, site.closes_at, site.last_exit_at) == (time(5), time(1), time(0, 45))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "air"}, "code"),
        ({"code": "AIRPORT"}, "code"),
        ({"name": ""}, "name"),
        ({"time_zone": "Delhi"}, "time_zone"),
        ({"opens_at": "05:00"}, "closes_at"),
        ({"latitude": "28"}, "longitude"),
        ({"code": "AIR"}, "code"),
        ({"name": "Airport"}, "name"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(office, zone, change, field):
    make_site()
    answer = office.post(address(zone.site), fields_of(office.get(address(zone.site))) | change)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])


def test_closing_is_asked_about(office, zone):
    sent = fields_of(office.get(address(zone.site)))
    del sent["is_open"]
    question = office.post(address(zone.site), sent)
    assert [(line.before, line.after) for line in question.context["alterations"]] == [("Open", "Closed")]
    zone.site.refresh_from_db()
    assert zone.site.state == "OPEN"
    office.post(address(zone.site), hidden_fields(question) | {"step": "go"})
    zone.site.refresh_from_db()
    assert zone.site.state == "CLOSED"
    assert "Open for cars: Closed" in text_of(office.get(address(zone.site)))


def test_opening_says_what_is_still_missing(office):
    site = make_site()
    make_gate(site, direction="IN")
    question = office.post(address(site), fields_of(office.get(address(site))) | {"is_open": "on"})
    assert question.context["effects"] == [
        "Missing: No zone that is open",
        "Missing: No slots",
        "Missing: No gate where cars leave",
    ]


def test_a_name_is_changed_without_a_question(office, zone):
    office.post(address(zone.site), fields_of(office.get(address(zone.site))) | {"name": "Connaught Place"})
    zone.site.refresh_from_db()
    assert zone.site.name == "Connaught Place"


def test_a_copy_has_zones_and_gates_and_is_closed(office, zone):
    make_gate(zone.site)
    answer = office.post(address(zone.site, "copy/"), {"name": "Second", "code": "SEC"})
    copied = ParkingSite.objects.get(code="SEC")
    assert answer.headers["Location"] == address(copied)
    assert (copied.state, [zone.name for zone in copied.zones.all()], copied.gates.count()) == ("CLOSED", ["Zone A"], 1)
    taken = office.post(address(zone.site, "copy/"), {"name": "Third", "code": "SEC"})
    assert taken.context["form"].errors == {"code": ["There is already a car park with this code."]}


def test_a_site_is_retired_after_a_question(office, zone):
    site = make_site()
    assert "cannot be restored" in text_of(office.get(address(site, "retire/")))
    refused = office.post(address(zone.site, "retire/"), {"step": "go"})
    assert "Retire the zones of this car park first." in text_of(refused)
    assert office.post(address(site, "retire/"), {"step": "go"}).headers["Location"] == SITES
    assert office.get(address(site)).status_code == 404


def test_a_manager_of_one_site_changes_that_one_alone(zone):
    airport = make_site()
    browser = manager_of(airport)
    answer = browser.get(SITES)
    assert [site.name for site, _missing in answer.context["sites"]] == ["Airport"]
    assert "New car park" not in text_of(answer)
    assert f"{address(airport)}copy/" not in text_of(browser.get(address(airport)))
    for path in (f"{SITES}new/", address(airport, "copy/")):
        assert (browser.get(path).status_code, browser.post(path, {}).status_code) == (403, 403)
    assert browser.get(address(zone.site)).status_code == 404
    browser.post(address(airport), fields_of(browser.get(address(airport))) | {"place": "Terminal 3"})
    airport.refresh_from_db()
    assert airport.place == "Terminal 3"


# --- Gates ----------------------------------------------------------------------------------------------


def test_a_gate_is_made_changed_and_retired(office, zone):
    made = office.post(
        address(zone.site, "gates/new/"), {"name": "North", "direction": "IN", "zone_ids": [str(zone.pk)]}
    )
    gate = Gate.objects.get()
    assert made.headers["Location"] == address(zone.site)
    assert (gate.name, gate.direction, [zone.name for zone in gate.zones.all()]) == ("North", "IN", ["Zone A"])
    form = f"/office/gates/{gate.pk}/"
    office.post(form, fields_of(office.get(form)) | {"direction": "BOTH", "zone_ids": []})
    gate.refresh_from_db()
    assert (gate.direction, gate.zones.count()) == ("BOTH", 0)
    assert "North · Which way do cars pass? · Leads to" in text_of(office.get(address(zone.site)))
    assert "cannot" not in text_of(office.get(f"{form}retire/"))
    office.post(f"{form}retire/", {"step": "go"})
    gate.refresh_from_db()
    assert gate.retired_at is not None
    assert office.get(form).status_code == 404


def test_a_gate_leads_to_zones_of_its_site_alone(office, zone):
    airport = make_site()
    terminal = make_zone(site_id=airport.pk)
    make_gate(zone.site)
    answer = office.post(
        address(zone.site, "gates/new/"), {"name": "North", "direction": "IN", "zone_ids": [str(terminal.pk)]}
    )
    assert sorted(answer.context["form"].errors) == ["zone_ids"]
    again = office.post(address(zone.site, "gates/new/"), {"name": "North", "direction": "IN"})
    assert again.context["form"].errors == {"name": ["There is already a gate with this name."]}


def test_a_gate_of_another_site_is_not_there(zone):
    gate, browser = make_gate(zone.site), manager_of(make_site())
    for path in (f"/office/gates/{gate.pk}/", f"/office/gates/{gate.pk}/retire/", address(zone.site, "gates/new/")):
        assert (browser.get(path).status_code, browser.post(path, {"step": "go"}).status_code) == (404, 404)


# --- Zones at sites ---------------------------------------------------------------------------------------


def test_a_zone_without_numbers_is_made_at_a_site_with_its_places(office, zone):
    airport = make_site()
    form = f"/office/zones/new/?site={airport.pk}"
    sent = fields_of(office.get(form))
    assert sent["site_id"] == airport.pk
    answer = office.post(
        form,
        sent
        | {
            "name": "Ramp",
            "hourly_rate": "40",
            "unmarked": "on",
            "places_car": "3",
            "places_two_wheeler": "5",
            "allowed_kinds": ["CAR", "TWO_WHEELER"],
            "max_height_cm": "210",
            "pass_only": "on",
        },
    )
    made = ParkingZone.objects.get(name="Ramp")
    assert answer.headers["Location"] == f"/office/zones/{made.pk}/"
    assert (made.site_id, made.marked, made.allowed_kinds) == (airport.pk, False, ["CAR", "TWO_WHEELER"])
    assert (made.max_height_cm, made.pass_only) == (210, True)
    kinds = sorted(ParkingSlot.objects.filter(zone=made).values_list("kind", flat=True))
    assert kinds == ["CAR"] * 3 + ["TWO_WHEELER"] * 5


def test_the_number_of_places_is_changed(office):
    ramp = make_zone("Ramp", slots=0, marked=False)
    form = f"/office/zones/{ramp.pk}/"
    office.post(form, fields_of(office.get(form)) | {"places_car": "4"})
    office.post(form, fields_of(office.get(form)) | {"places_car": "1", "place": "North side"})
    ramp.refresh_from_db()
    free = ParkingSlot.objects.filter(zone=ramp, status="FREE").count()
    assert (free, ramp.place, ramp.marked) == (1, "North side", False)
    page = text_of(office.get(form))
    assert "Car 4" in page
    assert "CAR-00001" not in page
    assert f"{form}slots/" not in page


def test_places_of_a_zone_with_numbers_are_not_asked_for(office, zone):
    form = office.get(f"/office/zones/{zone.pk}/").context["form"]
    assert not {"unmarked", "places_car", "site_id"} & set(form.fields)
    sent = fields_of(office.get("/office/zones/new/")) | {"name": "Yard", "hourly_rate": "1", "places_car": "3"}
    answer = office.post("/office/zones/new/", sent)
    assert list(answer.context["form"].errors) == ["unmarked"]
