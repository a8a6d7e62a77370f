"""What must be refused, and what managers change in the midst of the week."""

from datetime import datetime, timedelta
from decimal import Decimal

from bench.week.ledger import Money
from bench.week.stories import Car, Story
from bench.week.town import Town, moment


def wrong_site(town: Town, begin: datetime) -> Story:
    """A car of the first site meets the attendant of the second one, and everybody who may not do what they try."""
    yield begin
    car = Car(town, town.zones[1], town.plate())
    car.take_ticket(begin)
    stranger, stranger_in, stranger_out = town.at_gate("AIR")
    stranger.post("/api/staff/entry/", "wrong_site", qr_code=car.code, gate_id=stranger_in)
    stranger.post("/api/staff/entry/", "gate_invalid", qr_code=car.code, gate_id=car.way_in)
    car.staff.post("/api/staff/entry/", "vehicle_mismatch", qr_code=car.code, vehicle_number="MH-12-QQ-7777")
    car.staff.post("/api/staff/exit/", "entry_not_scanned", qr_code=car.code, payment_method="CASH")
    car.enter()
    car.staff.post("/api/staff/entry/", "already_entered", qr_code=car.code, gate_id=car.way_in)
    stranger.post("/api/staff/exit/quote/", "wrong_site", qr_code=car.code, gate_id=stranger_out)
    end = {"reason": "Not mine", "payment_method": "NONE"}
    stranger.post(f"/api/staff/sessions/{car.session}/terminate/", "session_not_found", **end)
    stranger.get("/api/staff/active-sessions/", q=car.plate)
    _nobody_else(town, car)
    at = begin + timedelta(minutes=70)
    yield at
    scan = {"qr_code": car.code, "gate_id": car.way_out}
    car.staff.post("/api/staff/exit/", "amount_too_small", **scan, payment_method="CASH", amount_tendered=1)
    car.staff.post("/api/staff/exit/", "payment_method_invalid", **scan, payment_method="SHELLS")
    car.staff.post("/api/staff/exit/", "upi_reference_invalid", **scan, payment_method="UPI", upi_reference="12")
    stranger.post("/api/staff/exit/", "wrong_site", qr_code=car.code, gate_id=stranger_out, payment_method="CASH")
    car.leave(70, at, "CASH")
    car.staff.post("/api/staff/exit/", "already_exited", **scan, payment_method="CASH")


def _nobody_else(town: Town, car: Car) -> None:
    auditor, driver = town.people["auditor1"], town.drivers[0]
    end = {"reason": "Only looking", "payment_method": "NONE"}
    auditor.post("/api/staff/entry/", "forbidden", qr_code=car.code)
    auditor.post(f"/api/staff/sessions/{car.session}/terminate/", "forbidden", **end)
    auditor.patch("/api/admin/settings/", "forbidden", values={"no_show_minutes": 5})
    auditor.post("/api/user/book-slot/", "forbidden", zone_id=1, vehicle_number=town.plate(), owner_name="A")
    driver.call("GET", f"/api/user/sessions/{car.session}/", expect=404)
    driver.call("GET", "/api/admin/payments/", expect="forbidden")
    car.staff.call("GET", "/api/admin/dashboard/", expect="forbidden")
    car.staff.post("/api/user/book-slot/", "forbidden", zone_id=1, vehicle_number=town.plate(), owner_name="A")
    town.people["manager-cp"].call("GET", "/api/admin/zones/3/", expect=404)
    town.people["manager-cp"].patch("/api/admin/zones/3/", 404, hourly_rate=1)
    town.people["manager-air"].patch("/api/admin/settings/", 404, site_id=town.sites["CP"], values={"hold_minutes": 1})
    for body in ({"zone_id": True}, {"zone_id": 10**30}, {"vehicle_number": "\ud800"}, {"owner_name": "\x00"}):
        car_of_driver = {"zone_id": 1, "vehicle_number": "DL-01-ZZ-0001", "owner_name": "A"} | body
        driver.post("/api/user/book-slot/", 400, **car_of_driver)
    other = {"zone_id": 1, "vehicle_number": car.plate, "owner_name": "A"}
    driver.post("/api/user/book-slot/", "vehicle_unavailable", **other)


