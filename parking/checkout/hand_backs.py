"""Money of the counter that goes back: it waits for a second person, who hands it out."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from parking.accounts import approvals
from parking.accounts.models import ApprovalKind
from parking.payments.models import Refund


def ask_second_person(refund: Refund, about: Mapping[str, int], now: datetime) -> None:
    """Write down that money of the counter, of which a refund was written, waits for another person's word."""
    facts = {"refund_id": refund.pk, **about, "amount": str(refund.amount)}
    approvals.ask(
        kind=ApprovalKind.CASH_REFUND,
        subject_id=refund.pk,
        site_id=refund.payment.bill.site_id,
        asked_by_id=refund.asked_by_id,
        facts=facts,
        now=now,
    )


def ask_for_surplus(refunds: Iterable[Refund], *, session_id: int, now: datetime) -> None:
    """Let what was paid at the counter above a bill wait to be handed out, as the bill is closed."""
    for refund in refunds:
        if refund.by_hand:
            ask_second_person(refund, {"session_id": session_id}, now)
