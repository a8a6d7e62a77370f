"""An operator with many car parks, and how long each page takes there, in one process."""

import random
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from django.conf import settings
from django.test import Client

from bench.defaults import put_defaults_into_columns
from parking.accounts.models import Role, User
from parking.checkout import booking, entering
from parking.core import clock, fresh
from parking.core.actor import user_actor
from parking.core.ids import Ref
from parking.facilities.models import Gate, ParkingSite, ParkingSlot, ParkingZone, SiteState
from parking.facilities.rules import slot_numbers, slot_sort_key

# Sites, zones of each, slots of each zone.
SITES, ZONES, SLOTS = 40, 5, 100
BATCH = 2000
TIME_ZONES = ("Asia/Kolkata", "Asia/Kolkata", "Asia/Kolkata", "Asia/Dubai")

OFFICE = (
    "/office/", "/office/?site={site}", "/office/sites/", "/office/sites/{site}/", "/office/zones/",
    "/office/zones/?site={site}", "/office/zones/{zone}/", "/office/zones/{zone}/slots/", "/office/revenue/",
    "/office/revenue/?site={site}", "/office/sessions/", "/office/payments/", "/office/debts/", "/office/users/",
    "/office/settings/", "/office/tax/", "/office/terminations/", "/office/audit/",
)  # fmt: skip
GATE = ("/gate/", "/gate/ticket/", "/gate/inside/", "/gate/slots/", "/gate/slots/?zone={zone}")
DRIVER = ("/zones/", "/zones/?near=28.6,77.2", "/zones/{zone}/", "/tickets/", "/history/")


def inside(given: dict[str, Any]) -> dict[str, Any]:
    """Make the sites with a car or two in each zone; return the median milliseconds of each page in `rounds`."""
    settings.ALLOWED_HOSTS = ["*"]
    put_defaults_into_columns()
    zones = make_zones(make_sites())
    staff = somebody(Role.STAFF)
    for number, zone in enumerate(zones):
        _park(staff, zone, number)
    place = {"site": zones[0].site_id, "zone": zones[0].pk}
    visits = ((Role.ADMIN, OFFICE), (Role.STAFF, GATE), (Role.USER, DRIVER))
    return {
        address: _milliseconds(browser_of(role), address.format(**place), given["rounds"])
        for role, addresses in visits
        for address in addresses
    }


# --- The operator ------------------------------------------------------------------------------------


def make_sites() -> list[ParkingSite]:
    dice = random.Random(40)
    return ParkingSite.objects.bulk_create(
        ParkingSite(
            name=f"Car park {number:02d}",
            code="P" + "ABCDEFGHIJ"[number // 10] + "ABCDEFGHIJ"[number % 10],
            state=SiteState.OPEN,
            time_zone=TIME_ZONES[number % len(TIME_ZONES)],
            latitude=f"{28 + dice.random():.6f}",
            longitude=f"{77 + dice.random():.6f}",
            created_at=clock.now(),
        )
        for number in range(SITES)
    )


def make_zones(sites: list[ParkingSite]) -> list[ParkingZone]:
    now = clock.now()
    zones = ParkingZone.objects.bulk_create(
        ParkingZone(
            site=site, name=f"Level {level}", hourly_rate="80.00", booking_fee="50.00", created_at=now, updated_at=now
        )
        for site in sites
        for level in range(1, ZONES + 1)
    )
    slots = (
        ParkingSlot(zone=zone, slot_number=number, sort_key=slot_sort_key(number), created_at=now)
        for zone in zones
        for number in slot_numbers("A-", 1, SLOTS)
    )
    ParkingSlot.objects.bulk_create(slots, batch_size=BATCH)
    Gate.objects.bulk_create(
        Gate(site=site, name=way, direction=way, created_at=now) for site in sites for way in ("IN", "OUT")
    )
    return zones


def _park(staff: User, zone: ParkingZone, number: int) -> None:
    """Let one car in, and give a ticket to another."""
    actor = user_actor(staff.pk, Role.STAFF)
    _, session = (
        booking.take_ticket(
            actor=actor,
            zone=Ref(pk=zone.pk),
            plate=f"KA-01-{series}-{number:04d}",
            owner_name="Asha Rao",
            now=clock.now(),
        )
        for series in ("AB", "AC")
    )
    entering.enter(actor=actor, qr_code=session.qr_code, now=clock.now())


# --- Pages -------------------------------------------------------------------------------------------


def _milliseconds(browser: Client, address: str, rounds: int) -> float:
    """Return the median of a page while its process keeps nothing of what it read before."""
    return 1000 * median(_seconds(browser, address, rounds))


def _seconds(browser: Client, address: str, rounds: int) -> Iterator[float]:
    for number in range(rounds + 1):
        fresh.forget_all()
        begun = time.perf_counter()
        answer = browser.get(address)
        taken = time.perf_counter() - begun
        if answer.status_code not in {200, 302}:
            raise RuntimeError(f"{address}: {answer.status_code}")
        # The first one compiles templates and statements.
        if number:
            yield taken


def somebody(role: Role) -> User:
    user, _ = User.objects.get_or_create(
        username=f"sites-{role.value.lower()}", defaults={"role": role, "password": "!", "date_joined": clock.now()}
    )
    return user


def browser_of(role: Role) -> Client:
    browser = Client()
    browser.force_login(somebody(role), backend="django.contrib.auth.backends.ModelBackend")
    return browser
