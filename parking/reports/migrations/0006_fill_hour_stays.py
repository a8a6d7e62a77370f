"""Fill in the hours of those days that are added up already and are still compared with today."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations
from django.db.models import Count, F
from django.db.models.functions import ExtractHour, TruncDate

# The dashboard compares with the same weekday of four weeks.
DAYS = timedelta(days=35)
DAY = timedelta(days=1)
MOMENTS = {"booked": "booked_at", "entered": "entry_time", "left": "ended_at"}


def fill(apps: Any, _editor: Any) -> None:
    """Count the sessions of each hour by the time zone of their site."""
    state = apps.get_model("reports", "RollState").objects.first()
    if state is None or state.through is None:
        return
    sites_by_zone: dict[str, list[int]] = defaultdict(list)
    for pk, name in apps.get_model("facilities", "ParkingSite").objects.values_list("pk", "time_zone"):
        sites_by_zone[name].append(pk)
    hours = apps.get_model("reports", "HourStays")
    sessions = apps.get_model("stays", "ParkingSession").objects.order_by()
    for name, sites in sites_by_zone.items():
        of_zone = sessions.filter(zone__site_id__in=sites)
        counted = _counted(of_zone, state.through - DAYS, state.through + DAY, ZoneInfo(name))
        rows = [hours(site_id=site, day=day, hour=hour, **found) for (site, day, hour), found in counted.items()]
        hours.objects.bulk_create(rows, batch_size=500)


def _counted(sessions: Any, first: date, end: date, zone: ZoneInfo) -> dict[tuple[int, date, int], dict[str, int]]:
    counted: dict[Any, dict[str, int]] = defaultdict(dict)
    begins, ends = (datetime.combine(day, time.min, zone) for day in (first, end))
    for name, moment in MOMENTS.items():
        rows = sessions.filter(**{f"{moment}__gte": begins, f"{moment}__lt": ends})
        if name == "left":
            rows = rows.filter(exit_time__isnull=False)
        keys = {
            "site": F("zone__site_id"),
            "on_day": TruncDate(moment, tzinfo=zone),
            "at_hour": ExtractHour(moment, tzinfo=zone),
        }
        for row in rows.values(**keys).annotate(number=Count("pk")):
            counted[row["site"], row["on_day"], row["at_hour"]][name] = row["number"]
    return counted


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_hour_stays"), ("stays", "0024_search_on_sqlite")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
