"""A second person's decision about what waits for one, whatever it is about."""

from collections.abc import Callable
from datetime import datetime

from parking.accounts.approvals import find_approval
from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.checkout.pass_decisions import approve_cancellation, refuse_cancellation
from parking.checkout.refunding import approve_refund, refuse_refund
from parking.core.actor import Actor

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
    (ApprovalKind.CASH_REFUND, Decision.REFUSE): lambda actor, refund_id, now: refuse_refund(
        actor=actor, refund_id=refund_id, now=now
    ),
}


def decide(*, actor: Actor, approval_id: int, decision: Decision, now: datetime) -> Approval:
    """Approve or refuse what waits. Raises NotFound `approval_not_found`; otherwise as what it is about."""
    approval = find_approval(approval_id, sites=actor.sites)
    _DECISIONS[ApprovalKind(approval.kind), decision](actor, approval.subject_id, now)
    return find_approval(approval_id, sites=actor.sites)
