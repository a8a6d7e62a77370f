"""The gate's answers to a scan: a verdict in one word, the bill, or the payment that is waited for.

Each is a complete part of the page, so that the script only has to insert it.
"""

import base64
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.checkout.at_entry import collects_at_entry, due_at_entry
from parking.checkout.bills import running_bill
from parking.checkout.entering import Entered
from parking.checkout.leaving import Left
from parking.checkout.pass_entry import PassEntered
from parking.checkout.queries import debts_of_plate
from parking.core import clock
from parking.core.errors import DomainError, InvalidInput, NotFound, Refused, Unavailable
from parking.core.money import ZERO
from parking.core.qr import qr_svg
from parking.core.site_settings import (
    COUNTER_UPI,
    DEBT_AMBER_ABOVE,
    GREEN_SECONDS,
    PAY_LATER_PROOF,
    TYPED_REFERENCES,
    card_terminals,
)
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.wording import sentence_for
from parking.facilities.gates import actor_at
from parking.payments.counter_upi import Claim, upi_link
from parking.payments.gateways.registry import gateway_choices
from parking.payments.models import PaymentOrder
from parking.payments.queries import newest_payment_id
from parking.stays import access
from parking.stays.access import QrText
from parking.stays.by_phone import phone_of
from parking.stays.displays import has_display
from parking.stays.exempt_classes import classes_now
from parking.stays.exempt_models import ExemptClass
from parking.stays.marks import Mark
from parking.stays.models import EndReason, ParkingSession, SessionStatus
from parking.stays.tokens import token_number_of
from parking.vehicles.models import VehicleKind
from parking.web.components import amount_text, plate_text
from parking.web.gate.awaited import money_awaited
from parking.web.gate.owing import old_debts
from parking.web.gate.ways_on import WaysOn, of_free_token, of_typed_plate, ways_on
from parking.web.templatetags.parking import clock_time, word

LET_IN, LET_OUT, LOOK, STOP, WAIT = _("LET IN"), _("LET OUT"), _("LOOK"), _("STOP"), _("WAIT")

# The notes in use, in rupees; the one of 2,000 was withdrawn.
NOTES = (10, 20, 50, 100, 200, 500)
# A green answer that names the change stays so many times as long.
LONGER_FOR_CHANGE = 3

# Refusals after which the car may pass in a moment.
_AMBER = {
    "payment_pending", "gate_invalid", "pass_needs_plate", "too_early", "no_place_yet", "vehicle_elsewhere",
}  # fmt: skip
# Refusals of a way to pay: the bill stays on the screen, with the sentence above it.
_TRY_AGAIN = {
    "amount_mismatch",
    "amount_too_small",
    "debt_closed",
    "debts_need_counter",
    "gateway_invalid",
    "gateway_unavailable",
    "payment_failed",
    "payment_given_up",
    "pay_later_limit",
    "payment_method_invalid",
    "upi_reference_invalid",
    "upi_reference_used",
    "code_unknown",
    "code_expired",
    "code_not_here",
    "code_used_up",
    "payment_under_way",
    "phone_incomplete",
    "phone_or_photo_needed",
    "card_invalid",
    "card_approval_used",
    "typed_references_off",
    "validation_error",
}
_FINISHED = {"already_exited", "not_active"}


@dataclass(frozen=True)
class Verdict:
    """The answer that fills the screen.

    `tone` is yes, wait or no; `closes_after` seconds, None: until dismissed; `site` is the name of the car park
    to which a ticket of another one belongs; `ways` lead on from an amber or red answer.
    """

    tone: str
    word: str | Promise
    sentence: str
    session: ParkingSession | None = None
    code: str = ""
    debt: Decimal = ZERO
    change: Decimal | None = None
    payment_id: int | None = None
    can_compare: bool = False
    # The attendant may say that the plate seen is the booked one, with which the scan is sent again.
    can_confirm: bool = False
    closes_after: int | None = None
    site: str = ""
    ways: WaysOn | None = None
    # Of a pass of several vehicles: the attendant chooses the plate that is there.
    plates: tuple[str, ...] = ()
    # At the entry: other kinds that the car may be of, and classes that pay nothing.
    kinds: tuple[str, ...] = ()
    classes: tuple[ExemptClass, ...] = ()

    @property
    def shape(self) -> str:
        """Return the name of its shape: each is known without its colour."""
        return {"yes": "go", "no": "stop"}.get(self.tone, "wait" if self.word == WAIT else "look")


