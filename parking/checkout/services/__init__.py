"""What a person does from end to end: each of these is one call for the edge."""

from parking.checkout.services.booking import book, resume_booking, take_ticket
from parking.checkout.services.cancelling import cancel, cancelled_result
from parking.checkout.services.debts import write_off
from parking.checkout.services.documents import documents_of_payment, issue_missing_documents
from parking.checkout.services.entering import enter
from parking.checkout.services.expiring import expire_no_shows, expire_unpaid_holds
from parking.checkout.services.leaving import finished_exit, leave, quote, resume_ending
from parking.checkout.services.paying import pay_ahead, refresh_order, start_payment
from parking.checkout.services.refunding import (
    approve_refund,
    refund_any_payment,
    refund_payment,
    resume_refund,
    retry_refund,
)
from parking.checkout.services.requesting import ask_for_payment, order_of_client, resume_payment, verify_order
from parking.checkout.services.reviewing import close_review
from parking.checkout.services.settling import collect, follow_open_orders, follow_open_refunds, settle
from parking.checkout.services.terminating import terminate
from parking.checkout.services.webhooks import take_webhook, unworked_events, work_on_event

__all__ = [
    "approve_refund",
    "ask_for_payment",
    "book",
    "cancel",
    "cancelled_result",
    "close_review",
    "collect",
    "documents_of_payment",
    "enter",
    "expire_no_shows",
    "expire_unpaid_holds",
    "finished_exit",
    "follow_open_orders",
    "follow_open_refunds",
    "issue_missing_documents",
    "leave",
    "order_of_client",
    "pay_ahead",
    "quote",
    "refresh_order",
    "refund_any_payment",
    "refund_payment",
    "resume_booking",
    "resume_ending",
    "resume_payment",
    "resume_refund",
    "retry_refund",
    "settle",
    "start_payment",
    "take_ticket",
    "take_webhook",
    "terminate",
    "unworked_events",
    "verify_order",
    "work_on_event",
    "write_off",
]
