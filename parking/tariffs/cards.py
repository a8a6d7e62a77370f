"""Rate cards: tariffs written once and laid on zones; their only writer, and their reads."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Prefetch, QuerySet

from parking.audit import services as audit
from parking.core import clock
from parking.core.actor import Actor
from parking.core.errors import InvalidInput, NotFound, Refused
from parking.core.sites import Sites, at_sites
from parking.facilities.models import ParkingZone
from parking.facilities.queries import zones_named
from parking.tariffs import book, versions
from parking.tariffs.book import prices_now
from parking.tariffs.events import (
    RateCardChanged,
    RateCardCreated,
    RateCardVersionAdded,
    RateCardVersionEnded,
    RateCardVersionWithdrawn,
)
from parking.tariffs.models import RateCard, Tariff
from parking.tariffs.rules import Prices
from parking.tariffs.rules.terms import with_fields
from parking.tariffs.versions import Draft, When, text_of
from parking.tariffs.zone_tariffs import USUAL_FEE

# --- Reads ---------------------------------------------------------------------------------------------


def cards_of(sites: Sites) -> QuerySet[RateCard]:
    """Return the rate cards by name, each with its versions, the newest first.

    For those who work at some sites, the cards that are laid there.
    """
    cards = RateCard.objects.order_by("name", "pk").prefetch_related(
        "zones__site", Prefetch("versions", Tariff.objects.order_by("-valid_from", "-pk"))
    )
    return cards if sites is None else at_sites(cards, sites, "zones__site_id").distinct()


def card_by_id(card_id: int, actor: Actor) -> RateCard:
    """Return a rate card. Raises NotFound `rate_card_not_found`, also for one that is not laid at the actor's sites."""
    card = cards_of(actor.sites).filter(pk=card_id).first()
    if card is None:
        raise NotFound("rate_card_not_found", "There is no such rate card")
    return card


# --- Changes -------------------------------------------------------------------------------------------


def create_card(*, actor: Actor, name: str, zone_ids: Collection[int], draft: Draft, now: datetime) -> RateCard:
    """Make a rate card with its first version, and lay it on zones of the actor's.

    Raises Refused `rate_card_name_taken` and as `add_version`; InvalidInput.
    """
    with transaction.atomic():
        zones = zones_named(zone_ids, actor.sites)
        card = RateCard(name=name, vehicle_kind=draft.vehicle_kind, created_at=now)
        _save(card)
        card.zones.set(zones)
        made = RateCardCreated(rate_card_id=card.pk, name=name, vehicle_kind=card.vehicle_kind, zone_ids=_ids(zones))
        audit.record(actor, made, now)
        _add_version(actor, card, zones, draft, now)
    return card_by_id(card.pk, actor)


def change_card(
    *, actor: Actor, card_id: int, name: str | None, zone_ids: Collection[int] | None, now: datetime
) -> RateCard:
    """Give a rate card another name, or lay it on other zones, from now on.

    Raises NotFound; Refused `rate_card_name_taken`, `rate_card_elsewhere`; InvalidInput.
    """
    with transaction.atomic():
        card = _locked(card_id, actor)
        card.name = name or card.name
        _save(card)
        if zone_ids is not None:
            card.zones.set(zones_named(zone_ids, actor.sites))
        book.renew()
        zones = card.zones.order_by("pk")
        audit.record(actor, RateCardChanged(rate_card_id=card.pk, name=card.name, zone_ids=_ids(zones)), now)
    return card_by_id(card.pk, actor)


def add_version(*, actor: Actor, card_id: int, draft: Draft, now: datetime) -> RateCard:
    """Add a version to a rate card: it changes all its zones from one date.

    Raises NotFound; Refused `valid_from_past`, `events_overlap`, `bands_overlap`, `rate_card_elsewhere`; InvalidInput.
    """
    with transaction.atomic():
        card = _locked(card_id, actor)
        _add_version(actor, card, list(card.zones.select_related("site").order_by("pk")), draft, now)
    return card_by_id(card_id, actor)


def end_event(*, actor: Actor, card_id: int, tariff_id: int, valid_to: When, now: datetime) -> RateCard:
    """Give an event of a rate card another end. Raises NotFound; Refused as `versions.end`."""
    with transaction.atomic():
        card = _locked(card_id, actor)
        tariff = versions.version_of(tariff_id, card_id=card.pk)
        zone = _clock_of(card.zones.select_related("site").order_by("pk"))
        versions.end(tariff=tariff, valid_to=valid_to, zone=zone, now=now)
        ended = text_of(tariff.valid_to or now)
        audit.record(actor, RateCardVersionEnded(rate_card_id=card.pk, tariff_id=tariff.pk, valid_to=ended), now)
    return card_by_id(card_id, actor)


def withdraw_version(*, actor: Actor, card_id: int, tariff_id: int, now: datetime) -> RateCard:
    """Delete a version of a rate card before it begins. Raises NotFound; Refused `tariff_begun`."""
    with transaction.atomic():
        card = _locked(card_id, actor)
        versions.withdraw(tariff=versions.version_of(tariff_id, card_id=card.pk), now=now)
        audit.record(actor, RateCardVersionWithdrawn(rate_card_id=card.pk, tariff_id=tariff_id), now)
    return card_by_id(card_id, actor)


def _add_version(actor: Actor, card: RateCard, zones: Collection[ParkingZone], draft: Draft, now: datetime) -> Tariff:
    span = versions.span_of(draft, _clock_of(zones), now)
    fields = dict(draft.fields)
    usual = Prices(fields["base_rate"] if "base_rate" in fields else _usual_rate(card, zones, now), USUAL_FEE)
    prices = with_fields(usual, fields)
    tariff = versions.add(card=card, vehicle_kind=card.vehicle_kind, prices=prices, span=span, name=draft.name, now=now)
    added = RateCardVersionAdded(
        rate_card_id=card.pk,
        tariff_id=tariff.pk,
        valid_from=text_of(span.valid_from),
        valid_to=span.end_text,
        terms=tariff.terms,
    )
    audit.record(actor, added, now)
    return tariff


def _usual_rate(card: RateCard, zones: Collection[ParkingZone], now: datetime) -> Decimal:
    """Return the rate of a version that names none: that of the first zone."""
    first = next(iter(zones), None)
    if first is None:
        raise InvalidInput({"base_rate": ["Needed for a card that is not laid on a zone"]})
    return prices_now.value().prices_at(first, card.vehicle_kind, now).base_rate


def _clock_of(zones: Collection[ParkingZone] | QuerySet[ParkingZone]) -> ZoneInfo:
    """Return the time zone in which the dates of a card begin: that of its first zone, or the operator's."""
    first = next(iter(zones), None)
    return ZoneInfo(first.site.time_zone) if first else clock.site_zone()


def _locked(card_id: int, actor: Actor) -> RateCard:
    """Lock a card that the actor may change: one that is laid at no site but the actor's own."""
    card_by_id(card_id, actor)
    card = RateCard.objects.select_for_update(no_key=True).get(pk=card_id)
    if actor.sites is not None and card.zones.exclude(site_id__in=actor.sites).exists():
        raise Refused("rate_card_elsewhere", "This rate card is also laid at sites that are not yours")
    return card


def _ids(zones: Collection[ParkingZone] | QuerySet[ParkingZone]) -> tuple[int, ...]:
    return tuple(zone.pk for zone in zones)


def _save(card: RateCard) -> None:
    try:
        with transaction.atomic():
            card.save()
    except IntegrityError as error:
        raise Refused("rate_card_name_taken", "There is a rate card of this name already") from error
