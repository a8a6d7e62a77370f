"""At the end: do reports, lists, files and record say what the script counted?"""

import csv
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from bench.week.calls import Caller, Unexpected
from bench.week.ledger import INDIA, Money, Sums
from bench.week.town import CUSTOMER, DAYS, READERS, SELLER, Town, moment

_FIRST = moment(0).astimezone(INDIA).date()
_LAST = moment(DAYS).astimezone(INDIA).date()
SPAN = {"start_date": _FIRST.isoformat(), "end_date": _LAST.isoformat()}


def rupees(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def check_everything(town: Town) -> None:
    """Check all, whatever fails before."""
    for name, site in READERS.items():
        for check in (check_revenue, check_payments, check_sessions):
            _guarded(town, partial(check, town, town.people[name], site))
    for check_all in (check_record, check_documents, look_around):
        _guarded(town, partial(check_all, town))


def _guarded(town: Town, check: Callable[[], None]) -> None:
    try:
        check()
    except (Unexpected, KeyError, IndexError, TypeError, ValueError) as error:
        town.traffic.fault(f"{check}: {type(error).__name__} {error}")


def _differ(town: Town, what: str, found: object, expected: object) -> None:
    if found != expected:
        town.traffic.fault(f"{what}: {found} instead of {expected}")


def check_revenue(town: Town, reader: Caller, site: str | None) -> None:
    """Hold the revenue report, by day, zone and method, against the ledger."""
    report = reader.get("/api/admin/revenue-report/", **SPAN)
    keys = {
        "daily": (lambda row: row.day.isoformat(), "date"),
        "zones": (lambda row: row.zone, "zone_id"),
        "methods": (lambda row: row.method, "method"),
    }
    for part, (key, name) in keys.items():
        expected = town.ledger.sums(key, site=site)
        found = {row[name]: Sums(rupees(row["revenue"]), rupees(row["refunds"])) for row in report[part]}
        _differ(town, f"{reader.name}: {part}", {k: v for k, v in found.items() if v != Sums()}, expected)
    total = sum((row.amount for row in town.ledger.rows(site)), Decimal("0.00"))
    _differ(town, f"{reader.name}: total", rupees(report["total"]), total)
    begun = sum(count for (_, where), count in town.ledger.begun.items() if site in {None, where})
    _differ(town, f"{reader.name}: sessions", sum(row["sessions"] for row in report["daily"]), begun)


def check_payments(town: Town, reader: Caller, site: str | None) -> None:
    """Hold the list of payments, row by row, against the ledger."""
    expected = Counter(_row(row) for row in town.ledger.rows(site))
    rows = reader.everything("/api/admin/payments/", **SPAN)
    sign = {"PAYMENT": 1, "REFUND": -1}
    found = Counter((row["at"][:16], row["method"], sign[row["kind"]] * rupees(row["amount"])) for row in rows)
    _differ(town, f"{reader.name}: payments missing", expected - found, Counter())
    _differ(town, f"{reader.name}: payments too many", found - expected, Counter())


def _row(row: Money) -> tuple[str, str, Decimal]:
    return row.at.isoformat()[:16], row.method, row.amount


def check_sessions(town: Town, reader: Caller, site: str | None) -> None:
    """The list, its CSV and the dashboard count the same stays."""
    rows = reader.everything("/api/admin/all-sessions/", **SPAN)
    file = list(csv.DictReader(io.StringIO(reader.file("/api/admin/all-sessions/", **SPAN, export="csv"))))
    by_file = {int(row["session_id"]): row for row in file}
    _differ(town, f"{reader.name}: CSV", sorted(by_file), sorted(row["session_id"] for row in rows))
    for row in rows:
        line = by_file.get(row["session_id"], {})
        for column in ("status", "vehicle_number", "payment_status", "qr_code"):
            _differ(town, f"{reader.name}: CSV {column}", line.get(column), row[column])
        for column in ("amount_paid", "total_amount", "amount_due"):
            _differ(town, f"{reader.name}: CSV {column}", rupees(line.get(column) or 0), rupees(row[column] or 0))
    if site is None:
        _differ(town, "ends of stays", Counter(row["status"] for row in rows), town.ledger.ends)
    inside = reader.get("/api/admin/dashboard/")["today"]["active_sessions"]
    _differ(town, f"{reader.name}: cars inside", inside, town.inside[reader.name])


def check_record(town: Town) -> None:
    """Every change and every forbidden try is on record under its request, by whom; the CSV has the same lines."""
    auditor = town.people["auditor1"]
    lines = auditor.everything("/api/admin/audit/", **SPAN)
    file = list(csv.DictReader(io.StringIO(auditor.file("/api/admin/audit/", **SPAN, export="csv"))))
    ids, in_file = {row["id"] for row in lines}, {int(row["id"]) for row in file}
    _differ(town, "lines of the record missing in its CSV", sorted(ids - in_file), [])
    by_request: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in file:
        by_request[row["request_id"]].append(row)
    silent: Counter[str] = Counter()
    for sent in town.traffic.sent:
        who = {row["actor_id"] for row in by_request[sent.request_id]}
        if str(sent.user_id) not in who and not sent.is_refused:
            silent[re.sub(r"\d+", "N", sent.what)] += 1
    _differ(town, "changes without a line of the record", dict(silent), {})
    refused = sum(_repetitions(row) for row in file if row["action"].startswith("refused.") and row["actor_id"])
    forbidden = sum(1 for sent in town.traffic.sent if sent.is_refused)
    if refused < forbidden:
        town.traffic.fault(f"{forbidden} were forbidden, {refused} of them are on record")


def _repetitions(row: dict[str, Any]) -> int:
    return int(json.loads(row["facts"]).get("count", 1))


def check_documents(town: Town) -> None:
    """Invoices of the registered site carry the seller's GSTIN, and the company's where one was given."""
    admin = town.people["admin"]
    for car in town.notes["companies"][:10]:
        paid = admin.get("/api/admin/payments/", session_id=car.session)["results"][0]["id"]
        page = admin.file(f"/api/payment/{paid}/receipt/")
        for text in (SELLER["gstin"], CUSTOMER["gstin"], CUSTOMER["company"]):
            if str(text) not in page:
                town.traffic.fault(f"The invoice of stay {car.session} does not say {text}")
        if not admin.file(f"/api/payment/{paid}/receipt.pdf").startswith("%PDF"):
            town.traffic.fault(f"The invoice of stay {car.session} is no PDF")


LOOKS = (
    "/api/staff/active-sessions/", "/api/staff/slot-status/", "/api/admin/debts/",
    "/api/admin/refunds/", "/api/admin/approvals/", "/api/admin/terminations/", "/api/admin/users/",
    "/api/admin/zones/", "/api/admin/gates/", "/api/admin/sites/", "/api/admin/settings/history/",
    "/api/admin/tax-profiles/",
)  # fmt: skip


def look_around(town: Town) -> None:
    """Everybody of one site reads everything: `Caller` looks for plates of the other one."""
    for name in ("manager-cp", "manager-air"):
        # The record is one for all sites.
        town.people[name].call("GET", "/api/admin/audit/", expect="not_permitted")
        for path in LOOKS:
            town.people[name].get(path)
    for name in ("staff1", "staff2"):
        for path in LOOKS[:2]:
            town.people[name].get(path)
    waiting = {row["amount"] for row in town.people["admin"].everything("/api/admin/debts/", status="OPEN")}
    _differ(town, "open debts", {rupees(amount) for amount in waiting}, set(town.notes["open debts"]))
