"""Tags of the design components (docs/design.md); each draws one template of `web/components/`.

Components that only take values are included: `{% include "web/components/chip.html" with ... only %}`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.timezone import localtime

from parking.core import clock
from parking.core.money import indian
from parking.core.plate_words import plate_text, plate_words, plates_words
from parking.core.site_settings import BRAND_NAME
from parking.core.vehicle_kinds import KINDS
from parking.facilities.calendars import zone_of
from parking.web.branding import has_own_colour, logo_version, version
from parking.web.components import (
    amount_text,
    span_text,
    spark_bars,
    time_in_sentence,
    time_text,
    window_text,
)
from parking.web.price_words import length_text
from parking.web.templatetags.parking import rupees, state_of

register = template.Library()

# Kinds of slot that no kind of vehicle is named like.
_SLOT_ICONS = {"LARGE": "truck"}


@register.simple_tag
def brand_name() -> str:
    """Return the operator's name."""
    return BRAND_NAME.at(None)


@register.simple_tag
def brand_logo() -> str:
    """Return the version of the operator's logo, for its address; empty where there is none."""
    return logo_version()


@register.inclusion_tag("web/parts/brand_links.html")
def brand_links() -> dict[str, Any]:
    """Link the brand's icons, and its colours where they are not the usual ones."""
    return {"version": version(), "has_own_colour": has_own_colour()}


@register.filter
def words(text: str) -> list[str]:
    """Return the words of a text, for loops over a few."""
    return text.split()


@register.filter
def unsigned(number: int) -> int:
    """Return a change without its sign, where an arrow shows it."""
    return abs(number)


@register.filter
def signed(number: int) -> str:
    """Return a change with its sign, grouped as in India: +1,200; a minus where it went."""
    return ("\N{MINUS SIGN}" if number < 0 else "+") + indian(Decimal(abs(number))).removesuffix(".00")


@register.inclusion_tag("web/components/money.html")
def money(amount: Decimal | None) -> dict[str, Any]:
    """Draw an amount of rupees, without paise where there are none; nothing for None."""
    return {"text": "" if amount is None else amount_text(Decimal(amount)), "amount": amount}


# For sentences and labels, by the name that it has beside `money`.
register.filter("amount", rupees)


@register.filter
def whole_amount(rupees: Decimal) -> str:
    """Return an amount to the rupee, for a label that has no room for paise and stands for no sum."""
    return amount_text(rupees.quantize(Decimal(1), ROUND_HALF_UP))


@register.filter
def kind_icon(kind: str) -> str:
    """Return the name of the icon of a kind of vehicle, or of slot."""
    known = KINDS.get(kind)
    return known.picture if known else _SLOT_ICONS.get(kind, "car")


register.filter(plate_text)
register.filter(plate_words)
register.filter(plates_words)


@register.inclusion_tag("web/components/plate.html")
def plate(text: str, size: str = "", kind: str = "") -> dict[str, str]:
    """Draw a number plate. `size`: "large"; `kind`: the vehicle's, of which EV has an edge of its own."""
    return {"text": plate_text(text), "size": size, "kind": "ev" if kind == "EV" else ""}


@register.inclusion_tag("web/components/time.html")
def at(time: datetime | None, site_id: int | None = None, only: str = "") -> dict[str, Any]:
    """Draw a moment: Today 09:30, with all of it in the tooltip. `only`: "clock" for the time of day alone."""
    if time is None:
        return {"text": ""}
    local = localtime(time) if site_id is None else time.astimezone(zone_of(site_id))
    now = clock.now().astimezone(local.tzinfo)
    return {
        "text": date_format(local, "H:i") if only == "clock" else time_text(local, now),
        "exact": date_format(local, "l j F Y, H:i:s"),
        "machine": local.isoformat(timespec="seconds"),
    }


register.filter(length_text)


@register.simple_tag
def window(starts_at: datetime, ends_at: datetime, site_id: int) -> str:
    """Return a reserved time at a site as text: Today 20:00 to 22:00, with a dash."""
    local = zone_of(site_id)
    return window_text(starts_at.astimezone(local), ends_at.astimezone(local), clock.now().astimezone(local))


@register.filter
def near(time: datetime, site_id: int) -> str:
    """Return a time at a site for the midst of a sentence: 20:00, and 23 Nov, 20:00 where it is not today."""
    local = zone_of(site_id)
    return time_in_sentence(time.astimezone(local), clock.now().astimezone(local))


@register.inclusion_tag("web/components/time.html")
def ago(time: datetime, until: datetime | None = None) -> dict[str, Any]:
    """Draw how long something lasts: 3 days, with its beginning in the tooltip. Until now where no end is given."""
    end = clock.now() if until is None else until
    local = localtime(time)
    return {
        "text": span_text(end - time if end > time else timedelta(0)),
        "exact": date_format(local, "l j F Y, H:i:s"),
        "machine": local.isoformat(timespec="seconds"),
    }


@register.inclusion_tag("web/components/badge.html")
def badge(code: str) -> dict[str, Any]:
    """Draw a state as a coloured badge, where it is the headline of a card; in rows take `{% state %}`."""
    return state_of(code)


@register.inclusion_tag("web/components/sparkline.html")
def sparkline(values: Sequence[float | Decimal], same: int | None = None) -> dict[str, Any]:
    """Draw small bars, the last one today's; the numbers stand beside them. `same`: the day compared with."""
    return {"bars": spark_bars(values, same=same)}


@register.simple_block_tag
def actions(content: str, kind: str, pk: object, name: object) -> str:
    """Draw the menu of a row around its steps, each an `<li>` with a link or a form; nothing where there is none.

    `kind` and `pk` together are unique on the page; `name` says whose actions they are.
    """
    if not content.strip():
        return ""
    values = {"key": f"{kind}-{pk}", "name": name, "content": content}
    return render_to_string("web/components/row_menu.html", values)
