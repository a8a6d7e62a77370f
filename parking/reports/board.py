"""The dashboard's figures, read again only when there is news or a minute is over, however many people look."""

from parking.audit.news import news_now
from parking.core import clock
from parking.core.fresh import UntilNews
from parking.core.sites import Sites
from parking.reports.overview import Overview, overview
from parking.stays.watching import counts_now

TREND_DAYS = 30
BOARDS_KEPT = 20


def _overview(_minute: str, sites: Sites) -> Overview:
    return overview(now=clock.now(), sites=sites, days=TREND_DAYS, counts=counts_now())


# Sixteen statements. Kept by the minute, because the figures move with time too, and by the sites of who looks.
_boards: UntilNews[Overview] = UntilNews(_overview, news_now, most=BOARDS_KEPT)


def board_now(*, sites: Sites) -> Overview:
    """Return the figures of these sites as of the last news and of this minute."""
    return _boards.value(f"{clock.now():%Y-%m-%d %H:%M}", sites)
