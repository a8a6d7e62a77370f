"""A car park that a script moves through its days, by the addresses that people use."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client

from parking.accounts.models import User
from parking.payments.gateways.base import GatewayState, OrderAnswer
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.stays.models import ParkingSession
from tests.client import ApiClient
from tests.gateway import FakeGateway

BACKEND = "django.contrib.auth.backends.ModelBackend"


class World:
    """A car park whose clock, gateways and people one script moves."""

    def __init__(self, traveller: time_machine.Traveller, gateways: dict[str, FakeGateway]) -> None:
        self.traveller, self.gateways = traveller, gateways
        self.gateway = gateways["SIMULATED"]
        self.plates = 0

    def wait(self, **span: float) -> None:
        self.traveller.shift(timedelta(**span))

    def call(self, who: str, path: str, body: object = None, *, status: int = 200, **headers: str) -> Any:
        """POST as a person and give back what is answered."""
        client = ApiClient(User.objects.get(username=who) if who else None)
        return self._checked(client.post(path, body, **headers), path, status)

    def patch(self, path: str, body: object) -> Any:
        return self._checked(ApiClient(User.objects.get(username="admin1")).patch(path, body), path, 200)

    @staticmethod
    def _checked(answer: Any, path: str, status: int) -> Any:
        assert answer.status_code == status, (path, answer.status_code, answer.content)
        found = answer.json()
        return found.get("data", found)

    def post_page(self, who: str, path: str, body: dict[str, str]) -> None:
        client = Client()
        client.force_login(User.objects.get(username=who), backend=BACKEND)
        assert client.post(path, body).status_code == 302, path

    def plate(self) -> str:
        self.plates += 1
        return f"KA-05-MJ-{self.plates:04d}"

    # --- Steps of a stay ---

    def book(self, who: str = "driver1", *, zone: int = 1, status: int = 201, **changes: Any) -> Any:
        headers = {name: changes.pop(name) for name in ("Idempotency_Key",) if name in changes}
        body = {"zone_id": zone, "vehicle_number": self.plate(), "owner_name": "Meera Iyer", **changes}
        return self.call(who, "/api/user/book-slot/", body, status=status, **headers)

    def enter(self, booking: Any, **changes: Any) -> Any:
        self.call("staff1", "/api/staff/entry/", {"qr_code": booking["qr_code"], **changes})
        return booking

    def inside(self, who: str = "driver1", *, minutes: float = 140, **changes: Any) -> Any:
        """A car that booked, came at once and has been here for some minutes."""
        booking = self.enter(self.book(who, **changes))
        self.wait(minutes=minutes)
        return booking

    def walk_in(self) -> Any:
        """A car with a ticket from the kiosk, that just drove in."""
        self.call("", "/parking/entry/", {"vehicle_number": self.plate(), "owner_name": "Ravi Nair", "zone_id": 1})
        session = ParkingSession.objects.latest("pk")
        self.call("", "/parking/entry-qr-scan/", {"qr_code": session.qr_code})
        return {"session_id": session.pk, "qr_code": session.qr_code}

    def leave(self, booking: Any, method: str, *, status: int = 200, **changes: Any) -> Any:
        headers = {name: changes.pop(name) for name in ("Idempotency_Key",) if name in changes}
        body = {"qr_code": booking["qr_code"], "payment_method": method, **changes}
        return self.call("staff1", "/api/staff/exit/", body, status=status, **headers)

    def quote(self, booking: Any) -> Any:
        return self.call("staff1", "/api/staff/exit/quote/", {"qr_code": booking["qr_code"]})

    def cancel(self, booking: Any, who: str = "driver1") -> Any:
        body = {"session_id": booking["session_id"], "reason": "Plans changed"}
        return self.call(who, "/api/user/cancel-booking/", body)

    def terminate(self, booking: Any, method: str) -> Any:
        body = {"reason": "Ticket lost", "payment_method": method}
        return self.call("staff1", f"/api/staff/sessions/{booking['session_id']}/terminate/", body)

    def refund(self, booking: Any, amount: float, reason: str, *, method: str) -> Refund:
        payment = Payment.objects.filter(bill__session=booking["session_id"], method=method).latest("pk")
        body = {"payment_id": payment.pk, "amount": amount, "reason": reason}
        return Refund.objects.get(pk=self.call("admin1", "/api/admin/refunds/", body, status=201)["id"])

    def order(self, booking: Any) -> PaymentOrder:
        """The last order of a booking."""
        return PaymentOrder.objects.filter(bill__session=booking["session_id"]).latest("pk")

    def says(self, booking: Any, **changes: Any) -> OrderAnswer:
        """From now on the gateway says something else of the last order of a booking."""
        order = self.order(booking)
        orders = self.gateways[order.gateway].orders
        orders[order.order_id] = replace(orders[order.order_id], **changes)
        return orders[order.order_id]

    def gateways_say(self, state: GatewayState) -> None:
        for gateway in self.gateways.values():
            gateway.outcome = state
