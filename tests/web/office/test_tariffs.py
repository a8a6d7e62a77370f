"""The page of a zone's tariffs: what holds, a new version with what it changes, and what may be taken back."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.forms import BaseForm
from django.test import Client

from parking.accounts.models import Role
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.tariffs import cards
from parking.tariffs.models import RateCard, Tariff
from parking.tariffs.queries import price_now
from parking.tariffs.rules import Prices
from parking.tariffs.rules.templates import peak_bands
from parking.tariffs.rules.terms import WEEK, Band, CollectAt, FreeMode, NextDay, NightCharge, Slab, Weekday
from parking.tariffs.versions import Draft
from parking.tariffs.zone_tariffs import add_tariff
from tests.build import make_user, make_zone
from tests.web.driver.conftest import browser_of

pytestmark = pytest.mark.django_db

# Thursday 26 November 2026, 08:30 in India.
MORNING = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
PLAIN = {
    "vehicle_kind": "CAR", "base_rate": "50", "booking_fee": "50", "lost_ticket_fee": "200", "step_minutes": "60",
    "grace_minutes": "5", "minimum_minutes": "60", "free_minutes": "0", "free_mode": "WHOLE",
    "free_again_after_minutes": "0", "round_to": "0.01", "overstay_percent": "0",
}  # fmt: skip
MORNING_BAND = {"name_0": "Morning", "days_0": "WORKDAYS", "from_0": "06:00", "to_0": "09:00", "rate_0": "80"}


@pytest.fixture(autouse=True)
def _in_the_morning() -> Any:
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def office() -> Client:
    return browser_of(make_user(Role.ADMIN))


def address(zone: ParkingZone) -> str:
    return f"/office/zones/{zone.pk}/tariffs/"


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def test_a_new_version_is_shown_with_what_it_changes_and_then_saved(office: Client, zone: ParkingZone) -> None:
    wanted = PLAIN | MORNING_BAND | {"valid_from": "2026-11-27", "daily_cap": "400"}
    question = office.post(address(zone), wanted)
    words = text_of(question)
    assert "Change the tariff of Zone A?" in words
    # A Friday: one hour of the morning, and one of the day; 24 hours reach the daily maximum.
    assert "₹100 → ₹130" in words
    assert "₹1,200 → ₹400" in words
    assert not Tariff.objects.exists()
    saved = office.post(address(zone), wanted | {"step": "go"})
    assert (saved.status_code, saved.headers["Location"]) == (302, address(zone))
    version = Tariff.objects.get()
    prices = Prices.from_json(version.terms)
    assert prices.bands == (Band("Morning", WEEK[:5], 360, 540, Decimal("80.00")),)
    assert (prices.daily_cap, version.valid_from) == (400, datetime(2026, 11, 26, 18, 30, tzinfo=UTC))


def test_the_template_fills_the_bands(office: Client, zone: ParkingZone) -> None:
    page = office.get(f"{address(zone)}?template=PEAK")
    assert re.findall(r'name="name_\d"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="name_\d"', page.content.decode())
    for name in ("Morning", "Daytime", "Evening", "Night"):
        assert f'value="{name}"' in page.content.decode()


def test_the_present_tariff_is_in_the_form_and_on_top(office: Client, zone: ParkingZone) -> None:
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=Draft({"bands": peak_bands()}), now=MORNING)
    page = office.get(address(zone))
    assert "₹80 per hour" in text_of(page)
    assert "06:00–09:00 Morning ₹80" in text_of(page)
    assert 'value="Evening"' in page.content.decode()


def test_another_kind_begins_with_its_own_tariff(office: Client, zone: ParkingZone) -> None:
    assert "Begin with the present tariff of" not in text_of(office.get(address(zone)))
    bands = {"bands": (Band("Charging", WEEK, 0, 360, Decimal("15.00")),)}
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=Draft(bands, vehicle_kind="EV"), now=MORNING)
    page = office.get(address(zone))
    assert 'href="?kind=EV"' in page.content.decode() and page.context["form"]["name_0"].value() is None
    form = office.get(f"{address(zone)}?kind=EV").context["form"]
    assert (form["vehicle_kind"].value(), form["name_0"].value()) == ("EV", "Charging")
    form = office.get(f"{address(zone)}?template=PEAK&kind=EV").context["form"]
    assert (form["vehicle_kind"].value(), form["name_0"].value()) == ("EV", "Morning")


def test_vehicle_types_are_named_in_the_readers_language(office: Client, zone: ParkingZone) -> None:
    office.cookies["django_language"] = "hi"
    form = office.get(address(zone)).context["form"]
    assert dict(form.fields["vehicle_kind"].choices)["EV"] == "इलेक्ट्रिक कार"


def test_bands_that_overlap_are_refused_in_words(office: Client, zone: ParkingZone) -> None:
    other = {"name_1": "Early", "days_1": "MON", "from_1": "05:00", "to_1": "07:00", "rate_1": "40"}
    page = office.post(address(zone), PLAIN | MORNING_BAND | other)
    assert "Two bands of this tariff hold at the same time." in text_of(page)
    assert not Tariff.objects.exists()


def test_a_band_needs_all_its_fields(office: Client, zone: ParkingZone) -> None:
    page = office.post(address(zone), PLAIN | {"name_0": "Morning", "from_0": "06:00"})
    assert text_of(page).count("Please fill this in too.") >= 2


# Each set of days two hours, so that none overlap; the last one passes midnight.
SETS_OF_DAYS = (
    WEEK, WEEK[:5], WEEK[5:], (Weekday.SUN,), (Weekday.HOLIDAY,), tuple(Weekday),
    (Weekday.MON, Weekday.WED, Weekday.FRI), (Weekday.FRI, Weekday.HOLIDAY), (*WEEK[:5], Weekday.HOLIDAY),
    (*WEEK[5:], Weekday.HOLIDAY), WEEK[:6], WEEK[:5],
)  # fmt: skip
WORDS_OF_SETS = [
    "Every day", "Mon to Fri", "Sat and Sun", "Sun", "Holidays", "Every day, Holidays", "Mon, Wed, Fri",
    "Fri, Holidays", "Mon to Fri, Holidays", "Sat and Sun, Holidays", "Mon, Tue, Wed, Thu, Fri, Sat", "Mon to Fri",
]  # fmt: skip
TWELVE = tuple(
    Band(f"Band {number}", days, number * 120 + 60, (number * 120 + 180) % 1440, Decimal(f"{number + 10}.50"))
    for number, days in enumerate(SETS_OF_DAYS)
)
FULL = {
    "base_rate": Decimal("45.50"), "booking_fee": Decimal("30.00"), "bands": TWELVE, "step_minutes": 15,
    "grace_minutes": 7, "minimum_minutes": 45, "free_minutes": 20, "free_mode": FreeMode.DEDUCT,
    "free_again_after_minutes": 1440, "night_charge": NightCharge(1380, 300, Decimal("25.00")),
    "daily_cap": Decimal("640.00"), "round_to": Decimal(5), "lost_ticket_fee": Decimal("350.00"),
    "overstay_percent": 40, "collect_at": CollectAt.ENTRY,
}  # fmt: skip
LENGTHS = tuple(Slab(60 * number, Decimal(10 * number), None if number % 2 else 30) for number in range(1, 12))
BY_LENGTH = {
    **FULL, "bands": (), "daily_cap": None, "next_day": NextDay.FULL,
    "slabs": (*LENGTHS, Slab(1440, Decimal("500.00"))),
}  # fmt: skip


def fields_of(form: BaseForm) -> dict[str, str]:
    """Return what a browser sends of a form as it was opened."""
    sent = {field.html_name: field.field.widget.format_value(field.value()) for field in form}
    return {name: value[0] if isinstance(value, list) else value or "" for name, value in sent.items()}


@pytest.mark.parametrize("fields", [FULL, BY_LENGTH])
def test_a_tariff_that_is_saved_unchanged_keeps_every_field(
    office: Client, zone: ParkingZone, fields: dict[str, Any]
) -> None:
    made = add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=Draft(fields), now=MORNING)
    before = Prices.from_json(made.terms)
    assert len(before.bands or before.slabs) == 12
    wanted = fields_of(office.get(address(zone)).context["form"])
    question = office.post(address(zone), wanted)
    saved = office.post(address(zone), fields_of(question.context["form"]) | {"step": "go"})
    assert saved.status_code == 302
    assert Prices.from_json(Tariff.objects.exclude(pk=made.pk).get(is_base=False).terms) == before


def test_each_band_shows_its_days(office: Client, zone: ParkingZone) -> None:
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=Draft({"bands": TWELVE}), now=MORNING)
    form = office.get(address(zone)).context["form"]
    chosen = [dict(row[1].field.choices)[row[1].value()] for row in form.rows[:12]]
    assert [str(words) for words in chosen] == WORDS_OF_SETS


@pytest.mark.parametrize(("bands", "rows"), [(0, 8), (4, 8), (5, 9), (12, 16), (47, 50), (50, 50)])
def test_there_are_rows_for_all_bands_and_some_more(office: Client, zone: ParkingZone, bands: int, rows: int) -> None:
    """A tariff has fifty bands at most."""
    laid = tuple(Band(f"Band {one}", WEEK, one, one + 1, Decimal(20)) for one in range(bands))
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=Draft({"bands": laid}), now=MORNING)
    assert len(office.get(address(zone)).context["form"].rows) == rows


def test_rows_that_were_typed_come_back_with_some_more(office: Client, zone: ParkingZone) -> None:
    typed = {f"{name}_7": value for name, value in (("name", "Late"), ("days", "SUN"), ("from", "22:00"))}
    form = office.post(address(zone), PLAIN | typed).context["form"]
    assert (len(form.rows), form["name_7"].value(), form["days_7"].value()) == (12, "Late", "SUN")


@pytest.mark.parametrize("days", ["MON,MON", "WED,MON", "SAT,SUN", "MOON", ","])
def test_days_that_nobody_offered_are_refused(office: Client, zone: ParkingZone, days: str) -> None:
    page = office.post(address(zone), PLAIN | MORNING_BAND | {"days_0": days, "step": "go"})
    assert list(page.context["form"].errors) == ["days_0"]
    assert not Tariff.objects.exists()


# --- Free again, overstay, rounding ------------------------------------------------------------------

RARE = {"free_minutes": "15", "free_again_after_minutes": "1440", "round_to": "5", "overstay_percent": "50"}


def test_free_again_overstay_and_rounding_are_set_on_the_page(office: Client, zone: ParkingZone) -> None:
    wanted = PLAIN | RARE | {"base_rate": "52"}
    words = text_of(office.post(address(zone), wanted))
    assert "Each vehicle has free minutes once in 24 h" in words
    assert "Time after the booked end costs 50 % more" in words
    assert "The total is rounded to ₹5" in words
    # An hour, two hours, four hours.
    for change in ("₹50, the same", "₹100 → ₹105", "₹200 → ₹210"):
        assert change in words
    office.post(address(zone), wanted | {"step": "go"})
    prices = Prices.from_json(Tariff.objects.get().terms)
    assert (prices.free_again_after_minutes, prices.round_to, prices.overstay_percent) == (1440, 5, 50)
    form = office.get(address(zone)).context["form"]
    assert '<option value="5" selected>₹5</option>' in str(form["round_to"])
    assert [form[name].value() for name in ("free_again_after_minutes", "overstay_percent")] == [1440, 50]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("free_again_after_minutes", "527041"), ("free_again_after_minutes", ""), ("overstay_percent", "501"),
        ("overstay_percent", "-1"), ("overstay_percent", "1.5"), ("round_to", "2"), ("round_to", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_with_them_stands_at_the_field(office: Client, zone: ParkingZone, field: str, value: str) -> None:
    page = office.post(address(zone), PLAIN | RARE | {field: value, "step": "go"})
    assert list(page.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in page.content.decode()
    assert not Tariff.objects.exists()


def test_they_are_explained_in_the_readers_language(office: Client, zone: ParkingZone) -> None:
    office.cookies["django_language"] = "hi"
    page = office.get(address(zone)).content.decode()
    for text in ("A vehicle has free minutes once", "The whole bill, half up", "Comes on top of each step"):
        assert text not in page


def test_what_has_not_begun_is_withdrawn_and_an_event_is_ended(office: Client, zone: ParkingZone) -> None:
    days = timedelta(days=2)
    later = add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=Draft(valid_from=MORNING + days), now=MORNING)
    draft = Draft({"base_rate": Decimal("90.00")}, valid_to=MORNING + days)
    event = add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=draft, now=MORNING - days)
    office.post(f"{address(zone)}{later.pk}/")
    assert not Tariff.objects.filter(pk=later.pk).exists()
    assert price_now(zone, MORNING).hourly_rate == 90
    office.post(f"{address(zone)}{event.pk}/", {"end": "1"})
    assert price_now(zone, MORNING).hourly_rate == 50
    refused = office.post(f"{address(zone)}{event.pk}/", follow=True)
    assert "This tariff has begun." in text_of(refused)


def test_an_auditor_sees_them_without_the_form(zone: ParkingZone) -> None:
    page = browser_of(make_user(Role.AUDITOR)).get(address(zone))
    assert page.status_code == 200
    assert "New version" not in text_of(page)


# --- Rate cards --------------------------------------------------------------------------------------

CARDS = "/office/rate-cards/"


def test_a_card_is_made_after_its_zones_were_shown(office: Client, zone: ParkingZone) -> None:
    other = make_zone("Zone B", rate="75.00")
    add_tariff(actor=SYSTEM, zone_id=other.pk, draft=Draft({"base_rate": Decimal("77.00")}), now=MORNING)
    wanted = PLAIN | {"name": "City", "zone_ids": [zone.pk, other.pk], "base_rate": "40"}
    words = text_of(office.post(CARDS, wanted))
    assert "Main car park · Zone A Main car park · Zone B has a tariff of its own" in words
    assert "₹100 → ₹80" in words
    assert not RateCard.objects.exists()
    saved = office.post(CARDS, wanted | {"step": "go"})
    card = RateCard.objects.get()
    assert saved.headers["Location"] == f"{CARDS}{card.pk}/"
    assert [price_now(one, MORNING).hourly_rate for one in (zone, other)] == [40, 77]
    assert "City" in text_of(office.get(CARDS))


def test_a_new_version_of_a_card_begins_with_the_fields_of_the_newest(office: Client, zone: ParkingZone) -> None:
    fields = {"base_rate": Decimal("40.00"), "round_to": Decimal(5)}
    card = cards.create_card(actor=SYSTEM, name="City", zone_ids=[zone.pk], draft=Draft(fields), now=MORNING)
    shown = fields_of(office.get(f"{CARDS}{card.pk}/").context["form"])
    wanted = shown | {"valid_from": "2026-11-27", "base_rate": "50"}
    assert "Change the tariff of City?" in text_of(office.post(f"{CARDS}{card.pk}/", wanted))
    office.post(f"{CARDS}{card.pk}/", wanted | {"step": "go"})
    newest = Prices.from_json(Tariff.objects.latest("pk").terms)
    assert (newest.base_rate, newest.round_to) == (50, 5)
    later = MORNING + timedelta(days=1)
    assert [price_now(zone, moment).hourly_rate for moment in (MORNING, later)] == [40, 50]


def test_the_tariffs_of_a_zone_name_the_card_that_is_laid_on_it(office: Client, zone: ParkingZone) -> None:
    assert "The plain rate of the zone holds." in text_of(office.get(address(zone)))
    draft = Draft({"base_rate": Decimal(60)})
    card = cards.create_card(actor=SYSTEM, name="City", draft=draft, zone_ids=[zone.pk], now=MORNING)
    shown = office.get(address(zone))
    assert f'href="/office/rate-cards/{card.pk}/"' in shown.content.decode()
    words = text_of(shown)
    assert "City · Car" in words and "This zone has no tariff of its own." in words
    assert "The plain rate of the zone holds." not in words and "has a tariff of its own" not in words
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=draft, now=MORNING)
    assert "City · Car has a tariff of its own" in text_of(office.get(address(zone)))


def test_a_card_whose_only_version_was_withdrawn_still_has_its_page(office: Client, zone: ParkingZone) -> None:
    draft = Draft({"base_rate": Decimal("40.00")}, valid_from=MORNING + timedelta(days=1))
    card = cards.create_card(actor=SYSTEM, name="City", zone_ids=[zone.pk], draft=draft, now=MORNING)
    cards.withdraw_version(actor=SYSTEM, card_id=card.pk, tariff_id=Tariff.objects.latest("pk").pk, now=MORNING)
    page = office.get(f"{CARDS}{card.pk}/")
    assert page.status_code == 200
    assert page.context["form"]["base_rate"].value() == Decimal("50.00")


SLABS = {"slab_until_0": "120", "slab_price_0": "30", "slab_until_1": "1440", "slab_price_1": "10"}


def test_a_tariff_by_the_length_of_the_stay_is_set_on_the_page(office: Client, zone: ParkingZone) -> None:
    wanted = PLAIN | SLABS | {"slab_every_1": "60", "next_day": "FULL", "lost_ticket_fee": "25000"}
    words = text_of(office.post(address(zone), wanted))
    assert "Up to 2 h: ₹30" in words
    office.post(address(zone), wanted | {"step": "go"})
    prices = Prices.from_json(Tariff.objects.get().terms)
    assert prices.slabs == (Slab(120, Decimal("30.00")), Slab(1440, Decimal("10.00"), 60))
    assert (prices.next_day, prices.lost_ticket_fee) == (NextDay.FULL, Decimal("25000.00"))
    page = office.get(address(zone)).content.decode()
    assert 'value="1440"' in page


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"daily_cap": "400"}, "Empty, where the length of the stay decides."),
        (MORNING_BAND, "No bands, where the length of the stay decides."),
        ({"slab_until_1": "600"}, "the last one 1,440 minutes."),
        ({"slab_until_2": "", "slab_every_2": "60"}, "Please fill this in too."),
    ],
)
def test_slabs_stand_alone_and_cover_a_day(
    office: Client, zone: ParkingZone, others: dict[str, str], words: str
) -> None:
    assert words in text_of(office.post(address(zone), PLAIN | SLABS | others | {"step": "go"}))
    assert not Tariff.objects.exists()
