"""Change a zone together with its prices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from parking.accounts import approvals
from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import InvalidInput
from parking.core.ids import Ref
from parking.facilities import services as facilities
from parking.facilities import sites
from parking.facilities.models import ParkingSite, ParkingZone
from parking.facilities.queries import find_zone
from parking.tariffs import book, lowering
from parking.tariffs.events import TariffChanged
from parking.tariffs.models import Holiday, ZoneTariff
from parking.tariffs.rules import KindRate
from parking.tariffs.zone_tariffs import (
    PLAIN,
    approve_tariff,
    ask_for,
    copy_tariffs,
    follow_columns,
    follow_kind,
    lay_peak_hours,
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
    with transaction.atomic():
        if _waits(actor, zone_id, changes, kind_rates, now):
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
    """Change a zone as `update_zone`; a rate or fee of cars that falls waits for a second person, if it comes alone.

    Raises as `update_zone`, and Refused `waits_already`.
    """
    is_alone = set(changes) <= set(PLAIN) and kind_rates is None and not capacity and not peak_rates
    with transaction.atomic():
        waits = _waits(actor, zone_id, changes, kind_rates, now)
        if waits and not is_alone:
            raise lowering.second_person_needed()
        if waits:
            zone = facilities.lock_zone(zone_id, actor)
            prices = prices_under_columns(zone, changes, now)
            facts = {"vehicle_kind": "CAR", "name": "", "valid_from": None, "valid_to": None, "terms": prices.to_json()}
            return ask_for(actor, zone, facts | {"changes": {name: str(changes[name]) for name in changes}}, now)
        return _update(actor, zone_id, changes, kind_rates, now, capacity=capacity, peak_rates=peak_rates)


def approve(*, actor: Actor, approval: Approval, now: datetime) -> None:
    """Make the change of a zone's prices that was asked for. Raises as `zone_tariffs.approve_tariff`."""
    if "changes" not in approval.facts:
        approve_tariff(actor=actor, approval=approval, now=now)
        return
    with transaction.atomic():
        facts = approvals.decide(approval, Decision.APPROVE, actor=actor, now=now).facts
        changes = {name: Decimal(text) for name, text in facts["changes"].items()}
        zone = facilities.update_zone(actor=actor, zone_id=approval.subject_id, changes=changes, now=now)
        follow_columns(actor=actor, zone=zone, changes=changes, now=now)


def _waits(
    actor: Actor, zone_id: int, changes: Mapping[str, Any], kind_rates: Sequence[KindRate] | None, now: datetime
) -> bool:
    """Return whether rates or fees of a zone fall, and a second person has to approve that."""
    if not (set(changes) & set(PLAIN) or kind_rates is not None):
        return False
    zone = find_zone(Ref(pk=zone_id), sites=actor.sites)
    falls = lowering.lowers_columns(zone, changes, kind_rates, now)
    return falls and approvals.needs_second_person(ApprovalKind.TARIFF, actor, now=now)


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
