"""What an attendant does: let cars in and out, look at what is inside, end a stay."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from parking.api.counter_money import CounterMoneyIn, TenderedIn
from parking.api.paging import Paging, page_of
from parking.api.shapes.bills import BillOut, OwedOut
from parking.api.shapes.bookings import EntryOut, InsideOut, PaidEntryOut
from parking.api.shapes.notes import NoteOut
from parking.api.shapes.zones import SlotOut, ZoneSlotsOut
from parking.checkout import entering, leaving, terminating
from parking.checkout.at_entry import collects_at_entry
from parking.checkout.collecting import Collection, total_owed
from parking.checkout.entering import Entered
from parking.checkout.leaving import Left
from parking.checkout.queries import debts_of_plate
from parking.core import clock
from parking.core.ids import MAX_ID
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, staff_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged
from parking.edge.parsing import GateId, In, RefIn, Text12, Text20, Text30, Text64, Text200, Text500, path_ref
from parking.edge.requests import Attempt
from parking.facilities.gates import actor_at
from parking.facilities.queries import find_zone, slots_by_zone, zones_with_counts
from parking.stays.models import SessionStatus
from parking.stays.notes import open_notes_of
from parking.stays.promises import bookable_in
from parking.stays.queries import cars_inside

router = Router(tags=["Staff"], auth=staff_only)


# --- Entry -----------------------------------------------------------------------------------------


class EntryMoneyIn(TenderedIn):
    """How money is paid that a tariff collects at the entry; nothing of it matters elsewhere."""

    payment_method: Text20 | None = None
    gateway: Text12 | None = None

    def collection(self) -> Collection | None:
        """Return how money at the entry is paid, None if nothing is said of it."""
        if self.payment_method is None:
            return None
        return Collection(
            self.payment_method, self.gateway, self.amount_tendered, self.upi_reference or "", card=self.card()
        )


class EntryIn(EntryMoneyIn):
    qr_code: Text500
    vehicle_number: Text30 | None = None
    scan_id: Text64 | None = None
    gate_id: GateId | None = None


@router.post(
    "/entry/",
    response={200: Ok[EntryOut | PaidEntryOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"qr_code": "QR-7K3M9QX2T0ZC", "vehicle_number": "DL-01-AB-1234", "scan_id": "gate1-000042"},
        response=enveloped(EntryOut.example, "Entry QR scanned successfully"),
    ),
    summary="Scan a car in",
)
def entry(request: HttpRequest, payload: EntryIn) -> HttpResponse:
    """Let a booked car in. The same `scan_id` again gets the same answer.

    Under a tariff with `collect_at` ENTRY the first step or slab is paid here: `payment_at_entry` says how much is
    `due`. ONLINE stays BOOKED until the gateway has confirmed; then the same scan lets the car in.
    """
    entered = entering.enter(
        actor=actor_at(actor_of(request), payload.gate_id),
        qr_code=payload.qr_code,
        plate_seen=payload.vehicle_number,
        scan_id=payload.scan_id,
        collection=payload.collection(),
        now=clock.now(),
    )
    return entry_answer(entered, "Entry QR scanned successfully")


def entry_answer(entered: Entered, message: str) -> HttpResponse:
    """Answer an entry, with the money where the tariff collects there."""
    waits = entered.session.status == SessionStatus.BOOKED
    shown = PaidEntryOut.of_paid(entered) if collects_at_entry(entered.session) else EntryOut.of(entered)
    return ok(shown, "Waiting for the payment" if waits else message)


# --- Exit ------------------------------------------------------------------------------------------


VOUCHER = Field(None, description="A voucher that an ADMIN issued: once, with the permission `voucher`")


class QuoteIn(In):
    qr_code: Text500
    vehicle_number: Text30 | None = None
    voucher_code: Text20 | None = VOUCHER
    gate_id: GateId | None = None


@router.post(
    "/exit/quote/",
    response={200: Ok[BillOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"qr_code": "QR-7K3M9QX2T0ZC"},
        response=enveloped(
            BillOut.example
            | {
                "status": "ACTIVE",
                "exit_time": None,
                "payment_status": "PARTIAL",
                "payment_method": None,
                "amount_due": 100.0,
                "amount_charged": 0.0,
                "quote_expires_at": "2026-11-22T07:15:00Z",
            },
            "₹100.00 is due",
        ),
    ),
    summary="Quote the bill",
)
def exit_quote(request: HttpRequest, payload: QuoteIn) -> HttpResponse:
    """Show the bill and freeze it for a while, closing nothing but giving a voucher, where one is named."""
    now = clock.now()
    session = leaving.quote(
        actor=actor_at(actor_of(request), payload.gate_id),
        qr_code=payload.qr_code,
        plate_seen=payload.vehicle_number,
        voucher=payload.voucher_code,
        now=now,
    )
    sites = actor_at(actor_of(request), payload.gate_id).sites
    owed = debts_of_plate(session.vehicle_id, sites=sites, now=now)
    bill = BillOut.of(
        Left(session),
        now,
        quote_expires_at=session.bill.frozen_until,
        debts=[OwedOut.of(debt) for debt in owed],
        notes=[NoteOut.of(note) for note in open_notes_of(session)],
        debts_due=total_owed(owed),
    )
    return ok(bill, f"₹{bill.amount_due:.2f} is due")


DebtId = Annotated[int, Field(ge=1, le=MAX_ID)]


class ExitIn(TenderedIn):
    qr_code: Text500
    payment_method: Text20
    vehicle_number: Text30 | None = None
    gateway: Text12 | None = None
    scan_id: Text64 | None = None
    gate_id: GateId | None = None
    voucher_code: Text20 | None = VOUCHER
    collect_debts: Annotated[list[DebtId], Field(max_length=50)] = Field(
        default_factory=list, description="Ids of debts of the plate that are paid with the same money; no ONLINE"
    )

    def collection(self) -> Collection:
        """Return how the exit is paid."""
        return Collection(
            self.payment_method,
            self.gateway,
            self.amount_tendered,
            self.upi_reference or "",
            debts=tuple(self.collect_debts),
            card=self.card(),
            voucher=self.voucher_code,
        )


@router.post(
    "/exit/",
    response={200: Ok[BillOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={
                "qr_code": "QR-7K3M9QX2T0ZC",
                "payment_method": "CASH",
                "amount_tendered": 100,
                "scan_id": "gate2-000043",
            },
            response=enveloped(BillOut.example, "Exit processed successfully"),
        )
    ),
    summary="Scan a car out",
)
@requests.idempotent
def exit_scan(request: HttpRequest, attempt: Attempt, payload: ExitIn) -> HttpResponse:
    """Collect what is due and let the car out. ONLINE stays ACTIVE until the gateway has confirmed.

    UPI is a QR of the counter that no gateway watches over: it needs `upi_reference`, which pays once. CARD is a
    terminal of the counter: `card_last4`, `card_approval`, `terminal` of its slip; an approval pays once a day and
    terminal. Both are claims of the attendant (`claim`): DOUBTFUL where a reference is not of these days.
    A voucher (`voucher_code`) lowers the bill first, with the permission for it.
    """
    now = clock.now()
    if attempt.subject is not None:
        left = leaving.resume_ending(
            subject=attempt.subject,
            now=now,
            tendered=payload.amount_tendered,
            debts=tuple(payload.collect_debts),
        )
    else:
        left = leaving.leave(
            actor=actor_at(actor_of(request), payload.gate_id),
            qr_code=payload.qr_code,
            collection=payload.collection(),
            plate_seen=payload.vehicle_number,
            scan_id=payload.scan_id,
            now=now,
            key=attempt.key,
        )
    return _ended(attempt, left, "Exit processed successfully")


def _ended(attempt: Attempt, left: Left, message: str) -> HttpResponse:
    # A payment that is waited for is looked at again with the next request.
    attempt.keeps = left.is_over
    return ok(BillOut.of(left, clock.now()), message if left.is_over else "Waiting for the payment")


# --- What is inside ----------------------------------------------------------------------------------


class InsideQuery(Paging):
    zone_id: RefIn | None = None
    long_stay: bool | None = None
    q: Text30 | None = None
    gate_id: GateId | None = None


@router.get(
    "/active-sessions/",
    response={200: Ok[Page[InsideOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(InsideOut.example)),
    summary="Cars inside",
)
def active_sessions(request: HttpRequest, filters: Annotated[InsideQuery, Query()]) -> HttpResponse:
    """Cars inside with duration and amount so far, longest first."""
    now = clock.now()
    rows = cars_inside(
        sites=actor_at(actor_of(request), filters.gate_id).sites,
        zone=filters.zone_id,
        plate_part=filters.q,
        now=now,
        long_stay=filters.long_stay,
    )
    found = page_of(rows, filters)
    return ok(found.showing(InsideOut.rows(found.rows, now)))


class SlotStatusQuery(BaseModel):
    zone_id: RefIn | None = None
    gate_id: GateId | None = None


@router.get(
    "/slot-status/",
    response={200: Ok[list[ZoneSlotsOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped([ZoneSlotsOut.example])),
    summary="Slots by zone",
)
def slot_status(request: HttpRequest, filters: Annotated[SlotStatusQuery, Query()]) -> HttpResponse:
    """Every zone with its slots and counts; here `occupied_slots` counts cars inside."""
    sites = actor_at(actor_of(request), filters.gate_id).sites
    zone = find_zone(filters.zone_id, sites=sites) if filters.zone_id else None
    slots = slots_by_zone(zone, sites=sites)
    rows = zones_with_counts(zone=zone, sites=sites)
    left = bookable_in(rows, clock.now())
    shown = [
        ZoneSlotsOut.of(row, counts, left[row.pk], slots=[SlotOut.of(slot) for slot in slots.get(row.pk, [])])
        for row, counts in rows
    ]
    return ok(shown)


# --- Termination -------------------------------------------------------------------------------------


class TerminateIn(CounterMoneyIn):
    reason: Text200
    payment_method: Text20
    gateway: Text12 | None = None
    gate_id: GateId | None = None


@router.post(
    "/sessions/{session_ref}/terminate/",
    response={200: Ok[BillOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"reason": "Driver left the ticket and walked away", "payment_method": "NONE"},
            response=enveloped(
                BillOut.example | {"amount_due": 100.0, "amount_charged": 0.0, "payment_method": "NONE"},
                "Session terminated",
            ),
        )
    ),
    summary="End a stay without an exit scan",
)
@requests.idempotent
def terminate(request: HttpRequest, attempt: Attempt, session_ref: str, payload: TerminateIn) -> HttpResponse:
    """End an active stay with a reason, billed to now; NONE leaves the rest as a debt of the plate."""
    now = clock.now()
    if attempt.subject is not None:
        left = leaving.resume_ending(subject=attempt.subject, now=now)
    else:
        left = terminating.terminate(
            actor=actor_at(actor_of(request), payload.gate_id),
            session=path_ref(session_ref),
            reason=payload.reason,
            collection=Collection(
                payload.payment_method,
                payload.gateway,
                upi_reference=payload.upi_reference or "",
                card=payload.card(),
            ),
            now=now,
            key=attempt.key,
        )
    return _ended(attempt, left, "Session terminated")
