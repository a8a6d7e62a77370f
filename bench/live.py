"""What a poll of a live page costs, in one process: its statements, and milliseconds with and without news."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from parking.accounts.events import SignedIn
from parking.accounts.models import Role, User
from parking.audit import services as audit
from parking.audit.news import newest_lines, news_now
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession, SessionStatus

# Drawing 50,000 slots takes seconds, which is not what is measured: a poll with news is repeated for so long at most.
SECONDS = 3.0


def inside(given: dict[str, Any]) -> dict[str, Any]:
    """Measure each live part `polls` times without news and with news."""
    return {
        "news": _milliseconds(newest_lines, given["polls"]),
        "parts": {part.name: part.measure(given["polls"]) for part in _parts()},
    }


def _nothing() -> None:
    """Stand for what happens between two polls."""


def _milliseconds(call: Callable[[], Any], times: int, before: Callable[[], None] = _nothing) -> float:
    """Return the median of so many calls, or of as many as there is time for, without what comes before each."""
    call()
    seen: list[float] = []
    while len(seen) < times and sum(seen) < SECONDS:
        before()
        begun = time.perf_counter()
        call()
        seen.append(time.perf_counter() - begun)
    return 1000 * median(seen)


@dataclass
class Part:
    """A live part and somebody who looks at it, with the tag of what is shown."""

    name: str
    browser: Client
    address: str
    tag: str = ""

    def measure(self, polls: int) -> dict[str, Any]:
        self.look()
        return {
            "statements": self._statements(),
            "ms": _milliseconds(self._look_a_second_later, polls),
            "statements_with_news": self._statements(_happen),
            "ms_with_news": _milliseconds(self._look_a_second_later, polls, _happen),
        }

    def look(self) -> None:
        answer = self.browser.get(self.address, headers={"If-None-Match": self.tag})
        if answer.status_code not in {200, 304}:
            raise RuntimeError(f"{self.address}: {answer.status_code}")
        self.tag = answer.headers["ETag"]

    def _look_a_second_later(self) -> None:
        news_now.forget()
        self.look()

    def _statements(self, before: Callable[[], None] = _nothing) -> int:
        before()
        news_now.forget()
        with CaptureQueriesContext(connection) as captured:
            self.look()
        return len(captured)


def _happen() -> None:
    """Write a line that is about nothing that is shown: what many polls find in a busy minute."""
    audit.record(SYSTEM, SignedIn(user_id=1), clock.now())


def _parts() -> list[Part]:
    settings.ALLOWED_HOSTS = ["*"]
    stay = ParkingSession.objects.filter(status=SessionStatus.ACTIVE).latest("pk")
    zone = ParkingZone.objects.earliest("pk")
    phone = _browser(User.objects.get(sessions=stay))
    gate, office = _browser(_somebody(Role.STAFF)), _browser(_somebody(Role.ADMIN))
    return [
        Part("a ticket", phone, f"/tickets/{stay.pk}/live/"),
        Part("the zones", phone, "/zones/live/"),
        Part("a zone", phone, f"/zones/{zone.pk}/live/"),
        Part("cars inside", gate, "/gate/inside/live/"),
        Part("all slots", gate, "/gate/slots/live/"),
        Part("slots of a zone", office, f"/office/zones/{zone.pk}/slots/live/"),
        Part("a stay's story", office, f"/office/sessions/{stay.pk}/live/"),
        Part("the dashboard", office, "/office/live/"),
    ]


def _somebody(role: Role) -> User:
    user, _ = User.objects.get_or_create(
        username=f"live-{role.value.lower()}", defaults={"role": role, "date_joined": clock.now()}
    )
    return user


def _browser(user: User) -> Client:
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser
