"""When to ask a gateway again. Pure: ages in, decisions out."""

from datetime import datetime, timedelta

# PhonePe's mandatory schedule while an order is PENDING: up to this age of the order, ask again after this pause.
# (developer.phonepe.com, UAT checklist: first check after 20 to 25 s, then 3, 6, 10, 30, 60 s.)
_FIRST_CHECK = timedelta(seconds=22)
_PAUSES = (
    (timedelta(seconds=52), timedelta(seconds=3)),
    (timedelta(seconds=112), timedelta(seconds=6)),
    (timedelta(seconds=172), timedelta(seconds=10)),
    (timedelta(seconds=232), timedelta(seconds=30)),
    (timedelta(hours=1), timedelta(seconds=60)),
)
# A bank may confirm late; both gateways speak of up to three days, one page of five.
FOLLOWED_FOR = timedelta(days=5)
_LATE_PAUSE = timedelta(minutes=15)
# Pauses before a failed refund is tried again; after the last a person must look.
_REFUND_PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)


def order_is_due(*, created_at: datetime, checked_at: datetime, now: datetime) -> bool:
    """Whether an order that is not decided is to be asked after at `now`. Times are aware."""
    age = now - created_at
    if age < _FIRST_CHECK:
        return False
    pause = next((pause for until, pause in _PAUSES if age <= until), _LATE_PAUSE)
    return now - checked_at >= pause or checked_at - created_at < _FIRST_CHECK


def refund_pause(attempt: int) -> timedelta | None:
    """How long after its failed attempt number `attempt` (from 1) a refund is tried again; None: no more."""
    return _REFUND_PAUSES[attempt - 1] if attempt <= len(_REFUND_PAUSES) else None
