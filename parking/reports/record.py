"""The audit record as a list: filter, and the names of those who acted."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from parking.accounts.models import User
from parking.accounts.queries import id_of_username
from parking.audit.events import event_types
from parking.audit.models import AuditEntry
from parking.core import clock
from parking.core.actor import Actor, ActorKind
from parking.core.errors import Forbidden
from parking.core.ids import parse_ref
from parking.facilities.calendars import Calendar
from parking.reports.growing import WholeTable
from parking.reports.periods import Period
from parking.reports.walking import ColumnWalk

_KINDS = {kind.value: kind for kind in ActorKind}


@dataclass(frozen=True)
class RecordFilter:
    """The filter of the list. `actor` is the id or the username of an account; `refused` None: both kinds of line."""

    period: Period = field(default_factory=Period)
    action: str | None = None
    refused: bool | None = None
    actor: str | None = None
    subject_kind: str | None = None
    subject_id: int | None = None
    request_id: str | None = None


def record_lines(wanted: RecordFilter, *, actor: Actor) -> QuerySet[AuditEntry]:
    """Return the lines of a filter, newest first.

    Lines know no site: who works at some sites only may not read them. Raises Forbidden `not_permitted`.
    """
    if actor.sites is not None:
        raise Forbidden("not_permitted", "Only those who work at all sites may read the record")
    # Lines know no site: their days are the operator's.
    days = Calendar(clock.site_zone()).days(wanted.period.first, wanted.period.last, "at", "")
    rows = AuditEntry.objects.filter(days).order_by("-pk")
    exact = {
        "action": wanted.action,
        "refused": wanted.refused,
        "subject_kind": wanted.subject_kind,
        "subject_id": wanted.subject_id,
        "request_id": wanted.request_id,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    return rows.filter(actor_id=_id_of(wanted.actor)) if wanted.actor else rows


def record_walk(lines: QuerySet[AuditEntry]) -> ColumnWalk:
    """Return lines of the record, newest first; they know no site, so their days are the operator's."""
    calendar = Calendar(clock.site_zone())
    return ColumnWalk(lines, "pk", downwards=True, moment="at", site="", calendar=calendar)


def counter_of(wanted: RecordFilter, rows: QuerySet[AuditEntry]) -> "QuerySet[AuditEntry] | WholeTable":
    """Return what has the `count` of these lines of a filter, however many there are."""
    return WholeTable(AuditEntry) if wanted == RecordFilter() else rows


def _id_of(text: str) -> int:
    """Return the id of an account that is named by id or username; -1, which none has, for no account."""
    if text.isascii() and text.isdecimal():
        try:
            return parse_ref(text).pk or -1
        except ValueError:
            return -1
    return id_of_username(text) or -1


def known_actions() -> list[str]:
    """Return the stored names of all events that can be in the record, in order; refusals have one for each code."""
    return sorted(event.action for event in event_types() if not event.refused and event.action != "unknown")


def subject_kinds() -> list[str]:
    """Return the kinds of things that lines are about."""
    return sorted({event.subject_kind for event in event_types() if event.subject_kind})


def actor_kind_of(entry: AuditEntry) -> ActorKind:
    """Return the kind of who acted: lines store the role of an account, or the kind where there is no account."""
    if entry.actor_id is not None:
        return ActorKind.USER
    return _KINDS.get(entry.actor_role, ActorKind.ANYBODY)


def actor_role_of(entry: AuditEntry) -> str | None:
    """Return the role of the account that acted, None for other actors."""
    return entry.actor_role or None if actor_kind_of(entry) == ActorKind.USER else None


def names_of_actors(entries: Iterable[AuditEntry]) -> dict[int, str]:
    """Return the usernames of the accounts that acted, by id, in one statement."""
    ids = {entry.actor_id for entry in entries if entry.actor_id is not None}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "username"))
