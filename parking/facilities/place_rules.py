"""Rules for places that reservations wait for: who may take one now, and how many are left. Pure functions.

Kinds of vehicle share kinds of slot, so reservations are counted by group: those of a kind of vehicle and of all kinds
that fit into no other slots than that one. Cars are a group, two-wheelers another, electric cars and cars a third.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from parking.facilities.rules import SUITABLE_SLOTS, suitable_slot_kinds


@dataclass(frozen=True)
class KindGroup:
    """Kinds of vehicle that fit into these kinds of slot and into no others."""

    vehicle_kinds: frozenset[str]
    slot_kinds: frozenset[str]

    def places(self, by_slot_kind: Mapping[str, int]) -> int:
        """Return how many of some slots are of this group."""
        return sum(by_slot_kind.get(kind, 0) for kind in self.slot_kinds)

    def spare(self, free: Mapping[str, int], waiting: Mapping[str, int]) -> int:
        """Return how many free slots are left when each waiting reservation has one; fewer than none if some have not.

        `free` is by kind of slot, `waiting` by kind of vehicle.
        """
        return self.places(free) - sum(waiting.get(kind, 0) for kind in self.vehicle_kinds)


def _group(vehicle_kind: str) -> KindGroup:
    return _of_slots(frozenset(SUITABLE_SLOTS[vehicle_kind]))


def _of_slots(slots: frozenset[str]) -> KindGroup:
    return KindGroup(frozenset(kind for kind, other in SUITABLE_SLOTS.items() if slots.issuperset(other)), slots)


def _groups() -> tuple[KindGroup, ...]:
    """Return the groups of all kinds, each once, and of those that share slots without one being part of the other."""
    single = list(dict.fromkeys(_group(kind) for kind in SUITABLE_SLOTS))
    both = [
        _of_slots(one.slot_kinds | other.slot_kinds)
        for one in single
        for other in single
        if one.slot_kinds & other.slot_kinds and not one.slot_kinds.issubset(other.slot_kinds)
    ]
    return tuple(dict.fromkeys([*single, *both]))


GROUPS = _groups()


def groups_of(vehicle_kind: str) -> list[KindGroup]:
    """Return the groups in which a reservation of a kind of vehicle counts."""
    return [group for group in GROUPS if vehicle_kind in group.vehicle_kinds]


def left_to_book(vehicle_kind: str, free: Mapping[str, int], waiting: Mapping[str, int]) -> tuple[str, ...]:
    """Return the kinds of slot that a booking for now may take, so that every waiting reservation still finds one."""
    return tuple(
        slot
        for slot in suitable_slot_kinds(vehicle_kind)
        if all(group.spare(free, waiting) > 0 for group in GROUPS if slot in group.slot_kinds)
    )


def left_to_claim(vehicle_kind: str, free: Mapping[str, int], waiting: Mapping[str, int]) -> tuple[str, ...]:
    """Return the kinds of slot that a waiting reservation takes, so that those of other kinds still find one.

    Where there is none such it takes any that suits: it is as good as the others, and comes first.
    """
    suitable = suitable_slot_kinds(vehicle_kind)
    kind_to = tuple(slot for slot in suitable if _leaves_room(slot, vehicle_kind, free, waiting))
    return kind_to if any(free.get(slot, 0) for slot in kind_to) else suitable


def _leaves_room(slot: str, vehicle_kind: str, free: Mapping[str, int], waiting: Mapping[str, int]) -> bool:
    others = (group for group in GROUPS if slot in group.slot_kinds and vehicle_kind not in group.vehicle_kinds)
    return all(group.spare(free, waiting) > 0 for group in others)


# --- What is shown -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bookable:
    """How many bookings for now a zone still takes: in all, and of each kind of vehicle alone."""

    total: int
    by_kind: Mapping[str, int]

    def with_kept(self, kept: Collection[Collection[str]]) -> "Bookable":
        """Return it for who has free slots of the own besides, each given as the kinds of vehicle that it takes."""
        by_kind = {kind: left + sum(kind in kinds for kinds in kept) for kind, left in self.by_kind.items()}
        return Bookable(self.total + sum(any(kind in self.by_kind for kind in kinds) for kinds in kept), by_kind)


def bookable(free: Mapping[str, int], waiting: Mapping[str, int], allowed_kinds: Collection[str] = ()) -> Bookable:
    """Return what free slots leave to bookings for now, by these kinds of vehicle alone; empty: by all."""
    return _bookable(tuple(sorted(free.items())), tuple(sorted(waiting.items())), tuple(sorted(allowed_kinds)))


# A list of 200 zones asks for all of them, and many have the same places free.
@lru_cache(maxsize=4096)
def _bookable(
    free_slots: tuple[tuple[str, int], ...], waiting_for: tuple[tuple[str, int], ...], allowed_kinds: tuple[str, ...]
) -> Bookable:
    free, waiting = dict(free_slots), dict(waiting_for)
    kinds = [kind for kind in SUITABLE_SLOTS if not allowed_kinds or kind in allowed_kinds]
    by_kind = {kind: _bookable_of(kind, free, waiting) for kind in kinds}
    return Bookable(sum(max(group.spare(free, waiting), 0) for group in _apart(kinds)), by_kind)


def _apart(kinds: Collection[str]) -> list[KindGroup]:
    """Return these kinds of vehicle in groups that have no slots in common."""
    apart: list[KindGroup] = []
    for kind in kinds:
        slots = frozenset(SUITABLE_SLOTS[kind])
        shared = [group for group in apart if group.slot_kinds & slots]
        apart = [group for group in apart if group not in shared]
        slots = slots.union(*(group.slot_kinds for group in shared))
        apart.append(_of_slots(slots))
    return apart


def _bookable_of(vehicle_kind: str, free: Mapping[str, int], waiting: Mapping[str, int]) -> int:
    spare = min(group.spare(free, waiting) for group in groups_of(vehicle_kind))
    room = sum(_room(slot, vehicle_kind, free, waiting) for slot in SUITABLE_SLOTS[vehicle_kind])
    return max(min(spare, room), 0)


def _room(slot: str, vehicle_kind: str, free: Mapping[str, int], waiting: Mapping[str, int]) -> int:
    others = [group for group in GROUPS if slot in group.slot_kinds and vehicle_kind not in group.vehicle_kinds]
    return max(min([free.get(slot, 0), *(group.spare(free, waiting) for group in others)]), 0)


def reservable(vehicle_kind: str, in_service: Mapping[str, int], percent: int) -> list[tuple[KindGroup, int]]:
    """Return how many reservations at once each group of a kind of vehicle may have, of its slots in service."""
    return [(group, group.places(in_service) * percent // 100) for group in groups_of(vehicle_kind)]