def cash_back(town: Town, begin: datetime) -> Story:
    """Cash goes back under four eyes: asker, taker and payer are three."""
    yield begin
    car = Car(town, town.zones[2], town.plate())
    car.take_ticket(begin)
    car.enter()
    yield begin + timedelta(minutes=30)
    car.leave(30, begin + timedelta(minutes=30), "CASH")
    admin, second = town.people["admin"], town.people["superadmin"]
    paid = admin.get("/api/admin/payments/", session_id=car.session)["results"][0]["id"]
    wish = {"payment_id": paid, "amount": 25, "reason": "The lift was out of order"}
    admin.post("/api/admin/refunds/", "refund_exceeds_payment", **wish | {"amount": 10_000})
    asked = admin.post("/api/admin/refunds/", 201, **wish)["id"]
    admin.post(f"/api/admin/refunds/{asked}/approve/", "own_refund")
    town.people["manager-air"].post(f"/api/admin/refunds/{asked}/approve/", 404)
    car.staff.post(f"/api/admin/refunds/{asked}/approve/", "forbidden")
    at = begin + timedelta(minutes=50)
    yield at
    second.post(f"/api/admin/refunds/{asked}/approve/")
    second.post(f"/api/admin/refunds/{asked}/approve/", "refund_not_waiting")
    town.ledger.take(Money(at, "CP", 2, "CASH", Decimal("-25.00")))


def permissions(town: Town, begin: datetime) -> Story:
    """An attendant without permissions gets them, within a limit."""
    yield begin
    car = Car(town, town.zones[2], town.plate())
    staff, admin = car.staff, town.people["admin"]
    car.take_ticket(begin)
    car.enter()
    yield begin + timedelta(minutes=20)
    car.leave(20, begin + timedelta(minutes=20), "CASH")
    paid = admin.get("/api/admin/payments/", session_id=car.session)["results"][0]["id"]
    wish = {"payment_id": paid, "amount": 40, "reason": "Charged for a broken barrier"}
    staff.post("/api/staff/refunds/", "not_permitted", **wish)
    staff.post("/api/staff/debts/1/collect/", "not_permitted", payment_method="CASH")
    refund = {"each": 50, "per_day": 60}
    for name in ("staff1", "staff2"):
        given = {"collect_debt": True, "refund": refund}
        admin.patch(f"/api/admin/users/{town.people[name].id}/", permissions=given)
    asked = staff.post("/api/staff/refunds/", 201, **wish)["id"]
    staff.post("/api/staff/refunds/", "refund_beyond_limit", **wish | {"amount": 30})
    town.people["staff2"].post("/api/staff/refunds/", "payment_not_found", **wish)
    at = begin + timedelta(minutes=30)
    yield at
    admin.post(f"/api/admin/approvals/{_approval(town, asked)}/", decision="APPROVE")
    car.take(at, "CASH", Decimal("-40.00"))


def _approval(town: Town, refund: int) -> int:
    rows = town.people["admin"].everything("/api/admin/approvals/")
    return next(int(row["id"]) for row in rows if refund in {row["facts"].get("refund_id"), row["facts"].get("id")})


def settings_change(town: Town) -> Story:
    """Wednesday: the Airport gives ten minutes for cancelling."""
    yield moment(2, 3)
    manager = town.people["manager-air"]
    manager.patch("/api/admin/settings/", "setting_unknown", site_id=town.sites["AIR"], values={"no_such": 1})
    manager.patch("/api/admin/settings/", site_id=town.sites["AIR"], values={"cancel_window_seconds": 900})
    town.notes["window AIR"].append(15)


def price_change(town: Town) -> Story:
    """Thursday: Zone A costs more; cars inside keep their terms."""
    yield moment(3, 12, 5)
    town.people["manager-cp"].patch("/api/admin/zones/1/", hourly_rate=60.5)
    town.zones[1].rate = Decimal("60.50")


def zone_closed(town: Town) -> Story:
    """Friday night Zone P2 is closed for two hours; who is inside leaves all the same."""
    yield moment(4, 23, 5)
    manager, driver = town.people["manager-air"], town.drivers[1]
    manager.patch("/api/admin/zones/4/", is_active=False)
    yield moment(4, 23, 15)
    wish = {"zone_id": 4, "vehicle_number": town.plate(), "owner_name": "A"}
    driver.post("/api/user/book-slot/", "zone_inactive", **wish)
    if any(zone["id"] == 4 for zone in driver.get("/api/user/zones/")):
        town.traffic.fault("A closed zone stands in the list")
    yield moment(5, 1, 5)
    manager.patch("/api/admin/zones/4/", is_active=True)


def opening_hours(town: Town) -> Story:
    """Saturday: Zone B opens from 6 to 23 only."""
    yield moment(5, 2, 5)
    manager, driver = town.people["manager-cp"], town.drivers[2]
    manager.patch("/api/admin/zones/2/", opens_at="06:00", closes_at="23:00")
    wish = {"zone_id": 2, "vehicle_number": town.plate(), "owner_name": "A"}
    driver.post("/api/user/book-slot/", "zone_closed", **wish)
    yield moment(5, 3, 5)
    manager.patch("/api/admin/sites/" + str(town.sites["CP"]) + "/", state="CLOSED")
    driver.post("/api/user/book-slot/", "zone_inactive", **wish | {"zone_id": 1})
    manager.patch("/api/admin/sites/" + str(town.sites["CP"]) + "/", state="OPEN")
