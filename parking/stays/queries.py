"""Reads of stays for screens and the API."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from parking.core.ids import Ref
from parking.core.sites import ALL_SITES, Sites, at_sites
from parking.facilities.calendars import calendar_of
from parking.facilities.models import ParkingZone
from parking.stays.long_stays import long_at
from parking.stays.models import OPEN_SESSION, ParkingSession, SessionStatus
from parking.tariffs.rules import Terms, uses_free_minutes
from parking.vehicles.models import SavedVehicle
from parking.vehicles.queries import plate_matches


def current_session_of(driver_id: int) -> ParkingSession | None:
    """The newest parking session of a driver that is inside, else the newest booking with a slot, else the reservation
    that begins next."""
    mine = ParkingSession.objects.whole().filter(driver_id=driver_id, status__in=OPEN_SESSION)
    return min(mine, key=_nearest_first, default=None)


def _nearest_first(session: ParkingSession) -> tuple[int, float, int]:
    if session.is_waiting:
        return 2, session.starts_at.timestamp(), -session.pk
    return int(session.status != SessionStatus.ACTIVE), 0, -session.pk


def open_sessions_of(driver_id: int) -> QuerySet[ParkingSession]:
    """Every open booking of a driver, newest first: one for each vehicle at most."""
    return ParkingSession.objects.whole().filter(driver_id=driver_id, status__in=OPEN_SESSION).order_by("-id")


def last_sessions_of(driver_id: int, number: int) -> QuerySet[ParkingSession]:
    """The last bookings of a driver, newest first."""
    return ParkingSession.objects.whole().filter(driver_id=driver_id).order_by("-id")[:number]


def vehicles_of(driver_id: int) -> QuerySet[SavedVehicle]:
    """The vehicles that a driver saved, the last booked first, then the last saved; in one statement.

    `last_used_at` of each is when this driver last booked it (aware), `open_session_id` the driver's own open booking
    of it; None where there is none. What others do with the plate is not shown.
    """
    mine = ParkingSession.objects.filter(driver_id=driver_id, vehicle_id=OuterRef("vehicle_id")).order_by("-id")
    saved = SavedVehicle.objects.filter(driver_id=driver_id).select_related("vehicle")
    # The model declares both for its readers, which the checker takes for a clash.
    annotated = saved.annotate(  # type: ignore[no-redef]
        last_used_at=Subquery(mine.values("booked_at")[:1]),
        open_session_id=Subquery(mine.filter(status__in=OPEN_SESSION).values("pk")[:1]),
    )
    return annotated.order_by(F("last_used_at").desc(nulls_last=True), "-pk")


def session_by_uuid(uuid: UUID) -> ParkingSession:
    """The stay of this UUID, which was read from a row of ours before."""
    return ParkingSession.objects.whole().get(uuid=uuid)


def history_of(
    driver_id: int, *, status: str | None, first: date | None, last: date | None, zone: Ref | None, q: str = ""
) -> QuerySet[ParkingSession]:
    """A driver's bookings, newest first; `first` and `last` are days of booking in the time zone of the zone's site.

    `q` is a plate or a part of one; without letters and digits it is part of none.
    """
    rows = ParkingSession.objects.whole().filter(driver_id=driver_id).order_by("-id")
    if status:
        rows = rows.filter(status=status)
    if first or last:
        rows = rows.filter(calendar_of(ALL_SITES).days(first, last, "booked_at", "zone__site_id"))
    if zone:
        rows = rows.filter(**{f"zone__{name}": value for name, value in zone.lookup().items()})
    return rows.filter(plate_matches(q)) if q else rows


def zones_visited(driver_id: int) -> QuerySet[ParkingZone]:
    """The zones in which a driver ever booked, by name; retired ones too."""
    return ParkingZone.objects.filter(sessions__driver_id=driver_id).distinct().order_by("name", "pk")


def expected(*, sites: Sites, q: str) -> QuerySet[ParkingSession]:
    """Return bookings that are not in yet, by a part of the plate or the number of the booking; none for no text."""
    rows = ParkingSession.objects.whole().told_whether_given()
    rows = rows.filter(status=SessionStatus.BOOKED).order_by("enter_by", "pk")
    rows = at_sites(rows, sites, "zone__site_id")
    if not q:
        return rows.none()
    number = Q(pk=int(q)) if q.isascii() and q.isdecimal() and len(q) < 10 else Q(pk__in=[])
    return rows.filter(plate_matches(q) | number)


def due_within(span: timedelta, *, sites: Sites, now: datetime) -> QuerySet[ParkingSession]:
    """Return bookings at these sites whose car has to come within this time, the most urgent first."""
    rows = ParkingSession.objects.whole().told_whether_given()
    rows = rows.filter(status=SessionStatus.BOOKED, enter_by__lte=now + span)
    return at_sites(rows, sites, "zone__site_id").order_by("enter_by", "pk")


def cars_inside(
    *, sites: Sites, zone: Ref | None, plate_part: str | None, now: datetime, long_stay: bool | None = None
) -> QuerySet[ParkingSession]:
    """Active stays at these sites, longest first. A `plate_part` without letters and digits is part of no plate.

    With `long_stay`, only those that are long at `now` by the hours of their site, or only the others.
    """
    rows = ParkingSession.objects.whole().filter(status=SessionStatus.ACTIVE).order_by("entry_time", "pk")
    rows = at_sites(rows, sites, "zone__site_id")
    if zone:
        rows = rows.filter(**{f"zone__{name}": value for name, value in zone.lookup().items()})
    if plate_part:
        rows = rows.filter(plate_matches(plate_part))
    if long_stay is not None:
        rows = rows.filter(long_at(now)) if long_stay else rows.exclude(long_at(now))
    return rows


def everybody_inside(*, sites: Sites) -> QuerySet[ParkingSession]:
    """Return the cars inside in the order in which somebody walks past them: by zone and slot."""
    rows = ParkingSession.objects.whole().filter(status=SessionStatus.ACTIVE)
    rows = at_sites(rows, sites, "zone__site_id")
    return rows.order_by("zone__site__name", "zone__name", F("slot__sort_key").asc(nulls_last=True), "entry_time", "pk")


def has_had_free_minutes(vehicle_id: int, terms: Terms, *, now: datetime) -> bool:
    """Return whether a plate had its free minutes already, within the time after which these terms give them again.

    What a pass covered had none. A car that was shown its bill and left later had them up to then. Sends no statement
    for terms that give them each time, or have none.
    """
    if terms.free_minutes == 0 or terms.free_again_after_minutes == 0:
        return False
    since = now - timedelta(minutes=terms.free_again_after_minutes)
    # As `covering.pass_of` has it: a pass that was over before the car came in covered nothing.
    uncovered = Q(subscription=None) | Q(entry_time__gte=F("subscription__ends_at"))
    left = ParkingSession.objects.filter(uncovered, vehicle_id=vehicle_id, exit_time__gt=since)
    rows = left.values_list("entry_time", Coalesce("bill__billed_until", "exit_time"), "terms")
    return any(entry and end and uses_free_minutes(entry, end, Terms.from_json(kept)) for entry, end, kept in rows)
