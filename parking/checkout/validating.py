"""A shop validates the session of a customer: it pays for it, wholly or in part."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from parking.audit import services as audit
from parking.checkout.exempting import refuse_after_quote
from parking.checkout.offering import change_offers, refuse_fixed
from parking.core.actor import SYSTEM, Actor
from parking.core.errors import NotFound
from parking.core.ids import Ref
from parking.offers import validations
from parking.offers.events import SessionValidated, ValidationUndone
from parking.offers.models import Shop, Validation
from parking.offers.shops import shop_of_person, shops_acted_for
from parking.stays import access
from parking.stays import services as stays
from parking.stays.models import ParkingSession, SessionStatus


@dataclass(frozen=True)
class Customer:
    """The customer of a shop, by one of code, end of the plate, or session; and the bill of the shop, if it counts."""

    code: str | None = None
    plate: str | None = None
    session: Ref | None = None
    bill_number: str = ""
    bill_amount: Decimal | None = None


def validate(*, actor: Actor, customer: Customer, now: datetime, shop_id: int | None = None) -> Validation:
    """Let the shop of the actor pay for a session whose car is inside at its site.

    Raises Forbidden `not_permitted`; NotFound `not_found_inside`; Refused `several_match`, `already_validated`,
    `validation_limit`, `quote_given`, `payment_under_way`; InvalidInput.
    """
    shop = shop_of_person(actor, shop_id)
    found = validations.find_inside(shop, code=customer.code, plate=customer.plate, session=customer.session)
    with transaction.atomic():
        session = _locked(found, shop)
        refuse_after_quote(session, actor)
        validation, held = validations.add(
            shop,
            session,
            person_id=actor.user_id or 0,
            bill_number=customer.bill_number,
            bill_amount=customer.bill_amount,
            now=now,
        )
        change_offers(session, stays.offers_of(session).with_shop(held), now)
        given = SessionValidated(session_id=session.pk, validation_id=validation.pk, shop_id=shop.pk)
        audit.record(actor, given, now)
    return validation


def undo(*, actor: Actor, validation_id: int, now: datetime) -> Validation:
    """Take a validation of the actor's shop back, within five minutes; an administrator that of any shop at the own
    sites.

    Raises Forbidden `not_permitted`; NotFound `validation_not_found`; Refused `undo_over`, `quote_given`,
    `session_over`, `payment_under_way`.
    """
    found = validations.validation_by_id(validation_id, shops_acted_for(actor))
    with transaction.atomic():
        session = access.lock(Ref(pk=found.session_id), SYSTEM)
        refuse_fixed(session)
        refuse_after_quote(session, actor)
        # Read again under the lock: another call may have taken it back.
        validation = validations.validation_by_id(validation_id, Shop.objects.filter(pk=found.shop_id))
        validations.undo(validation, now)
        change_offers(session, stays.offers_of(session).without_shop(validation.pk), now)
        undone = ValidationUndone(session_id=session.pk, validation_id=validation.pk, shop_id=validation.shop_id)
        audit.record(actor, undone, now)
    return validation


def _locked(session_id: int, shop: Shop) -> ParkingSession:
    """Lock a session that is still inside at the site of the shop. Raises NotFound; Refused `payment_under_way`."""
    session = access.lock(Ref(pk=session_id), SYSTEM)
    if session.status != SessionStatus.ACTIVE or session.zone.site_id != shop.site_id:
        raise NotFound("not_found_inside", "No such car is inside here")
    refuse_fixed(session)
    return session
