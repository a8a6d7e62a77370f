"""A zone's own tariff: what changes it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from parking.accounts import approvals
from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.facilities.queries import find_zone
from parking.facilities.services import lock_zone
from parking.tariffs import book, foreseen, lowering, versions
from parking.tariffs.book import PriceBook, Version, holding, prices_now
from parking.tariffs.events import TariffAdded, TariffAsked, TariffEnded, TariffRefused, TariffWithdrawn
from parking.tariffs.foreseen import PLAIN, peak_prices
from parking.tariffs.models import RateCard, Tariff
from parking.tariffs.rules import KindRate, Prices
from parking.tariffs.rules.checks import checked
from parking.tariffs.rules.terms import with_fields
from parking.tariffs.versions import Draft, Span, When, text_of

# What a tariff costs to book, unless it says so.
USUAL_FEE = Decimal("50.00")


def add_tariff(*, actor: Actor, zone_id: int, draft: Draft, now: datetime) -> Tariff:
    """Add a version to a zone's own tariff of a kind; its rate is the zone's, unless the draft says so.

    Raises NotFound `zone_not_found`; Refused `valid_from_past`, `events_overlap`, `bands_overlap`,
    `second_person_needed`; InvalidInput.
    """
    compare_ahead(actor, zone_id, lambda zone: _with_draft(zone, draft, now), now)
    with transaction.atomic():
        zone = locked(zone_id, actor)
        prices, span = _wanted(zone, draft, now)
        lowering.refuse(actor, [zone], _after(zone, draft.vehicle_kind, prices, span), now)
        return _add(actor, zone, draft.vehicle_kind, prices, span, now=now, name=draft.name)


def propose_tariff(*, actor: Actor, zone_id: int, draft: Draft, now: datetime) -> Tariff | Approval:
    """Add a version as `add_tariff`; one that makes the running day cheaper waits for a second person.

    Raises as `add_tariff`, and Refused `waits_already`.
    """
    compare_ahead(actor, zone_id, lambda zone: _with_draft(zone, draft, now), now)
    with transaction.atomic():
        zone = locked(zone_id, actor)
        prices, span = _wanted(zone, draft, now)
        if not lowering.waits(actor, [zone], _after(zone, draft.vehicle_kind, prices, span), now):
            return _add(actor, zone, draft.vehicle_kind, prices, span, now=now, name=draft.name)
        facts = {
            "vehicle_kind": draft.vehicle_kind,
            "name": draft.name,
            **versions.span_facts(span, now),
            "terms": prices.to_json(),
        }
        return ask_for(actor, zone, facts, now)


def ask_for(actor: Actor, zone: ParkingZone, facts: Mapping[str, object], now: datetime) -> Approval:
    """Let a change of a zone's prices wait for a second person. Raises Refused `waits_already`."""
    whole = {"zone_id": zone.pk, **facts}
    approval = lowering.ask(
        actor, kind=ApprovalKind.TARIFF, subject_id=zone.pk, site_id=zone.site_id, facts=whole, now=now
    )
    audit.record(actor, TariffAsked(zone_id=zone.pk, approval_id=approval.pk, wanted=dict(facts)), now)
    return approval


def approve_tariff(*, actor: Actor, approval: Approval, now: datetime) -> None:
    """Add the version that was asked for, from now on at the earliest.

    Raises Refused `decided_already`, `own_change`, `events_overlap`; Forbidden `second_person_not_independent`;
    InvalidInput.
    """
    with transaction.atomic():
        zone = lock_zone(approval.subject_id, actor)
        facts = _decided(actor, approval, Decision.APPROVE, now).facts
        span = versions.span_from(facts, now)
        _add(actor, zone, facts["vehicle_kind"], Prices.from_json(facts["terms"]), span, now=now, name=facts["name"])


def refuse_tariff(*, actor: Actor, approval: Approval, now: datetime) -> None:
    """Leave the prices as they are. Whoever asked may take it back so. Raises Refused `decided_already`."""
    with transaction.atomic():
        decided = _decided(actor, approval, Decision.REFUSE, now)
        refused = TariffRefused(zone_id=approval.subject_id, approval_id=approval.pk, asked_by=decided.asked_by_id)
        audit.record(actor, refused, now)


