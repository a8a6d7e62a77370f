"""One attendant serves the cars of an hour through the gate's pages: real requests, drawn acts, a clock that is set."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.conf import settings
from django.test import Client

from bench.defaults import put_defaults_into_columns
from bench.gate_queue import HOUR, NOW, arrivals, think
from bench.many_sites import browser_of, somebody
from parking.accounts.models import Role, User
from parking.checkout import booking, entering
from parking.core.actor import SYSTEM, user_actor
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.facilities.services import add_slots, create_zone
from parking.payments.models import Debt
from parking.stays.models import ParkingSession

# 17:30 in Delhi.
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PART = {"HX-Request": "true"}


class Attendant:
    """The person at the gate. `now` is in seconds since the beginning; `machine`, what the server took of this car."""

    def __init__(self, seed: int) -> None:
        self.browser: Client = browser_of(Role.STAFF)
        self.seed, self.car = seed, 0
        self.now = self.machine = 0.0

    def begin(self, car: int, at: float) -> None:
        self.car, self.now, self.machine = car, max(self.now, at), 0.0

    def do(self, *acts: str) -> None:
        self.now += sum(think(self.seed, self.car, act) for act in acts)

    def send(self, call: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Send a request at the moment it is, and let the time pass that it takes."""
        with time_machine.travel(START + timedelta(seconds=self.now), tick=False):
            begun = time.perf_counter()
            answer = call(*given, **named)
            took = time.perf_counter() - begun
        self.now, self.machine = self.now + took, self.machine + took
        if answer.status_code not in {200, 302}:
            raise AssertionError((given, answer.status_code, answer.content[:500]))
        return answer

    def scan(self, code: str, direction: str) -> str:
        body = {"qr_code": code, "scan_id": f"{direction}-{self.car}", "direction": direction}
        return str(self.send(self.browser.post, "/gate/scan/", body, headers=PART).content.decode())


