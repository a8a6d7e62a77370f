"""The cost of one booking, by the ORM in one process, in small and in large databases, in turns."""

import time
from statistics import median
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from parking.accounts.models import Role, User
from parking.checkout import booking, cancelling
from parking.core import clock
from parking.core.actor import user_actor
from parking.core.ids import Ref

WARM_UP = 20
PLATES = 50


def inside(given: dict[str, Any]) -> dict[str, float]:
    """Return the median microseconds of a booking at each place, a place being a database and a zone in it.

    The places alternate with every booking, so that other work on the machine affects all of them.
    """
    places = [Place(label, name, zone) for label, name, zone in given["places"]]
    for number in range(WARM_UP):
        for place in places:
            place.book_and_cancel(number)
    seen: dict[str, list[float]] = {place.label: [] for place in places}
    for number in range(given["bookings"]):
        for place in places:
            seen[place.label].append(place.book_and_cancel(number))
    return {label: round(1e6 * median(seconds)) for label, seconds in seen.items()}


class Place:
    """A zone in a database, with a connection of its own."""

    def __init__(self, label: str, name: str, zone: int) -> None:
        self.label = label
        self._zone = Ref(pk=zone)
        self._connection = connections.create_connection(DEFAULT_DB_ALIAS)
        self._connection.settings_dict = self._connection.settings_dict | {"NAME": name}
        connections[DEFAULT_DB_ALIAS] = self._connection
        driver = User.objects.filter(role=Role.USER).order_by("pk")[:1].get()
        self._actor = user_actor(driver.pk, driver.role)

    def book_and_cancel(self, number: int) -> float:
        """Return the seconds of a booking; it is cancelled so that the next one claims the same slot."""
        connections[DEFAULT_DB_ALIAS] = self._connection
        begun = time.perf_counter()
        booked = booking.book(
            actor=self._actor,
            zone=self._zone,
            plate=f"KA-01-BA-{1 + number % PLATES:04d}",
            owner_name="Asha Rao",
            vehicle_kind="CAR",
            gateway=None,
            now=clock.now(),
        )
        seconds = time.perf_counter() - begun
        cancelling.cancel(
            actor=self._actor,
            session=Ref(pk=booked.session.pk),
            reason="",
            now=clock.now(),
            only_of_caller=True,
        )
        return seconds
