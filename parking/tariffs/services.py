"""Change a zone together with its prices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from parking.accounts import approvals
from parking.accounts.models import Approval, Decision
from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import InvalidInput
from parking.facilities import services as facilities
from parking.facilities import sites
from parking.facilities.models import ParkingSite, ParkingZone
from parking.tariffs import book, foreseen, holidays, lowering, zone_demand
from parking.tariffs.book import PriceBook, prices_now
from parking.tariffs.events import TariffChanged
from parking.tariffs.foreseen import PLAIN
from parking.tariffs.models import Holiday, ZoneTariff
from parking.tariffs.rules import KindRate
from parking.tariffs.rules.checks import checked
from parking.tariffs.zone_tariffs import (
    approve_tariff,
    ask_for,
    compare_ahead,
    copy_tariffs,
    follow_columns,
    follow_kind,
    lay_peak_hours,
    locked,
    prices_under_columns,
)


def create_zone(
    *,
    actor: Actor,
    changes: dict[str, Any],
    kind_rates: Sequence[KindRate],
    now: datetime,
    capacity: Mapping[str, int] | None = None,
    peak_rates: Mapping[str, Decimal] | None = None,
) -> ParkingZone:
    """Make a zone with its prices and, where places have no numbers, its capacity by kind.

    `peak_rates` lay the template of peak hours on it. Raises Refused `zone_name_taken`, `zone_is_marked`; InvalidInput.
    """
    with transaction.atomic():
        zone = facilities.create_zone(actor=actor, changes=changes, now=now)
        follow_columns(actor=actor, zone=zone, changes=changes, now=now)
        if kind_rates:
            set_kind_rates(actor=actor, zone=zone, kind_rates=kind_rates, now=now)
        if peak_rates:
            lay_peak_hours(actor=actor, zone=zone, rates=peak_rates, now=now)
        if capacity:
            facilities.set_capacity(actor=actor, zone_id=zone.pk, capacity=capacity, now=now)
    return zone


def update_zone(
    *,
    actor: Actor,
    zone_id: int,
    changes: dict[str, Any],
    kind_rates: Sequence[KindRate] | None,
    now: datetime,
    capacity: Mapping[str, int] | None = None,
    peak_rates: Mapping[str, Decimal] | None = None,
) -> ParkingZone:
    """Change a zone and, unless `kind_rates` is None, what the kinds of vehicles pay.

    Stays keep the terms that they were booked under. Raises NotFound, Refused `zone_name_taken`, `tariff_has_bands`,
    `second_person_needed`, InvalidInput.
    """
    wanted = _Wanted(changes, kind_rates, peak_rates)
    _compare_ahead(actor, zone_id, wanted, now)
    with transaction.atomic():
        if _waits(actor, zone_id, wanted, now):
            raise lowering.second_person_needed()
        return _update(actor, zone_id, changes, kind_rates, now, capacity=capacity, peak_rates=peak_rates)


def _update(
    actor: Actor,
    zone_id: int,
    changes: dict[str, Any],
    kind_rates: Sequence[KindRate] | None,
    now: datetime,
    *,
    capacity: Mapping[str, int] | None,
    peak_rates: Mapping[str, Decimal] | None,
) -> ParkingZone:
    zone = facilities.update_zone(actor=actor, zone_id=zone_id, changes=changes, now=now)
    follow_columns(actor=actor, zone=zone, changes=changes, now=now)
    if kind_rates is not None:
        set_kind_rates(actor=actor, zone=zone, kind_rates=kind_rates, now=now)
    if peak_rates:
        lay_peak_hours(actor=actor, zone=zone, rates=peak_rates, now=now)
    if capacity:
        facilities.set_capacity(actor=actor, zone_id=zone.pk, capacity=capacity, now=now)
    return zone


def propose_zone(
    *,
    actor: Actor,
    zone_id: int,
    changes: dict[str, Any],
    kind_rates: Sequence[KindRate] | None,
    now: datetime,
    capacity: Mapping[str, int] | None = None,
    peak_rates: Mapping[str, Decimal] | None = None,
) -> ParkingZone | Approval:
    """Change a zone as `update_zone`; what makes its day cheaper waits for a second person, if it comes alone.

    That is a rate or fee of cars, or the template of peak hours. Raises as `update_zone`, and Refused `waits_already`.
    """
    wanted = _Wanted(changes, kind_rates, peak_rates)
    _compare_ahead(actor, zone_id, wanted, now)
    with transaction.atomic():
        if not _waits(actor, zone_id, wanted, now):
            return _update(actor, zone_id, changes, kind_rates, now, capacity=capacity, peak_rates=peak_rates)
        if kind_rates is not None or capacity or (changes and peak_rates) or not set(changes) <= set(PLAIN):
            raise lowering.second_person_needed()
        return _ask(actor, zone_id, changes, peak_rates, now)


def _ask(
    actor: Actor,
    zone_id: int,
    changes: Mapping[str, Decimal],
    peak_rates: Mapping[str, Decimal] | None,
    now: datetime,
) -> Approval:
    zone = facilities.lock_zone(zone_id, actor)
    whole = {"vehicle_kind": "CAR", "name": "", "valid_from": None, "valid_to": None}
    if peak_rates:
        prices = checked(foreseen.peak_prices(prices_now.value(), zone, peak_rates, now))
        return ask_for(actor, zone, whole | {"terms": prices.to_json()}, now)
    prices = prices_under_columns(zone, changes, now)
    texts = {name: str(value) for name, value in changes.items()}
    return ask_for(actor, zone, whole | {"terms": prices.to_json(), "changes": texts}, now)


def approve(*, actor: Actor, approval: Approval, now: datetime) -> None:
    """Make the change of prices that was asked for.

    Raises as `zone_tariffs.approve_tariff`, `zone_demand.approve_demand`, `holidays.approve_holiday`.
    """
    for fact, approve_this in _APPROVE.items():
        if fact in approval.facts:
            approve_this(actor=actor, approval=approval, now=now)
            return
    approve_tariff(actor=actor, approval=approval, now=now)


def _approve_columns(*, actor: Actor, approval: Approval, now: datetime) -> None:
    with transaction.atomic():
        zone = locked(approval.subject_id, actor)
        facts = approvals.decide(approval, Decision.APPROVE, actor=actor, now=now).facts
        changes = {name: Decimal(text) for name, text in facts["changes"].items()}
        zone = facilities.update_zone(actor=actor, zone_id=approval.subject_id, changes=changes, now=now)
        follow_columns(actor=actor, zone=zone, changes=changes, now=now)


# What is not a version of a tariff, by the fact that says what was asked for.
_APPROVE = {
    "changes": _approve_columns,
    "steps": zone_demand.approve_demand,
    "holiday": holidays.approve_holiday,
}


@dataclass(frozen=True)
class _Wanted:
    """What shall become of a zone's prices, among what shall become of the zone."""

    changes: Mapping[str, Any]
    kind_rates: Sequence[KindRate] | None
    peak_rates: Mapping[str, Decimal] | None

    def __bool__(self) -> bool:
        return bool(set(self.changes) & set(PLAIN) or self.kind_rates is not None or self.peak_rates)

    def after(self, zone: ParkingZone, now: datetime) -> PriceBook:
        """Return the prices as they would be."""
        after = foreseen.with_columns(prices_now.value(), zone, self.changes, now)
        if self.kind_rates is not None:
            after = foreseen.with_kind_rates(after, zone, self.kind_rates, now)
        return foreseen.with_peak_hours(after, zone, self.peak_rates, now) if self.peak_rates else after


