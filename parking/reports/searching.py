"""The office's search: bookings, payments and people, found by what one types in any place.

Every question goes by an index, so that it is quick however many stays are over.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from parking.accounts.models import User
from parking.accounts.queries import find_users
from parking.core.parts import few_ids
from parking.core.sites import Sites, at_sites
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.reports.finding import begins, given, named_exactly, refunds_numbered, stays_found
from parking.stays.models import ParkingSession

MOST = 5
SHORTEST = 2


@dataclass(frozen=True)
class PaymentHit:
    """A payment, order or refund with the number that was looked for; `amount` in rupees."""

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

    The whole or any part of a plate or owner's name, the number or QR code of a booking, the whole or the beginning of
    the number of an order, payment or refund (ours, the gateway's, the bank's), a part of a person's name, address or
    phone number.
    """
    wanted = text.strip()
    if len(wanted) < SHORTEST:
        return Hits([], [], [])
    return Hits(_sessions(wanted, sites), _payments(wanted, sites), list(find_users(sites=sites, q=wanted)[:MOST]))


def _sessions(text: str, sites: Sites) -> list[ParkingSession]:
    rows = at_sites(ParkingSession.objects.whole(), sites, "zone__site_id").order_by("-pk")
    # A text of digits may be a booking's number and a part of plates: the booking comes first.
    found = [*rows.filter(named_exactly(text))[:MOST], *rows.filter(stays_found(text).listed)[:MOST]]
    return list({session.pk: session for session in found}.values())[:MOST]


def _payments(text: str, sites: Sites) -> list[PaymentHit]:
    orders = at_sites(PaymentOrder.objects.filter(begins("order_id", text)), sites, "bill__site_id")
    paid = at_sites(Payment.objects.filter(given("reference", text)), sites, "bill__site_id")
    refunds = at_sites(refunds_numbered(text).select_related("payment"), sites, "payment__bill__site_id")
    bills = {
        **{order.bill_id: (order.order_id, order.amount) for order in _newest(orders)},
        **{payment.bill_id: (payment.reference, payment.amount) for payment in _newest(paid)},
        **{refund.payment.bill_id: (_number(refund, text), refund.amount) for refund in _newest(refunds)},
    }
    if not bills:
        return []
    stays = at_sites(ParkingSession.objects.whole().filter(bill_id__in=bills), sites, "zone__site_id")
    return [PaymentHit(*bills[stay.bill_id], stay) for stay in stays.order_by("-pk")[:MOST]]


def _newest(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Return the newest of these rows, which are looked up before they are sorted: mostly there are none."""
    few = few_ids(rows)
    if few == []:
        return rows.none()
    return (rows if few is None else rows.filter(pk__in=few)).order_by("-pk")[:MOST]


def _number(refund: Refund, text: str) -> str:
    """Return the number of a refund that begins as the text does."""
    return refund.refund_id if refund.refund_id.startswith(text.upper()) else refund.gateway_refund_id
