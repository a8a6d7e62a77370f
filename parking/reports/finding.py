"""What a typed text may mean: the conditions by which lists and the search find it, each by an index.

A text is looked up first (`parts.MANY` rows at most of each kind), and the list is then narrowed to the ids that were
found. A text that many rows have is common: the newest of them are found by walking the list itself.
"""

from dataclasses import dataclass, replace

from django.db.models import Count, Max, Q, QuerySet

from parking.core.ids import QR_PREFIX, parse_ref, read_qr_code
from parking.core.parts import SHORTEST, HasPart, few_ids
from parking.payments.models import Payment, PaymentOrder, Refund
from parking.stays.models import OPEN_SESSION, ParkingSession
from parking.vehicles.models import Vehicle
from parking.vehicles.plates import readings, search_key

# So many of the newest parking sessions tell how common a name is: where a page of them has it, those are found by
# walking the list, and by nothing that reads all who have it.
SAMPLE, PAGE = 5000, 25
# Fewer than about so many are counted all the same.
COUNTED = 20_000


@dataclass(frozen=True)
class Found:
    """Stays that a text finds: the condition by which a list is walked in its order, and where else they are found."""

    listed: Q
    # Each is read by its index: a condition on several tables would be compared row by row. None: few are found.
    sources: "tuple[QuerySet[ParkingSession], ...] | None" = None
    # So many have it that nobody waits until they are counted.
    is_common: bool = False
    # None of the newest has it: whoever walked a list might walk it to its end.
    is_old: bool = False

    @property
    def counted(self) -> Q:
        """Return the condition by which the rows of a list are counted."""
        if self.sources is None:
            return self.listed
        return Q(pk__in=self.sources[0].union(*self.sources[1:], all=True).values("pk"))


def stays_found(text: str) -> Found:
    """Return what a text finds as part of plate or owner's name, as beginning of the QR code, or as the booking number.

    Three statements look the text up. One sign alone finds names of open stays only: no index has it.
    """
    exactly = named_exactly(text)
    plates, owners = _by_plate(text), _by_owner(text)
    listed = exactly | plates.listed | owners.listed
    if plates.sources is None and owners.sources is None:
        return Found(listed)
    parts = [Found(exactly), plates, owners]
    sources = [part.sources or (ParkingSession.objects.filter(part.listed),) for part in parts]
    found = Found(listed, tuple(source.order_by() for of_part in sources for source in of_part), owners.is_common)
    return replace(found, listed=found.counted) if owners.is_old and plates.sources is None else found


def named_exactly(text: str) -> Q:
    """Return the condition that a text is the number or long number of a stay, or the beginning of its QR code."""
    if code := read_qr_code(text):
        return Q(qr_code=code)
    if text.upper().startswith(QR_PREFIX) and len(text) > len(QR_PREFIX):
        return Q(qr_code__startswith=text.upper())
    try:
        return Q(**parse_ref(text.removeprefix("#")).lookup())
    except ValueError:
        return _NOTHING


_NOTHING = Q(pk__in=[])


def _by_plate(text: str) -> Found:
    part = search_key(text)
    if not part:
        return Found(_NOTHING)
    # A whole plate is kept with its numbers padded, so a text may mean several.
    vehicles = Vehicle.objects.filter(Q(HasPart(part, "match_key")) | Q(match_key__in=readings(part)))
    few = few_ids(vehicles)
    if few is not None:
        return Found(Q(vehicle_id__in=few))
    of_them = ParkingSession.objects.filter(vehicle_id__in=vehicles.order_by().values("pk"))
    return Found(Q(HasPart(part, "vehicle__match_key", common=True)), (of_them,))


def _by_owner(text: str) -> Found:
    stays = ParkingSession.objects.filter(HasPart(text, "owner_name"))
    expected, over = stays.filter(status__in=OPEN_SESSION), stays.filter(ended_at__isnull=False)
    if len(text) < SHORTEST:
        return Found(Q(pk__in=expected.values("pk")))
    newest = _among_the_newest(text)
    if not newest.is_page:
        few = few_ids(expected.union(over, all=True))
        if few is not None:
            return Found(Q(pk__in=few))
    listed = Q(HasPart(text, "owner_name", common=True))
    return Found(listed, (expected, over), is_common=newest.is_common, is_old=not newest.named)


@dataclass(frozen=True)
class _Newest:
    """How many of the newest parking sessions have an owner's name, and how many that makes of all."""

    named: int
    of_all: float

    @property
    def is_page(self) -> bool:
        return self.named >= PAGE

    @property
    def is_common(self) -> bool:
        return self.is_page and self.of_all >= COUNTED


def _among_the_newest(text: str) -> _Newest:
    named = Count("pk", filter=Q(HasPart(text, "owner_name", common=True)))
    found = ParkingSession.objects.order_by("-pk")[:SAMPLE].aggregate(named=named, newest=Max("pk"))
    return _Newest(found["named"], found["named"] * (found["newest"] or 0) / SAMPLE)


# --- Money -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MoneyFound:
    """The conditions on payments and on refunds."""

    payments: Q
    refunds: Q


def money_found(text: str) -> MoneyFound:
    """Return the conditions that a text is, or begins, a number of a payment, order or refund, or finds the stay.

    The numbers are ours, the gateway's and the bank's. Six statements look the text up.
    """
    payments = numbered(text) | _of_stays(text)
    own = begins("refund_id", text) | given("gateway_refund_id", text)
    paid = Payment.objects.filter(payments)
    few = few_ids(paid)
    return MoneyFound(payments, own | Q(payment__in=paid.values("pk") if few is None else few))


def numbered(text: str) -> Q:
    """Return the condition that a text is, or begins, the number of a payment at gateway or bank, or of its order."""
    few = few_ids(PaymentOrder.objects.filter(begins("order_id", text)))
    if few is not None:
        return given("reference", text) | Q(order_id__in=few) | Q(second_of_id__in=few)
    return given("reference", text) | begins("order__order_id", text) | begins("second_of__order_id", text)


def _of_stays(text: str) -> Q:
    stays = ParkingSession.objects.filter(stays_found(text).counted)
    few = few_ids(stays, "bill_id")
    return Q(bill_id__in=stays.values("bill_id") if few is None else few)


def refunds_numbered(text: str) -> "QuerySet[Refund]":
    """Return the refunds whose number, ours or the gateway's, a text is or begins."""
    return Refund.objects.filter(begins("refund_id", text) | given("gateway_refund_id", text))


def begins(column: str, text: str) -> Q:
    """Return the condition that a number begins so, as it was typed or in capital letters."""
    typed = Q(**{f"{column}__startswith": text})
    return typed if text == text.upper() else typed | Q(**{f"{column}__startswith": text.upper()})


def given(column: str, text: str) -> Q:
    """Return the same of a number that may be empty: only those that are not are in the index."""
    return begins(column, text) & ~Q(**{column: ""})
