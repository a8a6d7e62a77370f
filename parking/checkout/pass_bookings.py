"""Bookings that cost no fee because of a pass: they end with it, before their car has come."""

from datetime import datetime

from django.db.models import Q

from parking.checkout.cancelling import cancel
from parking.core.actor import SYSTEM
from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.core.money import ZERO
from parking.passes.models import PassStatus, Subscription
from parking.passes.queries import is_on_pass
from parking.payments.models import Refund
from parking.stays import services as stays
from parking.stays.models import ParkingSession, SessionStatus


def end_bookings_without_pass(*, now: datetime) -> int:
    """End bookings whose pass was cancelled, was over before they begin, or is not their vehicle's; answers how many.

    What was paid for one is kept by nobody: it is left alone. Safe to repeat, and to run twice at once.
    """
    hanging = Q(subscription__isnull=False) | Q(offers__has_key="fee_pass")
    rows = ParkingSession.objects.filter(hanging, status=SessionStatus.BOOKED, bill__captured=ZERO)
    rows = rows.select_related("subscription").order_by("pk")
    return sum(_end(one, now) for one in rows if _is_without_pass(one))


def _is_without_pass(session: ParkingSession) -> bool:
    held = session.subscription or Subscription.objects.get(pk=stays.offers_of(session).fee_pass)
    if held.status == PassStatus.ACTIVE:
        return not is_on_pass(held.pk, session.vehicle_id, session.starts_at)
    if held.status == PassStatus.CANCELLED:
        return not _may_run_on(held)
    return held.ends_at <= session.starts_at


def _may_run_on(cancelled: Subscription) -> bool:
    """Return whether the refund of a cancelled pass waits for a second person, who may refuse it."""
    bills = cancelled.periods.values("bill_id")
    return Refund.objects.filter(payment__bill_id__in=bills, is_held=True).exists()


def _end(session: ParkingSession, now: datetime) -> bool:
    try:
        cancel(actor=SYSTEM, session=Ref(pk=session.pk), reason="Its pass is over", only_of_caller=False, now=now)
    except Refused:
        # The car came in, or somebody else ended it, since it was read.
        return False
    return True
