"""Money that came for what another payment had paid, whatever the bill is for."""

from datetime import datetime

from parking.audit import services as audit
from parking.core.actor import SYSTEM
from parking.core.site_settings import REFUND_SECOND_PAYMENT
from parking.payments import bills
from parking.payments.events import OrderPaidTwice
from parking.payments.models import Bill, Payment, PaymentOrder, Refund


def send_second_back(
    bill: Bill, about: dict[str, int], *, payment: Payment, order: PaymentOrder, first: Payment, now: datetime
) -> Refund:
    """Write down that a second payment goes back: by itself if the site's setting says so, else by a manager."""
    is_held = not REFUND_SECOND_PAYMENT.at(bill.site_id)
    refund = bills.return_payment(
        bill=bill, payment=payment, reason="Paid twice", paid_already=first, is_held=is_held, now=now
    )
    twice = OrderPaidTwice(
        **about,
        order_id=order.order_id,
        amount=payment.amount,
        reference=payment.reference,
        first=first.reference,
        refund_id=refund.refund_id,
        held=is_held,
    )
    audit.record(SYSTEM, twice, now)
    return refund