def _compare_ahead(actor: Actor, zone_id: int, wanted: _Wanted, now: datetime) -> None:
    if wanted:
        compare_ahead(actor, zone_id, lambda zone: wanted.after(zone, now), now)


def _waits(actor: Actor, zone_id: int, wanted: _Wanted, now: datetime) -> bool:
    """Return whether a zone becomes cheaper today, and a second person has to approve that. Locks it, if so."""
    if not wanted:
        return False
    zone = locked(zone_id, actor)
    return lowering.waits(actor, [zone], wanted.after(zone, now), now)


def set_kind_rates(*, actor: Actor, zone: ParkingZone, kind_rates: Sequence[KindRate], now: datetime) -> None:
    """Make these the tariffs of a zone whose row is locked; a kind that is not named pays as cars do.

    Rows may be deleted: nothing points to them, because each stay has a copy of its terms. Raises InvalidInput.
    """
    kinds = [rate.vehicle_kind for rate in kind_rates]
    if len(set(kinds)) < len(kinds):
        raise InvalidInput({"kind_rates": ["Each kind of vehicle once"]})
    ZoneTariff.objects.filter(zone=zone).delete()
    ZoneTariff.objects.bulk_create(ZoneTariff(zone=zone, **rate.__dict__) for rate in kind_rates)
    for rate in kind_rates:
        follow_kind(actor=actor, zone=zone, rate=rate, now=now)
    book.renew()
    audit.record(actor, TariffChanged(zone_id=zone.pk, kind_rates=tuple(kind_rates)), now)


def copy_site(*, actor: Actor, site_id: int, name: str, code: str, now: datetime) -> ParkingSite:
    """Make a site, CLOSED, with the hours, zones, prices, coming holidays, gates and settings of another.

    Raises as `facilities.sites.copy_site`.
    """
    with transaction.atomic():
        copied = sites.copy_site(actor=actor, site_id=site_id, name=name, code=code, now=now)
        rates = ZoneTariff.objects.filter(zone__in=copied.zones).order_by("pk")
        ZoneTariff.objects.bulk_create(
            ZoneTariff(
                zone=copied.zones[rate.zone_id],
                vehicle_kind=rate.vehicle_kind,
                hourly_rate=rate.hourly_rate,
                booking_fee=rate.booking_fee,
            )
            for rate in rates
        )
        for old_id, zone in copied.zones.items():
            copy_tariffs(from_zone_id=old_id, to_zone=zone, now=now)
        Holiday.objects.bulk_create(
            Holiday(site=copied.site, date=day.date, name=day.name, created_at=now)
            for day in Holiday.objects.filter(site_id=site_id, date__gte=now.date()).order_by("date")
        )
        book.renew()
    return copied.site
