"""A registered operator, and parking sessions that ended."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from parking.accounts.models import User
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingSite, ParkingZone
from parking.invoices.profiles import NewProfile, add_profile
from parking.stays.models import ParkingSession
from tests.build import book, enter, leave, plate, reloaded
from tests.moments import START

LATER = START + timedelta(hours=5)
GSTIN = "29AAGCB7383J1Z4"


def register(
    site: ParkingSite, prefix: str = "KA1", gstin: str = GSTIN, holds_from: date = date(2026, 4, 1), **more: Any
):
    """Give a site the tax profile of a registered operator in Karnataka."""
    wanted = NewProfile(
        holds_from=holds_from,
        legal_name="Namma Parking",
        address="12 Kempegowda Road, Bengaluru",
        gstin=gstin,
        state_code="29",
        series_prefix=prefix,
        **more,
    )
    return add_profile(actor=SYSTEM, site=site, wanted=wanted, now=START)


def stayed(
    driver: User, staff: User, zone: ParkingZone, *, now: datetime = START, tendered: str | None = None
) -> ParkingSession:
    """Return a parking session of 140 minutes: ₹150, of which ₹50 were paid online and ₹100 in cash."""
    session = enter(staff, book(driver, zone, plate(), now), now)
    leave(staff, session, "CASH", now + timedelta(minutes=140), tendered=tendered)
    return reloaded(session)


@pytest.fixture
def registered(zone: ParkingZone) -> ParkingSite:
    register(zone.site)
    return zone.site


@pytest.fixture
def stay(driver: User, staff: User, zone: ParkingZone) -> ParkingSession:
    return stayed(driver, staff, zone, tendered="500.00")
