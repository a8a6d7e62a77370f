"""`manage.py demo_traffic`: weeks of past traffic in the demonstration's zones, to look at reports with.

Never in production. Cars come through the services, each at its time, so that books, record and documents are those of
real traffic. The same number of days makes the same traffic.
"""

from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from parking.accounts.queries import user_of_username
from parking.checkout import booking, entering, leaving, terminating, validating
from parking.checkout.collecting import Collection
from parking.checkout.validating import Customer
from parking.core import clock
from parking.core.actor import Actor, user_actor
from parking.core.errors import DomainError
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.offers.demonstration import CODE
from parking.offers.models import PromoCode
from parking.stays.models import ParkingSession

# Cars of an ordinary day by the hour at which they come, from 7 to 21.
_BY_HOUR = (1, 2, 4, 5, 4, 3, 3, 2, 3, 4, 5, 4, 3, 2, 1)
_FIRST_HOUR = 7
_UNPAID_SHARE, _ONLINE_SHARE = 0.03, 0.2
_STATES = ("DL", "HR", "UP", "RJ")
# Every so many cars one at Connaught Place is a customer of the shop, who is at its till shortly before leaving.
_SHOPS_EVERY, _AT_THE_TILL = 6, timedelta(minutes=12)


class Command(BaseCommand):
    help = "Make past traffic in the zones of the demonstration, up to now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=35, help="how many days of it before today (35)")

    def handle(self, *, days: int, **_options: Any) -> None:
        if settings.IN_PRODUCTION:
            raise CommandError("Past traffic is never made up in production.")
        people = _People(_actor("user123"), usual=_actor("staff1"), at_airport=_actor("staff2"), clerk=_actor("shop1"))
        random = Random(days)  # noqa: S311 - traffic is no secret
        zones = list(ParkingZone.objects.select_related("site").order_by("pk"))
        cars = _Traffic(people, zones, random).run(days, clock.now())
        self.stdout.write(f"{cars} cars in {days} days and today")


@dataclass(frozen=True)
class _People:
    driver: Actor
    usual: Actor
    at_airport: Actor
    clerk: Actor

    def attendant(self, zone: ParkingZone) -> Actor:
        """Return who works at the site of a zone."""
        return self.at_airport if zone.site.code == "AIR" else self.usual


def _actor(username: str) -> Actor:
    user = user_of_username(username)
    if user is None:
        raise CommandError("Make the demonstration data first: manage.py demo")
    return user_actor(user.pk, user.role, site_ids=user.site_ids)


class _Traffic:
    """What happens, in the order of time: arrivals lead to exits, which wait in a heap."""

    def __init__(self, people: _People, zones: list[ParkingZone], random: Random) -> None:
        self._people, self._zones, self._random = people, zones, random
        self._has_code = PromoCode.objects.filter(code=CODE, is_active=True).exists()
        self._waiting: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._numbers = count(1)
        self._cars = 0

    def run(self, days: int, now: datetime) -> int:
        """Let it happen up to now; answers how many cars came in."""
        first = now.astimezone(clock.site_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
        for day in range(days, -1, -1):
            self._plan(first - timedelta(days=day))
        while self._waiting and self._waiting[0][0] < now:
            at, _number, happen = heappop(self._waiting)
            # A zone that is full or closed sends the car on.
            with suppress(DomainError):
                happen(at)
        return self._cars

    def _plan(self, day: datetime) -> None:
        busy = self._random.uniform(0.7, 1.3)
        for hour, cars in enumerate(_BY_HOUR, start=_FIRST_HOUR):
            for _ in range(round(cars * busy)):
                self._at(day + timedelta(hours=hour, minutes=self._random.randrange(60)), self._arrive)

    def _at(self, moment: datetime, happen: Callable[[datetime], None]) -> None:
        heappush(self._waiting, (moment, next(self._numbers), happen))

    def _arrive(self, now: datetime) -> None:
        zone, plate = self._random.choice(self._zones), self._plate()
        attendant = self._people.attendant(zone)
        if self._random.random() < _ONLINE_SHARE:
            session = booking.book(
                actor=self._people.driver, zone=Ref(pk=zone.pk), plate=plate, owner_name="Asha Rao",
                vehicle_kind="CAR", gateway=None, now=now, promo_code=self._code(),
            ).session  # fmt: skip
        else:
            session = booking.take_ticket(
                actor=attendant, zone=Ref(pk=zone.pk), plate=plate, owner_name="Walk-in", now=now
            )
        entering.enter(actor=attendant, qr_code=session.qr_code, now=now)
        self._cars += 1
        parked = timedelta(minutes=self._random.randint(25, 260))
        if zone.site.code == "CP" and self._cars % _SHOPS_EVERY == 0:
            self._at(now + parked - _AT_THE_TILL, partial(self._validate, session))
        self._at(now + parked, partial(self._leave, session, attendant))

    def _validate(self, session: ParkingSession, now: datetime) -> None:
        validating.validate(actor=self._people.clerk, customer=Customer(session=Ref(pk=session.pk)), now=now)

    def _leave(self, session: ParkingSession, attendant: Actor, now: datetime) -> None:
        if self._random.random() < _UNPAID_SHARE:
            terminating.terminate(
                actor=attendant, session=Ref(pk=session.pk), reason="Drove off without paying",
                collection=Collection("NONE"), now=now,
            )  # fmt: skip
        else:
            leaving.leave(actor=attendant, qr_code=session.qr_code, collection=Collection("CASH"), now=now)

    def _code(self) -> str | None:
        """Return the promo code of the demonstration for every third car, if there is one."""
        return CODE if self._has_code and self._cars % 3 == 0 else None

    def _plate(self) -> str:
        state, number = self._random.choice(_STATES), next(self._numbers) % 10_000
        return f"{state}-{self._random.randint(1, 14):02d}-AB-{number:04d}"
