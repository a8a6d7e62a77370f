"""Weeks of a car park with reservations, played on the services with a clock of their own.

Cars are reserved for, book for now or just come; some stay longer than they said, some never come, slots are repaired.
The simulation keeps a plan of the slots of its own, and looks there, not in the product, when a promise is broken: was
there a place? Everything follows from the seed.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any

from parking.accounts.models import Role
from parking.checkout import changing, expiring, placing, waiting_list
from parking.core.actor import SYSTEM
from parking.core.errors import DomainError
from parking.core.ids import Ref
from parking.facilities.models import ParkingSlot, ParkingZone
from parking.facilities.services import change_slot
from parking.stays.models import ParkingSession
from parking.stays.waiting_models import WaitingEntry
from tests import build
from tests.moments import START

QUARTER, SOON = timedelta(minutes=15), timedelta(hours=2)
# Name, rupees an hour, slots.
ZONES = (("North", "50", 4), ("South", "40", 2), ("East", "60", 2))
# What holds a slot: the words in which a broken promise is explained, the first that applies.
OVERSTAY, REPAIR, OPEN_END = "a reserved car stayed longer", "a slot was repaired", "cars without an end stayed"
CLAIMED = "others have their places"


@dataclass(order=True)
class _Due:
    at: datetime
    number: int
    act: Callable[[], None] = field(compare=False)


@dataclass(frozen=True)
class Holder:
    """Who has a slot, by the simulation's own plan."""

    session_id: int
    ends_at: datetime | None


