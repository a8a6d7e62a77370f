"""Rate cards: tariffs written once and laid on zones; their only writer, and their reads."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Prefetch, QuerySet

from parking.accounts import approvals
from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.audit import services as audit
from parking.core import clock
from parking.core.actor import Actor
from parking.core.errors import InvalidInput, NotFound, Refused
from parking.core.sites import Sites, at_sites
from parking.facilities.models import ParkingZone
from parking.facilities.queries import zones_named
from parking.tariffs import book, foreseen, lowering, versions
from parking.tariffs.book import PriceBook, prices_now
from parking.tariffs.events import (
    RateCardChanged,
    RateCardCreated,
    RateCardVersionAdded,
    RateCardVersionAsked,
    RateCardVersionEnded,
    RateCardVersionRefused,
    RateCardVersionWithdrawn,
)
from parking.tariffs.models import RateCard, Tariff
from parking.tariffs.rules import Prices
from parking.tariffs.rules.checks import checked
from parking.tariffs.rules.terms import with_fields
from parking.tariffs.versions import Draft, Span, When, text_of
from parking.tariffs.zone_tariffs import USUAL_FEE

# Stands for the id of a card that is not written.
_NOT_YET = -1


@dataclass(frozen=True)
class _Wanted:
    """A version as it would be written."""

    prices: Prices
    span: Span
    name: str


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
    zones = zones_named(zone_ids, actor.sites)
    card = RateCard(name=name, vehicle_kind=draft.vehicle_kind, created_at=now)
    _compare_ahead(actor, card, zones, draft, now)
    with transaction.atomic():
        _save(card)
        card.zones.set(zones)
        wanted = _wanted(card, zones, draft, now)
        lowering.refuse(actor, zones, _after(card, zones, wanted), now)
        made = RateCardCreated(rate_card_id=card.pk, name=name, vehicle_kind=card.vehicle_kind, zone_ids=_ids(zones))
        audit.record(actor, made, now)
        _add_version(actor, card, wanted, now)
    return card_by_id(card.pk, actor)


def change_card(
    *, actor: Actor, card_id: int, name: str | None, zone_ids: Collection[int] | None, now: datetime
) -> RateCard:
    """Give a rate card another name, or lay it on other zones, from now on.

    Raises NotFound; Refused `rate_card_name_taken`, `rate_card_elsewhere`, `second_person_needed`; InvalidInput.
    """
    if zone_ids is not None:
        lowering.compare(actor, *_laid_on(card_by_id(card_id, actor), zone_ids), now)
    with transaction.atomic():
        card = _locked(card_id, actor)
        card.name = name or card.name
        _save(card)
        if zone_ids is not None:
            lowering.refuse(actor, *_laid_on(card, zone_ids), now)
            card.zones.set(zones_named(zone_ids, actor.sites))
        book.renew()
        zones = card.zones.order_by("pk")
        audit.record(actor, RateCardChanged(rate_card_id=card.pk, name=card.name, zone_ids=_ids(zones)), now)
    return card_by_id(card.pk, actor)


def add_version(*, actor: Actor, card_id: int, draft: Draft, now: datetime) -> RateCard:
    """Add a version to a rate card: it changes all its zones from one date.

    Raises NotFound; Refused `valid_from_past`, `events_overlap`, `bands_overlap`, `rate_card_elsewhere`,
    `second_person_needed`; InvalidInput.
    """
    card = card_by_id(card_id, actor)
    _compare_ahead(actor, card, _zones_of(card), draft, now)
    with transaction.atomic():
        card, zones = _locked_with_zones(card_id, actor)
        wanted = _wanted(card, zones, draft, now)
        lowering.refuse(actor, zones, _after(card, zones, wanted), now)
        _add_version(actor, card, wanted, now)
    return card_by_id(card_id, actor)


def propose_version(*, actor: Actor, card_id: int, draft: Draft, now: datetime) -> RateCard | Approval:
    """Add a version as `add_version`; one that makes the running day cheaper waits for a second person.

    Raises as `add_version`, and Refused `waits_already`.
    """
    card = card_by_id(card_id, actor)
    _compare_ahead(actor, card, _zones_of(card), draft, now)
    with transaction.atomic():
        card, zones = _locked_with_zones(card_id, actor)
        wanted = _wanted(card, zones, draft, now)
        if lowering.waits(actor, zones, _after(card, zones, wanted), now):
            return _ask_for_version(actor, card, zones, wanted, now)
        _add_version(actor, card, wanted, now)
    return card_by_id(card_id, actor)


def _ask_for_version(
    actor: Actor, card: RateCard, zones: Collection[ParkingZone], wanted: _Wanted, now: datetime
) -> Approval:
    sites = {zone.site_id for zone in zones}
    facts: dict[str, object] = {
        "name": wanted.name,
        **versions.span_facts(wanted.span, now),
        "terms": wanted.prices.to_json(),
    }
    approval = lowering.ask(
        actor,
        kind=ApprovalKind.RATE_CARD,
        subject_id=card.pk,
        site_id=sites.pop() if len(sites) == 1 else None,
        facts={"rate_card_id": card.pk, "vehicle_kind": card.vehicle_kind, **facts},
        now=now,
    )
    asked = RateCardVersionAsked(rate_card_id=card.pk, approval_id=approval.pk, wanted=facts)
    audit.record(actor, asked, now)
    return approval


def approve_version(*, actor: Actor, approval: Approval, now: datetime) -> None:
    """Add the version that was asked for, from now on at the earliest. Raises as `zone_tariffs.approve_tariff`."""
    with transaction.atomic():
        card = _locked(approval.subject_id, actor)
        facts = approvals.decide(approval, Decision.APPROVE, actor=actor, now=now).facts
        wanted = _Wanted(Prices.from_json(facts["terms"]), versions.span_from(facts, now), facts["name"])
        _add_version(actor, card, wanted, now)


def refuse_version(*, actor: Actor, approval: Approval, now: datetime) -> None:
    """Leave a card as it is. Whoever asked may take it back so. Raises Refused `decided_already`."""
    with transaction.atomic():
        card = _locked(approval.subject_id, actor)
        decided = approvals.decide(approval, Decision.REFUSE, actor=actor, now=now)
        refused = RateCardVersionRefused(rate_card_id=card.pk, approval_id=approval.pk, asked_by=decided.asked_by_id)
        audit.record(actor, refused, now)


def end_event(*, actor: Actor, card_id: int, tariff_id: int, valid_to: When, now: datetime) -> RateCard:
    """Give an event of a rate card another end.

    Raises NotFound; Refused as `versions.end`, `second_person_needed`.
    """
    zones = _zones_of(card_by_id(card_id, actor))
    lowering.compare(actor, zones, _ending(zones, tariff_id, valid_to), now)
    with transaction.atomic():
        card, zones = _locked_with_zones(card_id, actor)
        tariff = versions.version_of(tariff_id, card_id=card.pk)
        lowering.refuse(actor, zones, _ending(zones, tariff.pk, valid_to), now)
        versions.end(tariff=tariff, valid_to=valid_to, zone=_clock_of(zones), now=now)
        ended = text_of(tariff.valid_to or now)
        audit.record(actor, RateCardVersionEnded(rate_card_id=card.pk, tariff_id=tariff.pk, valid_to=ended), now)
    return card_by_id(card_id, actor)


def withdraw_version(*, actor: Actor, card_id: int, tariff_id: int, now: datetime) -> RateCard:
    """Delete a version of a rate card before it begins.

    Raises NotFound; Refused `tariff_begun`, `second_person_needed`.
    """
    zones = _zones_of(card_by_id(card_id, actor))
    lowering.compare(actor, zones, _ending(zones, tariff_id, None), now)
    with transaction.atomic():
        card, zones = _locked_with_zones(card_id, actor)
        lowering.refuse(actor, zones, _ending(zones, tariff_id, None), now)
        versions.withdraw(tariff=versions.version_of(tariff_id, card_id=card.pk), now=now)
        audit.record(actor, RateCardVersionWithdrawn(rate_card_id=card.pk, tariff_id=tariff_id), now)
    return card_by_id(card_id, actor)


def _wanted(card: RateCard, zones: Collection[ParkingZone], draft: Draft, now: datetime) -> _Wanted:
    span = versions.span_of(draft, _clock_of(zones), now)
    fields = dict(draft.fields)
    usual = Prices(fields["base_rate"] if "base_rate" in fields else _usual_rate(card, zones, now), USUAL_FEE)
    return _Wanted(checked(with_fields(usual, fields)), span, draft.name)


def _after(card: RateCard, zones: Collection[ParkingZone], wanted: _Wanted) -> PriceBook:
    ids = [zone.pk for zone in zones]
    return foreseen.with_version(
        prices_now.value(), card.vehicle_kind, wanted.prices, wanted.span, zone_ids=ids, card_id=card.pk or _NOT_YET
    )


def _ending(zones: Collection[ParkingZone], tariff_id: int, valid_to: When | None) -> PriceBook:
    ends = None if valid_to is None else versions.end_of(valid_to, _clock_of(zones))
    return foreseen.ending(prices_now.value(), tariff_id, ends)


def _laid_on(card: RateCard, zone_ids: Collection[int]) -> tuple[list[ParkingZone], PriceBook]:
    """Return the zones on which a card comes to lie, or lies no more, and the prices as they would be."""
    present = set(card.zones.values_list("pk", flat=True))
    changed = ParkingZone.objects.filter(pk__in=present ^ set(zone_ids)).select_related("site").order_by("pk")
    return list(changed), foreseen.laid_on(prices_now.value(), card.pk, zone_ids)


def _compare_ahead(actor: Actor, card: RateCard, zones: Collection[ParkingZone], draft: Draft, now: datetime) -> None:
    """Compare the prices that the zones of a card would have, before anything is locked. Raises as `_wanted`."""
    lowering.compare(actor, zones, _after(card, zones, _wanted(card, zones, draft, now)), now)


def _zones_of(card: RateCard) -> list[ParkingZone]:
    return list(card.zones.select_related("site").order_by("pk"))


def _locked_with_zones(card_id: int, actor: Actor) -> tuple[RateCard, list[ParkingZone]]:
    card = _locked(card_id, actor)
    return card, _zones_of(card)


def _add_version(actor: Actor, card: RateCard, wanted: _Wanted, now: datetime) -> Tariff:
    span = wanted.span
    tariff = versions.add(
        card=card, vehicle_kind=card.vehicle_kind, prices=wanted.prices, span=span, name=wanted.name, now=now
    )
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
    # What another process changed just before is to be seen under the lock.
    book.renew()
    return card


def _ids(zones: Collection[ParkingZone] | QuerySet[ParkingZone]) -> tuple[int, ...]:
    return tuple(zone.pk for zone in zones)


def _save(card: RateCard) -> None:
    try:
        with transaction.atomic():
            card.save()
    except IntegrityError as error:
        raise Refused("rate_card_name_taken", "There is a rate card of this name already") from error
