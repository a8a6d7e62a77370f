"""The vehicles of an organisation, changed by one file: all of it is carried out, or nothing."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet

from parking.audit import services as audit
from parking.core import clock
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.facilities.importing.faults import Action, Fault, FaultCode, Outcome, Report
from parking.passes.events import OrganisationListChanged
from parking.passes.list_file import VEHICLES, Line, read_list
from parking.passes.models import Organisation, PassStatus, PassVehicle, Subscription
from parking.passes.organisation_rules import most_at_once
from parking.passes.organisations import lock_pass_of, organisation_by_id, stretches_of, zone_of
from parking.passes.queries import overlapping
from parking.passes.services import kind_of, refuse_overlap
from parking.vehicles import services as vehicles
from parking.vehicles.models import Vehicle
from parking.vehicles.plates import InvalidPlateError, Plate, read_plate


def listed_vehicles(organisation: Organisation, *, now: datetime) -> QuerySet[PassVehicle]:
    """Return the places of vehicles that are on the list now or later, by their plates."""
    rows = PassVehicle.objects.select_related("vehicle").filter(subscription=organisation.subscription)
    still = Q(until_at=None) | Q(until_at__gt=now) & Q(until_at__gt=F("from_at"))
    return rows.filter(still).order_by("vehicle__vehicle_number", "pk")


def listed_by_organisation(subscription_ids: Collection[int], *, now: datetime) -> dict[int, int]:
    """Return how many vehicles are on the lists of these passes at a moment, by the pass."""
    on_list = Q(from_at__lte=now) & (Q(until_at=None) | Q(until_at__gt=now))
    rows = PassVehicle.objects.filter(on_list, subscription_id__in=subscription_ids)
    return dict(rows.values_list("subscription_id").annotate(n=Count("pk")).order_by())


@dataclass
class _Change:
    """The list that is changed: its pass, which is locked, and what became of vehicles."""

    organisation: Organisation
    held: Subscription
    zone: ZoneInfo
    now: datetime
    report: Report
    joined: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    # Lines by which more vehicles may be on the list at some time than were before.
    enlarging: list[Line] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        return clock.day_start(day, self.zone)

    def note(self, line: Line, action: Action) -> None:
        self.report.outcomes.append(Outcome(VEHICLES, line.row, line.plate, action))


def import_list(
    *, actor: Actor, organisation_id: int, content: bytes, replaces: bool, dry_run: bool, now: datetime
) -> Report:
    """Put the vehicles of a file on the list of an organisation, with their dates.

    With `replaces` the file is the whole list: who is not in it leaves at the end of the day. A fault, or `dry_run`,
    takes all back, so a dry run says exactly what would happen. Raises NotFound `organisation_not_found`; Refused
    `organisation_over`, `list_unreadable`, `list_too_large`.
    """
    organisation_by_id(organisation_id, sites=actor.sites)
    lines, faults = read_list(content)
    report = Report(faults=faults)
    plates = _plates(lines, report)
    with transaction.atomic():
        organisation = organisation_by_id(organisation_id, sites=None)
        # Vehicles before the pass, as everywhere.
        plan = organisation.plan
        locked = vehicles.lock_for_pass(
            plates=list(plates.values()), kind=kind_of(plan), only=plan.vehicle_kinds, now=now
        )
        held = lock_pass_of(organisation_id)
        if held.status != PassStatus.ACTIVE:
            raise Refused("organisation_over", "The agreement with this organisation is over")
        change = _Change(organisation, held, zone_of(organisation), now, report)
        _carry_out(change, lines, plates, locked, replaces=replaces)
        report.is_done = not (dry_run or report.faults)
        if not report.is_done:
            transaction.set_rollback(True)
        elif change.joined or change.left or change.changed:
            event = OrganisationListChanged(
                organisation_id=organisation_id,
                joined=tuple(change.joined),
                left=tuple(change.left),
                changed=tuple(change.changed),
            )
            audit.record(actor, event, now)
    return report.in_order()


def _plates(lines: Sequence[Line], report: Report) -> dict[int, Plate]:
    """Return the plates of the lines by their row, each once; the faults of the others go into the report."""
    found: dict[int, Plate] = {}
    seen: set[str] = set()
    for line in lines:
        try:
            plate = read_plate(line.plate)
        except InvalidPlateError:
            report.faults.append(Fault(VEHICLES, line.row, "vehicle_number", FaultCode.PLATE_INVALID, found=line.plate))
            continue
        if plate.match_key in seen:
            report.faults.append(Fault(VEHICLES, line.row, "vehicle_number", FaultCode.TWICE, found=plate.shown))
            continue
        seen.add(plate.match_key)
        found[line.row] = plate
    return found


def _carry_out(
    change: _Change, lines: Sequence[Line], plates: dict[int, Plate], locked: Sequence[Vehicle], *, replaces: bool
) -> None:
    of_key = {vehicle.match_key: vehicle for vehicle in locked}
    present = {row.vehicle_id: row for row in _present_rows(change)}
    new: list[tuple[Line, PassVehicle]] = []
    for line in lines:
        if line.row not in plates:
            continue
        vehicle = of_key[plates[line.row].match_key]
        row = present.get(vehicle.pk)
        if row is not None:
            _change_dates(change, line, row)
        elif line.leaves_on is not None and line.leaves_on < change.today:
            # It has left already, as the file says.
            change.note(line, Action.KEEP)
        else:
            new.append((line, _place_of(change, line, vehicle)))
    if replaces:
        _take_off(change, [row for pk, row in present.items() if pk not in {vehicle.pk for vehicle in locked}])
    _add(change, new)


def _present_rows(change: _Change) -> Iterator[PassVehicle]:
    """Yield the places that are taken now or later, of a vehicle the last one last."""
    rows = PassVehicle.objects.select_related("vehicle").filter(subscription=change.held)
    yield from rows.filter(Q(until_at=None) | Q(until_at__gt=change.now)).order_by("pk")


def _change_dates(change: _Change, line: Line, row: PassVehicle) -> None:
    from_at, until_at = row.from_at, None
    if line.joins_on is not None and from_at > change.now:
        from_at = max(change.start_of(max(line.joins_on, change.today)), change.held.starts_at)
    if line.leaves_on is not None:
        until_at = max(change.start_of(line.leaves_on + timedelta(days=1)), change.now, from_at)
    if (from_at, until_at) == (row.from_at, row.until_at):
        change.note(line, Action.KEEP)
        return
    leaves = until_at is not None and row.until_at is None
    row.from_at, row.until_at = from_at, until_at
    if not leaves:
        # It may have another pass for the time that is added.
        if not _fits(change, line, row, {row.vehicle_id}):
            return
        change.enlarging.append(line)
    row.save(update_fields=["from_at", "until_at"])
    (change.left if leaves else change.changed).append(row.vehicle_id)
    change.note(line, Action.LEAVE if leaves else Action.CHANGE)


def _place_of(change: _Change, line: Line, vehicle: Vehicle) -> PassVehicle:
    first = max(line.joins_on or change.today, change.today)
    return PassVehicle(
        subscription=change.held,
        vehicle=vehicle,
        from_at=max(change.start_of(first), change.held.starts_at),
        until_at=change.start_of(line.leaves_on + timedelta(days=1)) if line.leaves_on else None,
        created_at=change.now,
    )


def _take_off(change: _Change, rows: Collection[PassVehicle]) -> None:
    midnight = change.start_of(change.today + timedelta(days=1))
    for row in rows:
        until_at = max(midnight, row.from_at)
        if row.until_at is not None and row.until_at <= until_at:
            continue
        row.until_at = until_at
        row.save(update_fields=["until_at"])
        change.left.append(row.vehicle_id)
        change.report.outcomes.append(Outcome(VEHICLES, 0, row.vehicle.vehicle_number, Action.LEAVE))


def _add(change: _Change, new: Sequence[tuple[Line, PassVehicle]]) -> None:
    """Put vehicles on the list that have no other pass here then, as many as were agreed."""
    ids = [row.vehicle_id for _, row in new]
    elsewhere = set(_with_other_pass(change, ids))
    fitting = [(line, row) for line, row in new if _fits(change, line, row, elsewhere)]
    PassVehicle.objects.bulk_create(row for _, row in fitting)
    change.joined += [row.vehicle_id for _, row in fitting]
    for line, _ in fitting:
        change.note(line, Action.ADD)
        change.enlarging.append(line)
    over = most_at_once(stretches_of(change.held), starts=change.now) - change.organisation.vehicles
    for line in change.enlarging[-over:] if over > 0 else ():
        most = str(change.organisation.vehicles)
        change.report.faults.append(Fault(VEHICLES, line.row, "vehicle_number", FaultCode.LIST_FULL, found=most))


def _with_other_pass(change: _Change, ids: Collection[int]) -> Iterator[int]:
    held = change.held
    for place in overlapping(ids, begins=change.now - timedelta(days=1), ends=held.ends_at, but=held.pk):
        yield place.vehicle_id


def _fits(change: _Change, line: Line, row: PassVehicle, elsewhere: Collection[int]) -> bool:
    held = change.held
    if row.from_at >= held.ends_at:
        change.report.faults.append(
            Fault(VEHICLES, line.row, "joins_on", FaultCode.DATE_INVALID, found=str(line.joins_on or ""))
        )
        return False
    if row.vehicle_id not in elsewhere:
        return True
    try:
        ends = row.until_at or held.ends_at
        refuse_overlap([row.vehicle], held.coverage, begins=row.from_at, ends=ends, but=held.pk)
    except Refused as error:
        change.report.faults.append(
            Fault(VEHICLES, line.row, "vehicle_number", FaultCode.REFUSED, found=line.plate, error=error)
        )
        return False
    return True


def lines_of(organisation: Organisation, *, now: datetime) -> list[Line]:
    """Return the list of an organisation as the lines of its file."""
    zone = zone_of(organisation)
    return [
        Line(
            number,
            row.vehicle.vehicle_number,
            row.from_at.astimezone(zone).date(),
            row.until_at.astimezone(zone).date() - timedelta(days=1) if row.until_at else None,
        )
        for number, row in enumerate(listed_vehicles(organisation, now=now), start=2)
    ]
