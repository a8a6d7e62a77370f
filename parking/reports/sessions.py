"""Every stay, searched and filtered."""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from parking.accounts.models import User
from parking.core.ids import QR_PREFIX, Ref, parse_ref, read_qr_code
from parking.reports.periods import Period
from parking.stays.models import ParkingSession
from parking.vehicles.plates import InvalidPlateError, read_plate, search_key


@dataclass(frozen=True)
class SessionFilter:
    """Which stays are wanted. The period is that of booking; `user` an id or a username; `search` free text."""

    period: Period = field(default_factory=Period)
    status: str | None = None
    user: str | None = None
    zone: Ref | None = None
    search: str | None = None


def all_sessions(wanted: SessionFilter) -> QuerySet[ParkingSession]:
    """The wanted stays with their drivers, newest first."""
    rows = wanted.period.narrow(ParkingSession.objects.whole().select_related("driver"), "booked_at")
    if wanted.status:
        rows = rows.filter(status=wanted.status)
    if wanted.zone:
        rows = rows.filter(**{f"zone__{name}": value for name, value in wanted.zone.lookup().items()})
    if wanted.user:
        rows = rows.filter(driver_id__in=_user_ids(wanted.user))
    if wanted.search:
        rows = rows.filter(_matches(wanted.search))
    return rows.order_by("-pk")


def _integer(text: str) -> int | None:
    try:
        return parse_ref(text).pk
    except ValueError:
        return None


def _user_ids(text: str) -> list[int]:
    """The user of this name and the user of this number: a username may be all digits."""
    named = Q(username__iexact=text)
    number = _integer(text)
    users = User.objects.filter(named if number is None else named | Q(pk=number))
    # Read first: with the ids at hand the database goes by the index on driver.
    return list(users.values_list("pk", flat=True))


def _matches(text: str) -> Q:
    """A part of the plate or of the owner's name, a QR code or its beginning, or the booking number."""
    found = Q(owner_name__icontains=text)
    if text.upper().startswith(QR_PREFIX):
        found |= Q(qr_code__startswith=read_qr_code(text) or text.upper())
    number = _integer(text)
    if number is not None:
        found |= Q(pk=number)
    # Nothing is left of a text without Latin letters or digits, and nothing is part of every plate.
    if search_key(text):
        found |= Q(vehicle__match_key__contains=search_key(text)) | _whole_plate(text)
    return found


def _whole_plate(text: str) -> Q:
    """A whole plate however it is written: `DL-1-AB-12` is the plate that is kept as `DL01AB0012`."""
    try:
        return Q(vehicle__match_key=read_plate(text).match_key)
    except InvalidPlateError:
        return Q()
