"""Notices in words, in the active language."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from parking.core import clock
from parking.core.money import indian
from parking.core.plate_words import plate_text
from parking.notifications.kinds import NO_SLOT, Kind, ValueType, known_kind
from parking.notifications.models import Notice


@dataclass(frozen=True)
class Words:
    """A notice as it is read: one line, sentences, and the word on the button that leads to its page."""

    title: str
    text: str
    lines: tuple[str, ...] = ()
    advice: str = ""
    button: str = ""


def words_of(notice: Notice) -> Words:
    """Return the words of a notice. One of a kind that this version does not know says only that there is news."""
    kind = known_kind(notice.kind)
    if kind is None:
        return Words(_("There is news"), _("Open the application to see it."))
    values = _short_spans(written_values(kind, notice))
    rows = [
        row for name, type_ in kind.values.items() if type_ == ValueType.LINES for row in notice.values.get(name) or ()
    ]
    return Words(
        title=str(_title(kind, notice)) % values,
        text=" ".join(str(sentence) % values for sentence in (_text(kind, notice), *_sums(kind, notice))),
        lines=tuple(kind.lines.words(rows)) if rows else (),
        advice=str(kind.advice or ""),
        button=str(kind.button or ""),
    )


def _title(kind: Kind, notice: Notice) -> Promise:
    if kind.unnumbered is not None and _has_no_slot(notice):
        return kind.unnumbered[0]
    money = [name for name, type_ in kind.values.items() if type_ == ValueType.MONEY]
    is_free = not any(_is_some(notice, name) for name in money)
    return kind.free_title if kind.free_title is not None and is_free else kind.title


def _text(kind: Kind, notice: Notice) -> Promise:
    return kind.unnumbered[1] if kind.unnumbered is not None and _has_no_slot(notice) else kind.text


def _has_no_slot(notice: Notice) -> bool:
    return bool(notice.values.get("slot") == NO_SLOT)


def _sums(kind: Kind, notice: Notice) -> list[Promise]:
    return [sentence for name, sentence in kind.sums.items() if _is_some(notice, name)]


def _is_some(notice: Notice, name: str) -> bool:
    return bool(Decimal(str(notice.values.get(name) or 0)))


def written_values(kind: Kind, notice: Notice) -> dict[str, str]:
    """Return the values as they stand in sentences, by name."""
    zone = zone_of(notice)
    return {name: _written(type_, notice.values.get(name, ""), zone) for name, type_ in kind.values.items()}


def _short_spans(values: dict[str, str]) -> dict[str, str]:
    """Return the values for a sentence: a span's end has no date where that is the day on which it starts."""
    day, _comma, time = values.get("ends_at", "").rpartition(", ")
    return values | {"ends_at": time} if day and values.get("starts_at", "").startswith(f"{day}, ") else values


def zone_of(notice: Notice) -> ZoneInfo:
    """Return the time zone in which a notice tells times."""
    return ZoneInfo(notice.time_zone) if notice.time_zone else clock.site_zone()


def _written(type_: ValueType, value: Any, zone: ZoneInfo) -> str:
    if type_ == ValueType.DOER and not value:
        return _("the system")
    if type_ == ValueType.LINES or value in {None, ""}:
        return ""
    if type_ == ValueType.MONEY:
        return f"₹{indian(Decimal(str(value))).removesuffix('.00')}"
    if type_ in {ValueType.TIME, ValueType.DATE}:
        local = datetime.fromisoformat(str(value)).astimezone(zone)
        return formats.date_format(local, "j M Y, H:i" if type_ == ValueType.TIME else "j M Y")
    if type_ == ValueType.PLATE:
        return ", ".join(map(plate_text, str(value).split(", ")))
    return str(value)


# A line must not end inside a plate, a word with a hyphen, a date, or before the letter of a zone.
_PLATE = r"\b(?:[A-Z]{1,3}|\d{1,4})(?: (?:[A-Z]{1,3}|\d{1,6}))+(?![\w-])"
_PIECE = re.compile(rf"({_PLATE}|[^\s,;:()<>&]+-[^\s,;:()<>&]+|\d{{1,2}} \S+ \d{{4}}|\w{{2,}} [A-Z](?![\w-]))")
# Longer ones may have to be broken on a phone.
_LONGEST_PIECE = 24


def unbroken(text: str, markup: str) -> SafeString:
    """Return a text as HTML. `markup`, such as `<span class="nowrap">{}</span>`, is put around what stays together."""
    parts = [
        format_html(markup if number % 2 and len(part) <= _LONGEST_PIECE else "{}", part)
        for number, part in enumerate(_PIECE.split(text))
    ]
    return format_html_join("", "{}", ((part,) for part in parts))
