"""What a driver gives to an open session of their own that lowers its bill: a promo code, points."""

from datetime import datetime

from django.db import transaction

from parking.audit import services as audit
from parking.checkout.bills import charge_at
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.idempotency import RequestKey
from parking.offers import holding, points
from parking.offers.events import SessionCodeGiven, SessionPointsGiven
from parking.offers.rules import CodeTerms, code_of
from parking.payments import bills
from parking.payments.queries import Frozen, open_order, state_of
from parking.stays import access
from parking.stays import services as stays
from parking.stays.access import StayRef
from parking.stays.models import ParkingSession, SessionStatus
from parking.tariffs.rules import Charge, HeldCode, LineKind, Offers


def give_code(
    *, actor: Actor, session: StayRef, code: str, now: datetime, key: RequestKey | None = None
) -> ParkingSession:
    """Let an open session of the actor's hold a promo code; one that it held before is given back.

    A bill that is frozen gets its lines anew, as of the same moment. Raises NotFound `session_not_found`; Refused
    `session_over`, `payment_under_way`, `code_unknown`, `code_expired`, `code_not_here`, `code_used_up`,
    `code_minimum`; RepeatedRequest.
    """
    with transaction.atomic(durable=True):
        stay = access.lock(session, actor, only_own=True)
        idempotency.claim(key, subject=str(stay.uuid), now=now)
        refuse_fixed(stay)
        _give(stay, code, actor, now)
    return stay


def give_voucher(stay: ParkingSession, code: str, actor: Actor, now: datetime) -> None:
    """Let a locked session hold the voucher that its driver shows at the counter; attendants enter no promo codes.

    Raises Forbidden `not_permitted`; Refused as `give_code`, `code_unknown` for a code that is no voucher,
    `nothing_due` where all is paid: what was paid in cash would not go back by itself.
    """
    actor.need("voucher")
    refuse_fixed(stay)
    held = stays.offers_of(stay).voucher
    if held is not None and held.promo.code == code_of(code):
        return
    if charge_at(stay, now).total <= stay.bill.paid:
        raise Refused("nothing_due", "Nothing is due on this booking", session_id=stay.pk)
    if not _terms(stay, code, now).is_voucher:
        raise Refused("code_unknown", "There is no such voucher", session_id=stay.pk)
    _give(stay, code, actor, now)


def _give(stay: ParkingSession, code: str, actor: Actor, now: datetime) -> None:
    offers = stays.offers_of(stay)
    if any(held.promo.code == code_of(code) for held in offers.codes):
        return
    terms = _terms(stay, code, now)
    present = offers.voucher if terms.is_voucher else offers.code
    held = _exchanged(stay, present, code, terms, now)
    change_offers(stay, offers.with_code(held), now)
    _refuse_small_bill(stay, held, now)
    before = present.promo.code if present else ""
    given = SessionCodeGiven(session_id=stay.pk, code=held.promo.code, instead_of=before)
    audit.record(actor, given, now)


def _terms(stay: ParkingSession, code: str, now: datetime) -> CodeTerms:
    return holding.code_terms(code, zone=stay.zone, vehicle_kind=stay.vehicle_kind, now=now)


def _exchanged(stay: ParkingSession, present: HeldCode | None, code: str, terms: CodeTerms, now: datetime) -> HeldCode:
    """Hold a code in place of the present one, their counts always in the same order."""
    gives_first = present is not None and present.code_id < terms.id
    if gives_first:
        holding.give_back(present)
    held = holding.hold(
        code,
        zone=stay.zone,
        vehicle_kind=stay.vehicle_kind,
        vehicle_id=stay.vehicle_id,
        driver_id=stay.driver_id,
        now=now,
        session_id=stay.pk,
    )
    if not gives_first:
        holding.give_back(present)
    return held


def _refuse_small_bill(stay: ParkingSession, held: HeldCode, now: datetime) -> None:
    """Refuse a code whose least bill is not reached by a bill that is known: that of a car inside."""
    least = held.promo.least_bill
    if stay.status != SessionStatus.ACTIVE or not least:
        return
    lines = charge_at(stay, now).lines
    if not any(line.kind == LineKind.PROMO for line in lines):
        raise Refused("code_minimum", f"This promo code needs a bill of ₹{least}", least_bill=str(least))


# --- Points --------------------------------------------------------------------------------------------


def give_points(
    *, actor: Actor, session: StayRef, use_points: int, now: datetime, key: RequestKey | None = None
) -> ParkingSession:
    """Let an open session of the actor's hold so many points (hundreds) in place of those that it held before.

    Raises NotFound `session_not_found`; Refused `session_over`, `payment_under_way`, `points_not_enough`;
    RepeatedRequest.
    """
    with transaction.atomic(durable=True):
        stay = access.lock(session, actor, only_own=True)
        idempotency.claim(key, subject=str(stay.uuid), now=now)
        refuse_fixed(stay)
        offers = stays.offers_of(stay)
        if use_points == offers.points:
            return stay
        points.hold(driver_id=stay.driver_id, points=use_points, held=offers.points, session_id=stay.pk, now=now)
        change_offers(stay, offers.with_points(use_points), now)
        audit.record(actor, SessionPointsGiven(session_id=stay.pk, points=use_points, instead_of=offers.points), now)
    return stay


# --- For everything that lowers a bill -----------------------------------------------------------------


def refuse_fixed(stay: ParkingSession) -> None:
    """Raise Refused `session_over`, `payment_under_way` where the bill of a session cannot change any more."""
    if not stay.is_open:
        raise Refused("session_over", "This parking session is over", session_id=stay.pk)
    if open_order(stay.bill) is not None:
        raise Refused("payment_under_way", "A payment of this session is under way", session_id=stay.pk)


def change_offers(stay: ParkingSession, offers: Offers, now: datetime) -> None:
    """Keep other offers with a locked session; a frozen bill gets its lines anew as of the same moment."""
    stays.set_offers(session=stay, offers=offers)
    make_lines_again(stay, now)


def make_lines_again(stay: ParkingSession, now: datetime) -> None:
    """Make the lines of a frozen bill of a locked session again, as of the same moment."""
    state = state_of(stay.bill, now=now)
    if isinstance(state, Frozen) and state.charge.until is not None:
        lines = stays.calculate_amount(session=stay, until=state.charge.until)
        bills.freeze(bill=stay.bill, charge=Charge(lines, state.charge.until), until=state.until)
