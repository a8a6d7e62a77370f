"""Reads of passes: for screens and the API, and those of a vehicle that a session may be covered by."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

from django.db.models import Prefetch, Q, QuerySet

from parking.core.errors import NotFound
from parking.core.sites import Sites, at_sites
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.passes.coverage import Coverage
from parking.passes.mandate_models import Mandate, MandateStatus
from parking.passes.models import OPEN_PASS, PassPeriod, PassStatus, PassVehicle, Subscription
from parking.passes.rules import RENEWAL_GRACE

_LONGEST_NUMBER = 12


def whole_passes() -> QuerySet[Subscription]:
    """Return passes with everything that they show."""
    vehicles = PassVehicle.objects.select_related("vehicle").order_by("pk")
    periods = PassPeriod.objects.select_related("bill").order_by("number")
    rows = Subscription.objects.select_related("plan__site", "driver", "organisation", "bought_for", "slot__zone")
    return rows.prefetch_related("plan__zones", Prefetch("vehicles", vehicles), Prefetch("periods", periods)).order_by(
        "-pk"
    )


def passes_of_driver(driver_id: int) -> QuerySet[Subscription]:
    """Return a driver's passes, the newest first."""
    return whole_passes().filter(driver_id=driver_id)


def valid_passes_of(driver_id: int, zone: ParkingZone, *, now: datetime) -> list[Subscription]:
    """Return a driver's passes that hold in a zone at a moment, for whatever kind of vehicle, with their plates."""
    rows = whole_passes().filter(driver_id=driver_id, status=PassStatus.ACTIVE, starts_at__lte=now, ends_at__gt=now)
    return [held for held in rows if held.coverage.holds_in(zone)]


class Charging(StrEnum):
    """How mandates stand by which passes can be looked for."""

    AUTOMATIC = "AUTOMATIC"
    FAILED = "FAILED"


def passes_at(
    sites: Sites, *, status: str | None = None, charging: str | None = None, text: str = ""
) -> QuerySet[Subscription]:
    """Return the passes of plans of these sites, the newest first; `text` is a number, a plate or a username.

    `charging`: those whose mandate is in force, or whose last charge failed. Those of organisations are not among them.
    """
    rows = at_sites(whole_passes(), sites, "plan__site_id").filter(organisation=None)
    if status:
        rows = rows.filter(status=status)
    if charging:
        held = Mandate.objects.filter(status=MandateStatus.HELD)
        held = held.exclude(charge_failed_at=None) if charging == Charging.FAILED else held
        rows = rows.filter(pk__in=held.values("subscription_id"))
    if not text:
        return rows
    key = "".join(letter for letter in text.upper() if letter.isalnum())
    found = Q(driver__username__icontains=text)
    if key:
        on_pass = PassVehicle.objects.filter(vehicle__match_key__contains=key).values("subscription_id")
        found |= Q(pk__in=on_pass)
    pk = pk_of_number(text)
    return rows.filter(found if pk is None else found | Q(pk=pk))


def pk_of_number(number: str) -> int | None:
    """Return the key of the pass of a number such as P-000123, None for a text that is none."""
    text = number.strip().upper()
    digits = text.removeprefix("P-")
    is_number = text.startswith("P-") and digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER
    return int(digits) if is_number else None


def find_pass(number: str, *, driver_id: int | None = None, sites: Sites = None) -> Subscription:
    """Return a pass by its number, of a driver or of these sites.

    Raises NotFound `pass_not_found`, also for somebody else's and for that of an organisation.
    """
    rows = at_sites(whole_passes(), sites, "plan__site_id").filter(pk=pk_of_number(number) or 0, organisation=None)
    found = rows.first() if driver_id is None else rows.filter(driver_id=driver_id).first()
    if found is None:
        raise pass_not_found()
    return found


def pass_not_found() -> NotFound:
    return NotFound("pass_not_found", "There is no such pass")


def pass_of_code(code: str) -> Subscription:
    """Return the pass of a code that was read. Raises NotFound `pass_not_found`."""
    found = whole_passes().filter(pass_code=code).first()
    if found is None:
        raise pass_not_found()
    return found


def pass_again(subscription: Subscription) -> Subscription:
    """Return a pass as it now is in the database, with everything that it shows."""
    return whole_passes().get(pk=subscription.pk)


def waiting_period(periods: Iterable[PassPeriod]) -> PassPeriod | None:
    """Return the period of a pass whose bill waits for money, the last of several."""
    waiting = [period for period in periods if period.bill.closed_at is None]
    return max(waiting, key=lambda period: period.number, default=None)


def present_vehicles(subscription: Subscription, now: datetime) -> list[PassVehicle]:
    """Return the plates that are on a pass at a moment, from its prefetched vehicles."""
    return [row for row in subscription.vehicles.all() if row.is_on(now)]


def coming_vehicles(subscription: Subscription) -> list[PassVehicle]:
    """Return the plates that will be on a pass: those that are now and stay, and those that take a place later."""
    return [row for row in subscription.vehicles.all() if row.until_at is None]


# --- What covers a session ---------------------------------------------------------------------------------


def lock_passes_of(vehicle_id: int, *, now: datetime) -> list[Subscription]:
    """Lock and return the paid passes that have a vehicle and have begun, the oldest first. Over ones are among them.

    The vehicle's row decides whether to look (`Vehicle.has_pass`).
    """
    on_pass = PassVehicle.objects.filter(
        Q(until_at=None) | Q(until_at__gt=now), vehicle_id=vehicle_id, from_at__lte=now
    )
    rows = Subscription.objects.select_for_update(no_key=True)
    rows = rows.filter(pk__in=on_pass.values("subscription_id"), status=PassStatus.ACTIVE, starts_at__lte=now)
    return list(rows.order_by("pk"))


