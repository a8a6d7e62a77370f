"""The check of a receipt by whoever holds it: what the books have, and "not what you paid?"."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from parking.audit import services as audit
from parking.checkout.bills import RunningBill, running_bill
from parking.core.actor import SYSTEM, Actor
from parking.core.errors import NotFound, Refused
from parking.core.ids import read_pass_code
from parking.core.money import ZERO
from parking.payments.models import Debt, Payment
from parking.payments.queries import open_debt
from parking.stays import access
from parking.stays.access import QrText
from parking.stays.events import ReceiptDoubted
from parking.stays.models import ParkingSession, SessionNote
from parking.stays.notes import note_of_driver, write_for_driver


@dataclass(frozen=True)
class Checked:
    """A stay as the books have it: its bill, the money that came or is owed, and what its driver says against it."""

    session: ParkingSession
    bill: RunningBill
    payments: list[Payment]
    doubt: SessionNote | None
    debt: Debt | None

    @property
    def may_doubt(self) -> bool:
        """Return whether there is something to doubt: the code is on the ticket too, and a doubt is told once."""
        return bool(self.payments) or not self.session.is_open


def check(*, code: str, now: datetime) -> Checked:
    """Return what the books have of the stay of a code; whoever has the code may see it. Raises NotFound."""
    session = access.find(_of_receipt(code), SYSTEM)
    payments = list(session.bill.payments.order_by("pk"))
    bill = running_bill(session, now)
    debt = open_debt(session.bill_id) if bill.due > ZERO and not session.is_open else None
    return Checked(session, bill, payments, note_of_driver(session), debt)


def doubt(*, actor: Actor, code: str, paid: Decimal, words: str, now: datetime) -> SessionNote:
    """Keep that somebody says to have paid another sum (rupees), once for each stay; a problem for the car park.

    Raises NotFound `qr_not_found`; Refused `receipt_doubted` the second time, `nothing_paid_yet` inside.
    """
    with transaction.atomic():
        session = access.lock(_of_receipt(code), SYSTEM)
        if note_of_driver(session) is not None:
            raise Refused("receipt_doubted", "This was told already", session_id=session.pk)
        if session.is_open and not session.bill.payments.exists():
            raise Refused("nothing_paid_yet", "Nothing was paid yet", session_id=session.pk)
        kept = session.amount_paid
        note = write_for_driver(session=session, text=f"₹{paid} ≠ ₹{kept} {words}".strip(), now=now)
        audit.record(actor, ReceiptDoubted(session_id=session.pk, note_id=note.pk, stated=paid, kept=kept), now)
    return note


def _of_receipt(code: str) -> QrText:
    """Return a code of a receipt. Raises NotFound `qr_not_found` for that of a pass, which many may hold."""
    if read_pass_code(code):
        raise NotFound("qr_not_found", "QR code not found, please check booking")
    return QrText(code)
