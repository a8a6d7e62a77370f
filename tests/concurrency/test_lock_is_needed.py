"""The race is real: without lock and constraint a slot is sold twice; each of the two alone ends it.

Everybody is made to read before anybody writes, so nothing here depends on luck.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet

from parking.accounts.models import User
from parking.checkout import booking
from parking.core.ids import Ref
from parking.core.statements import Select
from parking.facilities import services as facilities
from parking.facilities.models import ParkingSlot
from parking.stays.models import ParkingSession
from tests.build import actor, book, make_zone, plate
from tests.concurrency.together import WAIT_SECONDS, at_once, tally
from tests.invariants import assert_books_agree

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="SQLite has one writer at a time: its immediate transaction is the lock, and cannot be taken out",
    ),
]

START = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
CALLERS = 8
SLOTS = 3


@dataclass
class ReadTogether:
    """Replaces the search for a free slot: every caller has found its slot before the first one takes it."""

    everybody_has_read: Barrier = field(default_factory=lambda: Barrier(CALLERS))

    def first(self, *parameters: Any) -> ParkingSlot | None:
        # Compiled again, so that a lock that was taken out is not in it.
        found = Select(facilities._first_free, int, str).first(*parameters)
        self.everybody_has_read.wait(WAIT_SECONDS)
        return found


@pytest.fixture(autouse=True)
def _read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facilities, "_FREE_SLOT", ReadTogether())


@pytest.fixture
def _without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **_: queryset)


@pytest.fixture
def _without_constraint(transactional_db: None) -> Iterator[None]:
    constraint = next(row for row in ParkingSession._meta.constraints if row.name == "one_open_session_per_slot")
    with connection.schema_editor() as editor:
        editor.remove_constraint(ParkingSession, constraint)
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE stays_parkingsession CASCADE")
    with connection.schema_editor() as editor:
        editor.add_constraint(ParkingSession, constraint)


def _sold() -> Counter[str]:
    """How often each slot is sold at this moment."""
    return Counter(ParkingSession.objects.open().values_list("slot__slot_number", flat=True))


@pytest.mark.usefixtures("_without_lock", "_without_constraint")
def test_without_lock_and_constraint_one_slot_is_sold_to_everybody(driver: User) -> None:
    zone = make_zone(slots=SLOTS)
    answers = at_once([partial(book, driver, zone, plate(), START) for _ in range(CALLERS)])
    assert tally(answers) == {"ok": CALLERS}
    assert _sold() == {"A-001": CALLERS}
    with pytest.raises(AssertionError, match="slot A-001"):
        assert_books_agree()


@pytest.mark.usefixtures("_without_constraint")
def test_the_lock_alone_ends_it(driver: User) -> None:
    zone = make_zone(slots=SLOTS)
    answers = at_once([partial(book, driver, zone, plate(), START) for _ in range(CALLERS)])
    assert tally(answers) == {"ok": SLOTS, "zone_full": CALLERS - SLOTS}
    assert _sold() == {"A-001": 1, "A-002": 1, "A-003": 1}
    assert_books_agree()


@pytest.mark.usefixtures("_without_lock")
def test_the_constraint_alone_refuses_the_second_sale(driver: User) -> None:
    zone = make_zone(slots=SLOTS)

    def try_to_book(vehicle_number: str) -> str:
        try:
            booking.book(
                actor=actor(driver), zone=Ref(pk=zone.pk), plate=vehicle_number, owner_name="Asha Rao",
                vehicle_kind="CAR", gateway=None, now=START,
            )  # fmt: skip
        except IntegrityError as error:
            assert "one_open_session_per_slot" in str(error)
            return "refused by the database"
        return "booked"

    answers = at_once([partial(try_to_book, plate()) for _ in range(CALLERS)])
    assert Counter(answers) == {"booked": 1, "refused by the database": CALLERS - 1}
    assert _sold() == {"A-001": 1}
    assert_books_agree()
