"""Phones of drivers: all digits find a stay, a button calls, both on record; else staff see the last two digits."""

from datetime import datetime

from django.db.models import Q

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.core.phones import international_digits
from parking.core.sites import at_sites
from parking.stays import access
from parking.stays.events import DriverCalled, PhoneSearched
from parking.stays.models import OPEN_SESSION, ParkingSession
from parking.stays.rules import phone_digits

# A number in India without its country; a shorter text would find many.
WHOLE_NUMBER = 10
MOST_SHOWN = 20


def find_by_phone(*, actor: Actor, phone: str, now: datetime) -> list[ParkingSession]:
    """Return the open stays at the actor's sites whose driver has this number, the newest first.

    The search is on record, with the last two digits and how many were found. Raises Refused `phone_incomplete` unless
    all digits are given.
    """
    wanted = phone_digits(phone)
    if len(wanted) != WHOLE_NUMBER:
        raise Refused("phone_incomplete", "Give all ten digits of the phone number")
    open_here = at_sites(ParkingSession.objects.filter(status__in=OPEN_SESSION), actor.sites, "zone__site_id")
    # Numbers are kept as they were typed. The last digit of one ends its text.
    alike = open_here.filter(Q(driver__phone__endswith=wanted[-1]) | Q(phone__endswith=wanted[-1]))
    kept = alike.values_list("pk", "driver__phone", "phone")
    ids = [pk for pk, *numbers in kept if wanted in map(phone_digits, filter(None, numbers))]
    found = list(ParkingSession.objects.whole().filter(pk__in=ids[:MOST_SHOWN]).order_by("-pk"))
    audit.record(actor, PhoneSearched(ends_in=wanted[-2:], found=len(found)), now)
    return found


def number_to_call(*, actor: Actor, session: Ref, now: datetime) -> str:
    """Return the number of who comes with an open stay, as a phone dials it, and put the look on record.

    Raises Refused `session_over`, `phone_unknown`; NotFound as `access.find`.
    """
    found = access.find(session, actor, at_work=True)
    if found.status not in OPEN_SESSION:
        raise Refused("session_over", "This parking session is over")
    typed = phone_of(found)
    digits = phone_digits(typed)
    if not digits:
        raise Refused("phone_unknown", "No phone number is known")
    audit.record(actor, DriverCalled(session_id=found.pk, ends_in=digits[-2:]), now)
    whole = international_digits(typed)
    return f"+{whole}" if whole else digits


def phone_ending(session: ParkingSession) -> str:
    """Return the last two digits of the phone of who comes; empty where none is known."""
    return phone_digits(phone_of(session))[-2:]


def phone_of(session: ParkingSession) -> str:
    """Return the phone of who comes; empty where none is known."""
    return session.phone or (session.driver.phone if session.driver else "")
