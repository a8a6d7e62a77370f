"""The only writer of debts: what closed bills are short of."""

from datetime import datetime
from decimal import Decimal

from parking.core.errors import Refused
from parking.core.statements import insert
from parking.payments.models import Bill, Debt, DebtStatus, Payment


def owe(*, bill: Bill, amount: Decimal, now: datetime) -> Debt:
    """Write down what a bill is short of as it is closed (rupees). The bill must be locked."""
    debt = Debt(bill=bill, amount=amount, created_at=now)
    insert(debt)
    return debt


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


def write_off(*, debt: Debt, admin_id: int, now: datetime) -> None:
    """Forgive a debt by an administrator's decision. Its row must be locked. Raises Refused `debt_closed`."""
    refuse_closed(debt)
    debt.status, debt.written_off_by_id, debt.closed_at = DebtStatus.WRITTEN_OFF, admin_id, now
    debt.save(update_fields=["status", "written_off_by", "closed_at"])
