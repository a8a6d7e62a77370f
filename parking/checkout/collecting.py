"""Debts of plates: collected at the counter, alone or with an exit, and ended by time.

A debt is paid on its own bill, never as a line of another: the bill was closed and its document issued whole.
"""

import re
from collections.abc import Collection as Several
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Self

from django.db import transaction
from django.db.models import QuerySet

from parking.audit import services as audit
from parking.core import idempotency
from parking.core.actor import SYSTEM, Actor
from parking.core.errors import NotFound, Refused
from parking.core.idempotency import RequestKey
from parking.core.money import ZERO
from parking.core.site_settings import TYPED_REFERENCES, card_terminals
from parking.core.sites import at_sites
from parking.payments import bills, debts, orders
from parking.payments.debts import BILL_FIRST
from parking.payments.events import DebtCollected, DebtLapsed
from parking.payments.models import CLAIMS, DRIVERS_METHODS, Bill, Debt, DebtStatus, Payment, PaymentMethod
from parking.payments.takings import CardSlip, Tender
from parking.stays.models import ParkingSession

# The bank's number (RRN, UTR) as UPI apps show it.
_UPI_REFERENCE = re.compile(r"[0-9]{12}")
# What the slip of a card says: six characters as a rule (ISO 8583, field 38), and the terminal's number, mostly eight.
_APPROVAL = re.compile(r"[0-9A-Z]{4,12}")
_TERMINAL = re.compile(r"[0-9A-Z-]{1,16}")
_LAST4 = re.compile(r"[0-9]{4}")
# As long as the law lets one ask for money (Limitation Act 1963, article 113).
YEARS = 3
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Card:
    """What somebody typed of the slip of a card."""

    last4: str = ""
    approval: str = ""
    terminal: str = ""

    @classmethod
    def typed(cls, last4: str | None, approval: str | None, terminal: str | None) -> Self:
        """Return a slip as it is kept, in whatever letters somebody typed it."""
        texts = ("".join((text or "").split()).upper() for text in (last4, approval, terminal))
        return cls(*texts)

    @property
    def is_whole(self) -> bool:
        return bool(
            _LAST4.fullmatch(self.last4) and _APPROVAL.fullmatch(self.approval) and _TERMINAL.fullmatch(self.terminal)
        )


@dataclass(frozen=True)
class Collection:
    """How the end of a stay is to be paid.

    `upi_reference` is the 12 digits of UPI at the counter, `card` the slip of a card; each None where that cannot be
    paid by. `shown_due` is what a
    page named as due (rupees), for which somebody may have taken the money already; another amount is refused.
    `debts` are ids of debts of the plate that are paid with the same money; `voucher` is a code that lowers the bill
    first. With `in_part` cash pays as much as was
    handed over, and the rest is owed. With `keeps_order` an order over all that is due goes on being waited for.
    """

    method: str
    gateway: str | None = None
    tendered: Decimal | None = None
    upi_reference: str | None = None
    shown_due: Decimal | None = None
    debts: tuple[int, ...] = ()
    in_part: bool = False
    keeps_order: bool = False
    card: Card | None = None
    voucher: str | None = None

    @property
    def reference(self) -> str:
        """Return what was typed as the proof of money by UPI or card."""
        if self.method == PaymentMethod.CARD:
            return self.card.approval if self.card else ""
        return self.upi_reference or ""

    @property
    def slip(self) -> CardSlip | None:
        """Return what is kept of a card beside its approval."""
        by_card = self.method == PaymentMethod.CARD and self.card is not None
        return CardSlip(self.card.last4, self.card.terminal) if by_card and self.card else None


def refuse_unknown_method(collection: Collection) -> None:
    """Raise Refused `payment_method_invalid` unless a driver can pay so."""
    unknown = {
        PaymentMethod.UPI: collection.upi_reference is None,
        PaymentMethod.CARD: collection.card is None,
    }
    if collection.method not in DRIVERS_METHODS or unknown.get(PaymentMethod(collection.method), False):
        raise Refused("payment_method_invalid", "Invalid payment method. Use CASH or ONLINE")


