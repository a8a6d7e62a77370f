"""The demonstration data: two sites, and what an older database lacks."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from parking.accounts.models import User
from parking.core import clock
from parking.facilities.models import Gate, ParkingSite, ParkingSlot, ParkingZone
from parking.offers.models import PromoCode, Shop
from parking.passes.models import OrganisationInvoice, Plan, Subscription
from parking.stays.models import ExemptClass, ParkingSession
from parking.stays.waiting_models import WaitingEntry
from parking.tariffs.models import RateCard
from parking.tariffs.queries import price_now
from tests.build import make_user, make_zone
from tests.invariants import assert_books_agree

pytestmark = pytest.mark.django_db

ZONES = [
    ("CP", "Zone A", "50.00", 10),
    ("CP", "Zone B", "75.00", 8),
    ("AIR", "Zone P1", "80.00", 30),
    ("AIR", "Zone P2", "40.00", 30),
]


def zones() -> list[tuple[str, str, str, int]]:
    rows = ParkingZone.objects.select_related("site").order_by("pk")
    return [(zone.site.code, zone.name, str(zone.hourly_rate), zone.slots.count()) for zone in rows]


def test_a_new_database_gets_two_open_sites_with_zones_in_this_order_and_gates() -> None:
    call_command("demo")
    assert zones() == ZONES
    assert list(ParkingSite.objects.order_by("pk").values_list("name", "state")) == [
        ("Connaught Place", "OPEN"),
        ("Airport", "OPEN"),
    ]
    gates = Gate.objects.order_by("pk").values_list("site__code", "direction")
    assert list(gates) == [("CP", "IN"), ("CP", "OUT"), ("AIR", "IN"), ("AIR", "OUT")]
    by_kind = ParkingSlot.objects.filter(zone__name="Zone P2").order_by("sort_key").values_list("slot_number", "kind")
    assert [list(by_kind)[place] for place in (0, 19, 20, 29)] == [
        ("P2-001", "CAR"),
        ("P2-020", "CAR"),
        ("P2-021", "TWO_WHEELER"),
        ("P2-030", "TWO_WHEELER"),
    ]
    airport = ParkingSite.objects.get(code="AIR")
    assert User.objects.get(username="staff2").site_ids == [airport.pk]


def test_a_second_time_nothing_is_added_or_changed() -> None:
    call_command("demo")
    ParkingZone.objects.filter(name="Zone A").update(hourly_rate=Decimal("60.00"))
    call_command("demo")
    assert zones() == [("CP", "Zone A", "60.00", 10), *ZONES[1:]]
    assert (Gate.objects.count(), User.objects.count()) == (4, 7)
    assert RateCard.objects.count() == 1
    assert (Plan.objects.count(), Subscription.objects.count()) == (3, 2)


def test_taxis_have_a_rate_card_at_the_airport() -> None:
    call_command("demo")
    card = RateCard.objects.get()
    assert (card.name, card.vehicle_kind) == ("Taxis", "TAXI")
    assert list(card.zones.order_by("pk").values_list("name", flat=True)) == ["Zone P1", "Zone P2"]
    # A tenth less than the tariffs say: the zone is quiet.
    prices = {kind: price_now(card.zones.get(name="Zone P2"), clock.now(), kind) for kind in ("CAR", "TAXI", "EV")}
    assert [(kind, str(price.hourly_rate), str(price.booking_fee)) for kind, price in prices.items()] == [
        ("CAR", "36.00", "50.00"),
        ("TAXI", "27.00", "0.00"),
        ("EV", "36.00", "50.00"),
    ]


def test_ambulances_are_exempt_at_connaught_place() -> None:
    call_command("demo")
    assert list(ExemptClass.objects.values_list("site__code", "name", "is_active")) == [("CP", "ambulance", True)]


def test_the_plans_and_the_pass_of_the_driver() -> None:
    call_command("demo")
    plans = [(plan.name, plan.period, str(plan.price)) for plan in Plan.objects.order_by("pk")]
    assert plans == [
        ("Weekly", "WEEK", "1500.00"),
        ("Monthly", "MONTH", "5000.00"),
        ("Quarterly", "QUARTER", "13500.00"),
    ]
    held = Subscription.objects.select_related("plan", "driver").get(organisation=None)
    assert (held.plan.name, held.driver and held.driver.username, held.status) == ("Monthly", "user123", "ACTIVE")
    assert_books_agree()


def test_an_organisation_has_an_open_invoice() -> None:
    call_command("demo")
    invoice = OrganisationInvoice.objects.select_related("bill", "organisation__contact").get()
    assert (invoice.organisation.name, invoice.vehicles, invoice.bill.due) == ("City Hospital", 3, Decimal("7500.00"))
    assert_books_agree()


def test_reservations_that_cost_no_fee_and_a_place_in_a_full_evening() -> None:
    call_command("demo")
    reserved = ParkingSession.objects.filter(ends_at__isnull=False).order_by("pk")
    assert [(one.zone.name, one.driver and one.driver.username, one.bill.captured) for one in reserved] == [
        ("Zone A", "user123", 0),
        ("Zone B", "user123", 0),
        *[("Zone B", "shop1", 0)] * 3,
    ]
    assert reserved[0].starts_at <= clock.now() + timedelta(minutes=30)
    entry = WaitingEntry.objects.get()
    assert (entry.driver.username, entry.zone.name, entry.starts_at) == ("user123", "Zone B", reserved[1].starts_at)
    call_command("demo")
    assert (reserved.count(), WaitingEntry.objects.count()) == (5, 1)
    assert_books_agree()


def test_a_shop_a_promo_code_and_a_zone_whose_prices_follow_demand() -> None:
    call_command("demo")
    call_command("demo")
    shop = Shop.objects.get()
    assert (shop.name, shop.site.code, [person.username for person in shop.people.all()]) == ("Chroma", "CP", ["shop1"])
    assert PromoCode.objects.get(is_voucher=False).code == "WELCOME"
    zone = ParkingZone.objects.get(name="Zone P2")
    # It is empty: 10 % off.
    assert price_now(zone, clock.now()).hourly_rate == Decimal("36.00")


def test_an_older_database_gets_what_is_missing() -> None:
    make_user(username="staff1")
    make_zone("Zone A")
    former = ParkingSite.objects.get(name="Main car park")
    call_command("demo")
    former.refresh_from_db()
    assert (former.name, former.code, former.state) == ("Connaught Place", "CP", "OPEN")
    assert zones() == ZONES
    assert Gate.objects.filter(site=former).count() == 2
    assert User.objects.count() == 7


def test_a_car_park_that_is_not_the_demonstrations_keeps_its_name() -> None:
    make_zone("Level 7")
    call_command("demo")
    assert list(ParkingSite.objects.order_by("pk").values_list("name", flat=True)) == [
        "Main car park",
        "Connaught Place",
        "Airport",
    ]


def test_a_zone_of_the_same_name_elsewhere_hides_none() -> None:
    make_zone("Zone P1")
    call_command("demo")
    assert ParkingZone.objects.filter(name="Zone P1").count() == 2


def test_never_in_production(settings: object) -> None:
    settings.IN_PRODUCTION = True  # type: ignore[attr-defined]
    with pytest.raises(CommandError):
        call_command("demo")
    assert not ParkingSite.objects.exists()
