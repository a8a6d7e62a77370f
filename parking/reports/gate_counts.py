"""What each attendant let pass otherwise than by a scan and its money, counted from the record."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from parking.accounts.models import Role, User
from parking.audit.events import read_event
from parking.audit.models import AuditEntry
from parking.core.money import ZERO
from parking.core.sites import Sites, at_sites
from parking.offers.events import SessionCodeGiven
from parking.reports.periods import ClosedPeriod
from parking.stays.events import (
    EntryStated,
    LostTicketTaken,
    NoteWritten,
    OwnerConfirmed,
    PaperSlipEntered,
    PassedWithoutCode,
    SessionCancelled,
    SessionEntered,
    SessionExempted,
    SessionExited,
    SessionLeftInEmergency,
    SessionPaysLater,
    TicketGiven,
    TokenGiven,
)
from parking.stays.models import ParkingSession

# The count of a row to which each action adds.
_COUNTED = {
    SessionEntered.action: "entries",
    SessionExited.action: "exits",
    OwnerConfirmed.action: "without_qr",
    PassedWithoutCode.action: "without_qr",
    LostTicketTaken.action: "lost_tickets",
    SessionPaysLater.action: "pay_later",
    NoteWritten.action: "notes",
    TicketGiven.action: "tickets_given",
    EntryStated.action: "tickets_entered",
    SessionLeftInEmergency.action: "emergencies",
    TokenGiven.action: "tokens",
    PaperSlipEntered.action: "paper_slips",
    SessionCodeGiven.action: "codes",
    SessionExempted.action: "exempted",
}


@dataclass
class GateCounts:
    """What one attendant did at the gate; `owed` is what the cars owe that pay later (rupees).

    `tickets_gone` are tickets of the gate, whoever gave them, of which this attendant said that the car never came in;
    `tickets_entered` those of which it was said afterwards that it had. `codes` are the promo codes and vouchers that
    the attendant gave to a session.
    """

    user_id: int
    username: str
    entries: int = 0
    exits: int = 0
    without_qr: int = 0
    lost_tickets: int = 0
    pay_later: int = 0
    owed: Decimal = ZERO
    notes: int = 0
    tickets_given: int = 0
    tickets_entered: int = 0
    tickets_gone: int = 0
    emergencies: int = 0
    tokens: int = 0
    paper_slips: int = 0
    codes: int = 0
    exempted: int = 0


def gate_counts(*, period: ClosedPeriod, sites: Sites) -> list[GateCounts]:
    """Return the counts of each attendant at these sites on these days, most cars without a code first."""
    lines = _lines(period, sites)
    # Drivers give codes to their sessions themselves.
    at_work = lines.exclude(actor_role=Role.USER)
    counted = at_work.filter(action__in=_COUNTED).values("actor_id", "action").annotate(number=Count("pk")).order_by()
    found: dict[int, GateCounts] = {}
    for row in counted:
        user_id = row["actor_id"] or 0
        of = found.setdefault(user_id, GateCounts(user_id, ""))
        name = _COUNTED[row["action"]]
        setattr(of, name, getattr(of, name) + row["number"])
    for gone in _gone(lines).values("actor_id").annotate(number=Count("pk")).order_by():
        user_id = gone["actor_id"] or 0
        found.setdefault(user_id, GateCounts(user_id, "")).tickets_gone = gone["number"]
    for line in lines.filter(action=SessionPaysLater.action):
        event = read_event(line)
        if isinstance(event, SessionPaysLater) and line.actor_id is not None:
            found[line.actor_id].owed += event.owed
    for user_id, name in User.objects.filter(pk__in=found).values_list("pk", "username"):
        found[user_id].username = name
    return sorted(found.values(), key=lambda of: (-of.without_qr, -of.pay_later, of.username))


def _gone(lines: "QuerySet[AuditEntry]") -> "QuerySet[AuditEntry]":
    """Return the lines by which tickets that were given at a gate ended without a car."""
    given = AuditEntry.objects.filter(
        subject_kind="session", subject_id=OuterRef("subject_id"), action=TicketGiven.action
    )
    return lines.filter(Exists(given), action=SessionCancelled.action)


def _lines(period: ClosedPeriod, sites: Sites) -> "QuerySet[AuditEntry]":
    lines = AuditEntry.objects.filter(subject_kind="session", actor_id__isnull=False, refused=False)
    if sites is not None:
        stays = at_sites(ParkingSession.objects.all(), sites, "zone__site_id")
        lines = lines.filter(subject_id__in=stays.values("pk"))
    site = Subquery(ParkingSession.objects.filter(pk=OuterRef("subject_id")).values("zone__site_id"))
    return period.narrow(lines.alias(site_id=site), "at", sites, "site_id")
