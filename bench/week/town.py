"""The two sites and their people, as the script knows them; made over HTTP."""

import random
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from bench.week.calls import Caller, Traffic
from bench.week.ledger import INDIA, Ledger, Money

# A Monday, later than any day on which this is run is of no importance: all processes follow the moved clock.
MONDAY = date(2027, 1, 4)
DAYS = 7
DRIVERS = 10
# Who reads reports and lists at the end, and the one site where they work; none: all.
READERS = {"manager-cp": "CP", "manager-air": "AIR", "admin": None, "auditor1": None}
SELLER = {
    "legal_name": "Connaught Parking Private Limited",
    "address": "Block A, Connaught Place, New Delhi 110001",
    "gstin": "29AAGCB7383J1Z4",
    "series_prefix": "CP1",
    "rate": 18,
}
CUSTOMER = {"company": "Asha Textiles", "gstin": "27AAPFU0939F1ZV", "address": "7 MG Road, Mumbai"}


def moment(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """Return a time of the week, India's, as an aware time in UTC; days count from Monday, 0."""
    begin = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=INDIA)
    return (begin + timedelta(days=day, hours=hour, minutes=minute)).astimezone(UTC)


@dataclass
class Zone:
    """A zone with its price of the moment, and the times for which its slots are planned."""

    id: int
    site: str
    places: int
    rate: Decimal
    fee: Decimal = Decimal("50.00")
    planned: list[tuple[datetime, datetime]] = field(default_factory=list)

    def plan(self, begin: datetime, end: datetime) -> bool:
        """Take a place for a time; false if there is none."""
        overlapping = sum(1 for first, last in self.planned if first < end and begin < last)
        if overlapping >= self.places - 2:
            return False
        self.planned.append((begin, end))
        return True


class Town:
    """Everybody and everything that a story needs."""

    def __init__(self, traffic: Traffic, ledger: Ledger, seed: int) -> None:
        self.traffic, self.ledger = traffic, ledger
        self.dice = random.Random(seed)
        self.zones = {
            1: Zone(1, "CP", 10, Decimal("50.00")),
            2: Zone(2, "CP", 8, Decimal("75.00")),
            3: Zone(3, "AIR", 30, Decimal("80.00")),
            4: Zone(4, "AIR", 20, Decimal("40.00")),
        }
        self.people: dict[str, Caller] = {}
        self.drivers: list[Caller] = []
        self.sites: dict[str, int] = {}
        self.gates: dict[tuple[str, str], int] = {}
        self.debts: dict[str, tuple[str, int, Decimal]] = {}
        self._plates = count(1)
        self._references = count(410_000_000_001)
        self._lock = threading.Lock()
        self.notes: dict[str, list[Any]] = defaultdict(list)
        # Cars that were inside before the week, by who reads it.
        self.inside: dict[str, int] = {}

    def plate(self) -> str:
        with self._lock:
            number = next(self._plates)
        return f"DL-{1 + number % 9:02d}-{'ABCDEFGH'[number % 8]}K-{1000 + number:04d}"

    def reference(self) -> str:
        with self._lock:
            return str(next(self._references))

    def at_gate(self, site: str) -> tuple[Caller, int, int]:
        """Return the attendant of a site, and its gates in and out."""
        return self.people[{"CP": "staff1", "AIR": "staff2"}[site]], self.gates[site, "IN"], self.gates[site, "OUT"]

    def sign_everybody_in(self) -> None:
        """Access tokens live for a day."""
        for person in (*self.people.values(), *self.drivers):
            person.sign_in()

    # --- Set-up ---------------------------------------------------------------------------------------

    def settle_in(self) -> None:
        """Make what the demonstration lacks: drivers, managers of one site, an attendant of the first site alone."""
        for name, password in (("admin", "password123"), ("superadmin", "password123"), ("auditor1", "auditpass")):
            self._add(Caller(self.traffic, name, password))
        self._add(Caller(self.traffic, "staff1", "staffpass", site="CP"))
        self._add(Caller(self.traffic, "staff2", "staffpass", site="AIR"))
        admin = self.people["admin"]
        self.sites = {site["code"]: site["id"] for site in admin.get("/api/admin/sites/")["results"]}
        for gate in admin.get("/api/admin/gates/")["results"]:
            code = next(code for code, pk in self.sites.items() if pk == gate["site_id"])
            self.gates[code, gate["direction"]] = gate["id"]
        admin.patch(f"/api/admin/users/{self.people['staff1'].id}/", sites=[self.sites["CP"]])
        # The town's own books know plain rates.
        admin.call("PUT", "/api/admin/zones/4/demand/", body={"steps": []})
        for code in self.sites:
            self._make_manager(code)
        for number in range(DRIVERS):
            self._register(number)
        profile = SELLER | {"site_id": self.sites["CP"], "valid_from": MONDAY.isoformat()}
        admin.post("/api/admin/tax-profiles/", 201, **profile)
        self._remember_demonstration()

    def _remember_demonstration(self) -> None:
        """Take into the books what the demonstration brought: money for passes, and cars that are inside."""
        for code in self.sites:
            for row in self.people[f"manager-{code.lower()}"].everything("/api/admin/payments/"):
                at, amount = datetime.fromisoformat(row["at"]), Decimal(str(row["amount"])).quantize(Decimal("0.01"))
                self.ledger.take(Money(at, code, None, row["method"], amount))
        for name in READERS:
            self.inside[name] = self.people[name].get("/api/admin/dashboard/")["today"]["active_sessions"]

    def _add(self, person: Caller) -> Caller:
        person.sign_in()
        self.people[person.name] = person
        return person

    def _make_manager(self, code: str) -> None:
        name, given, own = f"manager-{code.lower()}", "given-by-admin-1", "chosen-by-myself-2"
        account = {"username": name, "password": given, "email": f"{name}@example.org", "role": "ADMIN"}
        self.people["admin"].post("/api/admin/users/", 201, **account, sites=[self.sites[code]])
        manager = self._add(Caller(self.traffic, name, given, site=code))
        manager.call("GET", "/api/admin/dashboard/", expect="password_must_change")
        manager.post("/api/auth/password/change/", old_password=given, new_password=own)
        manager.password = own
        manager.sign_in()

    def _register(self, number: int) -> None:
        name, password = f"driver-{number}", "a-long-password-3"
        body = {"username": name, "password": password, "email": f"{name}@example.org"}
        answer = self.traffic.send("POST", "/api/auth/register/", json=body)
        if answer.status_code != 201:
            self.traffic.fault(f"register: {answer.text}")
        driver = Caller(self.traffic, name, password)
        driver.sign_in()
        self.drivers.append(driver)
