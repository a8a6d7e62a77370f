"""The writer of push subscriptions."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from parking.accounts.models import User
from parking.audit import services as audit
from parking.core.actor import SYSTEM, Actor
from parking.core.errors import NotFound
from parking.core.ids import Ref
from parking.notifications.channels.web_push import check_keys, check_push_service
from parking.notifications.events import PushSubscribed, PushUnsubscribed
from parking.notifications.models import PushSubscription

# The oldest goes when another one comes.
MOST_SUBSCRIPTIONS = 10


def subscribe(*, actor: Actor, endpoint: str, p256dh: str, auth: str, now: datetime) -> PushSubscription:
    """Show push messages of the caller in one more browser. Of a browser that had another person's, no more.

    Raises Refused `push_service_unknown`, `push_keys_invalid`.
    """
    check_push_service(endpoint)
    check_keys(p256dh, auth)
    with transaction.atomic():
        person = User.objects.select_for_update(no_key=True).get(pk=actor.user_id or 0)
        mine = PushSubscription.objects.filter(person=person)
        present = mine.filter(endpoint=endpoint, p256dh=p256dh, auth=auth).first()
        if present is not None:
            return present
        PushSubscription.objects.filter(endpoint=endpoint).delete()
        kept = mine.order_by("-pk").values_list("pk", flat=True)[: MOST_SUBSCRIPTIONS - 1]
        mine.exclude(pk__in=list(kept)).delete()
        new = PushSubscription.objects.create(
            person=person, endpoint=endpoint, p256dh=p256dh, auth=auth, created_at=now
        )
        audit.record(actor, PushSubscribed(user_id=person.pk), now)
    return new


def unsubscribe(*, actor: Actor, endpoint: str, now: datetime) -> None:
    """Show the caller's push messages in a browser no more. Raises NotFound `push_subscription_not_found`."""
    _delete(actor, PushSubscription.objects.filter(endpoint=endpoint), now)


def end_subscription(*, actor: Actor, subscription: Ref, now: datetime) -> None:
    """Do the same by the id of a subscription. Raises as `unsubscribe`."""
    _delete(actor, PushSubscription.objects.filter(**subscription.lookup()), now)


def _delete(actor: Actor, wanted: QuerySet[PushSubscription], now: datetime) -> None:
    with transaction.atomic():
        deleted, _ = wanted.filter(person_id=actor.user_id).delete()
        if not deleted:
            raise NotFound("push_subscription_not_found", "There is no such push subscription")
        audit.record(actor, PushUnsubscribed(user_id=actor.user_id or 0), now)


def forget_subscription(*, uuid: str, now: datetime) -> None:
    """Delete a subscription that its push service no longer knows."""
    with transaction.atomic():
        row = PushSubscription.objects.filter(uuid=uuid).first()
        if row is not None and PushSubscription.objects.filter(pk=row.pk).delete()[0]:
            audit.record(SYSTEM, PushUnsubscribed(user_id=row.person_id, gone=True), now)
