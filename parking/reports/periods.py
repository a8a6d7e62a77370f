"""Spans of days for filters and reports. A day of a row is a day in the time zone of its site."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from parking.core.errors import InvalidInput
from parking.core.sites import Sites
from parking.facilities.calendars import calendar_of

# Three years, however the leap days fall.
MOST_DAYS = 3 * 366
USUAL_DAYS = 30


@dataclass(frozen=True)
class Period:
    """The days from first to last, both included; None leaves that end open."""

    first: date | None = None
    last: date | None = None

    def narrow(self, rows: QuerySet[Any, Any], moment: str, sites: Sites, site: str) -> QuerySet[Any, Any]:
        """Return the rows of these sites whose time in the column `moment` is within the period, by the site's zone.

        `site` is the path to the id of the site.
        """
        if self.first is None and self.last is None:
            return rows
        return rows.filter(calendar_of(sites).days(self.first, self.last, moment, site))


@dataclass(frozen=True)
class ClosedPeriod(Period):
    """A period with both its ends."""

    first: date
    last: date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    def days(self) -> Iterator[date]:
        return (self.first + timedelta(days=number) for number in range(self.length))

    def before(self) -> "ClosedPeriod":
        """Return the period of the same length that ends where this one begins."""
        return ClosedPeriod(self.first - timedelta(days=self.length), self.first - timedelta(days=1))


def period(*, day: date | None = None, first: date | None = None, last: date | None = None) -> Period:
    """Return the period of a filter by days, open at the ends that it does not name.

    Raises InvalidInput: `day` together with another, an end before the start, more than three years.
    """
    if day:
        if first or last:
            raise InvalidInput({"date": ["Give a date, or start_date and end_date"]})
        first = last = day
    if first and last:
        return closed_period(first, last)
    return Period(first, last)


def report_period(*, day: date | None, first: date | None, last: date | None, sites: Sites) -> ClosedPeriod:
    """Return the period as `period` does, with the ends filled in: until today at these sites, 30 days long.

    Raises InvalidInput.
    """
    asked = period(day=day, first=first, last=last)
    end = asked.last or calendar_of(sites).today()
    return closed_period(asked.first or end - timedelta(days=USUAL_DAYS - 1), end)


def closed_period(first: date, last: date) -> ClosedPeriod:
    """Return the period of both ends. Raises InvalidInput: an end before the start, more than three years."""
    if first > last:
        raise InvalidInput({"end_date": ["Not before start_date"]})
    closed = ClosedPeriod(first, last)
    if closed.length > MOST_DAYS:
        raise InvalidInput({"end_date": ["At most three years at once"]})
    return closed
