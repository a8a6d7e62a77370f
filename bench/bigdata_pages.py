"""How long every page and list call takes beside a year of stays, in one process with its caches empty."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import median, quantiles
from typing import Any

from django.conf import settings
from django.test import Client

from bench.bigdata import HISTORY, PAGE, REPORT, SEARCH
from bench.many_sites import browser_of, somebody
from parking.accounts.models import Role, User
from parking.accounts.tokens import new_access_token
from parking.core import clock, fresh
from parking.payments.models import Payment, Refund
from parking.stays.models import ParkingSession

OFFICE = (
    (PAGE, "/office/"), (PAGE, "/office/sessions/"), (PAGE, "/office/sessions/?at={half}"),
    (PAGE, "/office/sessions/?end=1"),
    (PAGE, "/office/sessions/?sort=number"), (PAGE, "/office/sessions/?sort=-ended"),
    (PAGE, "/office/sessions/?sort=owner"), (PAGE, "/office/sessions/?sort=-paid"),
    (PAGE, "/office/sessions/?site={site}"),
    (PAGE, "/office/sessions/?state=COMPLETED"), (PAGE, "/office/sessions/?state=CANCELLED"),
    (PAGE, "/office/sessions/?reason=UNPAID"), (PAGE, "/office/sessions/?state=ACTIVE"),
    (PAGE, "/office/sessions/?zone={zone}"), (PAGE, "/office/sessions/?from={first}&to={last}"),
    (PAGE, "/office/sessions/?from={first}&to={last}&days_of=entered"),
    (PAGE, "/office/sessions/?from={first}&to={last}&days_of=ended"), (PAGE, "/office/sessions/?unpaid=on"),
    (PAGE, "/office/sessions/?user={username}"), (PAGE, "/office/sessions/{session}/"),
    (PAGE, "/office/payments/"), (PAGE, "/office/payments/?at={half}"), (PAGE, "/office/payments/?end=1"),
    (PAGE, "/office/payments/?sort=at"), (PAGE, "/office/payments/?site={site}"),
    (PAGE, "/office/payments/?sort=-amount"), (PAGE, "/office/payments/?kind=REFUND"),
    (PAGE, "/office/payments/?method=UPI"), (PAGE, "/office/payments/?zone={zone}"),
    (PAGE, "/office/payments/?from={first}&to={last}"), (PAGE, "/office/debts/"), (PAGE, "/office/review/"),
    (PAGE, "/office/passes/"), (PAGE, "/office/users/"), (PAGE, "/office/audit/"), (PAGE, "/office/audit/?end=1"),
    (PAGE, "/office/terminations/"), (PAGE, "/office/sites/"), (PAGE, "/office/zones/"), (PAGE, "/office/undelivered/"),
    (REPORT, "/office/revenue/"), (REPORT, "/office/revenue/?from={year}&to={last}&group=month"),
    (REPORT, "/office/revenue/?site={site}"), (REPORT, "/office/revenue/?from={year}&to={last}&site={site}"),
    (SEARCH, "/office/search/?q={session}"), (SEARCH, "/office/search/?q={code}"),
    (SEARCH, "/office/search/?q={plate}"), (SEARCH, "/office/search/?q={beginning}"),
    (SEARCH, "/office/search/?q={four}"), (SEARCH, "/office/search/?q={reference}"),
    (SEARCH, "/office/search/?q={reference_beginning}"), (SEARCH, "/office/search/?q={refund}"),
    (SEARCH, "/office/search/?q=Kulkarni"), (SEARCH, "/office/search/?q=Lane"), (SEARCH, "/office/search/?q={phone}"),
    (SEARCH, "/office/search/?q=nothing-such"),
    (SEARCH, "/office/sessions/?q={session}"), (SEARCH, "/office/sessions/?q={code}"),
    (SEARCH, "/office/sessions/?q={plate}"), (SEARCH, "/office/sessions/?q={four}"),
    (SEARCH, "/office/sessions/?q=Kulkarni"), (SEARCH, "/office/sessions/?q=Lane 0"),
    (SEARCH, "/office/sessions/?q=nothing-such"), (SEARCH, "/office/payments/?q={reference}"),
    (SEARCH, "/office/payments/?q={plate}"), (SEARCH, "/office/users/?q={phone}"), (SEARCH, "/office/users/?q=Zoya"),
)  # fmt: skip
API = (
    (REPORT, "/api/admin/dashboard/"), (PAGE, "/api/admin/all-sessions/"), (PAGE, "/api/admin/all-sessions/?page=100"),
    (PAGE, "/api/admin/all-sessions/?page={last_page}"), (PAGE, "/api/admin/all-sessions/?status=COMPLETED"),
    (PAGE, "/api/admin/all-sessions/?status=CANCELLED"), (PAGE, "/api/admin/all-sessions/?zone_id={zone}"),
    (PAGE, "/api/admin/all-sessions/?start_date={first}&end_date={last}"),
    (SEARCH, "/api/admin/all-sessions/?q={plate}"), (SEARCH, "/api/admin/all-sessions/?q={four}"),
    (SEARCH, "/api/admin/all-sessions/?q=Lane 0"), (PAGE, "/api/admin/payments/"),
    (PAGE, "/api/admin/payments/?page=100"), (PAGE, "/api/admin/payments/?start_date={first}&end_date={last}"),
    (PAGE, "/api/admin/payments/?method=UPI"), (PAGE, "/api/admin/payments/?session_id={session}"),
    (REPORT, "/api/admin/revenue-report/"), (REPORT, "/api/admin/revenue-report/?start_date={year}&end_date={last}"),
    (PAGE, "/api/admin/users/"), (SEARCH, "/api/admin/users/?q={phone}"), (PAGE, "/api/admin/refunds/"),
    (PAGE, "/api/admin/debts/"), (PAGE, "/api/admin/audit/"),
)  # fmt: skip
DRIVER = (
    (HISTORY, "/history/"), (HISTORY, "/history/?q={four}"), (HISTORY, "/tickets/"), (PAGE, "/zones/"),
)  # fmt: skip
DRIVER_API = (
    (HISTORY, "/api/user/history/"), (HISTORY, "/api/user/history/?status=COMPLETED"),
    (HISTORY, "/api/user/current-session/"),
)  # fmt: skip
STAFF_API = ((PAGE, "/api/staff/active-sessions/"), (PAGE, "/api/staff/slot-status/?zone_id={zone}"))
GATE = ((PAGE, "/gate/"), (PAGE, "/gate/inside/"))


@dataclass(frozen=True)
class Visit:
    """One address, what kind it is, and the browser or client that asks for it."""

    kind: str
    address: str
    client: Client


def inside(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each address with its kind, its milliseconds p50 and p95, and how many were refused, as too long."""
    settings.ALLOWED_HOSTS = ["*"]
    place = place_of_today()
    return [
        {"kind": visit.kind, "address": visit.address, **_times(visit, place, given["rounds"])}
        for visit in visits(User.objects.get(pk=place["driver"]))
        if given.get("only", "") in visit.address
    ]


