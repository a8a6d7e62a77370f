"""The timeline of a parking session in words: what happened, who did it, and the facts worth knowing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parking.audit.events import Refusal
from parking.core.errors import DomainError
from parking.edge.wording import sentence_for
from parking.invoices.events import CustomerDetailsGiven, DocumentIssued, DocumentMailAsked, DocumentMailed
from parking.payments.events import (
    DebtObjected,
    DebtObjectionAnswered,
    DebtWrittenOff,
    OrderFailed,
    OrderPaidTwice,
    OrderToReview,
    PaymentCaptured,
    RefundRefused,
    RefundRetried,
    ReviewClosed,
    SecondPaymentSentBack,
)
from parking.reports.timeline import RowCode, TimelineEvent
from parking.stays.events import (
    BookingChanged,
    EntryStated,
    LostTicketTaken,
    NoteTickedOff,
    NoteWritten,
    OwnerConfirmed,
    PassedWithoutCode,
    PhotoTaken,
    ReceiptDoubted,
    ReservationClaimed,
    ReservationUnplaced,
    SessionBooked,
    SessionCancelled,
    SessionCorrectionAsked,
    SessionCorrectionRefused,
    SessionEntered,
    SessionExempted,
    SessionExemptionWithdrawn,
    SessionExited,
    SessionExpired,
    SessionKindChanged,
    SessionMoved,
    SessionPaysLater,
    SessionPlateCorrected,
    SessionQuoted,
    SessionTerminated,
    SpecialSlotGiven,
    TicketGiven,
)
from parking.web.templatetags.parking import rupees, word

_TITLES: dict[str, Promise] = {
    SessionBooked.action: _("Booked"),
    SessionEntered.action: _("Car let in"),
    TicketGiven.action: _("Ticket given at the gate"),
    EntryStated.action: _("Said to be inside since the ticket was given"),
    SpecialSlotGiven.action: _("Accessible or VIP slot given at the gate"),
    SessionExempted.action: _("Let pay nothing, with a photo"),
    SessionExemptionWithdrawn.action: _("Exemption taken back"),
    SessionKindChanged.action: _("Vehicle type corrected"),
    PhotoTaken.action: _("Photo taken"),
    SessionMoved.action: _("Moved to another slot"),
    SessionPlateCorrected.action: _("Plate corrected"),
    SessionCorrectionAsked.action: _("Correction asked for"),
    SessionCorrectionRefused.action: _("Correction refused"),
    OwnerConfirmed.action: _("Driver without a code was asked for the owner's name or phone"),
    PassedWithoutCode.action: _("Driver without a code; the plate was compared"),
    LostTicketTaken.action: _("Ticket lost, no entry known"),
    ReceiptDoubted.action: _("Holder of the receipt says to have paid another sum"),
    SessionPaysLater.action: _("Let out, pays later"),
    NoteWritten.action: _("Note or problem written"),
    NoteTickedOff.action: _("Note or problem ticked off"),
    SessionQuoted.action: _("Bill shown and fixed for a short time"),
    SessionExited.action: _("Left through the gate"),
    SessionTerminated.action: _("Ended by staff"),
    SessionCancelled.action: _("Cancelled"),
    SessionExpired.action: _("Booking expired"),
    ReservationClaimed.action: _("Slot given to the reservation"),
    ReservationUnplaced.action: _("No place was free for the reservation"),
    BookingChanged.action: _("Changed by the driver"),
    RowCode.GATE_SCANNED: _("Scanned again while a payment was waited for"),
    RowCode.ORDER_PLACED: _("Online payment requested"),
    OrderFailed.action: _("Online payment failed"),
    OrderToReview.action: _("Payment does not match the amount requested; it needs review"),
    OrderPaidTwice.action: _("Paid twice; the second payment is refunded"),
    ReviewClosed.action: _("Review closed"),
    PaymentCaptured.action: _("Money received"),
    RowCode.REFUND_WRITTEN: _("Refund recorded"),
    RowCode.REFUND_COMPLETED: _("Refund done"),
    RowCode.REFUND_FAILED: _("Refund failed; it will be tried again"),
    RowCode.REFUND_TO_REVIEW: _("Refund refused; it needs attention"),
    RefundRetried.action: _("Refund tried again"),
    SecondPaymentSentBack.action: _("Second payment refunded"),
    RefundRefused.action: _("Refund refused by the second person"),
    RowCode.DEBT_AROSE: _("Debt of the plate"),
    DebtWrittenOff.action: _("Debt written off"),
    DebtObjected.action: _("Objection to a debt"),
    DebtObjectionAnswered.action: _("Objection to a debt answered"),
    DocumentIssued.action: _("Document issued"),
    DocumentMailAsked.action: _("Document asked for by mail"),
    DocumentMailed.action: _("Document mailed"),
    CustomerDetailsGiven.action: _("Company and GSTIN given for the invoice"),
    Refusal.action: _("Refused"),
}
_BAD = {
    Refusal.action,
    OrderFailed.action,
    OrderPaidTwice.action,
    OrderToReview.action,
    RowCode.REFUND_FAILED,
    RowCode.REFUND_TO_REVIEW,
    RowCode.DEBT_AROSE,
}
# Marks of the story, and the tones of what went well or waits; _BAD has a tone of its own.
_ICONS: dict[str, str] = {
    SessionBooked.action: "calendar",
    SessionEntered.action: "login",
    TicketGiven.action: "ticket",
    SessionMoved.action: "arrows-exchange",
    PhotoTaken.action: "camera",
    NoteWritten.action: "pencil",
    NoteTickedOff.action: "check",
    SessionPaysLater.action: "clock",
    SessionQuoted.action: "receipt",
    SessionExited.action: "logout",
    SessionTerminated.action: "ban",
    SessionCancelled.action: "x",
    SessionExpired.action: "hourglass",
    RowCode.ORDER_PLACED: "device-mobile",
    PaymentCaptured.action: "cash",
    RowCode.REFUND_WRITTEN: "receipt-refund",
    RowCode.REFUND_COMPLETED: "receipt-refund",
    DocumentIssued.action: "file-invoice",
}
_GOOD = {SessionEntered.action, SessionExited.action, PaymentCaptured.action, RowCode.REFUND_COMPLETED}
_WHO: dict[str, Promise] = {
    "SYSTEM": _("The system"),
    "GATEWAY": _("Payment service"),
    "ANYBODY": _("Without account"),
    "UNKNOWN": _("Not known"),
}


_PURPOSES: dict[str, Promise] = {
    "FEE": _("booking fee"),
    "EXIT": _("at the exit"),
    "ENTRY": _("at the entry"),
    "AHEAD": _("before going to the gate"),
    "TERMINATION": _("ended by staff"),
}


def _money(label: Promise) -> Callable[[Any], str]:
    return partial(_labelled_amount, label)


def _labelled_amount(label: Promise, amount: Any) -> str:
    return f"{label} {rupees(amount)}"


def _named(label: Promise) -> Callable[[Any], str]:
    return partial("{} {}".format, label)


def _refusal(code: str) -> str:
    return sentence_for(DomainError(code, code))


def _purpose(code: str) -> str:
    return str(_PURPOSES.get(code, code))


# Facts in the order in which they are shown; the others are for programs.
_FACTS: dict[str, Callable[[Any], str]] = {
    "refusal": _refusal,
    "kind": word,
    "number": str,
    "amount": rupees,
    "fee": _money(_("Booking fee")),
    "total": _money(_("Total")),
    "charged": _money(_("Charged")),
    "kept": _money(_("Kept")),
    "refund": _money(_("Refund")),
    "debt": _money(_("Amount due")),
    "tendered": _money(_("Cash received")),
    "purpose": _purpose,
    "method": word,
    "gateway": word,
    "status": word,
    "reason": word,
    "failure": str,
    "attempt": _named(_("Attempt")),
    "reference": _named(_("Reference")),
    "order_id": str,
    "refund_id": str,
    "scan_id": _named(_("Scan")),
}
# Amounts that are shown only if they are not zero.
_UNLESS_ZERO = {"charged", "kept", "refund", "debt", "fee"}


@dataclass(frozen=True)
class EventText:
    """An event in the reader's language, as `web/components/story.html` draws it."""

    at: datetime
    icon: str
    tone: str
    title: str
    text: str
    who: str
    where: str


def event_texts(events: Sequence[TimelineEvent]) -> list[EventText]:
    """Return the events of a stay in words, with who did it and in what role."""
    return [_event_text(event) for event in events]


def _event_text(event: TimelineEvent) -> EventText:
    who, role = _who(event)
    is_bad = event.code in _BAD
    return EventText(
        at=event.at,
        icon=_ICONS.get(event.code, "alert-triangle" if is_bad else "info-circle"),
        tone="amber" if is_bad else "green" if event.code in _GOOD else "",
        title=str(_TITLES.get(event.code, event.code)),
        text=" · ".join(_facts(event)),
        who=who,
        where=role,
    )


def _who(event: TimelineEvent) -> tuple[str, str]:
    """Return the name of who did it and the role, which is empty where there is no name beside it."""
    role, name = event.actor.role, event.actor.name
    label = str(_WHO.get(role, word(role)))
    if role == "GATEWAY":
        return (word(name) if name else label, "")
    return (name, label) if name else (label, "")


def _facts(event: TimelineEvent) -> list[str]:
    facts = event.facts
    return [
        text_of(facts[name])
        for name, text_of in _FACTS.items()
        if facts.get(name) not in {None, ""} and not (name in _UNLESS_ZERO and not facts[name])
    ]
