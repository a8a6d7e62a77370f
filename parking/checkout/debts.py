"""Debts of plates: an administrator may forgive one."""

from datetime import datetime

from django.db import transaction

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import NotFound
from parking.core.sites import at_sites
from parking.payments import debts, orders
from parking.payments.events import DebtWrittenOff
from parking.payments.models import Debt


def write_off(*, actor: Actor, debt_id: int, reason: str, now: datetime) -> Debt:
    """Forgive a debt, under its row's lock. Raises NotFound `debt_not_found`, Refused `debt_closed`.

    The reason stands in the audit record, beside who gave it.
    """
    if actor.user_id is None:
        raise ValueError("a debt is written off by a person")
    with transaction.atomic():
        debt = _locked(debt_id, actor)
        # Nobody waits any longer for what the driver may be paying; should it come, it goes back.
        orders.give_up(bill=debt.bill, now=now)
        debts.write_off(debt=debt, admin_id=actor.user_id, now=now)
        audit.record(
            actor, DebtWrittenOff(debt_id=debt.pk, amount=debt.amount, bill_id=debt.bill_id, reason=reason), now
        )
    return debt


def _locked(debt_id: int, actor: Actor) -> Debt:
    rows = at_sites(Debt.objects.select_related("bill__session__vehicle"), actor.sites, "bill__site_id")
    debt = rows.select_for_update(of=("self",), no_key=True).filter(pk=debt_id).first()
    if debt is None:
        raise NotFound("debt_not_found", "Debt not found")
    return debt
