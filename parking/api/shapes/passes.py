"""How plans and passes are shown, and what a pass's code brings about at the gate."""

from datetime import datetime
from typing import Any, Self

from parking.api.shapes.bookings import EntryOut
from parking.checkout.pass_changes import is_refundable
from parking.checkout.pass_entry import PassEntered
from parking.edge.money import OrderOut
from parking.edge.shapes import Shape
from parking.facilities.models import ParkingSlot
from parking.passes.mandate_models import Mandate, MandateStatus
from parking.passes.models import PassStatus, PassVehicle, Plan, Subscription
from parking.passes.queries import coming_vehicles, present_vehicles
from parking.payments.models import PaymentOrder


class PlanOut(Shape):
    """A plan. Without `zone_ids` its passes hold in all zones of the site, without `vehicle_kinds` for all kinds."""

    named = {"from_": "from"}

    id: int
    name: str
    period: str
    price: float
    price_reason: str | None
    site_id: int
    site_name: str
    zone_ids: list[int]
    vehicle_kinds: list[str]
    vehicles: int
    inside: int
    days: list[str]
    from_: str
    to: str
    reserved: bool
    is_active: bool

    example = {
        "id": 2,
        "name": "Monthly",
        "period": "MONTH",
        "price": 5000.0,
        "price_reason": None,
        "site_id": 1,
        "site_name": "Connaught Place",
        "zone_ids": [],
        "vehicle_kinds": [],
        "vehicles": 1,
        "inside": 1,
        "days": ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"],
        "from": "00:00",
        "to": "00:00",
        "reserved": False,
        "is_active": True,
    }

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """Return a plan; it must come with its site and zones."""
        return cls.read(
            plan,
            price_reason=plan.price_reason or None,
            site_name=plan.site.name,
            zone_ids=sorted(zone.pk for zone in plan.zones.all()),
            from_=plan.begins,
            to=plan.ends,
        )


class PassVehicleOut(Shape):
    """A plate that is or will be on a pass, from and until when; without `until`, for good."""

    vehicle_number: str
    from_at: datetime
    until_at: datetime | None

    example = {"vehicle_number": "DL-01-AB-1234", "from_at": "2026-11-26T18:30:00Z", "until_at": None}

    @classmethod
    def of(cls, row: PassVehicle) -> Self:
        """Return a place of a vehicle on a pass."""
        return cls.read(row, vehicle_number=row.vehicle.vehicle_number)


class KeptSlotOut(Shape):
    """The slot that a pass keeps for its cars, from the purchase to its end."""

    slot_number: str
    zone_id: int
    zone_name: str

    example = {"slot_number": "A-12", "zone_id": 1, "zone_name": "Zone A"}

    @classmethod
    def of(cls, slot: ParkingSlot) -> Self:
        """Return a slot; it must come with its zone."""
        return cls.read(slot, zone_name=slot.zone.name)


class PassOut(Shape):
    number: str
    pass_code: str
    status: PassStatus
    plan_id: int
    plan_name: str
    site_id: int
    site_name: str
    price: float
    slot: KeptSlotOut | None
    vehicles: list[str]
    changes: list[PassVehicleOut]
    starts_at: datetime
    ends_at: datetime
    auto_renew: bool
    pay_by: datetime | None
    refundable: bool
    payment: OrderOut | None

    example = {
        "number": "P-000123",
        "pass_code": "PASS-7K3M9QX2T0ZC",
        "status": "ACTIVE",
        "plan_id": 2,
        "plan_name": "Monthly",
        "site_id": 1,
        "site_name": "Connaught Place",
        "price": 5000.0,
        "slot": KeptSlotOut.example,
        "vehicles": ["DL-01-AB-1234"],
        "changes": [],
        "starts_at": "2026-11-26T18:30:00Z",
        "ends_at": "2026-12-26T18:30:00Z",
        "auto_renew": False,
        "pay_by": None,
        "refundable": True,
        "payment": OrderOut.example | {"amount": 5000.0},
    }

    @classmethod
    def of(cls, held: Subscription, order: PaymentOrder | None, now: datetime, **others: Any) -> Self:
        """Return a pass: `vehicles` are on it now, or from its beginning; `changes` are plates that come or go."""
        shown = max(now, held.starts_at)
        present = present_vehicles(held, shown)
        coming = coming_vehicles(held)
        changes = [row for row in present if row not in coming] + [row for row in coming if row not in present]
        return cls.read(
            held,
            plan_name=held.plan.name,
            site_id=held.plan.site_id,
            site_name=held.plan.site.name,
            slot=KeptSlotOut.of(held.slot) if held.slot else None,
            vehicles=[row.vehicle.vehicle_number for row in present],
            changes=[PassVehicleOut.of(row) for row in changes],
            refundable=is_refundable(held, now),
            payment=OrderOut.of(order),
            **others,
        )


class PassMandateOut(Shape):
    """The mandate by which renewals of a pass are charged; what its consent took goes back by itself."""

    number: str
    status: MandateStatus
    amount: float
    first_charge_at: datetime
    charges: int
    paid_charges: int
    charge_failed_at: datetime | None
    consent_amount: float | None
    consent_returned_at: datetime | None

    example = {
        "number": "MD-7Q2M9XK4T0ZC",
        "status": "HELD",
        "amount": 5000.0,
        "first_charge_at": "2026-12-26T18:30:00Z",
        "charges": 12,
        "paid_charges": 0,
        "charge_failed_at": None,
        "consent_amount": 5.0,
        "consent_returned_at": "2026-11-26T09:12:00Z",
    }

    @classmethod
    def of(cls, mandate: Mandate) -> Self:
        """Return a mandate; it must come from `open_mandates`."""
        consent = next(iter(mandate.consents.all()), None)
        return cls.read(
            mandate,
            first_charge_at=mandate.starts_at,
            consent_amount=consent.amount if consent else None,
            consent_returned_at=consent.refunded_at if consent else None,
        )


class AdminPassOut(PassOut):
    user_id: int
    username: str
    organisation_id: int | None
    mandate: PassMandateOut | None

    example = PassOut.example | {
        "user_id": 7,
        "username": "asha",
        "organisation_id": None,
        "auto_renew": True,
        "mandate": PassMandateOut.example,
    }

    @classmethod
    def of(
        cls,
        held: Subscription,
        order: PaymentOrder | None,
        now: datetime,
        mandate: Mandate | None = None,
        **others: Any,
    ) -> Self:
        """Return a pass with what the office sees of it."""
        return super().of(
            held,
            order,
            now,
            user_id=held.driver_id,
            username=held.driver.username if held.driver else "",
            organisation_id=held.bought_for_id,
            mandate=PassMandateOut.of(mandate) if mandate else None,
            **others,
        )


class PassEntryOut(EntryOut):
    """What an entry with a pass answers; `verdict` AMBER while the renewal of a pass that is over is awaited."""

    qr_code: str
    verdict: str
    pass_ends_at: datetime

    example = EntryOut.example | {
        "pass_number": "P-000123",
        "qr_code": "QR-7K3M9QX2T0ZC",
        "verdict": "GREEN",
        "pass_ends_at": "2026-12-26T18:30:00Z",
    }

    @classmethod
    def of_pass(cls, entered: PassEntered) -> Self:
        """Return a car that was let in with its pass."""
        return cls.of(
            entered,
            qr_code=entered.session.qr_code,
            verdict="AMBER" if entered.in_grace else "GREEN",
            pass_ends_at=entered.subscription.ends_at,
        )
