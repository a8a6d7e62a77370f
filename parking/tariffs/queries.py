"""What a kind of vehicle pays in a zone at a moment, and the terms of a parking session that begins then."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from parking.core import clock
from parking.core.money import ZERO
from parking.core.site_settings import CANCEL_WINDOW_SECONDS
from parking.facilities.models import ParkingZone
from parking.tariffs.book import Version, holidays_now, prices_now
from parking.tariffs.demand import percent_shown
from parking.tariffs.models import RateCard, Tariff
from parking.tariffs.rules import BillLine, KindRate, Prices, RateNow, Stay, Terms, lines_of, rate_at, total_of
from parking.tariffs.rules.changes import Change
from parking.tariffs.rules.demand import changed
from parking.tariffs.rules.tax import percent_on, with_tax
from parking.tariffs.rules.terms import holidays_from
from parking.vehicles.models import VehicleKind


def terms_for(*, zone: ParkingZone, vehicle_kind: str, now: datetime | None = None) -> Terms:
    """Return the terms of a booking that begins at `now`, to be stored with it."""
    moment = now or clock.now()
    return terms_under(prices_now.value().prices_at(zone, vehicle_kind, moment), zone=zone, now=moment)


def walk_in_terms(*, zone: ParkingZone, vehicle_kind: str, now: datetime | None = None) -> Terms:
    """Return the terms of a walk-in, which owes no booking fee, to be stored with it."""
    return terms_for(zone=zone, vehicle_kind=vehicle_kind, now=now).without_fee()


def terms_under(
    prices: Prices, *, zone: ParkingZone, now: datetime, holidays: Mapping[int, tuple[date, ...]] | None = None
) -> Terms:
    """Return the terms of a session in a zone under some prices, with the holidays as they are, or with these.

    Terms include the tax, also where the prices are written without.
    """
    begins = now.astimezone(ZoneInfo(zone.site.time_zone)).date()
    calendars: Mapping[int, tuple[date, ...]] = {}
    if prices.has_holidays:
        calendars = holidays_now.value() if holidays is None else holidays
    return Terms.of(
        with_tax(prices, percent_on(zone.site.tax_on_top, begins)),
        hold_minutes=zone.minutes_to_pay,
        no_show_minutes=zone.minutes_to_arrive,
        cancel_window_seconds=CANCEL_WINDOW_SECONDS.at(zone.site_id),
        time_zone=zone.site.time_zone,
        holidays=holidays_from(calendars.get(zone.site_id, ()), begins),
    )


# --- What is shown -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PriceNow:
    """What a kind pays in a zone at a moment: rupees an hour of a step that begins then, and for the booking.

    `prices` are as they are set: where they are written without tax, the terms have it and they do not.
    """

    vehicle_kind: str
    prices: Prices
    terms: Terms
    rate: RateNow
    version: Version | None = None
    demand_percent: int = 0

    @property
    def hourly_rate(self) -> Decimal:
        """Return the rate as it is charged, with busy or quiet time."""
        return changed(self.rate.rate, self.demand_percent)

    @property
    def booking_fee(self) -> Decimal:
        return self.terms.booking_fee


def price_now(zone: ParkingZone, now: datetime, kind: str = VehicleKind.CAR) -> PriceNow:
    """Return what a kind pays in a zone at a moment, by the kind's own tariff or that of cars."""
    book = prices_now.value()
    prices = book.prices_at(zone, kind, now)
    terms = terms_under(prices, zone=zone, now=now)
    return PriceNow(
        vehicle_kind=kind,
        prices=prices,
        terms=terms,
        rate=rate_at(now, terms),
        version=book.version_at(zone.pk, kind, now),
        demand_percent=percent_shown(zone, kind, now),
    )


def is_holiday(zone: ParkingZone, moment: datetime) -> bool:
    """Return whether it is a holiday of the zone's site at a moment."""
    local = moment.astimezone(ZoneInfo(zone.site.time_zone)).date()
    return local in holidays_now.value().get(zone.site_id, ())