def visits(driver: User) -> Iterator[Visit]:
    office, gate = browser_of(Role.ADMIN), browser_of(Role.STAFF)
    driving = Client()
    driving.force_login(driver, backend="django.contrib.auth.backends.ModelBackend")
    parties = (
        (office, OFFICE), (_caller(somebody(Role.ADMIN)), API), (driving, DRIVER), (_caller(driver), DRIVER_API),
        (gate, GATE), (_caller(somebody(Role.STAFF)), STAFF_API),
    )  # fmt: skip
    return (Visit(kind, address, client) for client, visits in parties for kind, address in visits)


def _caller(user: User) -> Client:
    return Client(headers={"Authorization": f"Bearer {new_access_token(user)}"})


def place_of_today() -> dict[str, Any]:
    """Return what is filled into the addresses: things from the middle of the year."""
    newest = ParkingSession.objects.order_by("-pk")[0]
    stay = ParkingSession.objects.filter(pk__lte=newest.pk // 2, status="COMPLETED").whole().order_by("-pk")[0]
    payment = Payment.objects.filter(bill=stay.bill).exclude(reference="").order_by("pk")[0]
    today = clock.now().date()
    key = stay.vehicle.match_key
    return {
        "site": stay.zone.site_id, "zone": stay.zone_id, "session": stay.pk, "code": stay.qr_code,
        "plate": stay.vehicle.vehicle_number, "beginning": key[:6], "four": key[-4:], "driver": stay.driver_id,
        "username": stay.driver.username if stay.driver else "", "phone": stay.driver.phone if stay.driver else "",
        "reference": payment.reference, "reference_beginning": payment.reference[:16],
        "refund": Refund.objects.order_by("pk").values_list("refund_id", flat=True)[0],
        "half": stay.booked_at.date(), "year": today - timedelta(days=364),
        "first": today - timedelta(days=200), "last": today - timedelta(days=171),
        "last_page": -(-ParkingSession.objects.count() // 20),
    }  # fmt: skip


def _times(visit: Visit, place: dict[str, Any], rounds: int) -> dict[str, float]:
    address = visit.address.format(**place)
    answers = [_asked(visit.client, address) for _ in range(rounds + 1)][1:]
    seen = [1000 * seconds for seconds, _ in answers]
    p95 = quantiles(seen, n=20, method="inclusive")[18] if len(seen) > 1 else seen[0]
    return {"p50": median(seen), "p95": p95, "refused": sum(status not in {200, 302} for _, status in answers)}


def _asked(client: Client, address: str) -> tuple[float, int]:
    fresh.forget_all()
    begun = time.perf_counter()
    answer = client.get(address)
    return time.perf_counter() - begun, answer.status_code