@dataclass(frozen=True)
class Scan:
    """What the parts send back: the code, the gate's number of the scan, the plate that was typed, the direction.

    `debts` are ids of the plate's debts that are to be paid with the exit. The gate itself is added by the script.
    """

    qr_code: str
    scan_id: str
    plate_seen: str | None = None
    gate_id: int | None = None
    direction: str = ""
    debts: tuple[int, ...] = ()


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
        gateways=gateway_choices(),
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
    shown = entered.subscription if isinstance(entered, PassEntered) else None
    awaited = money_awaited(entered.session, clock.now(), shown=shown)
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
    return _shown(request, _with_corrections(verdict, entered.session), scan)


def kind_corrected(request: HttpRequest, scan: Scan, session: ParkingSession) -> HttpResponse:
    """Show the car with its other kind, and the slot, which may be another one as well."""
    verdict = Verdict("yes", LET_IN, gettext("Vehicle type: %(kind)s") % {"kind": word(session.vehicle_kind)}, session)
    return _shown(request, _with_corrections(verdict, session), scan)


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
    return _shown(request, verdict, scan)


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
    old = old_debts(debts_of_plate(session.vehicle_id, sites=actor.sites), scan.debts if may_collect else ())
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
        needs_phone=PAY_LATER_PROOF.at(session.site_id) and not phone_of(session),
        to_pay=to_pay,
        notes=NOTES,
        tendered=tendered,
        gateways=gateway_choices(),
        **typed_ways(session.site_id),
        counter_qr=counter_qr(session, to_pay),
        token=token_number_of(session) if session.vehicle.is_partial else None,
        has_display=has_display(scan.gate_id),
        problem=sentence_for(problem) if problem else "",
        code=problem.code if problem else "",
        pane=pane,
        collect_at=reverse("gate_collect"),
    )


def typed_ways(site_id: int | None) -> dict[str, Any]:
    """Return which ways to pay the page offers whose proof the attendant types: UPI, and cards at which terminals."""
    are_on = bool(TYPED_REFERENCES.at(site_id))
    return {"takes_upi": are_on, "terminals": card_terminals(site_id) if are_on else ()}


def counter_qr(session: ParkingSession, amount: Decimal) -> str:
    """Return the QR code of the counter's UPI address with the amount, empty where the site has none."""
    address = COUNTER_UPI.at(session.zone.site_id)
    if not address or not amount:
        return ""
    note = f"{session.pk} {session.vehicle.vehicle_number}"
    return qr_picture(upi_link(address=address, payee=session.zone.site.name, amount=amount, note=note))


def let_out(request: HttpRequest, scan: Scan, left: Left) -> HttpResponse:
    """Show green, with the change, if there is any, and the receipt; amber if a UPI reference is of another day."""
    is_doubtful = left.claim == Claim.DOUBTFUL
    by_cash = left.session.payment_method == "CASH"
    change = left.change if by_cash and left.change > ZERO else None
    owed = left.session.bill.due
    is_paid = bool(left.session.bill.total or left.debts_collected) and not owed
    sentence = _owed_text(owed) if owed else _paid_text(is_paid=is_paid)
    if Mark.EMERGENCY in left.session.marks:
        sentence = gettext("Emergency: the car goes out without paying.")
    verdict = Verdict(
        tone="wait" if is_doubtful else "yes",
        word=LET_OUT,
        sentence=gettext("The reference is not of today. Look at the driver's phone again.")
        if is_doubtful
        else sentence,
        debt=owed,
        session=left.session,
        change=change,
        payment_id=newest_payment_id(left.session.bill_id),
        closes_after=None
        if is_doubtful
        else GREEN_SECONDS.at(left.session.zone.site_id) * (LONGER_FOR_CHANGE if change else 1),
    )
    return _shown(request, verdict, scan)


def _paid_text(*, is_paid: bool) -> str:
    return gettext("Paid. The car may go out.") if is_paid else gettext("The car may go out.")


def _owed_text(owed: Decimal) -> str:
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


def waiting_context(session: ParkingSession, order: PaymentOrder) -> dict[str, Any]:
    to_pay = order.upi_link or order.pay_url
    return {"session": session, "order": order, "qr": qr_picture(to_pay) if to_pay else ""}


def qr_picture(text: str) -> str:
    """Return a QR code as the source of a picture."""
    return f"data:image/svg+xml;base64,{base64.b64encode(qr_svg(text)).decode()}"


# --- Refusals ----------------------------------------------------------------------------------------


