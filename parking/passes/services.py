"""The only writer of passes. Every change of state happens here, under the lock of the pass (docs/locking.md)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from parking.core import clock
from parking.core.errors import InvalidInput, Refused
from parking.core.money import ZERO
from parking.core.statements import change
from parking.facilities.models import ParkingSlot, ParkingZone, ZoneClosure
from parking.facilities.services import let_go_of_slot
from parking.passes.coverage import Coverage
from parking.passes.models import (
    OPEN_PASS,
    Organisation,
    PassLengthening,
    PassPeriod,
    PassStatus,
    PassVehicle,
    Plan,
    Subscription,
)
from parking.passes.queries import covered_zones, overlapping
from parking.passes.rules import (
    MOST_DAYS_AHEAD,
    PAY_WITHIN,
    RENEWAL_GRACE,
    Period,
    days_lost,
    end_of_period,
    reminders_from,
)
from parking.payments import bills
from parking.payments.models import BillKind
from parking.tariffs.rules import Charge, LineKind, single_line
from parking.vehicles import services as vehicles
from parking.vehicles.models import Vehicle, VehicleKind
from parking.vehicles.plates import Plate
from parking.vehicles.services import checked_plate

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Wanted:
    """A pass as somebody asks for it: the plates that shall be on it, its first day, None for today."""

    plates: tuple[str, ...]
    starts_on: date | None = None
    auto_renew: bool = False


class PassChangedMeanwhile(RuntimeError):
    """The pass was not in the state that its lock promised: a lock is missing somewhere."""


# --- Making one out ----------------------------------------------------------------------------------


def open_pass(
    *,
    pass_code: str,
    plan: Plan,
    driver_id: int,
    wanted: Wanted,
    now: datetime,
    bought_for: Organisation | None = None,
    states: Collection[str] = OPEN_PASS,
) -> PassPeriod:
    """Make out a pass that waits for its money, with its first period and its bill, inside a transaction.

    `bought_for` is the organisation whose contact the driver is; other passes of a plate in these `states` exclude it.
    The plates are locked, in the order of their keys.
    Raises Refused `vehicle_invalid`, `pass_overlap`; InvalidInput.
    """
    zone = ZoneInfo(plan.site.time_zone)
    first = _first_day(wanted.starts_on, now.astimezone(zone).date())
    starts_at, ends_at = clock.day_start(first, zone), _end_of(first, plan, 1)
    locked = lock_for(plan, _plates(wanted, plan), now)
    refuse_overlap(locked, plan.coverage, begins=starts_at, ends=ends_at, states=states)
    subscription = Subscription.objects.create(
        pass_code=pass_code,
        plan=plan,
        driver_id=driver_id,
        bought_for=bought_for,
        price=plan.price,
        covers=plan.coverage.to_json(),
        starts_at=starts_at,
        ends_at=ends_at,
        auto_renew=wanted.auto_renew,
        pay_by=now + PAY_WITHIN,
        reminded_days=reminders_from(starts_at, ends_at),
        created_at=now,
    )
    PassVehicle.objects.bulk_create(
        PassVehicle(subscription=subscription, vehicle=vehicle, from_at=starts_at, created_at=now) for vehicle in locked
    )
    return _open_period(subscription, number=1, starts_at=starts_at, ends_at=ends_at, until=now + PAY_WITHIN, now=now)


def _first_day(wanted: date | None, today: date) -> date:
    first = wanted or today
    if not today <= first <= today + timedelta(days=MOST_DAYS_AHEAD):
        raise InvalidInput({"starts_on": [f"Today, or up to {MOST_DAYS_AHEAD} days ahead"]})
    return first


def _end_of(first: date, plan: Plan, number: int) -> datetime:
    """Return the local midnight at which the period of this number ends."""
    return clock.day_start(end_of_period(first, Period(plan.period), number), ZoneInfo(plan.site.time_zone))


def _days_later(midnight: datetime, days: int, plan: Plan) -> datetime:
    """Return the local midnight so many days after another one."""
    zone = ZoneInfo(plan.site.time_zone)
    return clock.day_start(midnight.astimezone(zone).date() + timedelta(days=days), zone)


def _plates(wanted: Wanted, plan: Plan) -> list[Plate]:
    return distinct_plates(wanted.plates, plan.vehicles)


def distinct_plates(texts: Iterable[str], most: int) -> list[Plate]:
    """Return the plates, each once. Raises Refused `vehicle_invalid`; InvalidInput for none or too many."""
    found = {plate.match_key: plate for plate in map(checked_plate, texts)}
    if not 1 <= len(found) <= most:
        raise InvalidInput({"vehicles": [f"1 to {most} vehicles"]})
    return list(found.values())


def lock_for(plan: Plan, plates: Collection[Plate], now: datetime) -> list[Vehicle]:
    """Lock plates that shall be on a pass of a plan, in the order of their keys. Raises Refused `vehicle_invalid`."""
    return vehicles.lock_for_pass(plates=plates, kind=kind_of(plan), only=plan.vehicle_kinds, now=now)


def kind_of(plan: Plan) -> str:
    """Return the kind of vehicle that a new plate is noted with."""
    kinds = plan.vehicle_kinds
    return str(kinds[0]) if kinds and VehicleKind.CAR not in kinds else VehicleKind.CAR


def refuse_overlap(
    locked: Collection[Vehicle],
    covers: Coverage,
    *,
    begins: datetime,
    ends: datetime,
    but: int | None = None,
    states: Collection[str] = OPEN_PASS,
) -> None:
    """Raise Refused `pass_overlap` if one of these plates, which are locked, has another pass in the same zone then."""
    places = list(overlapping([vehicle.pk for vehicle in locked], begins=begins, ends=ends, but=but, states=states))
    if not places:
        return
    named = {pk for place in places for pk in place.subscription.coverage.zone_ids} | set(covers.zone_ids)
    site_of = dict(ParkingZone.objects.filter(pk__in=named).values_list("pk", "site_id"))
    for place in places:
        if covers.shares_zone_with(place.subscription.coverage, site_of):
            plate = place.vehicle.vehicle_number
            raise Refused("pass_overlap", f"{plate} has a pass here for that time already", vehicle_number=plate)


def _open_period(
    subscription: Subscription, *, number: int, starts_at: datetime, ends_at: datetime, until: datetime, now: datetime
) -> PassPeriod:
    plan = subscription.plan
    bill = bills.open(kind=BillKind.PASS, site_id=plan.site_id, payer_id=subscription.driver_id, now=now)
    bills.freeze(bill=bill, charge=charge_of_period(subscription, now), until=until)
    return PassPeriod.objects.create(
        subscription=subscription, number=number, starts_at=starts_at, ends_at=ends_at, bill=bill, created_at=now
    )


def charge_of_period(subscription: Subscription, now: datetime) -> Charge:
    """Return what a period costs; nothing is no line."""
    price, label = subscription.price, f"Pass {subscription.number}, {subscription.plan.name}"
    return Charge((single_line(LineKind.PASS, price, label),) if price > ZERO else (), now)


def keep(*, subscription: Subscription, slot: ParkingSlot) -> None:
    """Write down which slot is kept for a pass that was just made out."""
    subscription.slot = slot
    subscription.save(update_fields=["slot"])


# --- Its state ---------------------------------------------------------------------------------------


def lock_pass(subscription_id: int) -> Subscription:
    """Lock a pass, and return it with its plan and site."""
    rows = Subscription.objects.select_related("plan__site").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=subscription_id)


def lock_period(bill_id: int) -> PassPeriod:
    """Lock the pass that a bill belongs to, then its period and the bill; return the period with both."""
    subscription_id = PassPeriod.objects.values_list("subscription_id", flat=True).get(bill_id=bill_id)
    subscription = lock_pass(subscription_id)
    rows = PassPeriod.objects.select_related("bill").select_for_update(of=("self", "bill"), no_key=True)
    period = rows.get(bill_id=bill_id)
    period.subscription = subscription
    return period


def lock_periods(subscription: Subscription) -> list[PassPeriod]:
    """Lock the periods of a pass that is locked, with their bills, the first one first."""
    rows = PassPeriod.objects.select_related("bill").select_for_update(of=("self", "bill"), no_key=True)
    found = list(rows.filter(subscription=subscription).order_by("number"))
    for period in found:
        period.subscription = subscription
    return found


def mark_paid(*, period: PassPeriod, now: datetime) -> None:
    """Note that a period is paid: a pass that waited is ACTIVE, and one that was renewed goes on."""
    subscription = period.subscription
    period.paid_at = now
    period.save(update_fields=["paid_at"])
    changes: dict[str, object] = {"ends_at": max(subscription.ends_at, period.ends_at)}
    if period.number > 1:
        changes["reminded_days"] = reminders_from(period.starts_at, period.ends_at)
    _move(subscription, OPEN_PASS, status=PassStatus.ACTIVE, pay_by=None, **changes)


def give_up(*, subscription: Subscription, now: datetime) -> None:
    """End a pass that was never paid."""
    _move(subscription, (PassStatus.PENDING,), status=PassStatus.CANCELLED, pay_by=None, ended_at=now)
    _let_go(subscription)


def cancel(*, subscription: Subscription, now: datetime) -> None:
    """End a paid pass now: it covers nothing that begins later."""
    ends_at = max(min(subscription.ends_at, now), subscription.starts_at + timedelta(seconds=1))
    _move(subscription, (PassStatus.ACTIVE,), status=PassStatus.CANCELLED, ended_at=now, ends_at=ends_at)
    _let_go(subscription)


def restore(*, subscription: Subscription, now: datetime) -> None:
    """Let a pass that was cancelled run as before: its money does not go back. Its plates must be locked, and it.

    Raises Refused `pass_overlap` if another pass took its place meanwhile.
    """
    plates = PassVehicle.objects.filter(subscription=subscription, until_at=None).values_list("vehicle_id", flat=True)
    locked = vehicles.lock_vehicles(list(plates))
    paid = [period.ends_at for period in subscription.periods.all() if period.paid_at is not None]
    begins = max(now, subscription.starts_at)
    refuse_overlap(locked, subscription.coverage, begins=begins, ends=max(paid), but=subscription.pk)
    vehicles.mark_passes([vehicle.pk for vehicle in locked])
    _move(subscription, (PassStatus.CANCELLED,), status=PassStatus.ACTIVE, ended_at=None, ends_at=max(paid))


def expire(*, subscription: Subscription, now: datetime) -> None:
    """Note that a pass is over."""
    _move(subscription, (PassStatus.ACTIVE,), status=PassStatus.EXPIRED, ended_at=now)
    _let_go(subscription)


def _let_go(subscription: Subscription) -> None:
    if subscription.slot_id is not None:
        let_go_of_slot(subscription.slot_id)


def _move(subscription: Subscription, before: tuple[PassStatus, ...], **changes: object) -> None:
    if not change(Subscription, subscription.pk, when={"status": before}, **changes):
        raise PassChangedMeanwhile(f"{subscription} is not {' or '.join(before)}")
    for name, value in changes.items():
        setattr(subscription, name, value)


def refuse_over(subscription: Subscription) -> None:
    """Raise Refused `pass_over` for a pass that was cancelled or is over."""
    if subscription.status not in OPEN_PASS:
        raise Refused("pass_over", "This pass is over")


def set_auto_renew(*, subscription: Subscription, auto_renew: bool) -> None:
    subscription.auto_renew = auto_renew
    subscription.save(update_fields=["auto_renew"])


def forget_ended_vehicles(*, now: datetime) -> int:
    """Unmark vehicles that are on no open pass any more, at most 500; answers how many. Inside a transaction."""
    places = _open_places(now)
    marked = Vehicle.objects.filter(~Exists(places.filter(vehicle=OuterRef("pk"))), has_pass=True)
    candidates = marked.values_list("pk", flat=True)[:MOST_AT_ONCE]
    # Locked first and asked again: a pass that was made out in between has its vehicles locked until it is there.
    locked = [vehicle.pk for vehicle in vehicles.lock_vehicles(list(candidates))]
    still = set(places.filter(vehicle_id__in=locked).values_list("vehicle_id", flat=True))
    over = [pk for pk in locked if pk not in still]
    vehicles.forget_passes(over)
    return len(over)


def _open_places(now: datetime) -> QuerySet[PassVehicle]:
    still = Q(until_at=None) | Q(until_at__gt=now)
    return PassVehicle.objects.filter(still, subscription__status__in=OPEN_PASS)


# --- Its renewal ---------------------------------------------------------------------------------------


def lock_with_vehicles(subscription_id: int) -> tuple[Subscription, list[Vehicle]]:
    """Lock the plates that stay on a pass, and then the pass."""
    rows = PassVehicle.objects.filter(subscription_id=subscription_id, until_at=None)
    locked = vehicles.lock_vehicles(list(rows.values_list("vehicle_id", flat=True)))
    return lock_pass(subscription_id), locked


def open_next_period(*, subscription: Subscription, locked: Collection[Vehicle], now: datetime) -> PassPeriod:
    """Write the next period of a pass with its bill, at the plan's present price; it joins the present one.

    Pass and plates must be locked. Raises Refused `plan_not_on_sale`, `pass_overlap`.
    """
    plan = subscription.plan
    if not plan.is_active or not covered_zones(subscription.coverage).exists():
        raise Refused("plan_not_on_sale", "This plan is not sold any more")
    # One that was closed unpaid, with a pass that runs on all the same, keeps its number.
    number = subscription.periods.aggregate(last=Max("number"))["last"] + 1
    place = subscription.periods.filter(paid_at__isnull=False).count() + 1
    first = subscription.starts_at.astimezone(ZoneInfo(plan.site.time_zone)).date()
    starts_at = subscription.ends_at
    ends_at = _days_later(_end_of(first, plan, place), subscription.lengthened_days, plan)
    refuse_overlap(locked, subscription.coverage, begins=starts_at, ends=ends_at, but=subscription.pk)
    subscription.price = plan.price
    subscription.save(update_fields=["price"])
    until = starts_at + RENEWAL_GRACE
    return _open_period(subscription, number=number, starts_at=starts_at, ends_at=ends_at, until=until, now=now)


def is_too_late(period: PassPeriod, now: datetime) -> bool:
    """Return whether a period may be paid no longer, also where no sweep has ended the pass yet.

    A renewal until its days of grace are over, any period until its own end.
    """
    return now >= period.ends_at or (period.number > 1 and now >= period.starts_at + RENEWAL_GRACE)


def is_taken(period: PassPeriod) -> bool:
    """Return whether a paid pass of one of its plates, which are locked, has the time of an unpaid period by now."""
    held = period.subscription
    rows = PassVehicle.objects.filter(subscription=held, until_at=None).select_related("vehicle")
    locked = [row.vehicle for row in rows]
    try:
        begins, ends = period.starts_at, period.ends_at
        refuse_overlap(locked, held.coverage, begins=begins, ends=ends, but=held.pk, states=(PassStatus.ACTIVE,))
    except Refused:
        return True
    return False


def note_reminded(*, subscription: Subscription, days: int) -> None:
    """Note that the holder was reminded so many days before the end."""
    subscription.reminded_days = days
    subscription.save(update_fields=["reminded_days"])


def lengthen(*, subscription: Subscription, closure: ZoneClosure, until: datetime) -> int:
    """Move the end of a pass on by the days that it lost up to `until`, because its zone was closed; return how many.

    Pass and periods must be locked. Days that it got for this closure before count.
    """
    row = PassLengthening.objects.filter(subscription=subscription, closure=closure).first()
    given = row.days if row else 0
    plan = subscription.plan
    begins, ends = max(closure.from_at, subscription.starts_at), min(closure.until_at or until, until)
    days = days_lost(begins, ends, _days_later(subscription.ends_at, -given, plan)) - given
    if days <= 0:
        return 0
    PassLengthening.objects.update_or_create(
        subscription=subscription, closure=closure, defaults={"days": given + days}
    )
    last_paid = subscription.periods.filter(paid_at__isnull=False).order_by("number").last()
    for period in subscription.periods.order_by("number"):
        if period.paid_at is None:
            period.starts_at = _days_later(period.starts_at, days, plan)
        if period.paid_at is None or period == last_paid:
            period.ends_at = _days_later(period.ends_at, days, plan)
            period.save(update_fields=["starts_at", "ends_at"])
    subscription.ends_at = _days_later(subscription.ends_at, days, plan)
    subscription.lengthened_days += days
    subscription.save(update_fields=["ends_at", "lengthened_days"])
    return days
