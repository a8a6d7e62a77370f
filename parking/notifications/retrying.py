"""Sending again what failed, when a manager says so."""

from datetime import datetime

from django.db import transaction

from parking.audit import services as audit
from parking.audit.outbox import take_up_again
from parking.core.actor import Actor, not_permitted
from parking.core.errors import NotFound, Refused
from parking.core.sites import at_sites
from parking.notifications.events import DeliveriesRetried, DeliveryRetried, EventsRetried
from parking.notifications.models import Delivery, DeliveryState
from parking.notifications.queries import failed_deliveries
from parking.notifications.rendering import LISTENER
from parking.notifications.rules import needs_nobody


def retry(*, actor: Actor, delivery_id: int, now: datetime) -> Delivery:
    """Begin the attempts of a failed delivery anew.

    Raises NotFound `delivery_not_found`, Refused `delivery_not_failed`.
    """
    with transaction.atomic():
        rows = Delivery.objects.select_for_update(of=("self",), no_key=True).filter(pk=delivery_id)
        delivery = at_sites(rows, actor.sites, "notice__site_id").first()
        if delivery is None:
            raise NotFound("delivery_not_found", "There is no such delivery")
        if delivery.state != DeliveryState.FAILED or needs_nobody(delivery.channel, delivery.error):
            raise Refused("delivery_not_failed", "This delivery did not fail, or is tried again already")
        delivery.state, delivery.attempts, delivery.next_at = DeliveryState.WAITING, 0, now
        delivery.save(update_fields=["state", "attempts", "next_at"])
        audit.record(actor, DeliveryRetried(notice_id=delivery.notice_id, channel=delivery.channel), now)
    return delivery


def retry_all(*, actor: Actor, channel: str, error: str, now: datetime) -> int:
    """Begin the attempts anew of all that failed by a channel for a reason, at the actor's sites; answers how many."""
    with transaction.atomic():
        failed = failed_deliveries(sites=actor.sites).filter(channel=channel, error=error).order_by()
        rows = Delivery.objects.filter(pk__in=failed.values("pk"), state=DeliveryState.FAILED)
        count = rows.update(state=DeliveryState.WAITING, attempts=0, next_at=now)
        if count:
            audit.record(actor, DeliveriesRetried(channel=channel, error=error, count=count), now)
    return count


def render_again(*, actor: Actor, event: str, now: datetime) -> int:
    """Make the notices of events again whose renderer had broken; answers of how many.

    They belong to no site. Raises Forbidden `not_permitted` for those who work at some sites.
    """
    if actor.sites is not None:
        raise not_permitted()
    with transaction.atomic():
        count = take_up_again(LISTENER, event)
        if count:
            audit.record(actor, EventsRetried(event=event, count=count), now)
    return count
