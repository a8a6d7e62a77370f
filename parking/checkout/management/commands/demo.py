"""`manage.py demo`: accounts, sites, zones, prices, plans, passes, reservations, a code, a shop. Not in production."""

from argparse import ArgumentParser
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from parking.accounts.demonstration import create_demonstration_accounts
from parking.accounts.queries import user_of_username
from parking.checkout.collecting import Collection
from parking.checkout.organisation_demonstration import PLATES, create_demonstration_organisation
from parking.checkout.passes import Buyer, sell
from parking.checkout.rare_demonstration import create_demonstration_plastic, leave_vehicle_behind
from parking.checkout.reservation_demonstration import create_demonstration_reservations
from parking.core import clock
from parking.core.actor import SYSTEM, user_actor
from parking.core.site_settings import GATE_DUTIES, Duties
from parking.facilities.gates import create_gate
from parking.facilities.models import Gate, ParkingSite, ParkingZone, SiteState
from parking.facilities.services import add_slots, create_zone
from parking.facilities.settings import change_settings
from parking.facilities.sites import create_site, update_site
from parking.offers.demonstration import (
    create_demonstration_demand,
    create_demonstration_offers,
    create_demonstration_shop,
)
from parking.passes.models import Plan, Subscription
from parking.passes.plans import create_plan
from parking.passes.services import Wanted
from parking.stays.exempt_classes import create_class
from parking.stays.models import ExemptClass
from parking.tariffs.cards import create_card
from parking.tariffs.models import RateCard
from parking.tariffs.rules import CollectAt
from parking.tariffs.versions import Draft


@dataclass(frozen=True)
class Slots:
    """A run of slots: from number `first` to `last`."""

    prefix: str
    first: int
    last: int
    kind: str = "CAR"


@dataclass(frozen=True)
class Zone:
    fields: dict[str, Any]
    slots: tuple[Slots, ...]


@dataclass(frozen=True)
class Site:
    fields: dict[str, Any]
    zones: tuple[Zone, ...]
    gates: tuple[tuple[str, str], ...] = (("Entry", "IN"), ("Exit", "OUT"))


CONNAUGHT_PLACE = Site(
    {
        "name": "Connaught Place",
        "code": "CP",
        "address": "Block A, Connaught Place, New Delhi 110001",
        "place": "Below the inner circle",
        "latitude": Decimal("28.631500"),
        "longitude": Decimal("77.216700"),
        "contact": "+91 11 5550 0100",
    },
    (
        Zone(
            {
                "name": "Zone A",
                "hourly_rate": Decimal("50.00"),
                "contact": "+91 11 5550 0100",
                "place": "Level 1, north side",
                "latitude": Decimal("28.631500"),
                "longitude": Decimal("77.216700"),
                "features": ["covered", "guarded"],
            },
            (Slots("A-", 1, 10),),
        ),
        Zone(
            {
                "name": "Zone B",
                "hourly_rate": Decimal("75.00"),
                "contact": "+91 11 5550 0101",
                "place": "Ground, by the lifts",
                "latitude": Decimal("28.632100"),
                "longitude": Decimal("77.218300"),
                "features": ["guarded", "ev_charging"],
            },
            (Slots("B-", 1, 8),),
        ),
    ),
)
AIRPORT = Site(
    {
        "name": "Airport",
        "code": "AIR",
        "address": "Terminal 3, New Delhi 110037",
        "place": "Opposite the arrivals",
        "latitude": Decimal("28.555100"),
        "longitude": Decimal("77.084400"),
        "contact": "+91 11 5550 0200",
    },
    (
        Zone(
            {
                "name": "Zone P1",
                "hourly_rate": Decimal("80.00"),
                "contact": "+91 11 5550 0200",
                "place": "Multi-level, by the terminal",
                "latitude": Decimal("28.555100"),
                "longitude": Decimal("77.084400"),
                "features": ["covered", "guarded", "cctv"],
            },
            (Slots("P1-", 1, 30),),
        ),
        Zone(
            {
                "name": "Zone P2",
                "hourly_rate": Decimal("40.00"),
                "contact": "+91 11 5550 0201",
                "place": "Open ground, five minutes on foot",
                "latitude": Decimal("28.557300"),
                "longitude": Decimal("77.089900"),
                "features": ["guarded"],
            },
            (Slots("P2-", 1, 20), Slots("P2-", 21, 30, "TWO_WHEELER")),
        ),
    ),
)
PLANS = (
    {"name": "Weekly", "period": "WEEK", "price": Decimal("1500.00")},
    {"name": "Monthly", "period": "MONTH", "price": Decimal("5000.00")},
    {"name": "Quarterly", "period": "QUARTER", "price": Decimal("13500.00")},
)
CARD_NAME = "Taxis"
HOLDERS_PLATE = "DL-08-PS-5000"
# In this order, so that the zones of a new database have the ids 1 to 4.
SITES = (CONNAUGHT_PLACE, AIRPORT)
# The site that older demonstration data was made at.
FORMER_NAME = "Main car park"


