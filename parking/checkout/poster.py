"""Paying without an account before walking to the car, by the poster of a site: the driver types plate and ticket."""

from datetime import datetime

from django.db.models import Q

from parking.checkout.paying import start_payment
from parking.core.actor import SYSTEM, Actor
from parking.core.errors import NotFound, Refused
from parking.core.ids import Ref
from parking.payments.models import DebtStatus, PaymentOrder
from parking.stays.by_phone import phone_of
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.rules import confirms_owner
from parking.vehicles.plates import readings

_END_OF_CODE = 4
_IS_PAYABLE = Q(status=SessionStatus.ACTIVE) | Q(status=SessionStatus.COMPLETED, bill__debt__status=DebtStatus.OPEN)


def find_car(*, site_id: int, plate: str, said: str) -> ParkingSession:
    """Return the stay of a plate that is to be paid at a site, for who also knows the ticket, phone or name.

    The car is inside, else it left without paying all.

    `said` is the last four characters of the ticket's code, the last four digits of the phone, or the owner's name.
    Raises NotFound `not_found_inside`, whichever of them is wrong.
    """
    rows = ParkingSession.objects.whole().filter(_IS_PAYABLE, zone__site_id=site_id)
    for session in rows.filter(vehicle__match_key__in=readings(plate)).order_by("status", "-pk"):
        if _knows(session, said):
            return session
    raise NotFound("not_found_inside", "No such car is inside here")


def _knows(session: ParkingSession, said: str) -> bool:
    text = said.strip().upper()
    if len(text) == _END_OF_CODE and session.qr_code.endswith(text):
        return True
    return confirms_owner(said, owner_name=session.owner_name, phone=phone_of(session))


def pay(*, session: ParkingSession, gateway: str | None, now: datetime) -> PaymentOrder:
    """Start to pay what a stay without account costs so far, for somebody whom `find_car` found it for.

    Raises Refused `pay_on_ticket` for a stay that was booked by an account, and as `start_payment`.
    """
    if session.driver_id is not None:
        raise Refused("pay_on_ticket", "This car was booked with an account: its driver pays on the ticket")
    return start_payment(actor=_PAYER, session=Ref(pk=session.pk), gateway=gateway, now=now)


# Nobody may see a stay but who works there or booked it; this payer has shown to know it.
_PAYER: Actor = SYSTEM
