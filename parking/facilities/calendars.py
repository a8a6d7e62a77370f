"""The days of sites: each row counts by the time zone of its own site, and equal dates of several sites are one day."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.db.models import Case, DateField, Expression, Field, IntegerField, Q, Value, When
from django.db.models.functions import ExtractHour, TruncDate

from parking.core import clock
from parking.core.fresh import FreshValue
from parking.core.rows import Rows
from parking.core.sites import Sites
from parking.facilities.models import ParkingSite

_ALL = Rows(lambda: ParkingSite.objects.values_list("pk", "time_zone"))


def _read_zones() -> dict[int, str]:
    return dict(_ALL.all())


# The time zone of every site, retired ones too, by the site's id. They hardly ever change, and every report needs them.
zones_of_sites: FreshValue[dict[int, str]] = FreshValue(_read_zones)


Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Calendar:
    """The time zones of some sites: `main`, and `others` with the ids of their sites.

    Nearly every operator has one zone; then no condition names a site, and the statements are those of one calendar.
    """

    main: ZoneInfo
    others: tuple[tuple[ZoneInfo, frozenset[int]], ...] = ()

    def today(self) -> date:
        """Return the present date; of sites in several time zones, that of `main`."""
        return clock.today(self.main)

    def days(self, first: date | None, last: date | None, moment: str, site: str) -> Q:
        """Return the condition that a time is on the days first to last, each row by the zone of its site.

        `moment` is the column of the time, `site` the path to the id of the site. None leaves an end open.
        """
        if first and last:
            return self.within(lambda zone: [_closed(first, last, zone)], moment, site)
        if not self.others:
            return _between(first, last, moment, self.main)
        parts = [self._of_main(site) & _between(first, last, moment, self.main)]
        parts += [_at(ids, site) & _between(first, last, moment, zone) for zone, ids in self.others]
        # The widest span as well: by it alone the database can use an index on the time.
        return self._widest(first, last, moment) & reduce(or_, parts)

    def within(self, spans: Callable[[ZoneInfo], list[Span]], moment: str, site: str) -> Q:
        """Return the condition that a time is in one of the spans that its site's zone has; both their ends are in.

        Each zone has as many spans, in one order, and each of them some that lie in the same days.
        """
        of_main = spans(self.main)
        if not self.others:
            return _in_one(of_main, moment)
        of_others = [(spans(zone), ids) for zone, ids in self.others]
        parts = [self._of_main(site) & _in_one(of_main, moment)]
        parts += [_at(ids, site) & _in_one(found, moment) for found, ids in of_others]
        # As in `days`: the widest spans are for the index.
        same = zip(of_main, *(found for found, _ in of_others), strict=True)
        widest = [(min(begin for begin, _ in each), max(end for _, end in each)) for each in same]
        return _in_one(widest, moment) & reduce(or_, parts)

    def day_of(self, moment: str, site: str) -> Expression:
        """Return the date of a time in the zone of the row's site."""
        return self.by_zone(lambda zone: TruncDate(moment, tzinfo=zone), site, DateField())

    def hour_of(self, moment: str, site: str) -> Expression:
        """Return the hour of the day, 0 to 23, of a time in the zone of the row's site."""
        return self.by_zone(lambda zone: ExtractHour(moment, tzinfo=zone), site, IntegerField())

    def date_at(self, now: datetime, site: str) -> Expression:
        """Return the date that it is at a moment in the zone of the row's site."""
        return self.by_zone(lambda zone: Value(now.astimezone(zone).date(), DateField()), site, DateField())

    def by_zone(self, make: Callable[[ZoneInfo], Expression], site: str, column: "Field[object, object]") -> Expression:
        """Return what `make` returns for the zone of the row's site."""
        if not self.others:
            return make(self.main)
        cases = [When(_at(ids, site), then=make(zone)) for zone, ids in self.others]
        return Case(*cases, default=make(self.main), output_field=column)

    def earliest(self, day: date) -> datetime:
        """Return when a day begins at the first of the sites."""
        return min(clock.day_start(day, zone) for zone in (self.main, *(zone for zone, _ in self.others)))

    def _of_main(self, site: str) -> Q:
        # Also sites that were made a moment ago, and are in nobody's list yet.
        return ~_at(frozenset().union(*(ids for _, ids in self.others)), site)

    def _widest(self, first: date | None, last: date | None, moment: str) -> Q:
        span = Q()
        if first:
            span &= Q(**{f"{moment}__gte": self.earliest(first)})
        if last:
            zones = [self.main, *(zone for zone, _ in self.others)]
            span &= Q(**{f"{moment}__lt": max(clock.day_start(last + timedelta(days=1), zone) for zone in zones)})
        return span


def calendar_of(sites: Sites) -> Calendar:
    """Return the calendar of these sites.

    Of several time zones the operator's is `main`, if a site is in it, otherwise that of most sites.
    """
    known = zones_of_sites.value()
    named = {pk: name for pk, name in known.items() if sites is None or pk in sites}
    if not named:
        return Calendar(clock.site_zone())
    counted = Counter(sorted(named.values()))
    own = clock.site_zone().key
    main = own if own in counted else counted.most_common(1)[0][0]
    others = [name for name in sorted(counted) if name != main]
    ids = {name: frozenset(pk for pk, zone in named.items() if zone == name) for name in others}
    return Calendar(ZoneInfo(main), tuple((ZoneInfo(name), ids[name]) for name in others))


def zone_of(site_id: int | None) -> ZoneInfo:
    """Return the time zone of a site; the operator's for one that was made a moment ago, and for what has none."""
    name = zones_of_sites.value().get(site_id) if site_id is not None else None
    return ZoneInfo(name) if name else clock.site_zone()


def _at(site_ids: frozenset[int], site: str) -> Q:
    return Q(**{f"{site}__in": sorted(site_ids)})


def _in_one(spans: list[Span], moment: str) -> Q:
    return reduce(or_, (Q(**{f"{moment}__range": span}) for span in spans))


def _closed(first: date, last: date, zone: ZoneInfo) -> Span:
    begin, end = clock.day_range(first, last, zone)
    return begin, end - timedelta.resolution


def _between(first: date | None, last: date | None, moment: str, zone: ZoneInfo) -> Q:
    found = Q()
    if first:
        found &= Q(**{f"{moment}__gte": clock.day_start(first, zone)})
    if last:
        found &= Q(**{f"{moment}__lt": clock.day_start(last + timedelta(days=1), zone)})
    return found
