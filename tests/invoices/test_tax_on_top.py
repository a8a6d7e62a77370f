"""Car parks that write their tariffs without GST: whoever parks there sees and pays prices with it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.accounts.models import User
from parking.checkout.documents import facts_of
from parking.core.actor import SYSTEM
from parking.core.errors import InvalidInput
from parking.facilities.models import ParkingSite, ParkingZone
from parking.invoices.profiles import NewProfile, add_profile
from parking.invoices.services import issue_for_bill
from parking.replays.services import start_replay
from parking.tariffs import cards, services, zone_tariffs
from parking.tariffs.queries import estimate, price_now, rates_of_kinds
from parking.tariffs.rules import KindRate, Prices, Terms
from parking.tariffs.rules.tax import percent_on, with_tax
from parking.tariffs.rules.terms import WEEK, Band, NightCharge, Slab
from parking.tariffs.versions import Draft
from tests.api.reading import book, data_of, enter, errors_of, leave
from tests.client import ApiClient
from tests.invariants import assert_books_agree
from tests.invoices.conftest import GSTIN, register, stayed
from tests.moments import START
from tests.web.office.forms import browser_of, fields_of, text_of
from tests.web.office.test_tariffs import PLAIN

SPANS = [{"from": "2026-04-01", "percent": "18.00"}, {"from": "2026-12-01", "percent": "0"}]


@pytest.mark.parametrize(
    ("day", "percent"),
    [(date(2026, 3, 31), 0), (date(2026, 4, 1), 18), (date(2026, 11, 30), 18), (date(2026, 12, 1), 0)],
)
def test_what_comes_on_top_goes_by_the_day(day: date, percent: int) -> None:
    assert percent_on(SPANS, day) == percent


def test_every_amount_of_a_tariff_has_the_tax_on_top_half_up() -> None:
    prices = Prices(
        Decimal("50.00"), Decimal("50.00"), bands=(Band("Noon", WEEK, 0, 60, Decimal("0.25")),), daily_cap=Decimal(400),
        slabs=(Slab(1440, Decimal("33.33")),), night_charge=NightCharge(0, 60, Decimal("60.00")),
        lost_ticket_fee=Decimal("200.00"), overstay_percent=50, round_to=Decimal(5),
    )  # fmt: skip
    found = with_tax(prices, Decimal("18.00"))
    amounts = (found.base_rate, found.booking_fee, found.bands[0].rate, found.daily_cap, found.slabs[0].price)
    assert amounts == tuple(map(Decimal, ("59.00", "59.00", "0.30", "472.00", "39.33")))
    assert found.night_charge is not None and found.night_charge.price == Decimal("70.80")
    assert (found.lost_ticket_fee, found.overstay_percent, found.round_to) == (Decimal("236.00"), 50, Decimal(5))
    assert with_tax(prices, Decimal(0)) is prices
    assert isinstance(with_tax(Terms(Decimal(1), Decimal(1)), Decimal(18)), Terms)


@pytest.fixture
def on_top(zone: ParkingZone) -> ParkingZone:
    """Zone A at ₹50 an hour and for a booking, to which 18 % come."""
    register(zone.site, prices_include_tax=False)
    zone.refresh_from_db()
    return ParkingZone.objects.select_related("site").get(pk=zone.pk)


@pytest.mark.django_db
def test_prices_are_shown_with_it(as_admin: ApiClient, anybody: ApiClient, on_top: ParkingZone) -> None:
    [tariff] = data_of(anybody.get(f"/api/public/zones/{on_top.pk}/tariff/"))
    assert (tariff["base_rate"], tariff["rate_now"], tariff["booking_fee"]) == (59.0, 59.0, 59.0)
    found = data_of(anybody.get(f"/api/public/zones/{on_top.pk}/estimate/", minutes=126))
    assert (found["total"], found["booking_fee"]) == (177.0, 59.0)
    [zone] = data_of(anybody.get("/api/public/zones/"))
    assert (zone["hourly_rate"], zone["booking_fee"]) == (59.0, 59.0)
    # What a manager has set stays as it was written.
    assert data_of(as_admin.get(f"/api/admin/zones/{on_top.pk}/tariffs/"))["results"] == []


@pytest.mark.django_db
def test_a_manager_may_send_back_what_was_read(as_admin: ApiClient, anybody: ApiClient, on_top: ParkingZone) -> None:
    address = f"/api/admin/zones/{on_top.pk}/"
    services.update_zone(
        actor=SYSTEM, zone_id=on_top.pk, changes={}, kind_rates=[KindRate("EV", Decimal(80), Decimal(20))], now=START
    )
    found = data_of(as_admin.get(address))
    assert (found["hourly_rate"], found["booking_fee"]) == (50.0, 50.0)
    assert data_of(as_admin.get("/api/admin/zones/"))["results"] == [found]
    sent = {name: found[name] for name in ("hourly_rate", "booking_fee", "kind_rates")}
    assert data_of(as_admin.patch(address, sent)) == found
    assert data_of(as_admin.get(address)) == found
    [public] = data_of(anybody.get("/api/public/zones/"))
    assert (public["hourly_rate"], public["booking_fee"]) == (59.0, 59.0)


@pytest.mark.django_db
def test_where_prices_include_it_all_answers_have_the_same(
    as_admin: ApiClient, anybody: ApiClient, zone: ParkingZone
) -> None:
    register(zone.site)
    address = f"/api/admin/zones/{zone.pk}/"
    found = data_of(as_admin.get(address))
    sent = {name: found[name] for name in ("hourly_rate", "booking_fee")}
    assert data_of(as_admin.patch(address, sent)) == found
    [public] = data_of(anybody.get("/api/public/zones/"))
    assert found["hourly_rate"] == public["hourly_rate"] == 50.0


@pytest.mark.django_db
@pytest.mark.parametrize("includes_tax", [True, False])
def test_the_page_of_a_zone_saves_what_it_shows(zone: ParkingZone, admin: User, includes_tax: bool) -> None:
    register(zone.site, prices_include_tax=includes_tax)
    office, address = browser_of(admin), f"/office/zones/{zone.pk}/"
    page = office.get(address)
    assert ("Tariffs of this car park are written without GST." in text_of(page)) is not includes_tax
    assert office.post(address, fields_of(page) | {"contact": "+91 11 5550 0199"}).status_code == 302
    zone = ParkingZone.objects.select_related("site").get(pk=zone.pk)
    assert zone.contact == "+91 11 5550 0199"
    assert price_now(zone, START).prices.base_rate == Decimal("50.00")
    assert not zone.tariff_versions.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("includes_tax", [True, False])
def test_pages_say_that_prices_are_written_without_it(
    zone: ParkingZone, admin: User, driver: User, includes_tax: bool
) -> None:
    register(zone.site, prices_include_tax=includes_tax)
    draft = Draft({"base_rate": Decimal(50), "booking_fee": Decimal(0)})
    card = cards.create_card(actor=SYSTEM, name="City", zone_ids=[zone.pk], draft=draft, now=START)
    office, address = browser_of(admin), f"/office/rate-cards/{card.pk}/"
    says_so = f"Tariffs are written without GST at {zone.site.name}. Drivers see and pay prices with it."
    assert (says_so in text_of(office.get(address))) is not includes_tax
    preview = office.post(address, PLAIN | {"base_rate": "60"})
    assert preview.context["after"].rate == Decimal("60.00" if includes_tax else "70.80")
    assert ("All prices include GST." in text_of(preview)) is not includes_tax
    driver_sees = text_of(browser_of(driver).get(f"/zones/{zone.pk}/"))
    assert ("All prices include GST." in driver_sees) is not includes_tax
    assert ("₹50" if includes_tax else "₹59") in driver_sees
    assert "All prices include GST." in text_of(browser_of(driver).get(f"/board/{zone.site_id}/"))


@pytest.mark.django_db
def test_the_bill_is_of_the_price_that_was_shown(
    as_driver: ApiClient, as_staff: ApiClient, on_top: ParkingZone
) -> None:
    booking = data_of(book(as_driver, on_top.pk), 201)
    assert (booking["hourly_rate"], booking["amount_paid"]) == (59.0, 59.0)
    enter(as_staff, booking)
    bill = data_of(leave(as_staff, booking))
    assert (bill["total_amount"], bill["amount_charged"]) == (59.0, 0.0)
    assert_books_agree()


@pytest.mark.django_db
def test_an_invoice_takes_the_tax_out_of_what_was_paid(driver: User, staff: User, on_top: ParkingZone) -> None:
    stay = stayed(driver, staff, on_top, tendered="500.00")
    document = issue_for_bill(bill=stay.bill, facts=facts_of(stay), now=START + timedelta(days=1))
    assert document.total == document.taxable + document.cgst + document.sgst == Decimal("177.00")
    assert (document.taxable, document.cgst) == (Decimal("150.00"), Decimal("13.50"))


@pytest.mark.django_db
def test_what_is_set_is_written_and_shown_to_managers_without_it(on_top: ParkingZone, admin: User) -> None:
    services.update_zone(
        actor=SYSTEM, zone_id=on_top.pk, changes={}, kind_rates=[KindRate("EV", Decimal(80), Decimal(20))], now=START
    )
    assert rates_of_kinds(on_top, START) == [KindRate("EV", Decimal("80.00"), Decimal("20.00"))]
    assert price_now(on_top, START, "EV").hourly_rate == Decimal("94.40")
    zone_tariffs.add_tariff(actor=SYSTEM, zone_id=on_top.pk, draft=Draft({"base_rate": Decimal(60)}), now=START)
    office = browser_of(admin)
    page = office.get(f"/office/zones/{on_top.pk}/tariffs/")
    assert "Tariffs of this car park are written without GST." in text_of(page)
    assert str(fields_of(page)["base_rate"]).startswith("60")
    assert str(fields_of(office.get(f"/office/zones/{on_top.pk}/"))["hourly_rate"]).startswith("60")
    assert estimate(zone=on_top, begins=START, until=START + timedelta(hours=1)).total == Decimal("70.80")


@pytest.mark.django_db
def test_it_goes_by_the_profile_of_the_day(on_top: ParkingZone) -> None:
    later = date(2026, 12, 1)
    register(on_top.site, prefix="KA2", holds_from=later)
    site = ParkingSite.objects.get(pk=on_top.site_id)
    assert site.tax_on_top == [
        {"from": "2026-04-01", "percent": "18.00"},
        {"from": "2026-12-01", "percent": "0.00"},
    ]


@pytest.mark.django_db
def test_a_site_whose_tariffs_include_it_has_nothing_on_top(zone: ParkingZone) -> None:
    register(zone.site)
    assert ParkingSite.objects.get(pk=zone.site_id).tax_on_top == []
    assert price_now(zone, START).hourly_rate == 50


@pytest.mark.django_db
def test_an_operator_without_gstin_adds_no_tax(zone: ParkingZone) -> None:
    wanted = NewProfile(date(2026, 4, 1), "Namma Parking", "KA1", prices_include_tax=False)
    add_profile(actor=SYSTEM, site=zone.site, wanted=wanted, now=START)
    assert ParkingSite.objects.get(pk=zone.site_id).tax_on_top == []


@pytest.mark.django_db
@pytest.mark.parametrize("rate", ["18.00", "12.00"])
def test_no_profile_makes_a_running_day_cheaper(on_top: ParkingZone, rate: str) -> None:
    """A tariff that does takes two people."""
    fields: dict[str, Any] = {"prices_include_tax": True} if rate == "18.00" else {"prices_include_tax": False}
    with pytest.raises(InvalidInput) as refusal:
        register(on_top.site, prefix="KA2", holds_from=START.date(), rate=Decimal(rate), **fields)
    assert list(refusal.value.errors) == ["prices_include_tax"]
    register(on_top.site, prefix="KA2", holds_from=START.date() + timedelta(days=1), rate=Decimal(rate), **fields)


@pytest.mark.django_db
def test_it_is_set_by_call_and_page(as_admin: ApiClient, admin: User, zone: ParkingZone) -> None:
    body = {
        "site_id": zone.site_id, "legal_name": "Namma Parking", "gstin": GSTIN, "series_prefix": "KA1",
        "valid_from": "2026-04-01", "prices_include_tax": False,
    }  # fmt: skip
    assert data_of(as_admin.post("/api/admin/tax-profiles/", body), 201)["prices_include_tax"] is False
    office = browser_of(admin)
    assert "on top of tariffs" in text_of(office.get("/office/tax/"))
    form = fields_of(office.get(f"/office/tax/new/?site={zone.site_id}"))
    assert form["prices_without_tax"]
    today = {"holds_from": "2026-04-02", "series_prefix": "KA1"}
    sent = {name: value for name, value in form.items() if name != "prices_without_tax"} | today
    assert "Prices would fall today. Let it begin tomorrow or later." in text_of(office.post("/office/tax/new/", sent))
    body |= {"valid_from": "2026-04-03", "prices_include_tax": True}
    assert errors_of(as_admin.post("/api/admin/tax-profiles/", body)) == {"prices_include_tax"}


@pytest.mark.django_db
@pytest.mark.parametrize("includes_tax", [True, False])
def test_what_if_says_that_its_draft_is_written_without_it(zone: ParkingZone, admin: User, includes_tax: bool) -> None:
    register(zone.site, prices_include_tax=includes_tax)
    replay = start_replay(
        actor=SYSTEM, zone_ids=[zone.pk], draft=Draft({"base_rate": Decimal(60)}),
        start_date=START.date(), end_date=START.date(), now=START,
    )  # fmt: skip
    page = text_of(browser_of(admin).get(f"/office/what-if/{replay.pk}/"))
    assert (f"Tariffs are written without GST at {zone.site.name}." in page) is not includes_tax
