"""Writes that wait for each other end as each would alone, and take fewer round trips on PostgreSQL."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from parking.audit.models import AuditEntry
from parking.core.statements import change, insert, insert_only, save_fields
from parking.core.together import together
from parking.facilities.models import ParkingSlot, ParkingZone, SlotStatus
from parking.payments.models import Bill
from tests.moments import START

pytestmark = pytest.mark.django_db

IS_POSTGRESQL = connection.vendor == "postgresql"


@pytest.fixture
def slot(zone: ParkingZone) -> ParkingSlot:
    return zone.slots.order_by("pk")[0]


def bill_of(zone: ParkingZone) -> Bill:
    return Bill(kind="STAY", site_id=zone.site_id, created_at=START)


def line(action: str) -> AuditEntry:
    return AuditEntry(at=START, actor_role="SYSTEM", action=action, subject_kind="test", subject_id=1, facts={})


def actions() -> list[str]:
    return list(AuditEntry.objects.filter(subject_kind="test").order_by("pk").values_list("action", flat=True))


def occupy(slot: ParkingSlot) -> None:
    slot.status = SlotStatus.OCCUPIED
    save_fields(slot, "status")


def test_what_waits_goes_with_the_next_write_that_has_an_answer(zone: ParkingZone, slot: ParkingSlot) -> None:
    bill = bill_of(zone)
    with CaptureQueriesContext(connection) as captured, together():
        occupy(slot)
        insert_only(line("one"))
        insert(bill)
    assert len(captured) == (1 if IS_POSTGRESQL else 3)
    slot.refresh_from_db()
    assert (slot.status, Bill.objects.get().pk, actions()) == (SlotStatus.OCCUPIED, bill.pk, ["one"])


def test_a_change_answers_for_itself_alone(zone: ParkingZone, slot: ParkingSlot) -> None:
    bill = bill_of(zone)
    insert(bill)
    with together():
        occupy(slot)
        assert change(Bill, bill.pk, when={"captured": Decimal(5)}, captured=Decimal(6)) is False
        occupy(slot)
        assert change(Bill, bill.pk, when={"captured": Decimal(0)}, captured=Decimal(6)) is True
    bill.refresh_from_db()
    assert bill.captured == 6


def test_the_end_of_the_block_sends_the_rest(slot: ParkingSlot) -> None:
    with CaptureQueriesContext(connection) as captured, together():
        occupy(slot)
        insert_only(line("one"))
    assert len(captured) == (1 if IS_POSTGRESQL else 2)
    assert actions() == ["one"]


def test_whoever_reads_sees_what_was_written_before(slot: ParkingSlot) -> None:
    with together():
        occupy(slot)
        assert ParkingSlot.objects.get(pk=slot.pk).status == SlotStatus.OCCUPIED


def test_a_row_that_is_written_twice_ends_as_written_last(slot: ParkingSlot) -> None:
    with together():
        occupy(slot)
        slot.status = SlotStatus.FREE
        save_fields(slot, "status")
        insert_only(line("one"))
        insert_only(line("two"))
    slot.refresh_from_db()
    assert (slot.status, actions()) == (SlotStatus.FREE, ["one", "two"])


def test_an_insert_that_an_earlier_write_makes_room_for_comes_after_it(slot: ParkingSlot) -> None:
    """Parts of one statement take effect in no order; a table in it twice would refuse this."""
    number = slot.slot_number
    with together():
        slot.slot_number = "Z-99"
        save_fields(slot, "slot_number")
        insert(ParkingSlot(zone_id=slot.zone_id, slot_number=number, sort_key="z", kind=slot.kind, created_at=START))
    assert ParkingSlot.objects.filter(zone_id=slot.zone_id, slot_number=number).count() == 1


def test_an_error_undoes_all(slot: ParkingSlot) -> None:
    def fail() -> None:
        with transaction.atomic(), together():
            occupy(slot)
            insert_only(line("one"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    slot.refresh_from_db()
    assert (slot.status, actions()) == (SlotStatus.FREE, [])


def test_a_savepoint_that_is_undone_takes_its_own_writes_alone(slot: ParkingSlot) -> None:
    def fail() -> None:
        with transaction.atomic():
            insert_only(line("inside"))
            change(ParkingSlot, slot.pk, status="NONSENSE")

    with transaction.atomic(), together():
        insert_only(line("before"))
        with pytest.raises(IntegrityError):
            fail()
        insert_only(line("after"))
    assert actions() == ["before", "after"]


def test_outside_of_a_block_nothing_waits(slot: ParkingSlot) -> None:
    with CaptureQueriesContext(connection) as captured:
        occupy(slot)
        insert_only(line("one"))
    assert len(captured) == 2
