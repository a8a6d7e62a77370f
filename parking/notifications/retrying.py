"""Sending again what failed, when a manager says so."""

from datetime import datetime

from django.db import transaction

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.core.sites import at_sites
from parking.notifications.events import DeliveryRetried
from parking.notifications.models import Delivery, DeliveryState
from parking.notifications.rules import OUTDATED


def retry(*, actor: Actor, delivery_id: int, now: datetime) -> Delivery:
    """Begin the attempts of a failed delivery anew.

    Raises NotFound `delivery_not_found`, Refused `delivery_not_failed`.
    """
    with transaction.atomic():
        rows = Delivery.objects.select_for_update(of=("self",), no_key=True).filter(pk=delivery_id)
        delivery = at_sites(rows, actor.sites, "notice__site_id").first()
        if delivery is None:
            raise NotFound("delivery_not_found", "There is no such delivery")
        if delivery.state != DeliveryState.FAILED or delivery.error == OUTDATED:
            raise Refused("delivery_not_failed", "This delivery did not fail, or is tried again already")
        delivery.state, delivery.attempts, delivery.next_at = DeliveryState.WAITING, 0, now
        delivery.save(update_fields=["state", "attempts", "next_at"])
        audit.record(actor, DeliveryRetried(notice_id=delivery.notice_id, channel=delivery.channel), now)
    return delivery
