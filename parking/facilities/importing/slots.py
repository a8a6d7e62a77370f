"""The slots of an imported file."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from parking.core.actor import Actor
from parking.core.errors import DomainError
from parking.facilities import services
from parking.facilities.importing.faults import Action, Fault, FaultCode, Outcome, Report
from parking.facilities.importing.workbook import SLOTS, SheetRow
from parking.facilities.models import ParkingSlot, ParkingZone, SlotKind
from parking.facilities.rules import LONGEST_PREFIX, MOST_SLOTS, PREFIX_PATTERN, slot_numbers

_NUMBER = re.compile(r"(.*?)([0-9]{1,6})")
_PREFIX = re.compile(PREFIX_PATTERN)


@dataclass(frozen=True)
class _Wanted:
    row: int
    zone: ParkingZone
    prefix: str
    step: int
    kind: str

    @property
    def number(self) -> str:
        return slot_numbers(self.prefix, self.step, self.step)[0]

    def follows(self, other: "_Wanted") -> bool:
        """Return whether both are of one run of numbers, so that one call adds them."""
        here = (self.zone.pk, self.prefix, self.kind, self.step)
        return here == (other.zone.pk, other.prefix, other.kind, other.step + 1)


def import_slots(rows: Sequence[SheetRow], report: Report, *, site_id: int, actor: Actor, now: datetime) -> None:
    """Add the slots that are not there, change the kind of those that are; inside the transaction of the import."""
    zones = {zone.name.lower(): zone for zone in ParkingZone.objects.filter(site_id=site_id, retired_at=None)}
    wanted = _wanted(rows, zones, report)
    present = {
        (slot.zone_id, slot.slot_number): slot
        for slot in ParkingSlot.objects.filter(zone_id__in={each.zone.pk for each in wanted})
    }
    new = [each for each in wanted if (each.zone.pk, each.number) not in present]
    for each in wanted:
        slot = present.get((each.zone.pk, each.number))
        if slot is not None:
            _change(each, slot, report, actor, now)
    # In the order of their numbers, so that one call adds as many as may be.
    for run in _runs(sorted(new, key=lambda each: (each.zone.pk, each.prefix, each.kind, each.step))):
        _add(run, report, actor, now)


def _faults(row: SheetRow, zones: dict[str, ParkingZone]) -> Iterator[Fault]:
    """Yield what is wrong with a row by itself, each with its column."""
    zone = zones.get(row.cells["zone"].lower())
    wrong = {
        ("zone", FaultCode.ZONE_UNKNOWN): zone is None,
        ("zone", FaultCode.ZONE_UNMARKED): zone is not None and not zone.marked,
        ("number", FaultCode.NUMBER_INVALID): _number(row) is None,
        ("kind", FaultCode.KIND_UNKNOWN): _kind(row) not in SlotKind.values,
    }
    for (column, code), is_wrong in wrong.items():
        if is_wrong:
            yield Fault(SLOTS, row.number, column, code, found=row.cells.get(column, "")[:50])


def _number(row: SheetRow) -> tuple[str, int] | None:
    """Return prefix and number of a slot; None for what is none."""
    found = _NUMBER.fullmatch(row.cells["number"])
    if not (found and len(found[1]) <= LONGEST_PREFIX and _PREFIX.fullmatch(found[1])):
        return None
    return found[1], int(found[2])


def _kind(row: SheetRow) -> str:
    return row.cells.get("kind", SlotKind.CAR).upper()


def _wanted(rows: Sequence[SheetRow], zones: dict[str, ParkingZone], report: Report) -> list[_Wanted]:
    """Return the slots of rows without faults; the faults of the others go into the report."""
    found: dict[tuple[int, str], _Wanted] = {}
    for row in rows:
        wrong, number = list(_faults(row, zones)), _number(row)
        report.faults += wrong
        if wrong or number is None:
            continue
        each = _Wanted(row.number, zones[row.cells["zone"].lower()], *number, _kind(row))
        if found.setdefault((each.zone.pk, each.number), each) is not each:
            report.faults.append(Fault(SLOTS, row.number, "number", FaultCode.TWICE, found=each.number))
    return list(found.values())


def _runs(wanted: Sequence[_Wanted]) -> Iterator[list[_Wanted]]:
    run: list[_Wanted] = []
    for each in wanted:
        if run and not (each.follows(run[-1]) and len(run) < MOST_SLOTS):
            yield run
            run = []
        run.append(each)
    if run:
        yield run


def _add(run: list[_Wanted], report: Report, actor: Actor, now: datetime) -> None:
    first, last = run[0], run[-1]
    try:
        with transaction.atomic():
            services.add_slots(
                actor=actor,
                zone_id=first.zone.pk,
                prefix=first.prefix,
                first=first.step,
                last=last.step,
                kind=first.kind,
                now=now,
            )
    except DomainError as error:
        report.faults.append(Fault(SLOTS, first.row, "number", FaultCode.REFUSED, error=error))
        return
    report.outcomes += [_outcome(each, Action.ADD) for each in run]


def _change(each: _Wanted, slot: ParkingSlot, report: Report, actor: Actor, now: datetime) -> None:
    if slot.kind == each.kind:
        report.outcomes.append(_outcome(each, Action.KEEP))
        return
    try:
        with transaction.atomic():
            services.change_slot(actor=actor, slot_id=slot.pk, status=None, kind=each.kind, now=now)
    except DomainError as error:
        report.faults.append(Fault(SLOTS, each.row, "kind", FaultCode.REFUSED, error=error))
        return
    report.outcomes.append(_outcome(each, Action.CHANGE))


def _outcome(each: _Wanted, action: Action) -> Outcome:
    return Outcome(SLOTS, each.row, f"{each.zone.name} {each.number}", action)
