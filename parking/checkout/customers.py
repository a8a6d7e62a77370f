"""The customer's company and GSTIN for the documents of a stay, given by its driver or by an attendant."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from parking.core.actor import Actor
from parking.core.ids import Ref
from parking.invoices import customers
from parking.invoices.customers import Wanted
from parking.invoices.models import CustomerDetails
from parking.stays import access
from parking.stays.models import ParkingSession


@dataclass(frozen=True)
class Given:
    """What was given for the documents of a stay, and whether its invoice is issued."""

    session: ParkingSession
    details: CustomerDetails
    is_issued: bool


def give_details(*, actor: Actor, session: Ref, wanted: Wanted, now: datetime, only_of_caller: bool = False) -> Given:
    """Write what shall stand on the documents of a stay, under its lock.

    Attendants give it for every stay, drivers for their own. Raises NotFound, InvalidInput, Refused `document_issued`.
    """
    with transaction.atomic():
        stay = access.lock(session, actor, only_own=only_of_caller, at_work=not only_of_caller)
        details = customers.give_details(actor=actor, bill=stay.bill, wanted=wanted, now=now)
    return Given(stay, details, is_issued=False)


def details_of(*, actor: Actor, session: Ref, only_of_caller: bool = False) -> Given:
    """Return a stay with what was given for it. Raises NotFound."""
    stay = access.find(session, actor, only_own=only_of_caller, at_work=not only_of_caller)
    return Given(stay, customers.details_of(stay.bill), is_issued=customers.is_issued(stay.bill))
