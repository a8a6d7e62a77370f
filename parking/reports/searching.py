"""The office's search: a booking, a payment or a person, found by what one types in any place.

Every question goes by an index or over open stays alone, so that it is quick however many stays are over.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from parking.accounts.models import User
from parking.accounts.queries import find_users
from parking.core.ids import parse_ref, read_qr_code
from parking.core.sites import Sites, at_sites
from parking.payments.gateways.registry import gateway_codes
from parking.payments.models import Payment, PaymentMethod, PaymentOrder
from parking.stays.models import OPEN_SESSION, ParkingSession
from parking.vehicles.models import Vehicle
from parking.vehicles.plates import readings
from parking.vehicles.queries import plate_matches

MOST = 5
SHORTEST = 2


@dataclass(frozen=True)
class PaymentHit:
    """A payment or order with the number that was looked for; `amount` in rupees."""

    number: str
    amount: Decimal
    session: ParkingSession


@dataclass(frozen=True)
class Hits:
    """What was found, at most `MOST` of each."""

    sessions: list[ParkingSession]
    payments: list[PaymentHit]
    people: list[User]


def find(text: str, *, sites: Sites) -> Hits:
    """Return what a text may mean at these sites; nothing for less than `SHORTEST` characters.

    A part of a plate finds cars that are expected or inside, a whole one earlier stays too. Numbers of bookings, QR
    codes, orders, gateways' references and UPI references must be whole.
    """
    wanted = text.strip()
    if len(wanted) < SHORTEST:
        return Hits([], [], [])
    return Hits(_sessions(wanted, sites), _payments(wanted, sites), list(find_users(sites=sites, q=wanted)[:MOST]))


def _sessions(text: str, sites: Sites) -> list[ParkingSession]:
    rows = at_sites(ParkingSession.objects.whole(), sites, "zone__site_id").order_by("-pk")
    # Each by itself: of conditions on two tables joined by OR, no database takes the indexes.
    vehicles = list(Vehicle.objects.filter(match_key__in=readings(text)).values_list("pk", flat=True))
    found = [
        *(rows.filter(_number(text))[:1]),
        *rows.filter(plate_matches(text), status__in=OPEN_SESSION)[:MOST],
        *(rows.filter(vehicle_id__in=vehicles)[:MOST] if vehicles else ()),
    ]
    return list({session.pk: session for session in found}.values())[:MOST]


def _number(text: str) -> Q:
    """Return the condition that a text is the number, long number or QR code of a stay."""
    if code := read_qr_code(text):
        return Q(qr_code=code)
    try:
        return Q(**parse_ref(text.removeprefix("#")).lookup())
    except ValueError:
        return Q(pk__in=[])


def _payments(text: str, sites: Sites) -> list[PaymentHit]:
    orders = PaymentOrder.objects.filter(order_id__in={text, text.upper()})
    by_gateway = Q(gateway__in=gateway_codes(), reference=text)
    paid = Payment.objects.filter(by_gateway | Q(method=PaymentMethod.UPI, reference=text))
    bills = {
        **{order.bill_id: (order.order_id, order.amount) for order in orders[:MOST]},
        **{payment.bill_id: (payment.reference, payment.amount) for payment in paid[:MOST]},
    }
    if not bills:
        return []
    stays = at_sites(ParkingSession.objects.whole().filter(bill_id__in=bills), sites, "zone__site_id")
    return [PaymentHit(*bills[stay.bill_id], stay) for stay in stays]
