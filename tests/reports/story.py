"""Four days in two zones, with money on both sides of midnight; the tests of the reports know every rupee."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pytest_django.fixtures import Settings

from parking.accounts.models import User
from parking.checkout import settling
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from tests.build import book, cancel, enter, leave, take_ticket, terminate

DAY20, DAY21, DAY22, DAY23 = (date(2026, 11, day) for day in (20, 21, 22, 23))


def ist(text: str) -> datetime:
    """Return a time of November 2026 in India: `ist("23 12:00")`."""
    return datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo("Asia/Kolkata"))


NOON = ist("23 12:00")


@dataclass(frozen=True)
class Story:
    """What was done. Zone A costs ₹50 an hour, Zone B ₹75; each booking ₹50."""

    driver: User
    zone_a: ParkingZone
    zone_b: ParkingZone
    overnight: ParkingSession
    cancelled: ParkingSession
    refunded_late: ParkingSession
    kept: ParkingSession
    paid_online: ParkingSession
    walk_in: ParkingSession
    terminated: ParkingSession
    inside: ParkingSession


def tell(*, zone_a: ParkingZone, zone_b: ParkingZone, driver: User, staff: User, settings: Settings) -> Story:
    # ₹50 online on the 20th, ten minutes before midnight, ₹100 in cash on the 21st.
    overnight = book(driver, zone_a, now=ist("20 23:50"))
    enter(staff, overnight, now=ist("20 23:55"))
    leave(staff, overnight, now=ist("21 02:30"))

    # ₹50 taken and given back on the 21st.
    cancelled = book(driver, zone_b, now=ist("21 10:00"))
    cancel(driver, cancelled, now=ist("21 10:02"))

    # ₹50 taken on the 21st, asked back on the 22nd, given back on the 23rd.
    refunded_late = book(driver, zone_b, now=ist("21 23:58"))
    settings.SIMULATED_OUTCOME = "PENDING"
    cancel(driver, refunded_late, now=ist("22 00:01"))
    settings.SIMULATED_OUTCOME = "CAPTURE"

    # ₹50 kept on the 22nd.
    kept = book(driver, zone_a, now=ist("22 09:00"))
    cancel(driver, kept, now=ist("22 09:10"))

    # ₹50 and ₹100 online on the 22nd.
    paid_online = book(driver, zone_a, now=ist("22 12:00"))
    enter(staff, paid_online, now=ist("22 12:05"))
    leave(staff, paid_online, "ONLINE", now=ist("22 14:15"))

    settling.follow_open_refunds(now=ist("23 00:10"))

    # ₹100 in cash on the 23rd.
    walk_in = take_ticket(zone_a, now=ist("23 08:00"))
    enter(staff, walk_in, now=ist("23 08:00"))
    leave(staff, walk_in, now=ist("23 09:10"))

    # Nothing on the 23rd, and ₹75 owed.
    terminated = take_ticket(zone_b, now=ist("23 10:00"))
    enter(staff, terminated, now=ist("23 10:00"))
    terminate(staff, terminated, "NONE", now=ist("23 10:30"))

    # ₹50 online on the 23rd; still there.
    inside = book(driver, zone_a, now=ist("23 11:00"))
    enter(staff, inside, now=ist("23 11:05"))

    return Story(
        driver=driver,
        zone_a=zone_a,
        zone_b=zone_b,
        overnight=overnight,
        cancelled=cancelled,
        refunded_late=refunded_late,
        kept=kept,
        paid_online=paid_online,
        walk_in=walk_in,
        terminated=terminated,
        inside=inside,
    )
