"""The only writer of debts: what closed bills are short of."""

from datetime import datetime
from decimal import Decimal

from parking.core.errors import Refused
from parking.core.statements import insert
from parking.payments.models import Bill, Debt, DebtStatus, Payment

# What is locked of a debt, in this order: settling locks the bill first, too (docs/locking.md).
BILL_FIRST = ("bill", "self")


def owe(*, bill: Bill, amount: Decimal, now: datetime) -> Debt:
    """Write down what a bill is short of as it is closed (rupees). The bill must be locked."""
    debt = Debt(bill=bill, amount=amount, created_at=now)
    insert(debt)
    return debt


def let_wait(*, debt: Debt, until: datetime) -> None:
    """Write down until when a debt, whose bill is locked, may be paid later before anybody calls it one."""
    debt.waits_until = until
    debt.save(update_fields=["waits_until"])


def mark_emergency(*, debt: Debt, emergency_id: int) -> None:
    """Write down that a debt, whose bill is locked, comes of a car that was let out in an emergency."""
    debt.emergency_id = emergency_id
    debt.save(update_fields=["emergency"])


def refuse_closed(debt: Debt) -> None:
    """Raise Refused `debt_closed` for a debt that nobody owes any more."""
    if debt.status != DebtStatus.OPEN:
        raise Refused("debt_closed", "This debt is settled already")


def settle(*, debt: Debt, payment: Payment, now: datetime) -> None:
    """Write down that a payment paid a debt, whose row must be locked; `payments.bills` counts the money in."""
    debt.status, debt.payment, debt.closed_at = DebtStatus.PAID, payment, now
    debt.save(update_fields=["status", "payment", "closed_at"])


def lapse(*, debt: Debt, now: datetime) -> None:
    """Write down that a debt is too old to be asked for. Its row must be locked. Raises Refused `debt_closed`."""
    refuse_closed(debt)
    debt.status, debt.closed_at = DebtStatus.LAPSED, now
    debt.save(update_fields=["status", "closed_at"])


def object_to(*, debt: Debt, objection: str, now: datetime) -> None:
    """Write down why the driver says that nothing is owed. Its row must be locked. Raises Refused `debt_closed`."""
    refuse_closed(debt)
    debt.objection, debt.objected_at = objection, now
    debt.save(update_fields=["objection", "objected_at"])


def answer_objection(*, debt: Debt, answer: str, admin_id: int, now: datetime) -> None:
    """Write down what an administrator answered. Its row must be locked."""
    debt.objection_answer, debt.objection_answered_by_id, debt.objection_answered_at = answer, admin_id, now
    debt.save(update_fields=["objection_answer", "objection_answered_by", "objection_answered_at"])


def write_off(*, debt: Debt, admin_id: int, now: datetime) -> None:
    """Forgive a debt by an administrator's decision. Its row must be locked. Raises Refused `debt_closed`."""
    refuse_closed(debt)
    debt.status, debt.written_off_by_id, debt.closed_at = DebtStatus.WRITTEN_OFF, admin_id, now
    debt.save(update_fields=["status", "written_off_by", "closed_at"])
