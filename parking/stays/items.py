"""Helmets and bags that are kept while their car is inside: each has a numbered token, tied to the session."""

from datetime import datetime

from django.db import transaction

from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.stays import access
from parking.stays.models import SessionStatus
from parking.stays.token_models import Token, TokenItem
from parking.stays.tokens import give_token, items_of, lock_token, refuse_token

MOST_ITEMS = 10


def give_item(*, actor: Actor, session: Ref, code: str, now: datetime) -> Token:
    """Tie the token of a helmet or bag to a car that is inside; the same again changes nothing.

    Raises NotFound `session_not_found`, `token_not_found`; Refused `not_active`, `too_many_items`, `wrong_site`, and as
    `refuse_token`.
    """
    with transaction.atomic():
        stay = access.lock(session, actor, at_work=True)
        token = lock_token(code, actor)
        if token.session_id == stay.pk and stay.is_open and token.item != TokenItem.VEHICLE:
            return token
        if stay.status != SessionStatus.ACTIVE:
            raise Refused("not_active", "This car is not inside", session_id=stay.pk)
        refuse_token(token, is_item=True)
        if len(items_of(stay)) >= MOST_ITEMS:
            raise Refused("too_many_items", f"A car leaves {MOST_ITEMS} helmets and bags at most", session_id=stay.pk)
        give_token(token=token, session=stay, actor=actor, now=now)
    return token
