"""The dashboard's figures, read again only when there is news or a minute is over, however many people look."""

from parking.audit.news import news_now
from parking.core import clock
from parking.core.fresh import UntilNews
from parking.reports.overview import Overview, overview

TREND_DAYS = 30


def _overview(_minute: str) -> Overview:
    return overview(now=clock.now(), days=TREND_DAYS)


# Fourteen statements. Kept by the minute, because the figures move with time too.
_boards: UntilNews[Overview] = UntilNews(_overview, news_now, most=1)


def board_now() -> Overview:
    """Return the figures as of the last news and of this minute."""
    return _boards.value(f"{clock.now():%Y-%m-%d %H:%M}")
