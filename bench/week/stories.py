"""What a car or a driver does. A story yields the time until which it waits, and goes on from there."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from bench.week.calls import Caller, Unexpected
from bench.week.ledger import Money, cost
from bench.week.town import CUSTOMER, Town, Zone

Story = Iterator[datetime]
NOTE = Decimal("500.00")


class Car:
    """A car with its ticket, and the bill that it should get."""

    def __init__(self, town: Town, zone: Zone, plate: str) -> None:
        self.town, self.zone, self.plate = town, zone, plate
        self.staff, self.way_in, self.way_out = town.at_gate(zone.site)
        self.rate, self.fee, self.paid = zone.rate, Decimal("0.00"), Decimal("0.00")
        self.code, self.session = "", 0

    # --- Coming ---------------------------------------------------------------------------------------

    def take_ticket(self, at: datetime) -> None:
        body = {"vehicle_number": self.plate, "owner_name": "A guest", "zone_id": self.zone.id}
        given = self.staff.post("/api/parking/book/", 200, **body)
        self.code = given["qr_code"]
        self.rate = self.zone.rate
        self.town.ledger.begin(self.plate, self.zone.site, at)

    def book(self, driver: Caller, at: datetime, gateway: str = "SIMULATED") -> None:
        body = {"vehicle_number": self.plate, "owner_name": "A driver", "zone_id": self.zone.id, "gateway": gateway}
        booked = driver.post("/api/user/book-slot/", 201, **body)
        self.code, self.session = booked["qr_code"], booked["session_id"]
        self._await_fee(driver)
        self.rate, self.fee = self.zone.rate, self.zone.fee
        self.town.ledger.begin(self.plate, self.zone.site, at)
        self.take(at, "ONLINE", self.fee)
        self.paid = self.fee

    def _await_fee(self, driver: Caller) -> None:
        """Wait until the gateway's word about the fee has come."""
        deadline = time.monotonic() + 20
        while driver.get(f"/api/user/sessions/{self.session}/")["payment_status"] != "PARTIAL":
            if time.monotonic() > deadline:
                raise Unexpected(f"{self.plate}: the fee is not there after 20 s")
            time.sleep(0.1)

    def enter(self) -> None:
        scan = {"qr_code": self.code, "vehicle_number": self.plate, "scan_id": f"in-{self.code}"}
        entered = self.staff.post("/api/staff/entry/", **scan, gate_id=self.way_in)
        self.session = entered["session_id"]

    # --- Going ----------------------------------------------------------------------------------------

    def due(self, minutes: int) -> Decimal:
        return cost(minutes, self.rate, self.fee) - self.paid

    def leave(self, minutes: int, at: datetime, method: str, **more: Any) -> Any:
        """Scan the car out; the bill must be the one worked out here."""
        due = self.due(minutes)
        body = self._tender(method, due) | more
        left = self.staff.post(
            "/api/staff/exit/", qr_code=self.code, payment_method=method, gate_id=self.way_out, **body
        )
        self.equal("amount_charged", left["amount_charged"], due)
        self.equal("total_amount", left["total_amount"], due + self.paid)
        if "amount_tendered" in body:
            debts = Decimal(str(left.get("debts_collected") or 0))
            self.equal("change_due", left["change_due"], Decimal(body["amount_tendered"]) - due - debts)
        self.take(at, method, due)
        self.town.ledger.end("COMPLETED")
        return left

    def _tender(self, method: str, due: Decimal) -> dict[str, Any]:
        if method == "UPI" and due:
            return {"upi_reference": self.town.reference()}
        if method == "ONLINE":
            return {"gateway": "SIMULATED"}
        return {"amount_tendered": int(ceil(due / NOTE) * NOTE)} if method == "CASH" and due else {}

    def take(self, at: datetime, method: str, amount: Decimal) -> None:
        self.town.ledger.take(Money(at, self.zone.site, self.zone.id, method, amount))

    def equal(self, what: str, found: Any, expected: Decimal) -> None:
        if Decimal(str(found)) != expected:
            self.town.traffic.fault(f"{self.plate} in zone {self.zone.id}: {what} {found} instead of {expected}")


def visit(town: Town, zone: Zone, begin: datetime, minutes: int, method: str) -> Story:
    """A guest takes a ticket, parks, and pays at the gate."""
    yield begin
    car = Car(town, zone, town.plate())
    car.take_ticket(begin)
    car.enter()
    end = begin + timedelta(minutes=minutes)
    yield end
    if minutes % 3 == 0:
        quote = car.staff.post("/api/staff/exit/quote/", qr_code=car.code, gate_id=car.way_out)
        car.equal("amount_due", quote["amount_due"], car.due(minutes))
    car.leave(minutes, end, method)
    town.notes["left"].append(car)


