"""Stays that attendants ended without an exit scan, counted per attendant with what they came to.

Read from the record: it alone says who ended a stay. One that waited for its payment was ended by whoever asked for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery

from parking.accounts.models import User
from parking.audit.events import read_event
from parking.audit.models import AuditEntry
from parking.core.money import ZERO
from parking.core.sites import Sites, at_sites
from parking.reports.periods import ClosedPeriod
from parking.stays.events import SessionTerminated, SessionTerminationWaits
from parking.stays.models import ParkingSession


@dataclass(frozen=True)
class Terminations:
    """The stays that somebody ended: how many, and in rupees their totals, what was collected, what became a debt."""

    count: int = 0
    total: Decimal = ZERO
    charged: Decimal = ZERO
    debt: Decimal = ZERO

    def __add__(self, other: "Terminations") -> "Terminations":
        return Terminations(
            self.count + other.count, self.total + other.total, self.charged + other.charged, self.debt + other.debt
        )


@dataclass(frozen=True)
class OfAttendant:
    """What one account ended; without id and name where the record does not say who."""

    user_id: int | None
    username: str
    ended: Terminations


def terminations_by_attendant(*, period: ClosedPeriod, sites: Sites) -> list[OfAttendant]:
    """Return what each attendant ended at these sites on these days, most debts first, then most stays."""
    lines = _at_sites(AuditEntry.objects.filter(action=SessionTerminated.action), sites)
    lines = period.narrow(lines.alias(site_id=_SITE), "at", sites, "site_id")
    found = [(line, event) for line in lines if isinstance(event := read_event(line), SessionTerminated)]
    asked = _who_asked([line.subject_id or 0 for line, _ in found if line.actor_id is None])
    sums: dict[int | None, Terminations] = {}
    for line, event in found:
        user_id = line.actor_id if line.actor_id is not None else asked.get(line.subject_id or 0)
        sums[user_id] = sums.get(user_id, Terminations()) + Terminations(1, event.total, event.charged, event.debt)
    names = dict(User.objects.filter(pk__in=[pk for pk in sums if pk is not None]).values_list("pk", "username"))
    rows = [OfAttendant(user_id, names.get(user_id or 0, ""), ended) for user_id, ended in sums.items()]
    return sorted(rows, key=lambda row: (-row.ended.debt, -row.ended.count, row.username))


# The site of the stay that a line is about.
_SITE = Subquery(ParkingSession.objects.filter(pk=OuterRef("subject_id")).values("zone__site_id"))


def sum_of_terminations(rows: Iterable[OfAttendant]) -> Terminations:
    return sum((row.ended for row in rows), Terminations())


def _at_sites(lines: "QuerySet[AuditEntry]", sites: Sites) -> "QuerySet[AuditEntry]":
    if sites is None:
        return lines
    stays = at_sites(ParkingSession.objects.all(), sites, "zone__site_id")
    return lines.filter(subject_id__in=stays.values("pk"))


def _who_asked(session_ids: list[int]) -> dict[int, int | None]:
    """Return who asked last for the payment that ended each of these stays."""
    waits = AuditEntry.objects.filter(
        subject_kind="session", subject_id__in=session_ids, action=SessionTerminationWaits.action
    )
    rows = waits.order_by("pk").values_list("subject_id", "actor_id")
    return {session_id or 0: actor_id for session_id, actor_id in rows}
