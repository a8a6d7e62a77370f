"""Debts of plates: an administrator may forgive one."""

from datetime import datetime

from django.db import transaction

from parking.accounts.vouching import is_dependent, is_only_administrator, not_independent
from parking.audit import services as audit
from parking.audit.queries import who_did
from parking.checkout import emergencies
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.core.sites import at_sites
from parking.payments import debts, orders
from parking.payments.debts import BILL_FIRST
from parking.payments.events import DebtWrittenOff
from parking.payments.models import Debt
from parking.stays.events import SessionTerminated, SessionTerminationWaits

_TERMINATIONS = (SessionTerminated.action, SessionTerminationWaits.action)


def write_off(*, actor: Actor, debt_id: int, reason: str, now: datetime) -> Debt:
    """Forgive a debt, under its row's lock.

    Nobody forgives what comes of a stay that they ended themselves, or of an emergency that they began, unless there is
    no other administrator. Raises NotFound `debt_not_found`; Refused `debt_closed`, `own_termination`, `own_emergency`;
    Forbidden `second_person_not_independent`. The reason stands in the audit record, beside who gave it.
    """
    if actor.user_id is None:
        raise ValueError("a debt is written off by a person")
    with transaction.atomic():
        debt = lock_debt(debt_id, actor)
        alone = _decides_alone(debt, actor, now)
        # Nobody waits any longer for what the driver may be paying; should it come, it goes back.
        orders.give_up(bill=debt.bill, now=now)
        debts.write_off(debt=debt, admin_id=actor.user_id, now=now)
        audit.record(
            actor,
            DebtWrittenOff(debt_id=debt.pk, amount=debt.amount, bill_id=debt.bill_id, reason=reason, alone=alone),
            now,
        )
    return debt


def _decides_alone(debt: Debt, actor: Actor, now: datetime) -> bool:
    """Return whether the actor is no independent person for the debt of a stay, and may decide all the same."""
    if debt.emergency is not None:
        return emergencies.decides_alone(debt.emergency, actor, now)
    ended_by = who_did("session", debt.bill.session.pk, actions=_TERMINATIONS)
    is_own = actor.user_id in ended_by
    if not is_own and not any(is_dependent(first_id=first_id, second=actor, now=now) for first_id in ended_by):
        return False
    if is_only_administrator(now=now):
        return True
    if is_own:
        raise Refused("own_termination", "Another administrator must write off what a stay that you ended owes")
    raise not_independent()


def lock_debt(debt_id: int, actor: Actor) -> Debt:
    """Lock a debt at the actor's sites with its bill, not its stay. Raises NotFound `debt_not_found`."""
    rows = at_sites(Debt.objects.select_related("bill__session__vehicle", "emergency"), actor.sites, "bill__site_id")
    debt = rows.select_for_update(of=BILL_FIRST, no_key=True).filter(pk=debt_id).first()
    if debt is None:
        raise NotFound("debt_not_found", "Debt not found")
    return debt