def inside(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the cars of one flow with the moments at which they were served, in seconds."""
    settings.ALLOWED_HOSTS = ["*"]
    put_defaults_into_columns()
    with time_machine.travel(START - timedelta(hours=5), tick=False):
        zone = create_zone(actor=SYSTEM, changes={"name": "Queue", "hourly_rate": 50}, now=_moment(-5 * HOUR))
        slots = {"prefix": "A-", "first": 1, "last": 3 * given["cars"]}
        add_slots(actor=SYSTEM, zone_id=zone.pk, kind="CAR", now=_moment(-5 * HOUR), **slots)
    staff, driver = somebody(Role.STAFF), somebody(Role.USER)
    attendant = Attendant(given["seed"])
    serve = {"in": _in_now if given["flow"] == NOW else _in_before, "out": _out}
    cars = arrivals(given["seed"], given["cars"])
    codes = {row["car"]: _made(row, zone, staff, driver) for row in cars}
    # The first request of a process builds what later ones find: it is no car's.
    attendant.send(attendant.browser.get, "/gate/")
    attendant.send(attendant.browser.get, "/gate/ticket/")
    attendant.now = 0.0
    served = [_served(attendant, row, codes[row["car"]], zone, serve[row["way"]]) for row in cars]
    _check(given["cars"])
    return served


def _served(attendant: Attendant, row: dict[str, Any], code: str, zone: ParkingZone, serve: Any) -> dict[str, Any]:
    attendant.begin(row["car"], row["at"])
    began = attendant.now
    attendant.do("drive up")
    serve(attendant, row, code, zone)
    attendant.do("barrier")
    return {**row, "began": began, "ended": attendant.now, "machine": attendant.machine}


def _made(row: dict[str, Any], zone: ParkingZone, staff: User, driver: User) -> str:
    """Return the code that the driver holds: of a booking, or of a car inside; empty for a walk-in."""
    if row["way"] == "in" and not row["special"]:
        return ""
    at, plate = Ref(pk=zone.pk), _plate(row)
    moment = _moment(row["at"] - 300) if row["way"] == "in" else _moment(-1800 - 60 * row["car"])
    with time_machine.travel(moment, tick=False):
        if row["way"] == "in":
            booked = booking.book(
                actor=user_actor(driver.pk, driver.role),
                zone=at,
                plate=plate,
                owner_name="Asha Rao",
                vehicle_kind="CAR",
                gateway=None,
                now=moment,
            )
            return booked.session.qr_code
        ticket = booking.take_ticket(actor=SYSTEM, zone=at, plate=plate, owner_name="", now=moment)
        entering.enter(actor=user_actor(staff.pk, staff.role), qr_code=ticket.qr_code, now=moment)
    return ticket.qr_code


def _in_now(attendant: Attendant, row: dict[str, Any], code: str, zone: ParkingZone) -> None:
    if code:
        attendant.do("scan")
        _saw(attendant.scan(code, "IN"), "LET IN")
        return
    attendant.do("touch")
    page = attendant.send(attendant.browser.get, "/gate/ticket/").content.decode()
    attendant.do("read and type the plate", "touch")
    given = _register(attendant, page, row, zone, let_in="yes")
    attendant.do("hand the slip over")
    _saw(given, "LET IN")


def _in_before(attendant: Attendant, row: dict[str, Any], code: str, zone: ParkingZone) -> None:
    if not code:
        attendant.do("touch")
        page = attendant.send(attendant.browser.get, "/gate/ticket/").content.decode()
        attendant.do("read and type the plate", "ask and type the name", "touch")
        _register(attendant, page, row, zone)
        attendant.do("hand the slip over", "touch")
        attendant.send(attendant.browser.get, "/gate/")
        code = ParkingSession.objects.get(vehicle__vehicle_number=_plate(row)).qr_code
    attendant.do("scan")
    _saw(attendant.scan(code, "IN"), "LET IN")


def _register(attendant: Attendant, page: str, row: dict[str, Any], zone: ParkingZone, **more: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    if found is None:
        raise AssertionError("the form of a ticket has no key")
    body = {"key": found[1], "plate": _plate(row), "vehicle_kind": "CAR", "zone": zone.pk, **more}
    answer = attendant.send(attendant.browser.post, "/gate/ticket/", body)
    return str(attendant.send(attendant.browser.get, answer.headers["Location"]).content.decode())


def _out(attendant: Attendant, row: dict[str, Any], code: str, _zone: ParkingZone) -> None:
    attendant.do("scan")
    found = re.search(r'data-due="([0-9.]+)"', attendant.scan(code, "OUT"))
    if found is None:
        raise AssertionError("no bill was shown")
    body = {"qr_code": code, "scan_id": f"OUT-{attendant.car}", "due": found[1]}
    attendant.do("touch")
    if row["special"]:
        attendant.do("driver pays by UPI", "read and type the reference", "touch")
        body |= {"method": "UPI", "upi_reference": f"6327{attendant.car:08d}"}
    else:
        attendant.do("say what is due, take cash", "touch")
        body |= {"method": "CASH", "tendered": "500"}
    answer = attendant.send(attendant.browser.post, "/gate/collect/", body, headers=PART)
    _saw(answer.content.decode(), "LET OUT")
    if not row["special"]:
        attendant.do("hand change over")


def _saw(page: str, word: str) -> None:
    if word not in page:
        raise AssertionError(f"{word} was not shown: {page[:2000]}")


def _plate(row: dict[str, Any]) -> str:
    # From 0001 on: no plate has the number 0000, so that one would be shown as it is typed.
    return f"DL-01-QU-{row['car'] + 1:04d}"


def _moment(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def _check(cars: int) -> None:
    """Raise unless all came in and went out, and nobody owes anything."""
    inside, over = (ParkingSession.objects.filter(status=status).count() for status in ("ACTIVE", "COMPLETED"))
    if (inside, over, Debt.objects.count()) != (cars, cars, 0):
        raise AssertionError((inside, over, Debt.objects.count()))
