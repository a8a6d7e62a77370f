"""A driver says that a debt is not owed, and an administrator answers."""

from datetime import datetime

from django.db import transaction

from parking.audit import services as audit
from parking.checkout import debts as forgiving
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.payments import debts
from parking.payments.events import DebtObjected, DebtObjectionAnswered
from parking.payments.models import Debt


def object_to_debt(*, actor: Actor, debt_id: int, objection: str, now: datetime) -> Debt:
    """Write down why the driver of a stay says that its debt is not owed; until the answer no gate asks for it.

    There is one objection to a debt; the same words again change nothing. Raises NotFound `debt_not_found`, also for
    somebody else's; Refused `debt_closed`, `objection_exists`.
    """
    with transaction.atomic():
        debt = _of_driver(debt_id, actor)
        if debt.objected_at is not None:
            if debt.objection == objection:
                return debt
            raise Refused("objection_exists", "You objected to this debt already")
        debts.object_to(debt=debt, objection=objection, now=now)
        audit.record(actor, DebtObjected(debt_id=debt.pk, amount=debt.amount, bill_id=debt.bill_id), now)
    return debt


def answer_objection(*, actor: Actor, debt_id: int, upheld: bool, answer: str, now: datetime) -> Debt:
    """Answer a driver's objection: an upheld one is written off with the answer as reason, another is asked for again.

    Raises Refused `objection_not_waiting`; otherwise as `debts.write_off`.
    """
    if actor.user_id is None:
        raise ValueError("an objection is answered by a person")
    with transaction.atomic():
        debt = forgiving.lock_debt(debt_id, actor)
        if not debt.is_under_objection:
            raise Refused("objection_not_waiting", "No objection to this debt waits for an answer")
        debts.answer_objection(debt=debt, answer=answer, admin_id=actor.user_id, now=now)
        answered = DebtObjectionAnswered(
            debt_id=debt.pk, amount=debt.amount, bill_id=debt.bill_id, upheld=upheld, answer=answer
        )
        audit.record(actor, answered, now)
        return forgiving.write_off(actor=actor, debt_id=debt_id, reason=answer, now=now) if upheld else debt


def _of_driver(debt_id: int, actor: Actor) -> Debt:
    rows = Debt.objects.select_related("bill__session__vehicle", "bill__session__zone")
    rows = rows.filter(pk=debt_id, bill__session__driver_id=actor.user_id)
    debt = rows.select_for_update(of=("self",), no_key=True).first() if actor.user_id else None
    if debt is None:
        raise NotFound("debt_not_found", "Debt not found")
    return debt
