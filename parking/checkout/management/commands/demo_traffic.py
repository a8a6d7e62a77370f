"""`manage.py demo_traffic`: weeks of past traffic in the demonstration's zones, to look at reports with.

Never in production. Cars come through the services, each at its time, so that books, record and documents are those of
real traffic. The same number of weeks makes the same traffic.
"""

from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from parking.accounts.queries import user_of_username
from parking.checkout import booking, entering, leaving, terminating
from parking.checkout.collecting import Collection
from parking.core import clock
from parking.core.actor import Actor, user_actor
from parking.core.errors import DomainError
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession

# Cars of an ordinary day by the hour at which they come, from 7 to 21.
_BY_HOUR = (1, 2, 4, 5, 4, 3, 3, 2, 3, 4, 5, 4, 3, 2, 1)
_FIRST_HOUR = 7
_UNPAID_SHARE, _ONLINE_SHARE = 0.03, 0.2
_STATES = ("DL", "HR", "UP", "RJ")


class Command(BaseCommand):
    help = "Make past traffic in the zones of the demonstration, up to now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--weeks", type=int, default=5, help="how many weeks of it (5)")

    def handle(self, *, weeks: int, **_options: Any) -> None:
        if settings.IN_PRODUCTION:
            raise CommandError("Past traffic is never made up in production.")
        driver, attendant = user_of_username("user123"), user_of_username("staff1")
        if driver is None or attendant is None:
            raise CommandError("Make the demonstration data first: manage.py demo")
        people = _People(user_actor(driver.pk, driver.role), user_actor(attendant.pk, attendant.role))
        random = Random(weeks)  # noqa: S311 - traffic is no secret
        cars = _Traffic(people, list(ParkingZone.objects.order_by("pk")), random).run(weeks, clock.now())
        self.stdout.write(f"{cars} cars in {weeks} weeks")


@dataclass(frozen=True)
class _People:
    driver: Actor
    attendant: Actor


class _Traffic:
    """What happens, in the order of time: arrivals lead to exits, which wait in a heap."""

    def __init__(self, people: _People, zones: list[ParkingZone], random: Random) -> None:
        self._people, self._zones, self._random = people, zones, random
        self._waiting: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._numbers = count(1)
        self._cars = 0

    def run(self, weeks: int, now: datetime) -> int:
        """Let it happen up to now; answers how many cars came in."""
        first = now.astimezone(clock.site_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
        for day in range(weeks * 7, -1, -1):
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
        if self._random.random() < _ONLINE_SHARE:
            session = booking.book(
                actor=self._people.driver, zone=Ref(pk=zone.pk), plate=plate, owner_name="Asha Rao",
                vehicle_kind="CAR", gateway=None, now=now,
            ).session  # fmt: skip
        else:
            session = booking.take_ticket(
                actor=self._people.attendant, zone=Ref(pk=zone.pk), plate=plate, owner_name="Walk-in", now=now
            )
        entering.enter(actor=self._people.attendant, qr_code=session.qr_code, now=now)
        self._cars += 1
        parked = timedelta(minutes=self._random.randint(25, 260))
        self._at(now + parked, lambda moment: self._leave(session, moment))

    def _leave(self, session: ParkingSession, now: datetime) -> None:
        if self._random.random() < _UNPAID_SHARE:
            terminating.terminate(
                actor=self._people.attendant, session=Ref(pk=session.pk), reason="Drove off without paying",
                collection=Collection("NONE"), now=now,
            )  # fmt: skip
        else:
            leaving.leave(actor=self._people.attendant, qr_code=session.qr_code, collection=Collection("CASH"), now=now)

    def _plate(self) -> str:
        state, number = self._random.choice(_STATES), next(self._numbers) % 10_000
        return f"{state}-{self._random.randint(1, 14):02d}-AB-{number:04d}"
