"""One parking session with all that belongs to it, for the person who has to decide about it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from parking.checkout.bills import RunningBill, running_bill
from parking.core.errors import NotFound
from parking.core.sites import Sites, at_sites
from parking.invoices.models import TaxDocument
from parking.payments.counter_upi import Claim
from parking.payments.models import OPEN_ORDER, Debt, OrderStatus, Payment, PaymentOrder, Refund, RefundStatus
from parking.payments.queries import claim_of_payment
from parking.reports.timeline import TimelineEvent, timeline
from parking.stays.models import ParkingSession


@dataclass(frozen=True)
class PaymentStory:
    """A payment with its refunds; `left` is what can still be refunded (rupees), `claim` what an attendant typed."""

    payment: Payment
    refunds: list[Refund]
    left: Decimal
    claim: Claim | None


@dataclass(frozen=True)
class Story:
    """A parking session at a moment: `bill` as of then, `orders` that wait or are in review."""

    session: ParkingSession
    bill: RunningBill
    payments: list[PaymentStory]
    orders: list[PaymentOrder]
    documents: list[TaxDocument]
    debt: Debt | None
    events: list[TimelineEvent]


def story_of(session_id: int, *, sites: Sites, now: datetime) -> Story:
    """Return a parking session as of `now`, in some fifteen statements. Raises NotFound `session_not_found`."""
    stays = at_sites(ParkingSession.objects.whole().select_related("driver"), sites, "zone__site_id")
    session = stays.filter(pk=session_id).first()
    if session is None:
        raise NotFound("session_not_found", "Booking not found")
    orders = PaymentOrder.objects.filter(
        bill_id=session.bill_id, status__in=[*OPEN_ORDER, OrderStatus.REVIEW], review_closed_at=None
    )
    return Story(
        session=session,
        bill=running_bill(session, now),
        payments=_payments(session.bill_id, session.site_id),
        orders=list(orders.order_by("pk")),
        documents=list(TaxDocument.objects.filter(bill_id=session.bill_id).order_by("pk")),
        debt=Debt.objects.filter(bill_id=session.bill_id).first(),
        events=timeline(session),
    )


def _payments(bill_id: int, site_id: int | None) -> list[PaymentStory]:
    payments = Payment.objects.filter(bill_id=bill_id).select_related("attendant", "order").order_by("pk")
    by_payment: dict[int, list[Refund]] = {}
    for refund in Refund.objects.filter(payment__bill_id=bill_id).select_related("asked_by").order_by("pk"):
        by_payment.setdefault(refund.payment_id, []).append(refund)
    return [_payment_story(payment, by_payment.get(payment.pk, []), site_id) for payment in payments]


def _payment_story(payment: Payment, refunds: list[Refund], site_id: int | None) -> PaymentStory:
    owed = [refund.amount for refund in refunds if refund.status != RefundStatus.REFUSED]
    left = payment.amount - sum(owed, Decimal(0))
    return PaymentStory(payment, refunds, left, claim_of_payment(payment, site_id))