def lock_passes_at(vehicle_id: int, *, moment: datetime) -> list[Subscription]:
    """Lock and return the paid passes that a vehicle was on at a past moment, the oldest first; also those over since.

    What the vehicle's row says about now decides nothing. One that was cancelled does not count: its money may be back.
    """
    on_pass = PassVehicle.objects.filter(
        Q(until_at=None) | Q(until_at__gt=moment), vehicle_id=vehicle_id, from_at__lte=moment
    )
    held = (PassStatus.ACTIVE, PassStatus.EXPIRED)
    rows = Subscription.objects.select_for_update(no_key=True)
    rows = rows.filter(pk__in=on_pass.values("subscription_id"), status__in=held, starts_at__lte=moment)
    return list(rows.order_by("pk"))


def holds_for(subscription_id: int, vehicle_id: int, moment: datetime) -> bool:
    """Return whether a pass, as it is now, lets a vehicle in at a later moment."""
    held = Subscription.objects.filter(pk=subscription_id, status=PassStatus.ACTIVE, starts_at__lte=moment).first()
    return held is not None and held.admits(moment) and is_on_pass(subscription_id, vehicle_id, moment)


def is_on_pass(subscription_id: int, vehicle_id: int, moment: datetime) -> bool:
    """Return whether a vehicle is on a pass at a moment."""
    rows = PassVehicle.objects.filter(subscription_id=subscription_id, vehicle_id=vehicle_id, from_at__lte=moment)
    return rows.filter(Q(until_at=None) | Q(until_at__gt=moment)).exists()


def passes_with_slot(vehicle_id: int, *, now: datetime) -> QuerySet[Subscription]:
    """Return the passes that keep a slot for a vehicle, paid and begun, the oldest first. Locks nothing."""
    on_pass = PassVehicle.objects.filter(
        Q(until_at=None) | Q(until_at__gt=now), vehicle_id=vehicle_id, from_at__lte=now
    )
    rows = Subscription.objects.filter(
        pk__in=on_pass.values("subscription_id"), status=PassStatus.ACTIVE, starts_at__lte=now, slot__isnull=False
    )
    return rows.order_by("pk")


def zone_of_kept_slot(vehicle_id: int, *, now: datetime) -> int | None:
    """Return the zone in which a slot is kept for a vehicle, None for none."""
    return passes_with_slot(vehicle_id, now=now).values_list("slot__zone_id", flat=True).first()


def unpaid_passes(driver_id: int, *, with_slot: bool) -> int:
    """Return how many passes of a driver wait for their money: those that keep a slot, or those that keep none."""
    rows = Subscription.objects.filter(driver_id=driver_id, status=PassStatus.PENDING)
    return rows.filter(slot__isnull=not with_slot).count()


def pass_keeping(slot: ParkingSlot) -> Subscription | None:
    """Return the pass for which a slot is kept, None for a slot that is anybody's."""
    if not slot.kept:
        return None
    return Subscription.objects.filter(slot=slot, status__in=OPEN_PASS).first()


def is_kept_by(subscription: Subscription, slot: ParkingSlot) -> bool:
    """Return whether a pass, as it is now, keeps a slot. The slot must be locked."""
    return Subscription.objects.filter(pk=subscription.pk, slot=slot, status=PassStatus.ACTIVE).exists()


def unpaid_pass_of(vehicle_id: int, *, now: datetime) -> Subscription | None:
    """Return the pass of an organisation that a vehicle is on and that covers nothing, because an invoice is unpaid."""
    on_pass = PassVehicle.objects.filter(
        Q(until_at=None) | Q(until_at__gt=now), vehicle_id=vehicle_id, from_at__lte=now
    )
    rows = Subscription.objects.select_related("organisation").filter(
        pk__in=on_pass.values("subscription_id"), status=PassStatus.ACTIVE, paying_at__lte=now
    )
    return rows.first()


def overlapping(
    vehicle_ids: Collection[int],
    *,
    begins: datetime,
    ends: datetime,
    but: int | None = None,
    states: Collection[str] = OPEN_PASS,
) -> QuerySet[PassVehicle]:
    """Return the places of these vehicles on other passes in these states, by default open ones, that hold in a span.

    One that is to be renewed may hold until two days after its end.
    """
    holds = Q(subscription__ends_at__gt=begins)
    holds |= Q(subscription__auto_renew=True, subscription__ends_at__gt=begins - RENEWAL_GRACE)
    rows = PassVehicle.objects.filter(
        Q(until_at=None) | Q(until_at__gt=begins),
        vehicle_id__in=vehicle_ids,
        from_at__lt=ends,
        subscription__status__in=states,
        subscription__starts_at__lt=ends,
    )
    return rows.filter(holds).exclude(subscription_id=but or 0).select_related("subscription", "vehicle").order_by("pk")


def covered_zones(covers: Coverage) -> QuerySet[ParkingZone]:
    """Return the zones that are covered and still there."""
    zones = ParkingZone.objects.present()
    return zones.filter(pk__in=covers.zone_ids) if covers.zone_ids else zones.filter(site_id=covers.site_id)


def zones_at(site_id: int) -> QuerySet[ParkingZone]:
    return ParkingZone.objects.filter(site_id=site_id, retired_at=None)