class Week:
    """Some days of three zones. After `play`, `counts` say what became of the reservations, `reasons` of the broken."""

    def __init__(self, *, seed: int, days: int = 7, cars: int = 22) -> None:
        self._random, self._numbers = Random(seed), count(1)
        self._until, self._cars = START + timedelta(days=days), cars
        self._due: list[_Due] = []
        self._slots: dict[int, Holder] = {}
        self._repaired: set[int] = set()
        self._reserved: dict[int, ParkingSession] = {}
        self._in_line: set[int] = set()
        self.now = START
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.driver, self.staff = build.make_user(), build.make_user(Role.STAFF)
        self.zones = {
            zone.pk: zone for zone in (build.make_zone(name, rate=rate, slots=slots) for name, rate, slots in ZONES)
        }

    # --- Time ----------------------------------------------------------------------------------------------

    def play(self) -> None:
        """Let the days go by, and all cars leave."""
        for day in range((self._until - START).days):
            self._plan_day(START + timedelta(days=day))
        self._at(START, self._look)
        while self._due:
            due = heappop(self._due)
            self.now = due.at
            due.act()

    def _at(self, moment: datetime, act: Callable[[], None]) -> None:
        heappush(self._due, _Due(max(moment, self.now), next(self._numbers), act))

    def _later(self, minutes: float, act: Callable[[], None]) -> None:
        self._at(self.now + timedelta(minutes=minutes), act)

    def _plan_day(self, morning: datetime) -> None:
        for _ in range(self._cars):
            moment = morning + timedelta(minutes=self._random.triangular(0, 14 * 60, 4 * 60))
            wish = self._random.choices([self._reserve, self._book, self._walk_in], [10, 4, 6])[0]
            self._at(moment, wish)
        self._at(morning + timedelta(minutes=self._random.uniform(0, 600)), self._repair)

    def _look(self) -> None:
        """What the worker does, every quarter of an hour, as far as there is something to do."""
        jobs = (
            (self._slots, expiring.expire_no_shows),
            (self._reserved, placing.claim_places),
            (self._in_line, waiting_list.offer_places),
        )
        if sum(work(now=self.now) for needed, work in jobs if needed):
            self._follow()
        if self.now < self._until + timedelta(days=3):
            self._at(self.now + QUARTER, self._look)

    # --- The plan of slots -----------------------------------------------------------------------------------

    def _follow(self) -> None:
        """Enter into the plan what a change of the product gave to whom, and judge what it gave up."""
        rows = ParkingSession.objects.filter(status__in=["BOOKED", "ACTIVE"], slot__isnull=False)
        present = {slot: Holder(pk, ends) for slot, pk, ends in rows.values_list("slot_id", "pk", "ends_at") if slot}
        assert len(present) == rows.count(), "a slot was sold twice"
        for slot, holder in present.items():
            before = self._slots.get(slot)
            assert slot not in self._repaired, "a slot under repair was given away"
            assert before is None or before.session_id == holder.session_id or self._is_over(before.session_id)
        self._slots = present
        for session in ParkingSession.objects.filter(pk__in=self._reserved):
            if session.status != "BOOKED" or session.slot_id is not None:
                self._judge(self._reserved.pop(session.pk), session)

    @staticmethod
    def _is_over(session_id: int) -> bool:
        return not ParkingSession.objects.open().filter(pk=session_id).exists()

    def _judge(self, before: ParkingSession, after: ParkingSession) -> None:
        """Count what became of a reservation that waited for its slot."""
        if after.slot_id is not None:
            assert self.now <= after.starts_at or after.moved_from_zone_id, "its slot came late"
            self.counts["moved" if after.moved_from_zone_id else "kept"] += 1
        elif after.end_reason == "NO_PLACE":
            self.counts["broken"] += 1
            self.reasons[self._reason(before.zone_id)] += 1
            self._assert_nowhere(before.zone_id)
        else:
            self.counts["given up by its driver"] += 1

    def _free(self, zone_id: int) -> int:
        slots = set(ParkingSlot.objects.filter(zone_id=zone_id).values_list("pk", flat=True))
        return len(slots - self._slots.keys() - self._repaired)

    def _assert_nowhere(self, own_id: int) -> None:
        """Assert by the plan that no place was free for a promise that was broken now."""
        assert self._free(own_id) == 0, "its own zone has a free slot"
        for zone in self.zones.values():
            if zone.pk != own_id and zone.hourly_rate <= self.zones[own_id].hourly_rate:
                soon = ParkingSession.objects.waiting().filter(zone=zone, starts_at__lte=self.now + SOON)
                assert self._free(zone.pk) <= soon.count(), f"{zone} has a free slot"

    def _reason(self, zone_id: int) -> str:
        slots = list(ParkingSlot.objects.filter(zone_id=zone_id).values_list("pk", flat=True))
        holders = [self._slots[slot] for slot in slots if slot in self._slots]
        if any(holder.ends_at is not None and holder.ends_at <= self.now for holder in holders):
            return OVERSTAY
        if self._repaired.intersection(slots):
            return REPAIR
        return OPEN_END if any(holder.ends_at is None for holder in holders) else CLAIMED

    # --- Cars ------------------------------------------------------------------------------------------------

    def _try(self, act: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Do something, follow it in the plan, and return its result; None if it was refused."""
        try:
            result = act(*arguments, **named)
        except DomainError as refusal:
            self.counts[f"refused: {refusal.code}"] += 1
            return None
        finally:
            self._follow()
        return result

    def _any_zone(self) -> ParkingZone:
        return self._random.choice(list(self.zones.values()))

    def _reserve(self) -> None:
        random = self._random
        ahead = timedelta(minutes=random.choice([30, 60, 120, 240, 480, 24 * 60]))
        begins = self.now.replace(minute=self.now.minute // 15 * 15, second=0, microsecond=0) + ahead + QUARTER
        ends = begins + timedelta(minutes=random.choice([30, 60, 90, 120, 180, 300]))
        session = self._try(build.reserve, self.driver, self._any_zone(), begins, ends, build.plate(), now=self.now)
        if session is None:
            return
        self.counts["reserved"] += 1
        self._reserved[session.pk] = session
        chance = random.random()
        if chance < 0.06:
            self._at(begins - timedelta(minutes=random.uniform(20, 90)), lambda: self._cancel(session))
        elif chance > 0.06 + 0.06:
            stays = (ends - begins).total_seconds() / 60 * random.uniform(0.5, 1)
            # Every third stays longer than it said, some for hours.
            longer = random.choice([0, 0, 1]) * random.choice([30, 60, 120, 300])
            arrival = begins + timedelta(minutes=random.uniform(-20, 25))
            self._at(arrival, lambda: self._arrive(session, stays + longer))

    def _cancel(self, session: ParkingSession) -> None:
        self._try(build.cancel, self.driver, session, self.now)

    def _arrive(self, session: ParkingSession, minutes: float) -> None:
        entered = self._try(build.enter, self.staff, session, self.now)
        if entered is None:
            # At the gate they try again for a while; a promise that is broken has ended by then.
            if ParkingSession.objects.filter(pk=session.pk, status="BOOKED").exists():
                self._later(10, lambda: self._arrive(session, minutes))
            return
        if entered.ends_at is not None and self._random.random() < 0.3:
            end = entered.ends_at + timedelta(minutes=60)
            self._later(minutes / 2, lambda: self._extend(session, end))
        self._later(minutes, lambda: self._leave(session))

    def _extend(self, session: ParkingSession, end: datetime) -> None:
        wanted = changing.Wanted(ends_at=end)
        self._try(
            changing.change, actor=build.actor(self.driver), session=Ref(pk=session.pk), wanted=wanted, now=self.now
        )

    def _leave(self, session: ParkingSession) -> None:
        self._try(build.leave, self.staff, session, "CASH", self.now)

    def _book(self) -> None:
        zone = self._any_zone()
        session = self._try(build.book, self.driver, zone, build.plate(), self.now)
        if session is None:
            self._wait(zone)
        else:
            self._later(self._random.uniform(5, 35), lambda: self._arrive(session, self._open_end()))

    def _open_end(self) -> float:
        """Return how long a car stays that said nothing: mostly an hour or two, sometimes the whole day."""
        return min(self._random.lognormvariate(4.9, 0.9), 14 * 60)

    def _walk_in(self) -> None:
        session = self._try(build.take_ticket, self._any_zone(), build.plate(), self.now)
        if session is not None:
            self._arrive(session, self._open_end())

    def _wait(self, zone: ParkingZone) -> None:
        entry = self._try(
            waiting_list.join,
            actor=build.actor(self.driver),
            zone=Ref(pk=zone.pk),
            plate=build.plate(),
            owner_name="Asha Rao",
            vehicle_kind="CAR",
            until=self.now + timedelta(hours=2),
            now=self.now,
        )
        if entry is not None:
            self._in_line.add(entry.pk)
            self._later(20, lambda: self._accept(entry))

    def _accept(self, entry: WaitingEntry) -> None:
        state = WaitingEntry.objects.get(pk=entry.pk).state
        if state == "WAITING":
            self._later(10, lambda: self._accept(entry))
            return
        self._in_line.discard(entry.pk)
        if state == "OFFERED":
            actor = build.actor(self.driver)
            session = self._try(waiting_list.accept, actor=actor, entry_id=entry.pk, gateway=None, now=self.now)
            if session is not None:
                self.counts["accepted"] += 1
                self._later(15, lambda: self._arrive(session, self._open_end()))

    # --- Repairs ---------------------------------------------------------------------------------------------

    def _repair(self) -> None:
        """Take the last slot of a zone out of service for some hours, if it is free."""
        slot = ParkingSlot.objects.filter(zone=self._any_zone()).order_by("-sort_key")[0]
        if slot.pk not in self._slots and slot.pk not in self._repaired:
            self._set_status(slot, "OUT_OF_SERVICE")
            self._repaired.add(slot.pk)
            self._later(self._random.uniform(120, 420), lambda: self._repaired_again(slot))

    def _repaired_again(self, slot: ParkingSlot) -> None:
        self._repaired.discard(slot.pk)
        self._set_status(slot, "FREE")

    def _set_status(self, slot: ParkingSlot, status: str) -> None:
        change_slot(actor=SYSTEM, slot_id=slot.pk, status=status, kind=None, now=self.now)