def locked(zone_id: int, actor: Actor) -> ParkingZone:
    """Lock a zone whose prices are to change, and let them be read as they are under the lock. Raises NotFound."""
    zone = lock_zone(zone_id, actor)
    book.renew()
    return zone


def compare_ahead(actor: Actor, zone_id: int, after: Callable[[ParkingZone], PriceBook], now: datetime) -> None:
    """Compare the prices that a zone would have, before it is locked: no booking waits meanwhile.

    Raises NotFound `zone_not_found`, and as `after`.
    """
    zone = find_zone(Ref(pk=zone_id), sites=actor.sites)
    lowering.compare(actor, [zone], after(zone), now)


def _decided(actor: Actor, approval: Approval, decision: Decision, now: datetime) -> Approval:
    return approvals.decide(approval, decision, actor=actor, now=now)


def _wanted(zone: ParkingZone, draft: Draft, now: datetime) -> tuple[Prices, Span]:
    span = versions.span_of(draft, _clock_of(zone), now)
    usual = prices_now.value().prices_at(zone, draft.vehicle_kind, now).base_rate
    return checked(Prices(**({"base_rate": usual, "booking_fee": USUAL_FEE} | dict(draft.fields)))), span


def _with_draft(zone: ParkingZone, draft: Draft, now: datetime) -> PriceBook:
    return _after(zone, draft.vehicle_kind, *_wanted(zone, draft, now))


def _after(zone: ParkingZone, kind: str, prices: Prices, span: Span) -> PriceBook:
    return foreseen.with_version(prices_now.value(), kind, prices, span, zone_ids=[zone.pk])


def end_event(*, actor: Actor, zone_id: int, tariff_id: int, valid_to: When, now: datetime) -> Tariff:
    """Give an event of a zone another end. Raises NotFound; Refused as `versions.end`, `second_person_needed`."""
    compare_ahead(actor, zone_id, lambda zone: _ending(zone, tariff_id, valid_to), now)
    with transaction.atomic():
        zone = locked(zone_id, actor)
        tariff = versions.version_of(tariff_id, zone_id=zone.pk)
        lowering.refuse(actor, [zone], _ending(zone, tariff.pk, valid_to), now)
        _end(actor, zone, tariff, valid_to, now)
    return tariff


def withdraw_tariff(*, actor: Actor, zone_id: int, tariff_id: int, now: datetime) -> None:
    """Delete a version of a zone's tariff before it begins.

    Raises NotFound; Refused `tariff_begun`, `second_person_needed`.
    """
    compare_ahead(actor, zone_id, lambda zone: _ending(zone, tariff_id, None), now)
    with transaction.atomic():
        zone = locked(zone_id, actor)
        tariff = versions.version_of(tariff_id, zone_id=zone.pk)
        lowering.refuse(actor, [zone], _ending(zone, tariff.pk, None), now)
        versions.withdraw(tariff=tariff, now=now)
        audit.record(actor, TariffWithdrawn(zone_id=zone.pk, tariff_id=tariff_id), now)


def _ending(zone: ParkingZone, tariff_id: int, valid_to: When | None) -> PriceBook:
    ends = None if valid_to is None else versions.end_of(valid_to, _clock_of(zone))
    return foreseen.ending(prices_now.value(), tariff_id, ends)


def follow_columns(*, actor: Actor, zone: ParkingZone, changes: Mapping[str, Decimal], now: datetime) -> None:
    """Let the tariff of cars follow a change of the zone's rate or fee, from now on. The zone must be locked.

    Where a tariff of its own or a rate card holds, a copy of that follows with the changed fields; otherwise a version
    of the plain prices. Raises Refused `tariff_has_bands` for a rate where the day or the length of a stay decides.
    """
    fields = {PLAIN[name]: value for name, value in changes.items() if name in PLAIN}
    if not fields:
        return
    version = prices_now.value().version_at(zone.pk, "CAR", now)
    if version is None:
        plain = Prices(zone.hourly_rate, zone.booking_fee)
        versions.add(zone_id=zone.pk, vehicle_kind="CAR", prices=plain, span=Span(now), is_base=True, now=now)
        return
    _follow(actor, zone, version, fields, now)


