"""Answers to a scan that was refused: red, amber, or the bill again."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from parking.checkout.at_entry import collects_at_entry
from parking.core.errors import DomainError, InvalidInput, NotFound, Refused, Unavailable
from parking.core.plate_words import plate_text
from parking.edge.callers import actor_of
from parking.edge.wording import sentence_for
from parking.facilities.gates import actor_at
from parking.stays import access
from parking.stays.access import QrText
from parking.stays.models import EndReason, ParkingSession, SessionStatus
from parking.web.gate.answers import money_at_entry, quoted
from parking.web.gate.verdicts import LOOK, STOP, WAIT, Scan, Verdict, shown
from parking.web.gate.ways_on import WaysOn, of_free_token, of_typed_plate, ways_on
from parking.web.templatetags.parking import clock_time

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
        return shown(request, Verdict("wait", LOOK, gettext("This token is free."), ways=token), scan)
    if error.code in _FINISHED and session is not None:
        verdict = replace(finished(session, meanwhile=bool(pane)), ways=_ways_on(request, scan, error, session))
        return shown(request, verdict, scan)
    amber = error.code in _AMBER or isinstance(error, Unavailable) or error.facts.get("verdict") == "AMBER"
    known = None if isinstance(error, NotFound | InvalidInput) else session
    looks_alike = error.facts.get("verdict") == "AMBER"
    ways = _ways_on(request, scan, error, known)
    asks = looks_alike or ways.is_plate or error.code == "pass_needs_plate"
    verdict = Verdict(
        tone="wait" if amber or asks else "no",
        word=LOOK if asks else WAIT if amber else STOP,
        sentence=gettext("This is a plate, not a code.") if ways.is_plate else _sentence_of(error, known),
        session=known,
        code=error.code,
        can_confirm=looks_alike and not pane,
        site=str(error.facts.get("site_name", "")),
        ways=ways,
        plates=tuple(error.facts.get("plates", ())),
    )
    return shown(request, verdict, scan)


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


def _sentence_of(error: DomainError, session: ParkingSession | None) -> str:
    if error.code == "vehicle_mismatch":
        return _of_two_plates(error)
    if error.code == "already_entered" and session is not None and session.status == SessionStatus.COMPLETED:
        return gettext("This ticket was used: the car came in and left.")
    return sentence_for(error)


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
