"""Ending a stay whose car does not leave through the gate: by staff, with a reason."""

from datetime import datetime

from django.db import transaction

from parking.checkout import ending
from parking.checkout.collecting import Collection, refuse_unknown_method
from parking.checkout.leaving import Left, finish_ending
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.idempotency import RequestKey
from parking.stays import access
from parking.stays import services as stays
from parking.stays.access import StayRef
from parking.stays.models import EndMethod, EndReason, SessionStatus

# Nobody pays now: the rest becomes a debt of the plate.
NONE = EndMethod.NONE.value


def terminate(
    *,
    actor: Actor,
    session: StayRef,
    reason: str,
    collection: Collection,
    now: datetime,
    key: RequestKey | None = None,
) -> Left:
    """End an active stay, billed to now. With method NONE what is due becomes a debt of the plate.

    Raises Forbidden `not_permitted`; NotFound `session_not_found`; Refused `wrong_site`, `not_active`,
    `payment_method_invalid`, `upi_reference_invalid`, `upi_reference_used`, `amount_mismatch`, `payment_failed`, …
    """
    actor.need("terminate")
    if collection.method != NONE:
        refuse_unknown_method(collection)
    with transaction.atomic(durable=True):
        stay = access.lock(session, actor, at_work=True)
        idempotency.claim(key, subject=str(stay.uuid), now=now)
        if stay.status != SessionStatus.ACTIVE:
            raise Refused("not_active", "Only a car that is inside can be terminated", session_id=stay.pk)
        stays.note_reason(session=stay, note=reason)
        ended = ending.end(session=stay, reason=EndReason.TERMINATED, collection=collection, actor=actor, now=now)
    return finish_ending(stay, ended, now)