def booked(town: Town, zone: Zone, begin: datetime, minutes: int, ways: tuple[str, str]) -> Story:
    """A driver books by a gateway, comes ten minutes later, and pays the rest at the gate by a method."""
    method, gateway = ways
    driver = town.dice.choice(town.drivers)
    yield begin
    car = Car(town, zone, town.plate())
    car.book(driver, begin, gateway)
    yield begin + timedelta(minutes=10)
    car.enter()
    if zone.site == "CP" and minutes % 60 == 0:
        driver.post(f"/api/user/sessions/{car.session}/invoice-details/", **CUSTOMER)
        town.notes["companies"].append(car)
    end = begin + timedelta(minutes=10 + minutes)
    yield end
    car.leave(minutes, end, method)
    town.notes["left"].append(car)


def no_show(town: Town, zone: Zone, begin: datetime) -> Story:
    """A driver books and does not come: the fee is kept."""
    driver = town.dice.choice(town.drivers)
    yield begin
    car = Car(town, zone, town.plate())
    car.book(driver, begin)
    town.ledger.end("EXPIRED")
    yield begin + timedelta(minutes=50)
    car.staff.post("/api/staff/entry/", "booking_expired", qr_code=car.code, gate_id=car.way_in)


def cancelled(town: Town, zone: Zone, begin: datetime, after: int) -> Story:
    """A driver books and cancels: all goes back within the window, nothing after it."""
    driver = town.dice.choice(town.drivers)
    yield begin
    car = Car(town, zone, town.plate())
    car.book(driver, begin)
    at = begin + timedelta(minutes=after)
    yield at
    window = town.notes[f"window {zone.site}"][-1]
    back = car.fee if after < window else Decimal("0.00")
    answer = driver.post("/api/user/cancel-booking/", session_id=car.session)
    car.equal("refund_amount", answer["refund_amount"], back)
    car.take(at, "ONLINE", -back)
    town.ledger.end("CANCELLED")
    car.staff.post("/api/staff/entry/", "booking_cancelled", qr_code=car.code, gate_id=car.way_in)
    driver.post("/api/user/cancel-booking/", "not_cancellable", session_id=car.session)


def debtor(town: Town, zone: Zone, begin: datetime, how: str) -> Story:
    """A stay is ended without money; its debt is paid with a later exit, alone, written off, or stays open."""
    yield begin
    plate = town.plate()
    car = Car(town, zone, plate)
    car.take_ticket(begin)
    car.enter()
    yield begin + timedelta(minutes=100)
    owed = car.due(100)
    ended = car.staff.post(
        f"/api/staff/sessions/{car.session}/terminate/",
        reason="Drove off behind another car",
        payment_method="NONE",
        gate_id=car.way_out,
    )
    car.equal("amount_due", ended["amount_due"], owed)
    town.ledger.end("COMPLETED")
    yield begin + timedelta(days=1)
    at = begin + timedelta(days=1)
    if how == "exit":
        yield from _pays_with_exit(town, car, owed, at)
    elif how == "alone":
        _pays_alone(town, car, owed, at)
    elif how == "off":
        path = f"/api/admin/debts/{_debt_of(town, car)}/write-off/"
        town.people["superadmin"].post(path, reason="A gate stood open")
    else:
        town.notes["open debts"].append(owed)


def _pays_with_exit(town: Town, before: Car, owed: Decimal, begin: datetime) -> Story:
    car = Car(town, before.zone, before.plate)
    car.take_ticket(begin)
    car.enter()
    end = begin + timedelta(minutes=40)
    yield end
    quote = car.staff.post("/api/staff/exit/quote/", qr_code=car.code, gate_id=car.way_out)
    car.equal("debts_due", quote["debts_due"], owed)
    ids = [debt["id"] for debt in quote["debts"]]
    scan = {"qr_code": car.code, "gate_id": car.way_out, "collect_debts": ids}
    car.staff.post("/api/staff/exit/", "debts_need_counter", payment_method="ONLINE", **scan)
    left = car.leave(40, end, "CASH", amount_tendered=1000, collect_debts=ids)
    car.equal("debts_collected", left["debts_collected"], owed)
    car.take(end, "CASH", owed)


def _debt_of(town: Town, car: Car) -> int:
    rows = town.people["admin"].everything("/api/admin/debts/", status="OPEN")
    return next(int(row["id"]) for row in rows if row["session_id"] == car.session)


def _pays_alone(town: Town, car: Car, owed: Decimal, at: datetime) -> None:
    path = f"/api/staff/debts/{_debt_of(town, car)}/collect/"
    car.staff.post(path, "amount_too_small", payment_method="CASH", amount_tendered=1)
    car.staff.post(path, payment_method="UPI", upi_reference=town.reference())
    car.take(at, "UPI", owed)