def refused(
    request: HttpRequest, scan: Scan, error: DomainError, *, pane: str = "", tendered: str = ""
) -> HttpResponse:
    """Show a refusal: red; amber if the car may pass in a moment; the bill again if only paying failed."""
    session = _session_of(request, scan)
    if session is not None and _pays_at_entry(error, session):
        problem = None if error.code == "payment_at_entry" else error
        return money_at_entry(request, scan, session, problem=problem, pane=pane, tendered=tendered)
    if error.code in _TRY_AGAIN and session is not None and session.status == SessionStatus.ACTIVE:
        return quoted(request, scan, session, problem=error, pane=pane, tendered=tendered)
    if token := _free_token(request, scan):
        return _shown(request, Verdict("wait", LOOK, gettext("This token is free."), ways=token), scan)
    if error.code in _FINISHED and session is not None:
        verdict = replace(finished(session, meanwhile=bool(pane)), ways=_ways_on(request, scan, error, session))
        return _shown(request, verdict, scan)
    amber = error.code in _AMBER or isinstance(error, Unavailable) or error.facts.get("verdict") == "AMBER"
    known = None if isinstance(error, NotFound | InvalidInput) else session
    sentence = _of_two_plates(error) if error.code == "vehicle_mismatch" else sentence_for(error)
    looks_alike = error.facts.get("verdict") == "AMBER"
    ways = _ways_on(request, scan, error, known)
    asks = looks_alike or ways.is_plate or error.code == "pass_needs_plate"
    verdict = Verdict(
        tone="wait" if amber or asks else "no",
        word=LOOK if asks else WAIT if amber else STOP,
        sentence=gettext("This is a plate, not a code.") if ways.is_plate else sentence,
        session=known,
        code=error.code,
        can_confirm=looks_alike and not pane,
        site=str(error.facts.get("site_name", "")),
        ways=ways,
        plates=tuple(error.facts.get("plates", ())),
    )
    return _shown(request, verdict, scan)


def _pays_at_entry(error: DomainError, session: ParkingSession) -> bool:
    """Return whether the answer to a refusal is the money at the entry: it is due, or was not paid as it should be."""
    is_before = session.status == SessionStatus.BOOKED and collects_at_entry(session)
    return is_before and (error.code == "payment_at_entry" or error.code in _TRY_AGAIN)


def _ways_on(request: HttpRequest, scan: Scan, error: DomainError, session: ParkingSession | None) -> WaysOn:
    try:
        actor = actor_at(actor_of(request), scan.gate_id)
    except Refused:
        actor = actor_of(request)
    typed = of_typed_plate(scan.qr_code, actor, scan.direction) if error.code == "qr_not_found" else None
    return typed or ways_on(error, session, actor, scan.direction)


def _free_token(request: HttpRequest, scan: Scan) -> WaysOn | None:
    try:
        return of_free_token(scan.qr_code, actor_at(actor_of(request), scan.gate_id), scan.direction)
    except Refused:
        return None


def _of_two_plates(error: DomainError) -> str:
    """Return the sentence of a plate that differs, with both plates; it may be the same if they only look alike."""
    plates = {name: plate_text(str(error.facts[name])) for name in ("booked", "seen")}
    if error.facts["verdict"] == "AMBER":
        return gettext("The booking is for %(booked)s; you saw %(seen)s. They look alike: please check again.") % plates
    return gettext("The booking is for %(booked)s, not %(seen)s.") % plates


def finished(session: ParkingSession, *, meanwhile: bool) -> Verdict:
    """Show that the parking session is over, before this scan or meanwhile, so that nobody pays twice."""
    at = {"time": clock_time(session.ended_at)}
    if session.end_reason == EndReason.TERMINATED:
        sentence = gettext("This session was ended by staff at %(time)s.") % at
    elif meanwhile:
        sentence = gettext("This car was let out at another gate meanwhile, at %(time)s.") % at
    else:
        sentence = gettext("This car was let out already, at %(time)s.") % at
    if meanwhile:
        warning = gettext("Do not take any money.")
        sentence = f"{sentence} {warning}"
    return Verdict("no", STOP, sentence, session, "already_exited")


def _session_of(request: HttpRequest, scan: Scan) -> ParkingSession | None:
    """Return the stay of a code; None for one that is not known, or of another site than the gate's."""
    try:
        return access.find(QrText(scan.qr_code, scan.plate_seen or ""), actor_at(actor_of(request), scan.gate_id))
    except (NotFound, Refused):
        return None


def _shown(request: HttpRequest, verdict: Verdict, scan: Scan) -> HttpResponse:
    return page(
        request,
        "gate/parts/verdict.html",
        verdict=verdict,
        session=verdict.session,
        scan=scan,
        address=request.path,
    )
