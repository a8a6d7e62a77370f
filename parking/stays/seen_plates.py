"""The plate that an attendant saw, beside the one that was booked."""

from parking.core.errors import Refused
from parking.stays.models import ParkingSession
from parking.vehicles.alike import Likeness, likeness
from parking.vehicles.partial import may_be
from parking.vehicles.plates import readings


def refuse_other_plate(session: ParkingSession, plate_seen: str | None) -> None:
    """Raise Refused `vehicle_mismatch` if the attendant saw another plate than the booked one.

    Letters and digits that look alike are read by their place. The fact `verdict` is RED, or AMBER where it may be the
    booked plate all the same; a plate that is inside or booked itself is never taken for another one.
    """
    if not plate_seen:
        return
    if session.vehicle.is_partial:
        _refuse_other_digits(session, plate_seen)
        return
    found, means = likeness(plate_seen, session.vehicle.vehicle_number), readings(plate_seen)
    if found == Likeness.SAME and len(means) == 1:
        return
    if found != Likeness.OTHER and _is_another_car(means, session):
        # Written in one, a text may mean the booked plate and that of another car.
        found = Likeness.UNSURE if session.vehicle.match_key in means else Likeness.OTHER
    if found in {Likeness.SAME, Likeness.READS_SAME}:
        return
    is_unsure = found == Likeness.UNSURE
    raise Refused(
        "vehicle_mismatch",
        "The number plate may not be the booked one" if is_unsure else "The number plate is not the booked one",
        session_id=session.pk,
        verdict="AMBER" if is_unsure else "RED",
        booked=session.vehicle.vehicle_number,
        seen=plate_seen,
    )


def _refuse_other_digits(session: ParkingSession, plate_seen: str) -> None:
    if may_be(session.vehicle, plate_seen):
        return
    raise Refused(
        "vehicle_mismatch",
        "The number plate ends in other digits",
        session_id=session.pk,
        verdict="RED",
        booked=session.vehicle.vehicle_number,
        seen=plate_seen,
    )


def _is_another_car(match_keys: frozenset[str], session: ParkingSession) -> bool:
    """Return whether another open session is of one of these very plates."""
    others = ParkingSession.objects.open().exclude(vehicle_id=session.vehicle_id)
    return others.filter(vehicle__match_key__in=match_keys).exists()
