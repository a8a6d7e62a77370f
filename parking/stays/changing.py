"""What the driver of a booking may change of it, under its locks. Fee and terms stay as they were booked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from parking.core.actor import ANYBODY
from parking.core.errors import InvalidInput, Refused
from parking.core.site_settings import CANCEL_AHEAD_MINUTES, CLAIM_MINUTES
from parking.core.statements import change
from parking.facilities.admitting import refuse_vehicle
from parking.facilities.models import ParkingZone
from parking.passes.queries import holds_for, is_on_pass
from parking.stays.models import ParkingSession, SessionStatus
from parking.stays.promises import follow_reservations, promises_of
from parking.stays.reservations import give_slot_back, is_elsewhere, refuse_full_window, refuse_overlap
from parking.stays.window_rules import Window, fits, latest_end, length_problem, start_problem, whole_minutes_of
from parking.tariffs.rules import Offers
from parking.vehicles.models import Vehicle

LATER = timedelta(minutes=15)
LAST_PLATE = timedelta(hours=2)


@dataclass(frozen=True)
class Changes:
    """What a driver wants to change; None: nothing. Times may have seconds, which are cut. `late`: 15 minutes more."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    vehicle: Vehicle | None = None
    owner_name: str | None = None
    phone: str | None = None
    late: bool = False

    @property
    def window(self) -> bool:
        return self.starts_at is not None or self.ends_at is not None

    @property
    def only_end(self) -> bool:
        others = (self.starts_at, self.vehicle, self.owner_name, self.phone)
        return self.ends_at is not None and not self.late and others == (None,) * len(others)


def change_booking(
    *, session: ParkingSession, zone: ParkingZone, changes: Changes, now: datetime
) -> dict[str, tuple[str | None, str | None]]:
    """Change a booking, all of it or nothing; return what was changed, each with its value before and after.

    Locked must be: the vehicle of the session and the new one, the session, its zone. Raises Refused `session_over`,
    `already_entered`, `not_a_reservation`, `window_full`, `vehicle_already_parked`, `vehicle_unavailable`,
    `zone_closed`, `plate_changed_once`, `too_late_to_change`, `late_used`; `vehicle_not_on_pass`, `pass_not_valid`
    where a pass took its fee off; InvalidInput for a window beyond the limits.
    """
    _refuse_state(session, changes)
    before, covered = _shown(session), (session.vehicle_id, session.starts_at)
    if changes.window:
        _change_window(session, zone, changes, now)
    if changes.vehicle is not None and changes.vehicle.pk != session.vehicle_id:
        _change_plate(session, changes.vehicle, now)
    if covered != (session.vehicle_id, session.starts_at):
        _refuse_without_pass(session)
    if changes.late:
        _arrive_later(session, now)
    for name in ("owner_name", "phone"):
        value = getattr(changes, name)
        if value is not None:
            setattr(session, name, value)
            change(ParkingSession, session.pk, **{name: value})
    after = _shown(session)
    return {name: (before[name], after[name]) for name in after if before[name] != after[name]}


def _shown(session: ParkingSession) -> dict[str, str | None]:
    times = {name: getattr(session, name) for name in ("starts_at", "ends_at", "enter_by")}
    return {
        **{name: value.isoformat() if value else None for name, value in times.items()},
        "vehicle_number": session.vehicle.vehicle_number,
        "owner_name": session.owner_name,
        # The record does not keep phone numbers.
        "phone": f"…{session.phone[-2:]}" if session.phone else "",
    }


def _refuse_state(session: ParkingSession, changes: Changes) -> None:
    if not session.is_open:
        raise Refused("session_over", "This parking session is over", session_id=session.pk)
    if session.status == SessionStatus.ACTIVE and not changes.only_end:
        raise Refused("already_entered", "The car is inside; only the end can be changed", session_id=session.pk)
    if changes.window and not session.is_reservation:
        raise Refused("not_a_reservation", "This was booked for now and has no window", session_id=session.pk)


# --- The window ------------------------------------------------------------------------------------------------


def _change_window(session: ParkingSession, zone: ParkingZone, changes: Changes, now: datetime) -> None:
    present = Window(session.starts_at, session.ends_at or session.starts_at)
    wanted = whole_minutes_of(changes.starts_at or present.starts_at, changes.ends_at or present.ends_at)
    if wanted == present:
        return
    moved = wanted.starts_at != present.starts_at
    _refuse_window(session, present, wanted, now, moved=moved)
    if moved:
        refuse_vehicle(zone, vehicle_kind=session.vehicle_kind, actor=ANYBODY, now=wanted.starts_at)
        refuse_full_window(zone, session.vehicle_kind, wanted, but=session.pk)
    elif wanted.ends_at > present.ends_at:
        _refuse_full_rest(session, zone, Window(present.ends_at, wanted.ends_at))
    refuse_overlap(session.vehicle_id, session.driver_id, wanted, but=session.pk)
    session.ends_at = wanted.ends_at
    if moved:
        _put_off(session, zone, wanted.starts_at, now)
    else:
        change(ParkingSession, session.pk, ends_at=wanted.ends_at)