def refuse_missing_reference(collection: Collection) -> None:
    """Raise Refused `upi_reference_invalid` unless money by UPI has its number."""
    if collection.method == PaymentMethod.UPI and not _UPI_REFERENCE.fullmatch(collection.upi_reference or ""):
        raise Refused("upi_reference_invalid", "Enter the 12 digits of the UPI reference")


def refuse_missing_proof(collection: Collection, site_id: int | None) -> None:
    """Raise Refused unless money by UPI or card has what is typed as its proof. Where nothing is due there is none.

    `upi_reference_invalid`, `card_invalid`; `typed_references_off` where the site takes no money on such words.
    """
    if collection.method not in CLAIMS:
        return
    if not TYPED_REFERENCES.at(site_id):
        raise Refused("typed_references_off", "UPI and cards at the counter are switched off here")
    refuse_missing_reference(collection)
    if collection.method == PaymentMethod.CARD and not _is_slip_of(collection.card, site_id):
        raise Refused("card_invalid", "Enter the last four digits, the approval and a terminal of this site")


def _is_slip_of(card: Card | None, site_id: int | None) -> bool:
    """Return whether a slip is whole, and of a terminal of the site, where the site has named its terminals."""
    known = card_terminals(site_id)
    return card is not None and card.is_whole and (not known or card.terminal in known)


def tender_of(collection: Collection, actor: Actor, *, in_part: bool = False) -> Tender:
    """Return the money at the counter that a collection names."""
    method = PaymentMethod(collection.method)
    return Tender(
        method, actor.user_id, collection.tendered, collection.reference, in_part=in_part, card=collection.slip
    )


@dataclass(frozen=True)
class Collected:
    """A debt that was paid at the counter, and the change (rupees)."""

    debt: Debt
    change: Decimal = ZERO


def collect(
    *, actor: Actor, debt_id: int, collection: Collection, now: datetime, key: RequestKey | None = None
) -> Collected:
    """Take the money of one debt at the counter, by CASH, UPI or CARD.

    Raises Forbidden `not_permitted`; NotFound `debt_not_found`; Refused `debts_need_counter`, `debt_closed`,
    `payment_method_invalid`, `amount_too_small`, as `refuse_missing_proof` and `takings.take`; RepeatedRequest.
    """
    actor.need("collect_debt")
    refuse_other_methods(collection)
    with transaction.atomic(durable=True):
        idempotency.claim(key, subject=str(debt_id), now=now)
        bill, debt = _lock_with_bill(debt_id, actor)
        refuse_missing_proof(collection, bill.site_id)
        handed_over, tender = collection.tendered, tender_of(collection, actor)
        _collect(bill, debt, tender, actor, now)
    change = handed_over - debt.amount if handed_over is not None and tender.method == PaymentMethod.CASH else ZERO
    return Collected(debt, change)


def collected_before(*, debt_id: int, actor: Actor) -> Collected:
    """Return the answer to the call that collected a debt, read from what was written then."""
    debt = find_debt(debt_id, actor)
    payment = debt.payment
    change = (payment.tendered or payment.amount) - payment.amount if payment else ZERO
    return Collected(debt, change)


def refuse_other_methods(collection: Collection) -> None:
    """Raise Refused unless a debt can be paid so at the counter: `debts_need_counter` for ONLINE, and as above."""
    if collection.method == PaymentMethod.ONLINE:
        raise Refused("debts_need_counter", "Debts are paid here by CASH, UPI or CARD; the driver pays online")
    refuse_unknown_method(collection)


def debts_with_exit(session: ParkingSession, collection: Collection, actor: Actor) -> list[Debt]:
    """Lock the debts that are to be paid with the money of an exit, whose stay is locked.

    Raises Forbidden `not_permitted`; and as `collect`.
    """
    if not collection.debts:
        return []
    actor.need("collect_debt")
    refuse_other_methods(collection)
    refuse_missing_proof(collection, session.site_id)
    return _lock_of_plate(collection.debts, session.vehicle_id, actor)


def collected_at(moment: datetime | None, debt_ids: Several[int]) -> Decimal:
    """Return what was paid of these debts at the moment at which a bill was closed (rupees)."""
    paid = Debt.objects.filter(pk__in=set(debt_ids), status=DebtStatus.PAID, closed_at=moment)
    return total_owed(paid) if moment else ZERO


