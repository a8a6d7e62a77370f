"""The gate without a code: walk-ins in one call, entry and exit by plate, and who is expected."""

from datetime import datetime, timedelta
from typing import Annotated, Self

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field, model_validator

from parking.api.paging import Paging, page_of
from parking.api.shapes.bills import BillOut
from parking.api.shapes.bookings import EntryOut, PaidEntryOut
from parking.api.shapes.gate import ExpectedOut, WalkInOut
from parking.api.staff import EntryMoneyIn, ExitIn, entry_answer
from parking.checkout import entering, leaving, paying_later
from parking.checkout.entering import Entered
from parking.checkout.identifying import confirmed_without_code
from parking.checkout.leaving import Left
from parking.checkout.queries import plate_debt
from parking.checkout.walking_in import Arrival, walk_in
from parking.core import clock
from parking.core.actor import Actor
from parking.core.ids import Ref, parse_ref
from parking.core.money import ZERO
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, staff_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged
from parking.edge.parsing import GateId, In, RefIn, Rupees, Text20, Text30, Text64, Text100, Text500
from parking.edge.requests import Attempt
from parking.facilities.gates import actor_at
from parking.stays import access
from parking.stays.access import QrText
from parking.stays.models import ParkingSession, ScanKind
from parking.stays.queries import due_within, expected
from parking.vehicles.models import VehicleKind

router = Router(tags=["Staff"], auth=staff_only)

SOON = timedelta(hours=1)


# --- Walk-in ---------------------------------------------------------------------------------------


class WalkInIn(EntryMoneyIn):
    """A car by its plate, or the last four digits and its kind, or a token alone."""

    vehicle_number: Text30 | None = None
    vehicle_kind: Text30 = VehicleKind.CAR.value
    last_four: Annotated[str, Field(pattern="^[0-9]{4}$")] | None = Field(None, description="With vehicle_kind")
    token: Text30 | None = Field(None, description="Code of the token that it gets in place of a ticket")
    zone_id: RefIn | None = None
    scan_id: Text64 | None = None
    gate_id: GateId | None = None

    @model_validator(mode="after")
    def _names_a_car(self) -> Self:
        if self.vehicle_number is None and self.last_four is None and self.token is None:
            raise ValueError("give vehicle_number, last_four or token")
        if self.last_four is not None and self.vehicle_number is None and "vehicle_kind" not in self.model_fields_set:
            raise ValueError("last_four goes with vehicle_kind")
        return self

    def arrival(self) -> Arrival:
        """Return the car as it was described."""
        return Arrival(
            self.vehicle_number or "",
            self.vehicle_kind,
            self.zone_id,
            last_four=self.last_four or "",
            token=self.token or "",
        )


@router.post(
    "/walk-in/",
    response={201: Ok[WalkInOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"vehicle_number": "DL-01-AB-1234", "gate_id": 1, "scan_id": "gate1-000045"},
            response=enveloped(WalkInOut.example, "Let in without a booking"),
            status=201,
        )
    ),
    summary="Let a walk-in in",
)
@requests.idempotent
def walk_in_call(request: HttpRequest, attempt: Attempt, payload: WalkInIn) -> HttpResponse:
    """Make a session for a car that stands at the gate, and let it in. The same `scan_id` again is the same entry.

    Where the tariff collects at the entry (`payment_at_entry`), `payment_method` is CASH or UPI; for ONLINE give a
    ticket and scan it. Without `zone_id` it is the first zone of the gate that has a place. A plate with an open
    session at this site is refused (`plate_has_booking`, `plate_is_inside`) with its `session_id`. Of a car by its last
    four digits, or a token alone, `vehicle_number` is `****1234`, or `****`. A token is scanned at the exit as a code.
    """
    actor, now = actor_at(actor_of(request), payload.gate_id), clock.now()
    if attempt.subject is not None:
        session = access.find(parse_ref(attempt.subject), actor, at_work=True)
        entered = Entered(session, plate_debt(session.vehicle_id, sites=actor.sites, now=now))
    else:
        entered = walk_in(
            actor=actor,
            arrival=payload.arrival(),
            scan_id=payload.scan_id,
            now=now,
            key=attempt.key,
            collection=payload.collection(),
        )
    return ok(WalkInOut.of(entered), "Let in without a booking", status=201)


# --- By plate or booking number ----------------------------------------------------------------------


class WithoutCodeIn(In):
    """A car whose driver has no code: `confirm` is the owner's name or the last four digits of the phone."""

    vehicle_number: Text30 | None = None
    session_id: RefIn | None = None
    confirm: Text100 | None = None
    scan_id: Text64 | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if self.vehicle_number is None and self.session_id is None:
            raise ValueError("give vehicle_number or session_id")
        return self


class EntryByPlateIn(WithoutCodeIn, EntryMoneyIn):
    gate_id: GateId | None = None


@router.post(
    "/entry-by-plate/",
    response={200: Ok[EntryOut | PaidEntryOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"vehicle_number": "DL-01-AB-1234", "confirm": "3210", "scan_id": "gate1-000046"},
        response=enveloped(EntryOut.example, "Let in without a code"),
    ),
    summary="Let a booked car in without its code",
)
def entry_by_plate(request: HttpRequest, payload: EntryByPlateIn) -> HttpResponse:
    """Let in the booking of a plate or number whose driver says the owner's name or the end of the phone.

    It is marked WITHOUT_QR and counted for the attendant. The same `scan_id` again gets the same answer.
    """
    actor, now = actor_at(actor_of(request), payload.gate_id), clock.now()
    session = _confirmed(actor, payload, ScanKind.ENTRY, now)
    entered = entering.enter(
        actor=actor,
        qr_code=session.qr_code,
        plate_seen=_seen(payload),
        scan_id=payload.scan_id,
        collection=payload.collection(),
        now=now,
    )
    return entry_answer(entered, "Let in without a code")


