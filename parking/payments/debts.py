"""The only writer of debts: what closed bills are short of."""

from datetime import datetime
from decimal import Decimal

from parking.core.errors import Refused
from parking.core.statements import insert
from parking.payments.models import Bill, Debt, DebtStatus


def owe(*, bill: Bill, amount: Decimal, now: datetime) -> Debt:
    """Write down what a bill is short of as it is closed (rupees). The bill must be locked."""
    debt = Debt(bill=bill, amount=amount, created_at=now)
    insert(debt)
    return debt


def write_off(*, debt: Debt, admin_id: int, now: datetime) -> None:
    """Forgive a debt by an administrator's decision. Its row must be locked. Raises Refused `debt_closed`."""
    if debt.status != DebtStatus.OPEN:
        raise Refused("debt_closed", "This debt is settled already")
    debt.status, debt.written_off_by_id, debt.closed_at = DebtStatus.WRITTEN_OFF, admin_id, now
    debt.save(update_fields=["status", "written_off_by", "closed_at"])
