"""The only writer of versions of tariffs. What a version belongs to, a zone or a rate card, must be locked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from parking.core import clock
from parking.core.errors import InvalidInput, NotFound, Refused
from parking.tariffs import book
from parking.tariffs.models import RateCard, Tariff
from parking.tariffs.rules import Prices
from parking.tariffs.rules.checks import checked
from parking.vehicles.models import VehicleKind

# A date begins at local midnight, today at once; a time is a time (aware).
When = date | datetime


@dataclass(frozen=True)
class Draft:
    """A version as somebody wants it: the fields of its prices that are given, and when it holds."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    vehicle_kind: str = VehicleKind.CAR
    valid_from: When | None = None
    valid_to: When | None = None
    name: str = ""


@dataclass(frozen=True)
class Span:
    """From when until when a version holds (aware); without end, until another begins."""

    valid_from: datetime
    valid_to: datetime | None = None

    @property
    def end_text(self) -> str | None:
        """Return the end as a text for the record."""
        return text_of(self.valid_to) if self.valid_to else None


def text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def span_of(draft: Draft, zone: ZoneInfo, now: datetime) -> Span:
    """Return when a draft holds. Raises Refused `valid_from_past`; InvalidInput."""
    begins = _beginning(draft.valid_from, zone, now)
    ends = None if draft.valid_to is None else end_of(draft.valid_to, zone)
    if ends is not None and ends <= begins:
        raise InvalidInput({"valid_to": ["Later than the beginning"]})
    return Span(begins, ends)


def _beginning(when: When | None, zone: ZoneInfo, now: datetime) -> datetime:
    if when is None or (not isinstance(when, datetime) and when == now.astimezone(zone).date()):
        return now
    begins = when if isinstance(when, datetime) else clock.day_start(when, zone).astimezone(UTC)
    if begins < now:
        raise Refused("valid_from_past", "A tariff cannot begin in the past")
    return begins


def end_of(when: When, zone: ZoneInfo) -> datetime:
    """Return the moment, or the end of the day."""
    return when if isinstance(when, datetime) else clock.day_start(when + timedelta(days=1), zone).astimezone(UTC)


def span_facts(span: Span, now: datetime) -> dict[str, str | None]:
    """Return a span as an approval keeps it; one that began at once begins when it is approved."""
    return {"valid_from": text_of(span.valid_from) if span.valid_from > now else None, "valid_to": span.end_text}


def span_from(facts: Mapping[str, Any], now: datetime) -> Span:
    """Return the span of an approval, not in the past. Raises InvalidInput if it is over."""
    begins, ends = (datetime.fromisoformat(text) if text else None for text in (facts["valid_from"], facts["valid_to"]))
    span = Span(max(begins or now, now), ends)
    if span.valid_to is not None and span.valid_to <= span.valid_from:
        raise InvalidInput({"valid_to": ["Later than the beginning"]})
    return span


def add(
    *,
    zone_id: int | None = None,
    card: RateCard | None = None,
    vehicle_kind: str,
    prices: Prices,
    span: Span,
    now: datetime,
    name: str = "",
    is_base: bool = False,
) -> Tariff:
    """Write a version. Raises Refused `events_overlap`, `bands_overlap`; InvalidInput."""
    checked(prices)
    tariff = Tariff(
        zone_id=zone_id,
        rate_card=card,
        vehicle_kind=vehicle_kind,
        name=name,
        valid_from=span.valid_from,
        valid_to=span.valid_to,
        is_base=is_base,
        terms=prices.to_json(),
        created_at=now,
    )
    _refuse_overlap(tariff)
    tariff.save(force_insert=True)
    book.renew()
    return tariff


def end(*, tariff: Tariff, valid_to: When, zone: ZoneInfo, now: datetime) -> None:
    """Give an event another end, not before `now`. Raises Refused `not_an_event`, `events_overlap`; InvalidInput."""
    if tariff.valid_to is None:
        raise Refused("not_an_event", "Only an event has an end: let another version follow")
    ends = end_of(valid_to, zone)
    if ends < now or ends <= tariff.valid_from or tariff.valid_to <= now:
        raise InvalidInput({"valid_to": ["Neither in the past nor before the event begins"]})
    tariff.valid_to = ends
    _refuse_overlap(tariff)
    tariff.save(update_fields=["valid_to"])
    book.renew()


def withdraw(*, tariff: Tariff, now: datetime) -> None:
    """Delete a version that has not begun. Raises Refused `tariff_begun`."""
    if tariff.valid_from <= now:
        raise Refused("tariff_begun", "This tariff has begun: let another one follow, or end an event early")
    tariff.delete()
    book.renew()


def version_of(tariff_id: int, *, zone_id: int | None = None, card_id: int | None = None) -> Tariff:
    """Return a version of a zone's own tariff, or of a rate card. Raises NotFound `tariff_not_found`."""
    rows = Tariff.objects.filter(pk=tariff_id, zone_id=zone_id, rate_card_id=card_id, is_base=False)
    tariff = rows.first()
    if tariff is None:
        raise NotFound("tariff_not_found", "There is no such tariff")
    return tariff


def _refuse_overlap(tariff: Tariff) -> None:
    """Raise Refused if an event would overlap another of the same zone, or rate card, and kind."""
    if tariff.valid_to is None:
        return
    others = Tariff.objects.filter(
        Q(valid_from__lt=tariff.valid_to, valid_to__gt=tariff.valid_from),
        zone_id=tariff.zone_id,
        rate_card_id=tariff.rate_card_id,
        vehicle_kind=tariff.vehicle_kind,
    )
    if other := others.exclude(pk=tariff.pk).first():
        raise Refused("events_overlap", "Another event holds at that time", tariff_id=other.pk)
