"""The reservations of the demonstration, one of which is expected within the hour, and a place in a waiting list."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from parking.accounts.models import User
from parking.accounts.queries import user_of_username
from parking.checkout import waiting_list
from parking.checkout.reserving import reserve
from parking.core.actor import user_actor
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from parking.stays.window_rules import Window

# Tomorrow evening, by the site's clock.
_EVENING, _LONG = 18, timedelta(hours=3)
_SECOND_CAR = "DL-08-AR-2020"


def create_demonstration_reservations(
    *, soon: ParkingZone, evening: ParkingZone, holders_plate: str, plates: tuple[str, ...], now: datetime
) -> None:
    """Reserve for cars with passes, which pay no fee, unless there is a reservation already.

    `soon` gets one that begins within the hour. `evening` is full tomorrow evening: the driver has a place there with
    the plate of the pass, somebody else has the others, and the driver waits for one more.
    """
    driver, other = user_of_username("user123"), user_of_username("shop1")
    if driver is None or other is None or ParkingSession.objects.filter(ends_at__isnull=False).exists():
        return
    _reserve(driver, soon, plates[0], _soon(now), now)
    window = _evening_of(evening, now)
    _reserve(driver, evening, holders_plate, window, now)
    for plate in plates:
        _reserve(other, evening, plate, window, now)
    waiting_list.join(
        actor=user_actor(driver.pk, driver.role),
        zone=Ref(pk=evening.pk),
        plate=_SECOND_CAR,
        owner_name=f"{driver.first_name} {driver.last_name}",
        vehicle_kind="CAR",
        until=window.starts_at,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        now=now,
    )


def _soon(now: datetime) -> Window:
    """Return two hours from the first quarter of an hour that can be reserved."""
    first = now + timedelta(minutes=30)
    starts_at = first.replace(minute=first.minute // 15 * 15, second=0, microsecond=0)
    return Window(starts_at, starts_at + timedelta(hours=2))


def _evening_of(zone: ParkingZone, now: datetime) -> Window:
    local = ZoneInfo(zone.site.time_zone)
    day = now.astimezone(local).date() + timedelta(days=1)
    starts_at = datetime(day.year, day.month, day.day, _EVENING, tzinfo=local)
    return Window(starts_at, starts_at + _LONG)


def _reserve(driver: User, zone: ParkingZone, plate: str, window: Window, now: datetime) -> None:
    reserve(
        actor=user_actor(driver.pk, driver.role),
        zone=Ref(pk=zone.pk),
        plate=plate,
        owner_name=f"{driver.first_name} {driver.last_name}",
        vehicle_kind="CAR",
        gateway=None,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        now=now,
    )
