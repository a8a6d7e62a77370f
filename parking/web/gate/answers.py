"""The gate's answers to a scan: a verdict in one word, the bill, or the payment that is waited for.

Each is a complete part of the page, so that the script only has to insert it.
"""

from dataclasses import replace
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from parking.checkout.at_entry import due_at_entry
from parking.checkout.bills import running_bill
from parking.checkout.entering import Entered
from parking.checkout.leaving import Left
from parking.checkout.pass_entry import PassEntered
from parking.checkout.paying_later import needs_proof
from parking.checkout.queries import debts_of_plate
from parking.core import clock
from parking.core.errors import DomainError
from parking.core.money import ZERO
from parking.core.site_settings import (
    DEBT_AMBER_ABOVE,
    GREEN_SECONDS,
)
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.wording import sentence_for
from parking.facilities.gates import actor_at
from parking.payments.counter_upi import Claim
from parking.payments.models import PaymentOrder
from parking.payments.queries import newest_payment_id, waits_to_be_handed_out
from parking.stays.displays import has_display
from parking.stays.exempt_classes import classes_now
from parking.stays.marks import Mark
from parking.stays.models import ParkingSession
from parking.stays.tokens import items_of, token_number_of
from parking.vehicles.models import VehicleKind
from parking.web.components import amount_text
from parking.web.gate.awaited import money_awaited
from parking.web.gate.owing import old_debts
from parking.web.gate.qr_codes import counter_qr, online_ways, typed_ways, waiting_context
from parking.web.gate.verdicts import LET_IN, LET_OUT, Scan, Verdict, shown
from parking.web.templatetags.parking import word

# The notes in use, in rupees; the one of 2,000 was withdrawn.
NOTES = (10, 20, 50, 100, 200, 500)
# A green answer that names the change stays so many times as long.
LONGER_FOR_CHANGE = 3


# --- Entry -------------------------------------------------------------------------------------------


def money_at_entry(
    request: HttpRequest,
    scan: Scan,
    session: ParkingSession,
    *,
    problem: DomainError | None = None,
    pane: str = "",
    tendered: str = "",
) -> HttpResponse:
    """Show what a car pays before it goes in, and the ways to pay; `problem` and `tendered` as in `quoted`."""
    return page(
        request,
        "gate/parts/entry_money.html",
        scan=scan,
        session=session,
        to_pay=due_at_entry(session, clock.now()),
        notes=NOTES,
        tendered=tendered,
        **online_ways(),
        **typed_ways(session.site_id),
        problem=sentence_for(problem) if problem else "",
        code=problem.code if problem else "",
        pane=pane,
        collect_at=reverse("gate_entry_pay"),
        classes=classes_now.value().get(session.zone.site_id, ()),
    )


def entry_waiting(request: HttpRequest, scan: Scan, session: ParkingSession, order: PaymentOrder) -> HttpResponse:
    """Show the QR code by which the driver pays at the entry; once it is paid, the button that lets the car in."""
    return page(request, "gate/parts/entry_waiting.html", scan=scan, **waiting_context(session, order))


def let_in(request: HttpRequest, scan: Scan, entered: Entered | PassEntered) -> HttpResponse:
    """Show green; amber if the plate owes more than a setting of the site, because somebody may want to speak of it."""
    site_id = entered.session.zone.site_id
    owes = entered.plate_debt > DEBT_AMBER_ABOVE.at(site_id)
    sentence = gettext("This plate owes %(amount)s from before. The car may go in.") % {
        "amount": amount_text(entered.plate_debt)
    }
    subscription = entered.subscription if isinstance(entered, PassEntered) else None
    awaited = money_awaited(entered.session, clock.now(), shown=subscription)
    has_notes = entered.session.open_notes > 0
    is_amber = owes or bool(awaited) or has_notes
    if has_notes and not owes:
        sentence = gettext("Read the note. The car may go in.")
    if awaited and not owes:
        sentence = awaited
    change = entered.change if isinstance(entered, Entered) else ZERO
    verdict = Verdict(
        tone="wait" if is_amber else "yes",
        word=LET_IN,
        sentence=sentence if is_amber else _may_go_in(entered.session),
        session=entered.session,
        debt=entered.plate_debt,
        change=change or None,
        can_compare=scan.plate_seen is None,
        closes_after=None if is_amber else GREEN_SECONDS.at(site_id) * (LONGER_FOR_CHANGE if change else 1),
    )
    return shown(request, _with_corrections(verdict, entered.session), scan)


def kind_corrected(request: HttpRequest, scan: Scan, session: ParkingSession) -> HttpResponse:
    """Show the car with its other kind, and the slot, which may be another one as well."""
    verdict = Verdict("yes", LET_IN, gettext("Vehicle type: %(kind)s") % {"kind": word(session.vehicle_kind)}, session)
    return shown(request, _with_corrections(verdict, session), scan)


def kind_waits(request: HttpRequest, scan: Scan, session: ParkingSession) -> HttpResponse:
    """Show that the car may go in, while a second person decides whether it is of another kind."""
    sentence = gettext("It would pay less: a second person approves it first.")
    return shown(request, Verdict("wait", LET_IN, f"{sentence} {_may_go_in(session)}", session), scan)