class ExitByPlateIn(ExitIn, WithoutCodeIn):
    qr_code: None = None  # type: ignore[assignment]


@router.post(
    "/exit-by-plate/",
    response={200: Ok[BillOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={
                "vehicle_number": "DL-01-AB-1234",
                "confirm": "Asha",
                "payment_method": "CASH",
                "scan_id": "gate2-000047",
            },
            response=enveloped(BillOut.example, "Exit processed successfully"),
        )
    ),
    summary="Let a car out without its code",
)
@requests.idempotent
def exit_by_plate(request: HttpRequest, attempt: Attempt, payload: ExitByPlateIn) -> HttpResponse:
    """Collect what is due and let out the car of a plate or number, as an exit, marked WITHOUT_QR."""
    actor, now = actor_at(actor_of(request), payload.gate_id), clock.now()
    if attempt.subject is not None:
        left = leaving.resume_ending(
            subject=attempt.subject, now=now, tendered=payload.amount_tendered, debts=tuple(payload.collect_debts)
        )
    else:
        session = _confirmed(actor, payload, ScanKind.EXIT, now)
        left = _leave(actor, session, payload, attempt)
    attempt.keeps = left.is_over
    message = "Exit processed successfully" if left.is_over else "Waiting for the payment"
    return ok(BillOut.of(left, clock.now()), message)


def _confirmed(actor: Actor, payload: WithoutCodeIn, way: ScanKind, now: datetime) -> ParkingSession:
    return confirmed_without_code(
        actor=actor,
        plate=payload.vehicle_number,
        session=payload.session_id,
        way=way,
        scan_id=payload.scan_id,
        said=payload.confirm or "",
        now=now,
    )


def _leave(actor: Actor, session: ParkingSession, payload: ExitByPlateIn, attempt: Attempt) -> Left:
    return leaving.leave(
        actor=actor,
        qr_code=session.qr_code,
        collection=payload.collection(),
        plate_seen=_seen(payload),
        scan_id=payload.scan_id,
        now=clock.now(),
        key=attempt.key,
    )


def _seen(payload: WithoutCodeIn) -> str | None:
    """Return the plate to be compared: one that was named beside the number of the booking."""
    return payload.vehicle_number if payload.session_id is not None else None


# --- Pay later -----------------------------------------------------------------------------------------


class PayLaterIn(WithoutCodeIn):
    qr_code: Text500 | None = None
    amount_tendered: Rupees | None = Field(None, description="Cash that is taken now; the rest is owed")
    phone: Text20 | None = Field(None, description="Of the driver, all ten digits; kept with the session")
    gate_id: GateId | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if self.qr_code is None and self.vehicle_number is None and self.session_id is None:
            raise ValueError("give qr_code, vehicle_number or session_id")
        return self


@router.post(
    "/pay-later/",
    response={200: Ok[BillOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"qr_code": "QR-7K3M9QX2T0ZC", "amount_tendered": 10, "scan_id": "gate2-000048"},
            response=enveloped(
                BillOut.example | {"payment_status": "PARTIAL", "amount_charged": 10.0, "amount_due": 90.0},
                "₹90.00 is owed",
            ),
        )
    ),
    summary="Let a car out that pays later",
)
@requests.idempotent
def pay_later(request: HttpRequest, attempt: Attempt, payload: PayLaterIn) -> HttpResponse:
    """Let a car out against its plate: what is not handed over now is a debt of the plate. No termination.

    By plate or number it is as an exit without a code. A plate that owes, and an attendant, have limits
    (`pay_later_limit`). A site may ask for `phone`, or a photo (`phone_or_photo_needed`). Money that was waited for
    online and comes later pays the debt.
    """
    actor, now = actor_at(actor_of(request), payload.gate_id), clock.now()
    cash = payload.amount_tendered or ZERO
    if attempt.subject is not None:
        left = leaving.resume_ending(subject=attempt.subject, now=now, tendered=cash)
    else:
        left = paying_later.let_out(
            actor=actor,
            session=_of_code(payload) or Ref(pk=_confirmed(actor, payload, ScanKind.EXIT, now).pk),
            cash=cash,
            phone=payload.phone or "",
            plate_seen=payload.vehicle_number if payload.qr_code else None,
            scan_id=payload.scan_id,
            now=now,
            key=attempt.key,
        )
    return ok(BillOut.of(left, now), f"₹{left.session.bill.due:.2f} is owed")


def _of_code(payload: PayLaterIn) -> QrText | None:
    return QrText(payload.qr_code, payload.vehicle_number or "") if payload.qr_code else None


# --- Who is expected -----------------------------------------------------------------------------------


class ExpectedQuery(Paging):
    q: Text30 | None = None
    gate_id: GateId | None = None


@router.get(
    "/expected/",
    response={200: Ok[Page[ExpectedOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(ExpectedOut.example)),
    summary="Cars that are expected",
)
def expected_cars(request: HttpRequest, filters: Annotated[ExpectedQuery, Query()]) -> HttpResponse:
    """Bookings whose car has to come within the hour; with `q`, all of a part of a plate or a booking number.

    `may_enter` and `reason` say what a scan at the entry would answer; nothing is changed.
    """
    now = clock.now()
    sites = actor_at(actor_of(request), filters.gate_id).sites
    rows = expected(sites=sites, q=filters.q) if filters.q else due_within(SOON, sites=sites, now=now)
    found = page_of(rows.select_related("driver"), filters)
    return ok(found.showing([ExpectedOut.of(session, now) for session in found.rows]))
