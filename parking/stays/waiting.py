"""The lines of full zones: reads, and the states of places in them."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from parking.core.errors import NotFound
from parking.core.statements import change
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.waiting_models import OPEN_WAIT, WaitingEntry, WaitingState
from parking.stays.window_rules import Window


def entries_of(driver_id: int) -> QuerySet[WaitingEntry]:
    """Return the places in lines that a driver has, the newest first."""
    rows = WaitingEntry.objects.filter(driver_id=driver_id, state__in=OPEN_WAIT)
    return rows.select_related("zone__site", "vehicle").order_by("-pk")


def entry_of(entry_id: int, driver_id: int | None) -> WaitingEntry:
    """Return a driver's own place in a line, also one that ended. Raises NotFound `waiting_not_found`."""
    rows = WaitingEntry.objects.select_related("zone__site", "vehicle")
    entry = rows.filter(pk=entry_id, driver_id=driver_id).first()
    if entry is None:
        raise NotFound("waiting_not_found", "There is no such entry of a waiting list")
    return entry


def lock_entry(entry_id: int) -> WaitingEntry:
    """Lock a place in a line, inside a transaction."""
    return WaitingEntry.objects.select_for_update(no_key=True, of=("self",)).get(pk=entry_id)


def position_of(entry: WaitingEntry) -> int | None:
    """Return how many stand in line for the zone up to this one, itself included; None once it has an offer."""
    if entry.state != WaitingState.WAITING:
        return None
    return WaitingEntry.objects.filter(zone_id=entry.zone_id, state=WaitingState.WAITING, pk__lte=entry.pk).count()


def offers_of_entries(entries: Sequence[WaitingEntry]) -> dict[int, ParkingSession]:
    """Return the bookings that were offered and wait for their drivers, by place in the line."""
    offered = {entry.session_id: entry.pk for entry in entries if entry.state == WaitingState.OFFERED}
    rows = ParkingSession.objects.whole().filter(pk__in=[pk for pk in offered if pk], status=SessionStatus.BOOKED)
    return {offered[session.pk]: session for session in rows}


def window_of(entry: WaitingEntry) -> Window | None:
    """Return the window that is waited for, None for now."""
    return Window(entry.starts_at, entry.ends_at) if entry.starts_at and entry.ends_at else None


def end_wait(entry: WaitingEntry, state: WaitingState, now: datetime) -> bool:
    """End a place in a line, which must be locked, unless it has ended; return whether it had not."""
    ended = change(WaitingEntry, entry.pk, when={"state": OPEN_WAIT}, state=state, ended_at=now)
    if ended:
        entry.state, entry.ended_at = state, now
    return ended


def give_offer(entry: WaitingEntry, session: ParkingSession, pay_by: datetime) -> None:
    """Let a place in a line, which must be locked, have an offer: a booking to be paid in time, then to arrive."""
    session.enter_by = max(session.enter_by, pay_by + (session.enter_by - session.starts_at))
    session.pay_by = pay_by
    change(ParkingSession, session.pk, pay_by=pay_by, enter_by=session.enter_by)
    entry.state, entry.session = WaitingState.OFFERED, session
    change(WaitingEntry, entry.pk, when={"state": WaitingState.WAITING}, state=entry.state, session_id=session.pk)


def accept_free(session: ParkingSession) -> None:
    """Let an offer without fee, which must be locked, be a booking as any other."""
    session.pay_by = None
    change(ParkingSession, session.pk, when={"status": SessionStatus.BOOKED}, pay_by=None)
