"""A second person's decision about what waits for one, whatever it is about."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from parking.accounts.approvals import find_approval
from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.checkout import correcting, kinds, second_looks
from parking.checkout.organisation_writing_off import approve_write_off, refuse_write_off
from parking.checkout.pass_decisions import approve_cancellation, refuse_cancellation
from parking.checkout.refunding import approve_refund, refuse_refund
from parking.core.actor import Actor
from parking.facilities import emergencies
from parking.offers import strong_codes
from parking.tariffs import cards, zone_tariffs
from parking.tariffs import services as tariffs

_Decide = Callable[[Actor, int, datetime], object]

_DECISIONS: dict[tuple[ApprovalKind, Decision], _Decide] = {
    (ApprovalKind.CASH_REFUND, Decision.APPROVE): lambda actor, refund_id, now: approve_refund(
        actor=actor, refund_id=refund_id, now=now
    ),
    (ApprovalKind.PASS_CANCELLATION, Decision.APPROVE): lambda actor, pass_id, now: approve_cancellation(
        actor=actor, pass_id=pass_id, now=now
    ),
    (ApprovalKind.PASS_CANCELLATION, Decision.REFUSE): lambda actor, pass_id, now: refuse_cancellation(
        actor=actor, pass_id=pass_id, now=now
    ),
    (ApprovalKind.INVOICE_WRITE_OFF, Decision.APPROVE): lambda actor, invoice_id, now: approve_write_off(
        actor=actor, invoice_id=invoice_id, now=now
    ),
    (ApprovalKind.INVOICE_WRITE_OFF, Decision.REFUSE): lambda actor, invoice_id, now: refuse_write_off(
        actor=actor, invoice_id=invoice_id, now=now
    ),
}


class _Asked(Protocol):
    def __call__(self, *, actor: Actor, approval: Approval, now: datetime) -> None: ...


_ASKED: dict[tuple[ApprovalKind, Decision], _Asked] = {
    (ApprovalKind.TARIFF, Decision.APPROVE): tariffs.approve,
    (ApprovalKind.TARIFF, Decision.REFUSE): zone_tariffs.refuse_tariff,
    (ApprovalKind.RATE_CARD, Decision.APPROVE): cards.approve_version,
    (ApprovalKind.RATE_CARD, Decision.REFUSE): cards.refuse_version,
    (ApprovalKind.PROMO_CODE, Decision.APPROVE): strong_codes.approve,
    (ApprovalKind.PROMO_CODE, Decision.REFUSE): strong_codes.refuse,
    (ApprovalKind.EMERGENCY, Decision.APPROVE): emergencies.approve,
    (ApprovalKind.EMERGENCY, Decision.REFUSE): emergencies.refuse,
    (ApprovalKind.VEHICLE_KIND, Decision.APPROVE): kinds.approve,
    (ApprovalKind.VEHICLE_KIND, Decision.REFUSE): second_looks.refuse,
    (ApprovalKind.PLATE, Decision.APPROVE): correcting.approve,
    (ApprovalKind.PLATE, Decision.REFUSE): second_looks.refuse,
}


def decide(*, actor: Actor, approval_id: int, decision: Decision, now: datetime, reason: str = "") -> Approval:
    """Approve or refuse what waits; the `reason` of a refused refund is told to whoever asked for it.

    Raises NotFound `approval_not_found`; otherwise as what it is about.
    """
    approval = find_approval(approval_id, sites=actor.sites)
    of_this_kind = (ApprovalKind(approval.kind), decision)
    if of_this_kind in _ASKED:
        _ASKED[of_this_kind](actor=actor, approval=approval, now=now)
    elif of_this_kind == (ApprovalKind.CASH_REFUND, Decision.REFUSE):
        refuse_refund(actor=actor, refund_id=approval.subject_id, reason=reason, now=now)
    else:
        _DECISIONS[of_this_kind](actor, approval.subject_id, now)
    return find_approval(approval_id, sites=actor.sites)
