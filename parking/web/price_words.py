"""A tariff in words, and as the strip of a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parking.core.money import PAISA
from parking.tariffs.rules import Terms
from parking.tariffs.rules.bands import day_parts
from parking.tariffs.rules.lines import HOUR
from parking.tariffs.rules.terms import CollectAt, FreeMode, NightCharge, Slab, clock_text
from parking.web.components import amount_text
from parking.web.templatetags.parking import duration

# Colours of the strip, from the cheapest rate to the dearest.
TONES = 4


@dataclass(frozen=True)
class Part:
    """Hours of a day with one rate (rupees an hour): minutes of the day, the name of the band, and the tone, 1 to 4."""

    begins: int
    ends: int
    name: str
    rate: Decimal
    tone: int

    @property
    def width(self) -> int:
        return self.ends - self.begins

    @property
    def hours(self) -> str:
        """Return both times of day: 06:00 to 09:00, and 24:00 at the end."""
        return f"{clock_text(self.begins)}–{'24:00' if self.ends == 24 * HOUR else clock_text(self.ends)}"  # noqa: RUF001


@dataclass(frozen=True)
class PriceWords:
    """What a kind pays: the parts of a day, the present minute if that is today, and what else holds, in sentences."""

    parts: tuple[Part, ...]
    minute: int | None
    sentences: tuple[str, ...]

    @property
    def label(self) -> str:
        """Return the strip in words."""
        return ", ".join(f"{part.hours} {amount_text(part.rate)}" for part in self.parts)


def words_of(terms: Terms, now: datetime, day: date | None = None) -> PriceWords | None:
    """Return a tariff in words, on a day at the site, today unless said; None for one rate round the clock."""
    sentences = tuple(_sentences(terms))
    if terms.is_flat and not sentences:
        return None
    local = now.astimezone(ZoneInfo(terms.time_zone))
    day = day or local.date()
    parts = () if not terms.bands else _parts(terms, day)
    return PriceWords(parts, local.hour * HOUR + local.minute if day == local.date() else None, sentences)


@dataclass(frozen=True)
class ShownPrice:
    """A tariff on a page by itself: rupees an hour where one rate holds round the clock, and its words."""

    rate: Decimal | None
    words: PriceWords | None


def shown_price(terms: Terms, now: datetime, day: date | None = None) -> ShownPrice:
    """Return a tariff for a page, on a day at the site, today unless said."""
    return ShownPrice(terms.base_rate if terms.is_flat else None, words_of(terms, now, day))


def _parts(terms: Terms, day: date) -> tuple[Part, ...]:
    found = day_parts(terms, day)
    rates = sorted({part.band.rate if part.band else terms.base_rate for part in found})
    return tuple(
        Part(part.begins, part.ends, part.band.name if part.band else "", rate, _tone(rates, rate))
        for part in found
        for rate in (part.band.rate if part.band else terms.base_rate,)
    )


def _tone(rates: list[Decimal], rate: Decimal) -> int:
    """Return the tone of a rate among those of a day: the dearest has the last, the cheapest the first."""
    last = max(len(rates) - 1, 1)
    return 1 + rates.index(rate) * (TONES - 1) // last


def _sentences(terms: Terms) -> Iterator[str]:
    yield from (_slab(slab) for slab in terms.slabs)
    if terms.step_minutes != HOUR and not terms.slabs:
        yield _("Charged in steps of %(time)s") % {"time": length_text(terms.step_minutes)}
    if terms.free_minutes:
        yield from _free(terms)
    if terms.collect_at == CollectAt.ENTRY:
        yield _("The first step is paid at the entry, the rest at the exit")
    if terms.daily_cap is not None:
        yield _("At most %(amount)s in 24 hours") % {"amount": amount_text(terms.daily_cap)}
    if terms.night_charge is not None:
        yield _night(terms.night_charge)
    if terms.overstay_percent and not terms.slabs:
        yield _("Time after the booked end costs %(percent)s %% more") % {"percent": terms.overstay_percent}
    if terms.round_to != PAISA:
        yield _("The total is rounded to %(amount)s") % {"amount": amount_text(terms.round_to)}


def length_text(minutes: int) -> str:
    """Return minutes as a tariff says them: 15 min; 24 h; 1 h 30 min."""
    hours, rest = divmod(minutes, HOUR)
    return duration(minutes) if rest else ngettext("%(hours)d h", "%(hours)d h", hours) % {"hours": hours}


def _free(terms: Terms) -> Iterator[str]:
    free = {"time": length_text(terms.free_minutes)}
    if terms.free_mode == FreeMode.DEDUCT:
        yield _("The first %(time)s are free") % free
    else:
        yield _("Without booking, a stay of up to %(time)s is free") % free
    if terms.free_again_after_minutes:
        again = length_text(terms.free_again_after_minutes)
        yield _("Each vehicle has free minutes once in %(time)s") % {"time": again}


def _night(night: NightCharge) -> str:
    hours = {"from": clock_text(night.begins), "to": clock_text(night.ends)}
    return _("%(amount)s for each night, %(from)s to %(to)s") % (hours | {"amount": amount_text(night.price)})


def _slab(slab: Slab) -> str:
    facts = {"time": length_text(slab.until_minutes), "amount": amount_text(slab.price)}
    if slab.every_minutes is None:
        return _("Up to %(time)s: %(amount)s") % facts
    every = length_text(slab.every_minutes)
    return _("Up to %(time)s: %(amount)s more for each %(every)s") % (facts | {"every": every})
