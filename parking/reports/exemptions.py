"""Sessions that pay nothing, counted per attendant and class, with what they would have cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from parking.core.money import ZERO
from parking.core.sites import Sites, at_sites
from parking.payments.queries import charge_of
from parking.reports.periods import ClosedPeriod
from parking.stays.exempt_models import Exemption
from parking.tariffs.rules import LineKind


@dataclass(frozen=True)
class Exempted:
    """How many sessions were exempted, how many of them are open, and what the others would have cost (rupees)."""

    count: int = 0
    open: int = 0
    forgiven: Decimal = ZERO

    def __add__(self, other: "Exempted") -> "Exempted":
        return Exempted(self.count + other.count, self.open + other.open, self.forgiven + other.forgiven)


@dataclass(frozen=True)
class OfAttendant:
    """What one account exempted of one class; without name where the account is not known."""

    user_id: int | None
    username: str
    name: str
    sums: Exempted


def exemptions_given(*, period: ClosedPeriod, sites: Sites) -> QuerySet[Exemption]:
    """Return the exemptions that hold and were given at these sites on these days, the newest first."""
    rows = Exemption.objects.filter(withdrawn_at=None).select_related(
        "exempt_class", "given_by", "session__bill", "session__vehicle", "session__zone__site"
    )
    rows = at_sites(rows, sites, "exempt_class__site_id")
    rows = period.narrow(rows, "given_at", sites, "exempt_class__site_id")
    return rows.order_by("-given_at", "-pk")


def _forgiven(row: Exemption) -> Decimal | None:
    """Return what the session of an exemption would have cost (rupees); None while it is open."""
    if row.session.bill.closed_at is None:
        return None
    lines = charge_of(row.session.bill).lines
    return -sum((line.amount for line in lines if line.kind == LineKind.EXEMPT), ZERO)


def exemptions_by_attendant(given: Iterable[Exemption]) -> list[OfAttendant]:
    """Return what each attendant exempted of each class, most first."""
    sums: dict[tuple[int | None, str, str], Exempted] = {}
    for row in given:
        forgiven = _forgiven(row)
        key = (row.given_by_id, row.given_by.username if row.given_by else "", row.exempt_class.name)
        one = Exempted(1, int(forgiven is None), forgiven or ZERO)
        sums[key] = sums.get(key, Exempted()) + one
    rows = [OfAttendant(user_id, username, name, found) for (user_id, username, name), found in sums.items()]
    return sorted(rows, key=lambda row: (-row.sums.count, row.username, row.name))


def sum_of_exemptions(rows: Iterable[OfAttendant]) -> Exempted:
    return sum((row.sums for row in rows), Exempted())
