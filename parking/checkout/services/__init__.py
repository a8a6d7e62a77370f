"""What a person does from end to end: each of these is one call for the edge."""

from parking.checkout.services.booking import book, resume_booking, take_ticket
from parking.checkout.services.cancelling import cancel, cancelled_result
from parking.checkout.services.debts import write_off
from parking.checkout.services.entering import enter
from parking.checkout.services.expiring import expire_no_shows, expire_unpaid_holds
from parking.checkout.services.leaving import finished_exit, leave, quote, resume_ending
from parking.checkout.services.paying import pay_ahead
from parking.checkout.services.settling import collect, follow_open_orders, follow_open_refunds, settle
from parking.checkout.services.terminating import terminate

__all__ = [
    "book",
    "cancel",
    "cancelled_result",
    "collect",
    "enter",
    "expire_no_shows",
    "expire_unpaid_holds",
    "finished_exit",
    "follow_open_orders",
    "follow_open_refunds",
    "leave",
    "pay_ahead",
    "quote",
    "resume_booking",
    "resume_ending",
    "settle",
    "take_ticket",
    "terminate",
    "write_off",
]
