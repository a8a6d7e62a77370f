"""Ending a pass by an administrator's decision, with a second person's word: after its first day, or after use."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from parking.accounts import approvals
from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.audit import services as audit
from parking.checkout import pass_money
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.ids import new_refund_id
from parking.core.money import ZERO
from parking.passes import services as passes
from parking.passes.events import PassCancellationAsked, PassCancellationRefused, PassCancelled
from parking.passes.models import PassPeriod, PassStatus, Subscription
from parking.payments import bills, refunds
from parking.payments.models import Payment, Refund
from parking.payments.queries import left_of

_KIND = ApprovalKind.PASS_CANCELLATION


def may_go_back(subscription: Subscription) -> Decimal:
    """Return how much of the money of a pass, which must come with its periods, has not gone back yet (rupees)."""
    bills_of = [period.bill_id for period in subscription.periods.all()]
    # Two statements for however many periods.
    paid = Payment.objects.filter(bill__in=bills_of).values_list("amount", flat=True)
    back = Refund.objects.filter(payment__bill__in=bills_of).owed().values_list("amount", flat=True)
    return sum(paid, ZERO) - sum(back, ZERO)


def waits_for_decision(subscription: Subscription) -> bool:
    """Return whether somebody asked to end a pass and nobody has decided."""
    asked = approvals.approval_of(kind=_KIND, subject_id=subscription.pk)
    return asked is not None and not asked.decision


def ask_cancellation(
    *, actor: Actor, subscription: Subscription, refund: Decimal, reason: str, now: datetime
) -> Approval:
    """Write down that a paid pass shall end and `refund` rupees go back; nothing changes before it is approved.

    What was refused may be asked for again. Raises Refused `pass_over`, `refund_exceeds_payment`, `asked_already` (it
    waits).
    """
    with transaction.atomic():
        held = passes.lock_pass(subscription.pk)
        if held.status != PassStatus.ACTIVE:
            raise Refused("pass_over", "This pass is not in force")
        left = _sum_of(passes.lock_periods(held))
        if refund > left:
            raise Refused("refund_exceeds_payment", f"At most \u20b9{left} can go back", left=str(left))
        approvals.forget_refused(kind=_KIND, subject_id=held.pk)
        if approvals.approval_of(kind=_KIND, subject_id=held.pk) is not None:
            raise Refused("asked_already", "The end of this pass waits for another administrator already")
        facts = {"pass_id": held.pk, "amount": str(refund), "reason": reason}
        approval = approvals.ask(
            kind=_KIND,
            subject_id=held.pk,
            site_id=held.plan.site_id,
            asked_by_id=actor.user_id,
            facts=facts,
            now=now,
        )
        audit.record(actor, PassCancellationAsked(pass_id=held.pk, refund=refund, reason=reason), now)
    return approval


def approve_cancellation(*, actor: Actor, pass_id: int, now: datetime) -> None:
    """End a pass as it was asked for: the newest money goes back first, what was paid by hand is handed back.

    Money of a gateway is sent by the worker. Raises Refused `own_refund`, `decided_already`, `pass_over`,
    `refund_exceeds_payment`; Forbidden `second_person_not_independent`.
    """
    with transaction.atomic():
        held = passes.lock_pass(pass_id)
        approval = approvals.undecided(kind=_KIND, subject_id=pass_id)
        own = Refused("own_refund", "Another administrator must approve what you asked for")
        approvals.refuse_first_person(approval, actor, own=own, now=now)
        passes.refuse_over(held)
        refund, reason = Decimal(approval.facts["amount"]), str(approval.facts["reason"])
        _give_back(passes.lock_periods(held), refund, reason, approval.asked_by_id, now)
        passes.cancel(subscription=held, now=now)
        approvals.note_decision(
            kind=_KIND, subject_id=pass_id, decision=Decision.APPROVE, decided_by_id=actor.user_id, now=now
        )
        audit.record(actor, PassCancelled(pass_id=pass_id, refund=refund, reason=reason), now)


def refuse_cancellation(*, actor: Actor, pass_id: int, now: datetime) -> None:
    """Leave a pass as it is. Whoever asked may take it back so. Raises Refused `decided_already`."""
    with transaction.atomic():
        passes.lock_pass(pass_id)
        asked_by = approvals.undecided(kind=_KIND, subject_id=pass_id).asked_by_id
        approvals.note_decision(
            kind=_KIND, subject_id=pass_id, decision=Decision.REFUSE, decided_by_id=actor.user_id, now=now
        )
        audit.record(actor, PassCancellationRefused(pass_id=pass_id, asked_by=asked_by), now)


def _sum_of(periods: list[PassPeriod]) -> Decimal:
    return sum((amount for _, _, amount in _money_of(periods)), ZERO)


def _money_of(periods: list[PassPeriod]) -> list[tuple[PassPeriod, Payment, Decimal]]:
    """Return the payments of these periods of which something is left, the newest first."""
    found = [
        (period, payment, left_of(payment))
        for period in reversed(periods)
        for payment in Payment.objects.select_related("bill").filter(bill=period.bill).order_by("-pk")
    ]
    return [row for row in found if row[2] > ZERO]


def _give_back(periods: list[PassPeriod], refund: Decimal, reason: str, asked_by_id: int | None, now: datetime) -> None:
    for period in periods:
        if period.bill.closed_at is None:
            pass_money.close_unpaid(period, now)
    for period, payment, left in _money_of(periods):
        amount = min(left, refund)
        if amount <= ZERO:
            return
        written = bills.refund_by_decision(
            bill=period.bill,
            payment=payment,
            amount=amount,
            reason=reason,
            refund_id=new_refund_id(),
            asked_by_id=asked_by_id,
            now=now,
        )
        if written.by_hand:
            refunds.hand_back(refund=written, now=now)
        refund -= amount
    if refund > ZERO:
        raise Refused("refund_exceeds_payment", "Less than that is left", left=str(ZERO))
