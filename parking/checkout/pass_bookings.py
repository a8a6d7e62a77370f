"""Bookings that cost no fee because of a pass: they end with it, before their car has come."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from parking.checkout.cancelling import cancel
from parking.checkout.queries import refunds_to_decide
from parking.core.actor import SYSTEM
from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.core.money import ZERO
from parking.passes.models import PassPeriod, PassStatus, Subscription
from parking.stays import services as stays
from parking.stays.models import ParkingSession, SessionStatus


def end_bookings_without_pass(*, now: datetime) -> int:
    """End bookings whose pass was cancelled, was over before they begin, or is not their vehicle's; answers how many.

    What was paid for one is kept by nobody: it is left alone. Safe to repeat, and to run twice at once.
    """
    hanging = Q(subscription__isnull=False) | Q(offers__has_key="fee_pass")
    rows = ParkingSession.objects.filter(hanging, status=SessionStatus.BOOKED, bill__captured=ZERO)
    booked = list(rows.order_by("pk"))
    # As many statements for many bookings as for one: this is asked every minute.
    held = Subscription.objects.prefetch_related("vehicles").in_bulk({_pass_id(one) for one in booked})
    undecided = _may_run_on([one for one in held.values() if one.status == PassStatus.CANCELLED])
    over = [one for one in booked if _is_without_pass(one, held[_pass_id(one)], undecided)]
    return sum(_end(one, now) for one in over)


def _pass_id(session: ParkingSession) -> int:
    return session.subscription_id or stays.offers_of(session).fee_pass


def _is_without_pass(session: ParkingSession, held: Subscription, undecided: Collection[int]) -> bool:
    if held.status == PassStatus.ACTIVE:
        places = (row for row in held.vehicles.all() if row.vehicle_id == session.vehicle_id)
        return not any(row.is_on(session.starts_at) for row in places)
    if held.status == PassStatus.CANCELLED:
        return held.pk not in undecided
    return held.ends_at <= session.starts_at


def _may_run_on(cancelled: Collection[Subscription]) -> set[int]:
    """Return the ids of those passes whose refund waits for a second person, who may refuse it."""
    if not cancelled:
        return set()
    bills = PassPeriod.objects.filter(subscription__in=cancelled).values("bill_id")
    return set(refunds_to_decide(bills).values_list("payment__bill__pass_period__subscription_id", flat=True))


def _end(session: ParkingSession, now: datetime) -> bool:
    try:
        cancel(actor=SYSTEM, session=Ref(pk=session.pk), reason="Its pass is over", only_of_caller=False, now=now)
    except Refused:
        # The car came in, or somebody else ended it, since it was read.
        return False
    return True