def prices_under_columns(zone: ParkingZone, changes: Mapping[str, Decimal], now: datetime) -> Prices:
    """Return what cars would pay with a zone's rate or fee changed so."""
    present = prices_now.value().prices_at(zone, "CAR", now)
    if "hourly_rate" in changes and not present.is_flat:
        raise _tariff_has_bands()
    return with_fields(present, {PLAIN[name]: value for name, value in changes.items()})


def follow_kind(*, actor: Actor, zone: ParkingZone, rate: KindRate, now: datetime) -> None:
    """Let the tariff of another kind follow its rate and fee, if a tariff of its own or a rate card holds for it."""
    version = prices_now.value().version_at(zone.pk, rate.vehicle_kind, now)
    if version is None:
        return
    fields = {"base_rate": rate.hourly_rate, "booking_fee": rate.booking_fee}
    changed = {name: value for name, value in fields.items() if getattr(version.prices, name) != value}
    if changed:
        _follow(actor, zone, version, changed, now)


def lay_peak_hours(*, actor: Actor, zone: ParkingZone, rates: Mapping[str, Decimal], now: datetime) -> None:
    """Lay the template of peak hours, with these of its rates, on the tariff of cars of a zone that is locked."""
    prices = peak_prices(prices_now.value(), zone, rates, now)
    _add(actor, zone, "CAR", prices, Span(now), now=now)


def copy_tariffs(*, from_zone_id: int, to_zone: ParkingZone, now: datetime) -> None:
    """Give a new zone what another one has: its rate cards, and the tariffs of its own that hold now."""
    for card in RateCard.objects.filter(zones=from_zone_id).order_by("pk"):
        card.zones.add(to_zone)
    plain = Prices(to_zone.hourly_rate, to_zone.booking_fee)
    versions.add(zone_id=to_zone.pk, vehicle_kind="CAR", prices=plain, span=Span(now), is_base=True, now=now)
    for (zone_id, kind), own in prices_now.value().own.items():
        standing = holding((version for version in own if not version.is_event), now)
        if zone_id == from_zone_id and standing is not None:
            versions.add(zone_id=to_zone.pk, vehicle_kind=kind, prices=standing.prices, span=Span(now), now=now)


def _follow(actor: Actor, zone: ParkingZone, version: Version, fields: Mapping[str, Decimal], now: datetime) -> None:
    if "base_rate" in fields and not version.prices.is_flat:
        raise _tariff_has_bands()
    prices = with_fields(version.prices, fields)
    if version.is_event and version.zone_id == zone.pk:
        _end(actor, zone, versions.version_of(version.id, zone_id=zone.pk), now, now)
    _add(actor, zone, version.vehicle_kind, prices, Span(now, version.valid_to), now=now, name=version.name)


def _tariff_has_bands() -> Refused:
    return Refused("tariff_has_bands", "The rate of this zone follows its tariff: change that")


def _add(
    actor: Actor, zone: ParkingZone, kind: str, prices: Prices, span: Span, *, now: datetime, name: str = ""
) -> Tariff:
    tariff = versions.add(zone_id=zone.pk, vehicle_kind=kind, prices=prices, span=span, name=name, now=now)
    event = TariffAdded(
        zone_id=zone.pk,
        tariff_id=tariff.pk,
        vehicle_kind=kind,
        valid_from=text_of(span.valid_from),
        valid_to=span.end_text,
        terms=tariff.terms,
    )
    audit.record(actor, event, now)
    return tariff


def _end(actor: Actor, zone: ParkingZone, tariff: Tariff, valid_to: When, now: datetime) -> None:
    versions.end(tariff=tariff, valid_to=valid_to, zone=_clock_of(zone), now=now)
    ended = text_of(tariff.valid_to or now)
    audit.record(actor, TariffEnded(zone_id=zone.pk, tariff_id=tariff.pk, valid_to=ended), now)


def _clock_of(zone: ParkingZone) -> ZoneInfo:
    return ZoneInfo(zone.site.time_zone)
