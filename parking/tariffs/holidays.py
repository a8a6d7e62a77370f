"""The holiday calendars of sites: their only writer, and their reads."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.facilities.sites import site_by_id
from parking.tariffs import book
from parking.tariffs.events import HolidayAdded, HolidayRemoved
from parking.tariffs.models import Holiday


def holidays_of(site_id: int, actor: Actor) -> QuerySet[Holiday]:
    """Return the holidays of a site by date. Raises NotFound `site_not_found`."""
    return Holiday.objects.filter(site=site_by_id(site_id, actor)).order_by("date")


def add_holiday(*, actor: Actor, site_id: int, day: date, name: str, now: datetime) -> Holiday:
    """Name a day a holiday of a site, for sessions that begin from now on.

    Raises NotFound `site_not_found`; Refused `holiday_exists`.
    """
    holiday = Holiday(site=site_by_id(site_id, actor), date=day, name=name, created_at=now)
    with transaction.atomic():
        _save(holiday)
        audit.record(actor, HolidayAdded(site_id=site_id, date=day, name=name), now)
        book.renew()
    return holiday


def remove_holiday(*, actor: Actor, site_id: int, holiday_id: int, now: datetime) -> None:
    """Take a day out of a site's calendar; sessions keep the holidays that they began with. Raises NotFound."""
    with transaction.atomic():
        holiday = holidays_of(site_id, actor).select_for_update().filter(pk=holiday_id).first()
        if holiday is None:
            raise NotFound("holiday_not_found", "There is no such holiday")
        holiday.delete()
        audit.record(actor, HolidayRemoved(site_id=site_id, date=holiday.date, name=holiday.name), now)
        book.renew()


def _save(holiday: Holiday) -> None:
    try:
        with transaction.atomic():
            holiday.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("holiday_exists", "This day is a holiday already") from error
