"""The holiday calendars of sites: their only writer, and their reads.

A day by which a zone becomes cheaper for who comes today, added or taken out, waits for a second person as a tariff of
the first such zone does.
"""

from collections.abc import Callable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from parking.accounts import approvals
from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.facilities.models import ParkingZone
from parking.facilities.queries import present_zones
from parking.facilities.sites import site_by_id
from parking.tariffs import book, foreseen, lowering
from parking.tariffs.book import PriceBook, prices_now
from parking.tariffs.events import HolidayAdded, HolidayRemoved
from parking.tariffs.models import Holiday
from parking.tariffs.zone_tariffs import ask_for


def holidays_of(site_id: int, actor: Actor) -> QuerySet[Holiday]:
    """Return the holidays of a site by date. Raises NotFound `site_not_found`."""
    return Holiday.objects.filter(site=site_by_id(site_id, actor)).order_by("date")


# --- Adding --------------------------------------------------------------------------------------------


def add_holiday(*, actor: Actor, site_id: int, day: date, name: str, now: datetime) -> Holiday:
    """Name a day a holiday of a site, for sessions that begin from now on.

    Raises NotFound `site_not_found`; Refused `holiday_exists`, `second_person_needed`.
    """
    _zones_that_fall(actor, site_id, foreseen.with_holiday, day, now)
    with transaction.atomic():
        if _cheaper_zones(actor, site_id, foreseen.with_holiday, day, now):
            raise lowering.second_person_needed()
        return _add(actor, site_id, day, name, now)


def propose_holiday(*, actor: Actor, site_id: int, day: date, name: str, now: datetime) -> Holiday | Approval:
    """Name a day a holiday as `add_holiday`; one that makes a zone cheaper today waits for a second person.

    Raises NotFound `site_not_found`; Refused `holiday_exists`, `waits_already`.
    """
    _zones_that_fall(actor, site_id, foreseen.with_holiday, day, now)
    with transaction.atomic():
        if zones := _cheaper_zones(actor, site_id, foreseen.with_holiday, day, now):
            return _ask(actor, zones, {"date": day.isoformat(), "name": name}, now)
        return _add(actor, site_id, day, name, now)


def _add(actor: Actor, site_id: int, day: date, name: str, now: datetime) -> Holiday:
    holiday = Holiday(site=site_by_id(site_id, actor), date=day, name=name, created_at=now)
    _save(holiday)
    audit.record(actor, HolidayAdded(site_id=site_id, date=day, name=name), now)
    book.renew()
    return holiday


# --- Taking out ----------------------------------------------------------------------------------------


def propose_removal(*, actor: Actor, site_id: int, holiday_id: int, now: datetime) -> Approval | None:
    """Take a day out of a site's calendar; if that makes a zone cheaper today, it waits for a second person.

    Sessions keep the holidays that they began with.

    Raises NotFound `site_not_found`, `holiday_not_found`; Refused `waits_already`.
    """
    present = _found(holidays_of(site_id, actor).filter(pk=holiday_id).first())
    _zones_that_fall(actor, site_id, foreseen.without_holiday, present.date, now)
    with transaction.atomic():
        holiday = _found(_locked(actor, site_id, holiday_id))
        if zones := _cheaper_zones(actor, site_id, foreseen.without_holiday, holiday.date, now):
            wanted = {"date": holiday.date.isoformat(), "name": holiday.name, "removes": holiday.pk}
            return _ask(actor, zones, wanted, now)
        _remove(actor, holiday, now)
    return None


def _locked(actor: Actor, site_id: int, holiday_id: int) -> Holiday | None:
    return holidays_of(site_id, actor).select_for_update().filter(pk=holiday_id).first()


def _found(holiday: Holiday | None) -> Holiday:
    if holiday is None:
        raise NotFound("holiday_not_found", "There is no such holiday")
    return holiday


def _remove(actor: Actor, holiday: Holiday, now: datetime) -> None:
    holiday.delete()
    audit.record(actor, HolidayRemoved(site_id=holiday.site_id, date=holiday.date, name=holiday.name), now)
    book.renew()


# --- The second person ---------------------------------------------------------------------------------


def approve_holiday(*, actor: Actor, approval: Approval, now: datetime) -> None:
    """Add the day that was asked for, or take it out.

    Raises NotFound `site_not_found`, `holiday_not_found`; Refused `holiday_exists`, `decided_already`, `own_change`;
    Forbidden `second_person_not_independent`.
    """
    with transaction.atomic():
        wanted = approval.facts["holiday"]
        # Before the approval, as whoever asks locks it.
        taken_out = _locked(actor, wanted["site_id"], wanted["removes"]) if "removes" in wanted else None
        approvals.decide(approval, Decision.APPROVE, actor=actor, now=now)
        if "removes" in wanted:
            _remove(actor, _found(taken_out), now)
        else:
            _add(actor, wanted["site_id"], date.fromisoformat(wanted["date"]), wanted["name"], now)


def _ask(actor: Actor, zones: list[ParkingZone], wanted: dict[str, object], now: datetime) -> Approval:
    holiday = {"site_id": zones[0].site_id, **wanted}
    return ask_for(actor, zones[0], {"holiday": holiday, "zone_ids": [zone.pk for zone in zones]}, now)


# What a holiday more or less makes of the prices of a site.
_Change = Callable[[PriceBook, int, date], PriceBook]


def _cheaper_zones(actor: Actor, site_id: int, change: _Change, day: date, now: datetime) -> list[ParkingZone]:
    """Return the zones of a site that become cheaper today, if a second person has to approve that, by their ids."""
    book.renew()
    cheaper = _zones_that_fall(actor, site_id, change, day, now)
    needed = cheaper and approvals.needs_second_person(ApprovalKind.TARIFF, actor, now=now)
    return cheaper if needed else []


def _zones_that_fall(actor: Actor, site_id: int, change: _Change, day: date, now: datetime) -> list[ParkingZone]:
    """Return the zones of a site that become cheaper today, by their ids.

    Asked before the transaction too: that may take seconds, and what was compared is remembered.
    """
    site = site_by_id(site_id, actor)
    if actor.user_id is None:
        return []
    after = change(prices_now.value(), site.pk, day)
    zones = present_zones(sites=frozenset([site.pk])).order_by("pk")
    return [zone for zone in zones if lowering.is_day_cheaper(zone, after, now)]


def _save(holiday: Holiday) -> None:
    try:
        with transaction.atomic():
            holiday.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("holiday_exists", "This day is a holiday already") from error