def total_owed(owed: Iterable[Debt]) -> Decimal:
    """Return the sum of debts (rupees)."""
    return sum((debt.amount for debt in owed), ZERO)


def _lock_of_plate(ids: Several[int], vehicle_id: int, actor: Actor) -> list[Debt]:
    """Lock debts of a plate at the actor's sites with their bills, in the order of the bills.

    Raises NotFound `debt_not_found` unless all are there; Refused `debt_closed`.
    """
    rows = at_sites(Debt.objects.filter(pk__in=set(ids)), actor.sites, "bill__site_id")
    rows = rows.filter(bill__session__vehicle_id=vehicle_id).select_related("bill").order_by("bill_id")
    found = list(rows.select_for_update(of=BILL_FIRST, no_key=True))
    if len(found) < len(set(ids)):
        raise NotFound("debt_not_found", "Debt not found")
    for debt in found:
        debts.refuse_closed(debt)
    return found


def take_with_exit(
    *, owed: Sequence[Debt], collection: Collection, rows_before: int, actor: Actor, now: datetime
) -> None:
    """Write down that debts, which are locked, are paid with the money of an exit: a row of its own for each.

    One transfer or slip pays them all, and a reference pays once: the rows after the first one, of which the exit's own
    are `rows_before`, carry the reference with their number.
    """
    for number, debt in enumerate(owed, start=rows_before + 1):
        tender = replace(tender_of(collection, actor), tendered=None)
        if number > 1 and tender.reference:
            tender = replace(tender, reference=f"{tender.reference}-{number}")
        _collect(debt.bill, debt, tender, actor, now)


def _collect(bill: Bill, debt: Debt, tender: Tender, actor: Actor, now: datetime) -> None:
    orders.give_up(bill=bill, now=now)
    bills.collect_debt(bill=bill, debt=debt, tender=tender, now=now)
    collected = DebtCollected(debt_id=debt.pk, amount=debt.amount, bill_id=bill.pk, method=tender.method)
    audit.record(actor, collected, now)


def credit(bill: Bill, payment: Payment, now: datetime) -> bool:
    """Settle the debt of a locked bill with the payment of its order; return whether that much was still owed."""
    debt = Debt.objects.select_for_update(no_key=True).filter(bill=bill, status=DebtStatus.OPEN).first()
    if debt is None or debt.amount != payment.amount:
        return False
    bills.credit_debt(bill=bill, debt=debt, payment=payment, now=now)
    collected = DebtCollected(debt_id=debt.pk, amount=debt.amount, bill_id=bill.pk, method=payment.method)
    audit.record(SYSTEM, collected, now)
    return True


def lapse_old_debts(*, now: datetime) -> int:
    """End the debts that are owed for more than three years; answer how many."""
    since = now - timedelta(days=365.25 * YEARS)
    old = Debt.objects.owed(since).filter(status=DebtStatus.OPEN, created_at__lt=since)
    ids = list(old.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    for debt_id in ids:
        with transaction.atomic():
            bill, debt = _lock_with_bill(debt_id, SYSTEM)
            if debt.status == DebtStatus.OPEN:
                orders.give_up(bill=bill, now=now)
                debts.lapse(debt=debt, now=now)
                audit.record(SYSTEM, DebtLapsed(debt_id=debt.pk, amount=debt.amount, bill_id=bill.pk), now)
    return len(ids)


def find_debt(debt_id: int, actor: Actor) -> Debt:
    """Return a debt at the actor's sites with its stay and payment. Raises NotFound `debt_not_found`."""
    return _one(_rows(actor), debt_id)


def _lock_with_bill(debt_id: int, actor: Actor) -> tuple[Bill, Debt]:
    debt = _one(_rows(actor).select_for_update(of=BILL_FIRST, no_key=True), debt_id)
    return debt.bill, debt


def _rows(actor: Actor) -> QuerySet[Debt]:
    return at_sites(Debt.objects.select_related("bill__session__vehicle", "payment"), actor.sites, "bill__site_id")


def _one(rows: QuerySet[Debt], debt_id: int) -> Debt:
    debt = rows.filter(pk=debt_id).first()
    if debt is None:
        raise NotFound("debt_not_found", "Debt not found")
    return debt