def _with_corrections(verdict: Verdict, session: ParkingSession) -> Verdict:
    others = tuple(kind for kind in VehicleKind.values if kind != session.vehicle_kind)
    return replace(verdict, kinds=others, classes=classes_now.value().get(session.zone.site_id, ()))


def _may_go_in(session: ParkingSession) -> str:
    if session.subscription is not None:
        return gettext("Pass %(number)s. The car may go in.") % {"number": session.subscription.number}
    if session.pass_note:
        return gettext("As many as the pass allows are inside: this car pays. It may go in.")
    return gettext("The car may go in.")


def same_plate(request: HttpRequest, scan: Scan, session: ParkingSession) -> HttpResponse:
    verdict = Verdict(
        "yes",
        LET_IN,
        gettext("This is the booked plate."),
        session,
        closes_after=GREEN_SECONDS.at(session.zone.site_id),
    )
    return shown(request, verdict, scan)


# --- Exit --------------------------------------------------------------------------------------------


def quoted(
    request: HttpRequest,
    scan: Scan,
    session: ParkingSession,
    *,
    problem: DomainError | None = None,
    pane: str = "",
    tendered: str = "",
) -> HttpResponse:
    """Show the bill line by line, old debts, and the ways to pay.

    `problem` is why the last one did not work, `tendered` what was typed then.
    """
    bill = running_bill(session, clock.now())
    actor = actor_at(actor_of(request), scan.gate_id)
    may_collect = actor.may("collect_debt")
    old = old_debts(
        debts_of_plate(session.vehicle_id, sites=actor.sites, now=clock.now()), scan.debts if may_collect else ()
    )
    to_pay = bill.due + old.added
    return page(
        request,
        "gate/parts/quote.html",
        scan=scan,
        session=session,
        bill=bill,
        old=old,
        may_collect=may_collect,
        may_voucher=actor.may("voucher"),
        needs_phone=needs_proof(session),
        to_pay=to_pay,
        notes=NOTES,
        tendered=tendered,
        **online_ways(),
        **typed_ways(session.site_id),
        counter_qr=counter_qr(session, to_pay),
        token=token_number_of(session) if session.vehicle.is_partial else None,
        items=items_of(session),
        has_display=has_display(scan.gate_id),
        problem=sentence_for(problem) if problem else "",
        code=problem.code if problem else "",
        pane=pane,
        collect_at=reverse("gate_collect"),
    )


def let_out(request: HttpRequest, scan: Scan, left: Left) -> HttpResponse:
    """Show green, with the change, if there is any, and the receipt; amber if a UPI reference is of another day."""
    is_doubtful = left.claim == Claim.DOUBTFUL
    by_cash = left.session.payment_method == "CASH"
    change = left.change if by_cash and left.change > ZERO else None
    owed = left.session.bill.due
    is_paid = bool(left.session.bill.total or left.debts_collected) and not owed
    pays_later = Mark.PAY_LATER in left.session.marks
    sentence = _owed_text(owed, pays_later=pays_later) if owed else _paid_text(is_paid=is_paid)
    if Mark.EMERGENCY in left.session.marks:
        sentence = gettext("Emergency: the car goes out without paying.")
    verdict = Verdict(
        tone="wait" if is_doubtful else "yes",
        word=LET_OUT,
        sentence=gettext("The reference is not of today. Look at the driver's phone again.")
        if is_doubtful
        else sentence,
        debt=ZERO if pays_later else owed,
        surplus=waits_to_be_handed_out(left.session.bill),
        session=left.session,
        change=change,
        payment_id=newest_payment_id(left.session.bill_id),
        closes_after=None
        if is_doubtful
        else GREEN_SECONDS.at(left.session.zone.site_id) * (LONGER_FOR_CHANGE if change else 1),
    )
    return shown(request, verdict, scan)


def _paid_text(*, is_paid: bool) -> str:
    return gettext("Paid. The car may go out.") if is_paid else gettext("The car may go out.")


def _owed_text(owed: Decimal, *, pays_later: bool) -> str:
    if pays_later:
        return gettext("The car may go out. %(amount)s is to be paid within 24 hours.") % {"amount": amount_text(owed)}
    return gettext("The car may go out. Its plate owes %(amount)s.") % {"amount": amount_text(owed)}


def ended(request: HttpRequest, left: Left) -> HttpResponse:
    """Show a termination whose payment has arrived."""
    payment_id = newest_payment_id(left.session.bill_id)
    sentence = gettext("Paid. This session has ended and its slot is free.")
    return page(request, "gate/parts/ended.html", sentence=sentence, payment_id=payment_id)


def paying(request: HttpRequest, session: ParkingSession, order: PaymentOrder) -> HttpResponse:
    """Show the QR code that pays for a termination, on the page of the parking session."""
    return page(request, "gate/parts/paying.html", **waiting_context(session, order))


def waiting(request: HttpRequest, scan: Scan, session: ParkingSession, order: PaymentOrder) -> HttpResponse:
    """Show the QR code by which the driver pays, on a part that polls for the payment."""
    return page(request, "gate/parts/waiting.html", scan=scan, **waiting_context(session, order))
