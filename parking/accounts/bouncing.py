"""Addresses whose mails come back: nothing is mailed there until their owner has proved them again."""

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Lower

from parking.accounts.events import EmailBounced
from parking.accounts.models import User
from parking.audit import services as audit
from parking.core.actor import SYSTEM


def note_bounce(*, address: str, reason: str, at: datetime, now: datetime) -> int:
    """Mark an address as one that takes no mails, for the accounts that have it; answers how many. Safe to repeat.

    What happened (`at`) before the owner proved the address says nothing any more. `reason` is `bounced` or
    `complained`.
    """
    with transaction.atomic():
        having = User.objects.alias(address=Lower("email")).filter(address=address.lower(), email_bounced_at=None)
        rows = having.exclude(email="").exclude(email_confirmed_at__gte=at)
        users = list(rows.select_for_update(no_key=True).order_by("pk"))
        for user in users:
            user.email_bounced_at, user.email_confirmed_at = now, None
            user.save(update_fields=["email_bounced_at", "email_confirmed_at"])
            audit.record(SYSTEM, EmailBounced(user_id=user.pk, reason=reason), now)
    return len(users)