def _refuse_window(session: ParkingSession, present: Window, wanted: Window, now: datetime, *, moved: bool) -> None:
    if present.ends_at <= now:
        raise Refused("session_over", "The reserved time is over", session_id=session.pk)
    problem = start_problem(wanted.starts_at, now) if moved else None
    if problem:
        raise InvalidInput({"starts_at": [problem]})
    problem = length_problem(wanted) or ("Not before now" if wanted.ends_at < now else None)
    if problem:
        raise InvalidInput({"ends_at": [problem]})


def _refuse_full_rest(session: ParkingSession, zone: ParkingZone, rest: Window) -> None:
    """Refuse a longer window where the time that is added is full, and say up to when there is a place."""
    promises = promises_of(zone, session.vehicle_kind, rest, but=session.pk)
    if not fits(rest, promises.promised, promises.limits):
        latest = latest_end(rest, promises.promised, promises.limits) or rest.starts_at
        raise Refused("window_full", "A later time is reserved by others", ends_at=latest.isoformat())


def _put_off(session: ParkingSession, zone: ParkingZone, starts_at: datetime, now: datetime) -> None:
    """Let a reservation begin at another time; its slot goes back if that is far away."""
    session.enter_by = starts_at + (session.enter_by - session.starts_at)
    free_until = starts_at - timedelta(minutes=CANCEL_AHEAD_MINUTES.at(zone.site_id))
    # Who is too late to cancel for nothing does not get that back with another start.
    if session.refund_until is not None and now <= session.refund_until:
        session.refund_until = free_until
    session.starts_at = starts_at
    names = ("starts_at", "ends_at", "enter_by", "refund_until")
    change(ParkingSession, session.pk, **{name: getattr(session, name) for name in names})
    if session.slot_id is None:
        follow_reservations(zone)
    elif now < starts_at - timedelta(minutes=CLAIM_MINUTES.at(zone.site_id)):
        give_slot_back(session=session, zone=zone)


def _refuse_without_pass(session: ParkingSession) -> None:
    """Refuse what takes a booking out of the pass without which it would have cost its fee."""
    held = session.subscription_id or Offers.from_json(session.offers).fee_pass
    if not held or holds_for(held, session.vehicle_id, session.starts_at):
        return
    if is_on_pass(held, session.vehicle_id, session.starts_at):
        raise Refused("pass_not_valid", "The pass of this booking does not hold then", session_id=session.pk)
    plate = session.vehicle.vehicle_number
    raise Refused("vehicle_not_on_pass", "This plate is not on the pass of the booking", vehicle_number=plate)


# --- Plate, time to arrive -----------------------------------------------------------------------------------


def _change_plate(session: ParkingSession, vehicle: Vehicle, now: datetime) -> None:
    if session.plate_changed_at is not None:
        raise Refused("plate_changed_once", "The plate was changed once already", session_id=session.pk)
    if now > session.starts_at - LAST_PLATE:
        text = "The plate can be changed up to two hours before the start"
        raise Refused("too_late_to_change", text, session_id=session.pk)
    refuse_overlap(vehicle.pk, session.driver_id, _window_of(session), but=session.pk)
    session.vehicle, session.plate_changed_at = vehicle, now
    changed: dict[str, Any] = {"vehicle_id": vehicle.pk, "plate_changed_at": now}
    if session.slot_id is not None:
        session.slot_alone_since = now if is_elsewhere(session) else None
        changed["slot_alone_since"] = session.slot_alone_since
    change(ParkingSession, session.pk, **changed)


def _window_of(session: ParkingSession) -> Window:
    return Window(session.starts_at, session.ends_at or session.enter_by)


def _arrive_later(session: ParkingSession, now: datetime) -> None:
    if session.late_at is not None:
        raise Refused("late_used", "You asked for more time once already", session_id=session.pk)
    session.late_at, session.enter_by = now, session.enter_by + LATER
    change(ParkingSession, session.pk, late_at=now, enter_by=session.enter_by)


def extensions(session: ParkingSession, minutes: tuple[int, ...], now: datetime) -> Iterator[datetime]:
    """Yield the later ends that a page may offer to a reservation whose time is not over."""
    if session.ends_at is None or not session.is_open or session.ends_at <= now:
        return
    for more in minutes:
        end = session.ends_at + timedelta(minutes=more)
        if length_problem(Window(session.starts_at, end)) is None:
            yield end
