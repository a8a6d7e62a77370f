"""When to ask a gateway again. Pure: ages in, decisions out."""

from datetime import datetime, timedelta
from itertools import accumulate

# PhonePe demands a schedule while an order is PENDING (developer.phonepe.com, UAT checklist): first after 20 to 25 s,
# then every 3 s for 30 s, 6 s for 60 s, 10 s for 60 s, 30 s for 60 s, then every 60 s. These are its pauses, in its
# order, with fewer repeats: webhooks bring the news of most orders, and pages that wait ask for themselves.
_WHILE_PAYING = (
    timedelta(seconds=22),
    *[timedelta(seconds=3)] * 4,
    *[timedelta(seconds=6)] * 4,
    *[timedelta(seconds=10)] * 3,
    *[timedelta(seconds=30)] * 2,
    *[timedelta(seconds=60)] * 4,
)
# A gateway's page closes after 15 minutes; a bank may confirm late: both gateways speak of up to three days, one page
# of five.
FOLLOWED_FOR = timedelta(days=5)
_LATER = (
    timedelta(minutes=10),
    timedelta(minutes=16),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=12),
    timedelta(days=1),
    timedelta(days=3),
    FOLLOWED_FOR,
)
# The ages of an order at which the worker asks after it: with the call that makes it 28 calls,
# fewer once it is given up.
CHECK_AGES = (*accumulate(_WHILE_PAYING), *_LATER)
# Of an order that was given up, because the booking is over or another order took its place, money seldom comes, and
# the webhook brings its news.
GIVEN_UP_AGES = (
    timedelta(minutes=16),
    timedelta(hours=1),
    timedelta(hours=12),
    timedelta(days=3),
    FOLLOWED_FOR,
)
# A gateway that is silent at the last age is asked once more, so much later.
LAST_CHANCE = timedelta(hours=12)
# Pauses before a failed refund is tried again; after the last a person must look.
_REFUND_PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
# How long a refund waits that the gateway refused because our balance there is too low.
BALANCE_PAUSE = timedelta(hours=1)


def next_check(*, created_at: datetime, now: datetime, is_given_up: bool = False) -> datetime | None:
    """Return when an order is to be asked after next, later than `now`; None after its last time. Times are aware."""
    age = now - created_at
    ages = GIVEN_UP_AGES if is_given_up else CHECK_AGES
    return next((created_at + due for due in ages if due > age), None)


def refund_pause(attempt: int) -> timedelta | None:
    """How long after its failed attempt number `attempt` (from 1) a refund is tried again; None: no more."""
    return _REFUND_PAUSES[attempt - 1] if attempt <= len(_REFUND_PAUSES) else None
