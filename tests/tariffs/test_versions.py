"""Which version of a tariff holds when, and what may be done with it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.audit.models import AuditEntry
from parking.core.actor import SYSTEM
from parking.core.errors import DomainError, InvalidInput, NotFound, Refused
from parking.facilities.models import ParkingSite, ParkingZone
from parking.tariffs import cards, holidays, services, zone_tariffs
from parking.tariffs.models import Holiday, RateCard, Tariff
from parking.tariffs.queries import is_holiday, price_now, prices_of, terms_for
from parking.tariffs.rules import KindRate
from parking.tariffs.rules.templates import peak_bands
from parking.tariffs.rules.terms import Slab
from parking.tariffs.versions import Draft
from tests.build import make_zone

pytestmark = pytest.mark.django_db

# A Thursday, 10:00 in India.
NOW = datetime(2026, 11, 26, 4, 30, tzinfo=UTC)
DAY = timedelta(days=1)
DAILY = Draft({"base_rate": Decimal("40.00")})


def draft(rate: str = "60.00", begins: Any = None, ends: Any = None, kind: str = "CAR", **fields: Any) -> Draft:
    return Draft({"base_rate": Decimal(rate), **fields}, kind, begins, ends)


def add(zone: ParkingZone, wanted: Draft, now: datetime = NOW) -> Tariff:
    return zone_tariffs.add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=wanted, now=now)


def rate(zone: ParkingZone, moment: datetime = NOW, kind: str = "CAR") -> Decimal:
    zone.refresh_from_db()
    return price_now(zone, moment, kind).hourly_rate


def code_of(call: Any) -> str:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value.code


# --- Versions of a zone ------------------------------------------------------------------------------


def test_a_zone_begins_with_its_plain_rate(zone: ParkingZone) -> None:
    price = price_now(zone, NOW)
    assert (price.hourly_rate, price.booking_fee, price.version) == (50, 50, None)


def test_the_newest_version_that_has_begun_holds(zone: ParkingZone) -> None:
    add(zone, draft("60.00"))
    add(zone, draft("70.00", NOW + DAY))
    assert [rate(zone, moment) for moment in (NOW, NOW + DAY - timedelta(seconds=1), NOW + DAY)] == [60, 60, 70]


def test_of_equal_dates_the_later_made_holds(zone: ParkingZone) -> None:
    add(zone, draft("60.00"))
    add(zone, draft("65.00"))
    assert rate(zone) == 65


def test_an_event_lies_over_the_standing_version(zone: ParkingZone) -> None:
    add(zone, draft("60.00"))
    add(zone, draft("90.00", date(2026, 11, 27), date(2026, 11, 28)))
    # Before another version of the week between: the event holds all the same.
    add(zone, draft("70.00", datetime(2026, 11, 28, 6, 0, tzinfo=UTC)))
    midnight = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
    moments = (midnight - timedelta(seconds=1), midnight, midnight + 2 * DAY - timedelta(seconds=1), midnight + 2 * DAY)
    assert [rate(zone, moment) for moment in moments] == [60, 90, 90, 70]


def test_a_date_begins_at_local_midnight_and_today_now(zone: ParkingZone) -> None:
    assert add(zone, draft(begins=date(2026, 11, 27))).valid_from == datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
    assert add(zone, draft(begins=date(2026, 11, 26))).valid_from == NOW


@pytest.mark.parametrize("begins", [NOW - timedelta(seconds=1), date(2026, 11, 25)])
def test_the_past_is_not_changed(zone: ParkingZone, begins: Any) -> None:
    assert code_of(lambda: add(zone, draft(begins=begins))) == "valid_from_past"
    assert not Tariff.objects.exists()


def test_an_event_ends_later_than_it_begins(zone: ParkingZone) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(zone, draft(begins=NOW + DAY, ends=NOW + DAY))
    assert list(refused.value.errors) == ["valid_to"]


def test_events_of_one_zone_and_kind_do_not_overlap(zone: ParkingZone) -> None:
    add(zone, draft(begins=NOW + DAY, ends=NOW + 3 * DAY))
    assert code_of(lambda: add(zone, draft(begins=NOW + 2 * DAY, ends=NOW + 4 * DAY))) == "events_overlap"
    add(zone, draft(begins=NOW + 3 * DAY, ends=NOW + 4 * DAY))
    add(zone, draft(begins=NOW + DAY, ends=NOW + 3 * DAY, kind="EV"))
    add(make_zone(), draft(begins=NOW + DAY, ends=NOW + 3 * DAY))
    assert Tariff.objects.count() == 4


def test_what_has_not_begun_is_withdrawn_and_what_has_is_not(zone: ParkingZone) -> None:
    later, begun = add(zone, draft(begins=NOW + DAY)), add(zone, draft())
    zone_tariffs.withdraw_tariff(actor=SYSTEM, zone_id=zone.pk, tariff_id=later.pk, now=NOW)
    call: dict[str, Any] = {"actor": SYSTEM, "zone_id": zone.pk, "tariff_id": begun.pk, "now": NOW}
    assert code_of(lambda: zone_tariffs.withdraw_tariff(**call)) == "tariff_begun"
    assert list(Tariff.objects.values_list("pk", flat=True)) == [begun.pk]
    assert AuditEntry.objects.filter(action="tariff.withdrawn").count() == 1


def test_an_event_is_ended_early(zone: ParkingZone) -> None:
    event = add(zone, draft("90.00", NOW, NOW + 7 * DAY))
    call: dict[str, Any] = {"actor": SYSTEM, "zone_id": zone.pk, "tariff_id": event.pk, "now": NOW + DAY}
    for wrong in (NOW, NOW - DAY):
        assert code_of(lambda wrong=wrong: zone_tariffs.end_event(**call, valid_to=wrong)) == "validation_error"
    zone_tariffs.end_event(**call, valid_to=NOW + DAY)
    assert [rate(zone, NOW + DAY - timedelta(seconds=1)), rate(zone, NOW + DAY)] == [90, 50]
    assert code_of(lambda: zone_tariffs.end_event(**call, valid_to=NOW + 2 * DAY)) == "validation_error"


def test_a_standing_version_has_no_end(zone: ParkingZone) -> None:
    standing = add(zone, draft())
    call: dict[str, Any] = {"actor": SYSTEM, "zone_id": zone.pk, "tariff_id": standing.pk, "now": NOW}
    assert code_of(lambda: zone_tariffs.end_event(**call, valid_to=NOW + DAY)) == "not_an_event"


def test_another_zone_s_version_is_not_there(zone: ParkingZone) -> None:
    other = add(make_zone(), draft(begins=NOW + DAY))
    with pytest.raises(NotFound):
        zone_tariffs.withdraw_tariff(actor=SYSTEM, zone_id=zone.pk, tariff_id=other.pk, now=NOW)


def test_a_kind_without_versions_pays_as_cars_do(zone: ParkingZone) -> None:
    add(zone, draft("60.00", bands=peak_bands()))
    add(zone, draft("20.00", NOW + DAY, kind="TWO_WHEELER"))
    assert [rate(zone, NOW, kind) for kind in ("CAR", "TWO_WHEELER", "EV")] == [50, 50, 50]
    assert [price.vehicle_kind for price in prices_of(zone, NOW)] == ["CAR"]
    later = NOW + DAY + timedelta(hours=12)
    assert [rate(zone, later, kind) for kind in ("CAR", "TWO_WHEELER", "EV")] == [30, 20, 30]
    assert [price.vehicle_kind for price in prices_of(zone, later)] == ["CAR", "TWO_WHEELER"]


def test_a_version_has_the_zone_s_rate_and_the_usual_fee_unless_it_says_so(zone: ParkingZone) -> None:
    services.update_zone(
        actor=SYSTEM, zone_id=zone.pk, changes={"hourly_rate": Decimal(44), "booking_fee": Decimal(0)},
        kind_rates=None, now=NOW,
    )  # fmt: skip
    terms = Tariff.objects.get(pk=add(zone, Draft({"daily_cap": Decimal("400.00")})).pk).terms
    assert (terms["base_rate"], terms["booking_fee"], terms["daily_cap"]) == ("44.00", "50.00", "400.00")


# --- The zone's columns ------------------------------------------------------------------------------


def change(zone: ParkingZone, now: datetime = NOW, **changes: str) -> None:
    amounts = {name: Decimal(value) for name, value in changes.items()}
    services.update_zone(actor=SYSTEM, zone_id=zone.pk, changes=amounts, kind_rates=None, now=now)


def test_a_plain_rate_is_changed_with_a_version(zone: ParkingZone) -> None:
    change(zone, hourly_rate="55.00")
    version = Tariff.objects.get()
    assert (rate(zone), version.is_base, version.terms["base_rate"], version.valid_from) == (55, True, "55.00", NOW)


def test_a_changed_rate_copies_the_present_version(zone: ParkingZone) -> None:
    add(zone, draft("60.00", daily_cap=Decimal("300.00")))
    change(zone, NOW + DAY, hourly_rate="65.00")
    terms = terms_for(zone=zone, vehicle_kind="CAR", now=NOW + DAY)
    assert (terms.base_rate, terms.daily_cap, rate(zone, NOW)) == (65, 300, 60)


def test_a_rate_is_refused_where_bands_or_slabs_decide(zone: ParkingZone) -> None:
    add(zone, draft(bands=peak_bands()))
    assert code_of(lambda: change(zone, hourly_rate="65.00")) == "tariff_has_bands"
    change(zone, booking_fee="20.00")
    terms = terms_for(zone=zone, vehicle_kind="CAR", now=NOW)
    assert (terms.booking_fee, terms.bands) == (20, peak_bands())
    add(zone, draft(slabs=(Slab(1440, Decimal("100.00")),)))
    assert code_of(lambda: change(zone, hourly_rate="65.00")) == "tariff_has_bands"


def test_a_changed_rate_during_an_event_holds_until_its_end(zone: ParkingZone) -> None:
    add(zone, draft("90.00", NOW, NOW + 2 * DAY))
    change(zone, NOW + DAY, hourly_rate="95.00")
    assert [rate(zone, NOW), rate(zone, NOW + DAY), rate(zone, NOW + 2 * DAY)] == [90, 95, 95]


def test_a_rate_of_another_kind_follows_its_tariff(zone: ParkingZone) -> None:
    add(zone, draft("20.00", kind="TWO_WHEELER", daily_cap=Decimal("80.00")))
    rates = [KindRate("TWO_WHEELER", Decimal("25.00"), Decimal("10.00"))]
    services.update_zone(actor=SYSTEM, zone_id=zone.pk, changes={}, kind_rates=rates, now=NOW + DAY)
    terms = terms_for(zone=zone, vehicle_kind="TWO_WHEELER", now=NOW + DAY)
    assert (terms.base_rate, terms.booking_fee, terms.daily_cap) == (25, 10, 80)


# --- Rate cards --------------------------------------------------------------------------------------


def card(*zones: ParkingZone, wanted: Draft = DAILY, name: str = "City") -> RateCard:
    ids = [zone.pk for zone in zones]
    return cards.create_card(actor=SYSTEM, name=name, zone_ids=ids, draft=wanted, now=NOW)


def test_a_rate_card_holds_in_all_its_zones_unless_they_have_a_tariff_of_their_own(zone: ParkingZone) -> None:
    other, outside = make_zone(), make_zone()
    add(other, draft("77.00"))
    card(zone, other)
    assert [rate(one) for one in (zone, other, outside)] == [40, 77, 50]


def test_a_version_of_a_card_changes_all_zones_from_one_date(zone: ParkingZone) -> None:
    other = make_zone()
    city = card(zone, other)
    wanted = draft("45.00", date(2026, 11, 27))
    cards.add_version(actor=SYSTEM, card_id=city.pk, draft=wanted, now=NOW)
    midnight = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
    assert [rate(one, moment) for one in (zone, other) for moment in (NOW, midnight)] == [40, 45, 40, 45]


def test_a_card_is_laid_on_other_zones(zone: ParkingZone) -> None:
    other = make_zone()
    city = card(zone)
    cards.change_card(actor=SYSTEM, card_id=city.pk, name="Town", zone_ids=[other.pk], now=NOW)
    assert (rate(zone), rate(other), RateCard.objects.get().name) == (50, 40, "Town")


def test_a_changed_rate_under_a_card_becomes_a_tariff_of_the_zone_s_own(zone: ParkingZone) -> None:
    card(zone, wanted=draft("40.00", daily_cap=Decimal("300.00")))
    change(zone, hourly_rate="42.00")
    own = Tariff.objects.get(zone=zone)
    assert (rate(zone), own.is_base, own.terms["daily_cap"]) == (42, False, "300.00")


def test_names_of_cards_are_unique_and_zones_are_there(zone: ParkingZone) -> None:
    card(zone)
    assert code_of(lambda: card(zone)) == "rate_card_name_taken"
    with pytest.raises(InvalidInput) as refused:
        cards.create_card(actor=SYSTEM, name="Other", zone_ids=[zone.pk + 99], draft=DAILY, now=NOW)
    assert list(refused.value.errors) == ["zone_ids"]
    with pytest.raises(InvalidInput) as refused:
        cards.create_card(actor=SYSTEM, name="Other", zone_ids=[], draft=Draft(), now=NOW)
    assert list(refused.value.errors) == ["base_rate"]
    assert RateCard.objects.count() == 1


def test_versions_of_cards_are_ended_and_withdrawn(zone: ParkingZone) -> None:
    city = card(zone)
    ids: dict[str, Any] = {"actor": SYSTEM, "card_id": city.pk}
    cards.add_version(**ids, draft=draft("90.00", NOW, NOW + 7 * DAY), now=NOW)
    cards.add_version(**ids, draft=draft("91.00", NOW + 8 * DAY), now=NOW)
    event, later = Tariff.objects.order_by("pk")[1:]
    cards.end_event(**ids, tariff_id=event.pk, valid_to=NOW + DAY, now=NOW)
    cards.withdraw_version(**ids, tariff_id=later.pk, now=NOW)
    assert [rate(zone, NOW), rate(zone, NOW + DAY), rate(zone, NOW + 9 * DAY)] == [90, 40, 40]


# --- Holidays ----------------------------------------------------------------------------------------


def test_holidays_are_copied_into_the_terms_where_they_cost_something(zone: ParkingZone) -> None:
    site = zone.site_id
    for day in (date(2026, 11, 20), date(2026, 11, 25), date(2026, 12, 25)):
        holidays.add_holiday(actor=SYSTEM, site_id=site, day=day, name="Holiday", now=NOW)
    assert terms_for(zone=zone, vehicle_kind="CAR", now=NOW).holidays == ()
    feast = peak_bands()[0].__class__.from_json(
        {"name": "Feast", "days": ["HOLIDAY"], "from": "00:00", "to": "00:00", "rate": "90.00"}
    )
    add(zone, draft(bands=(feast,)))
    assert terms_for(zone=zone, vehicle_kind="CAR", now=NOW).holidays == (date(2026, 11, 25), date(2026, 12, 25))
    christmas = datetime(2026, 12, 24, 18, 30, tzinfo=UTC)
    moments = (christmas - timedelta(seconds=1), christmas)
    assert [(rate(zone, moment), is_holiday(zone, moment)) for moment in moments] == [(60, False), (90, True)]


def test_a_day_is_a_holiday_once_and_may_be_taken_out(zone: ParkingZone) -> None:
    call: dict[str, Any] = {"actor": SYSTEM, "site_id": zone.site_id, "now": NOW}
    day = holidays.add_holiday(**call, day=date(2026, 12, 25), name="Christmas")
    assert code_of(lambda: holidays.add_holiday(**call, day=date(2026, 12, 25), name="Xmas")) == "holiday_exists"
    holidays.propose_removal(**call, holiday_id=day.pk)
    with pytest.raises(NotFound):
        holidays.propose_removal(**call, holiday_id=day.pk)
    assert not Holiday.objects.exists()


def test_a_copied_site_has_the_tariffs_cards_and_holidays(zone: ParkingZone) -> None:
    add(zone, draft("20.00", kind="TWO_WHEELER"))
    city = card(zone)
    holidays.add_holiday(actor=SYSTEM, site_id=zone.site_id, day=date(2026, 12, 25), name="Christmas", now=NOW)
    site = services.copy_site(actor=SYSTEM, site_id=zone.site_id, name="Copy", code="COPY", now=NOW)
    copied = ParkingZone.objects.get(site=site)
    assert (rate(copied), rate(copied, kind="TWO_WHEELER")) == (40, 20)
    assert set(RateCard.objects.get(pk=city.pk).zones.all()) == {zone, copied}
    assert ParkingSite.objects.get(pk=site.pk).holidays.get().name == "Christmas"


def test_refusals_are_of_their_family(zone: ParkingZone) -> None:
    with pytest.raises(Refused):
        add(zone, draft(bands=(*peak_bands(), *peak_bands())))