def prices_of(zone: ParkingZone, now: datetime) -> list[PriceNow]:
    """Return the prices of cars, then of the other kinds that have prices of their own."""
    book = prices_now.value()
    kinds = sorted(book.kinds_of(zone.pk) - {VehicleKind.CAR})
    own = [kind for kind in kinds if book.own_prices_at(zone, kind, now)]
    return [price_now(zone, now, kind) for kind in (VehicleKind.CAR, *own)]


def rates_of_kinds(zone: ParkingZone, now: datetime) -> list[KindRate]:
    """Return rate and fee of the kinds other than cars that have prices of their own, by kind, as they are set."""
    return [_as_set(price, now) for price in prices_of(zone, now)[1:]]


def rate_of_cars(zone: ParkingZone, now: datetime) -> KindRate:
    """Return rate, with busy or quiet time, and fee of cars, as they are set: what a change of the zone takes."""
    price = price_now(zone, now)
    rate = _as_set(price, now)
    return replace(rate, hourly_rate=changed(rate.hourly_rate, price.demand_percent))


def _as_set(price: PriceNow, now: datetime) -> KindRate:
    terms = Terms.of(price.prices, time_zone=price.terms.time_zone, holidays=price.terms.holidays)
    return KindRate(price.vehicle_kind, rate_at(now, terms).rate, price.prices.booking_fee)


def kind_rates_of(zones: Collection[ParkingZone], now: datetime) -> dict[int, list[KindRate]]:
    """Return rate and fee of the kinds other than cars, by id of the zone."""
    return {zone.pk: rates_of_kinds(zone, now) for zone in zones}


def is_written_without_tax(zone: ParkingZone, now: datetime) -> bool:
    """Return whether the prices of a zone are written without tax on this day, so that who parks pays more."""
    return percent_on(zone.site.tax_on_top, now.astimezone(ZoneInfo(zone.site.time_zone)).date()) > ZERO


def sites_without_tax(zones: Iterable[ParkingZone], now: datetime) -> list[str]:
    """Return the names of the sites of these zones that write their prices without tax."""
    return list(dict.fromkeys(zone.site.name for zone in zones if is_written_without_tax(zone, now)))


# --- Versions and estimates ----------------------------------------------------------------------------


def versions_of(zone: ParkingZone) -> QuerySet[Tariff]:
    """Return the versions of a zone's own tariffs and of its plain rate, the newest first."""
    return Tariff.objects.filter(zone=zone).order_by("-valid_from", "-pk")


def cards_on(zone: ParkingZone) -> list[tuple[RateCard, bool]]:
    """Return the rate cards that are laid on a zone, each with whether a tariff of the zone's own goes before it."""
    laid = RateCard.objects.filter(zones=zone).order_by("name")
    return [(card, prices_now.value().is_overridden(zone.pk, card.vehicle_kind)) for card in laid]


@dataclass(frozen=True)
class Estimate:
    """What a stay would cost (rupees), and the fee that a booking pays of it first. Times are aware."""

    begins: datetime
    until: datetime
    lines: tuple[BillLine, ...]
    booking_fee: Decimal

    @property
    def total(self) -> Decimal:
        return total_of(self.lines)


def estimate(
    *,
    zone: ParkingZone,
    begins: datetime,
    until: datetime,
    kind: str = VehicleKind.CAR,
    walk_in: bool = False,
    changes: tuple[Change, ...] = (),
) -> Estimate:
    """Return what a stay of a kind would cost, under the tariff that is announced for its beginning."""
    terms = (walk_in_terms if walk_in else terms_for)(zone=zone, vehicle_kind=kind, now=begins)
    stay = Stay(begins, until, demand_percent=percent_shown(zone, kind, begins), changes=changes)
    return Estimate(begins, until, lines_of(stay, terms), terms.booking_fee)
