"""The charge for nights in which a car is inside."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from parking.tariffs.rules.lines import LABELS, BillLine, LineKind
from parking.tariffs.rules.terms import Terms


def nights_inside(begins: datetime, until: datetime, terms: Terms) -> int:
    """Return the number of nights with a moment, the first minute of the night included, at which the car is inside."""
    night = terms.night_charge
    if night is None:
        return 0
    zone = ZoneInfo(terms.time_zone)
    day, last = begins.astimezone(zone).date() - timedelta(days=1), until.astimezone(zone).date()
    found = 0
    while day <= last:
        midnight = datetime.combine(day, time.min)
        first = (midnight + timedelta(minutes=night.begins)).replace(tzinfo=zone)
        end = (midnight + timedelta(minutes=night.begins + night.length)).replace(tzinfo=zone)
        found += begins < end and until >= first
        day += timedelta(days=1)
    return found


def night_lines(begins: datetime, until: datetime, terms: Terms) -> tuple[BillLine, ...]:
    nights = nights_inside(begins, max(begins, until), terms)
    if terms.night_charge is None or nights == 0:
        return ()
    return (BillLine(LABELS[LineKind.NIGHT], nights, terms.night_charge.price, LineKind.NIGHT),)