class Command(BaseCommand):
    help = "Create the demonstration data; what exists already stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-reservations", action="store_true", help="leave the slots and the line to others")

    def handle(self, *, no_reservations: bool, **_options: Any) -> None:
        if settings.IN_PRODUCTION:
            raise CommandError("The demonstration data is never created in production.")
        now = clock.now()
        _rename_former_site(now)
        sites = {site.fields["code"]: _make_site(site, now) for site in SITES}
        create_demonstration_accounts(airport_id=sites["AIR"].pk, now=now)
        _make_exempt_class(sites["CP"], now)
        _make_rate_card(sites["AIR"], now)
        plans = [_make_plan(plan, sites["CP"], now) for plan in PLANS]
        _sell_pass(plans[1], now)
        create_demonstration_organisation(plans[1], now=now)
        create_demonstration_offers(now=now)
        if clerk := user_of_username("shop1"):
            create_demonstration_shop(site_id=sites["CP"].pk, person_id=clerk.pk, now=now)
        create_demonstration_demand(zone=ParkingZone.objects.get(site=sites["AIR"], name="Zone P2"), now=now)
        create_demonstration_plastic(site_id=sites["AIR"].pk, now=now)
        leave_vehicle_behind(zone=ParkingZone.objects.get(site=sites["AIR"], name="Zone P1"), now=now)
        if not no_reservations:
            _make_reservations(sites["CP"], now)


def _make_reservations(site: ParkingSite, now: datetime) -> None:
    zones = ParkingZone.objects.select_related("site").filter(site=site)
    create_demonstration_reservations(
        soon=zones.get(name="Zone A"),
        evening=zones.get(name="Zone B"),
        holders_plate=HOLDERS_PLATE,
        plates=PLATES,
        now=now,
    )


def _rename_former_site(now: datetime) -> None:
    """Make the site of an older database Connaught Place, if its zones are those of the demonstration."""
    names = {zone.fields["name"] for zone in CONNAUGHT_PLACE.zones}
    former = ParkingSite.objects.filter(name=FORMER_NAME, zones__name__in=names).distinct().first()
    if former is not None and not ParkingSite.objects.filter(name=CONNAUGHT_PLACE.fields["name"]).exists():
        fields = CONNAUGHT_PLACE.fields | {"state": SiteState.OPEN}
        update_site(actor=SYSTEM, site_id=former.pk, changes=fields, now=now)


def _make_site(site: Site, now: datetime) -> ParkingSite:
    """Return the site, with those of its zones and gates made that were missing."""
    place = ParkingSite.objects.filter(name=site.fields["name"]).first()
    if place is None:
        place = create_site(actor=SYSTEM, fields=site.fields | {"state": SiteState.OPEN}, now=now)
        if site is CONNAUGHT_PLACE:
            everything = {GATE_DUTIES.name: Duties.FULL.value}
            change_settings(actor=SYSTEM, site_id=place.pk, values=everything, now=now)
    for zone in site.zones:
        _make_zone(zone, place, now)
    for name, direction in site.gates:
        if not Gate.objects.filter(site=place, name=name).exists():
            create_gate(actor=SYSTEM, site_id=place.pk, name=name, direction=direction, zone_ids=[], now=now)
    return place


def _make_plan(fields: dict[str, Any], site: ParkingSite, now: datetime) -> Plan:
    """Return the plan of this name at a site, made if it is missing."""
    present = Plan.objects.filter(site=site, name=fields["name"]).first()
    return present or create_plan(actor=SYSTEM, fields=fields | {"site_id": site.pk}, now=now)


def _sell_pass(plan: Plan, now: datetime) -> None:
    """Sell the demonstration's driver a pass at the counter, if nobody has one yet."""
    driver, attendant = user_of_username("user123"), user_of_username("staff1")
    if driver is None or attendant is None or Subscription.objects.filter(organisation=None).exists():
        return
    sell(
        actor=user_actor(attendant.pk, attendant.role, site_ids=attendant.site_ids),
        buyer=Buyer(driver.pk),
        plan_id=plan.pk,
        wanted=Wanted((HOLDERS_PLATE,)),
        collection=Collection("CASH"),
        now=now,
    )


def _make_exempt_class(site: ParkingSite, now: datetime) -> None:
    if not ExemptClass.objects.exists():
        create_class(actor=SYSTEM, site_id=site.pk, name="ambulance", now=now)


def _make_rate_card(site: ParkingSite, now: datetime) -> None:
    """Lay the rate card of taxis, which pay at the entry, on the zones of a site, if there is no card yet."""
    if RateCard.objects.exists():
        return
    zones = ParkingZone.objects.filter(site=site)
    fields = {"base_rate": Decimal("30.00"), "booking_fee": Decimal("0.00"), "collect_at": CollectAt.ENTRY}
    create_card(
        actor=SYSTEM, name=CARD_NAME, zone_ids=[zone.pk for zone in zones], draft=Draft(fields, "TAXI"), now=now
    )


def _make_zone(zone: Zone, site: ParkingSite, now: datetime) -> None:
    if ParkingZone.objects.filter(site=site, name=zone.fields["name"]).exists():
        return
    made = create_zone(actor=SYSTEM, changes=zone.fields | {"site_id": site.pk}, now=now)
    for run in zone.slots:
        add_slots(
            actor=SYSTEM,
            zone_id=made.pk,
            prefix=run.prefix,
            first=run.first,
            last=run.last,
            kind=run.kind,
            now=now,
        )
