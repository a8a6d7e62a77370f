"""Limits that keep one driver from holding slots for nothing. Each is a setting; 0 is no limit."""

from datetime import datetime

from django.db import connection

from parking.accounts.models import User
from parking.core.errors import Refused
from parking.core.site_settings import ABANDONED_LIMIT, BOOKING_LIMIT, UNPAID_LIMIT
from parking.stays.models import EndReason, ParkingSession, SessionStatus
from parking.stays.rules import Holding, HoldingLimits, limit_reached

# Newest sessions that are looked at: more than anybody begins while a booking is open, or within two hours.
_LOOKED_AT = 50


def refuse_hoarding(*, driver_id: int, site_id: int, now: datetime) -> None:
    """Raise Refused `booking_limit` if the driver holds, or has just abandoned, as many bookings as a site allows.

    Locks the driver first, so that of bookings at the same moment each sees those before it. Without limits nothing is
    locked or read. Inside the transaction of the booking, before the vehicle is locked.
    """
    limits = HoldingLimits(
        open=BOOKING_LIMIT.at(site_id), unpaid=UNPAID_LIMIT.at(site_id), abandoned=ABANDONED_LIMIT.at(site_id)
    )
    if not limits.any:
        return
    lock_holder(driver_id)
    found = limit_reached(_holdings_of(driver_id), limits=limits, now=now)
    if found is not None:
        raise Refused("booking_limit", found.text, limit=found.limit, open=found.count)


def lock_holder(driver_id: int) -> None:
    """Lock a driver, so that each of several things that hold a slot is counted."""
    # SQLite has one writer at a time anyway.
    if connection.features.has_select_for_update:
        list(User.objects.select_for_update(no_key=True).filter(pk=driver_id).values_list("pk"))


def _holdings_of(driver_id: int) -> list[Holding]:
    newest = ParkingSession.objects.filter(driver_id=driver_id).order_by("-pk")[:_LOOKED_AT]
    rows = newest.values_list("status", "end_reason", "ended_at", "pay_by", "bill__captured")
    return [
        Holding(
            is_open=status == SessionStatus.BOOKED,
            is_unpaid=status == SessionStatus.BOOKED and pay_by is not None and not captured,
            abandoned_at=ended_at if end_reason in {EndReason.CANCELLED, EndReason.UNPAID} else None,
        )
        for status, end_reason, ended_at, pay_by, captured in rows
    ]
