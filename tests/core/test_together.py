"""Writes that wait for each other end as each would alone, and take fewer round trips on PostgreSQL."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from parking.audit.models import AuditEntry
from parking.core.statements import (
    change,
    change_locked,
    insert,
    insert_if_changed,
    insert_only,
    insert_with,
    save_fields,
)
from parking.core.together import RowNotFound, together
from parking.facilities.models import ParkingSlot, ParkingZone, SlotStatus
from parking.payments.models import Bill
from parking.stays.models import ParkingSession
from parking.vehicles.models import Vehicle
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


def test_a_locked_row_is_changed_with_all_that_waits(zone: ParkingZone, slot: ParkingSlot) -> None:
    bill = bill_of(zone)
    insert(bill)
    with CaptureQueriesContext(connection) as captured, together():
        occupy(slot)
        change_locked(Bill, bill.pk, when={"captured": Decimal(0)}, captured=Decimal(6))
        insert_only(line("one"))
    assert len(captured) == (1 if IS_POSTGRESQL else 3)
    bill.refresh_from_db()
    slot.refresh_from_db()
    assert (slot.status, bill.captured, actions()) == (SlotStatus.OCCUPIED, 6, ["one"])


def test_two_locked_rows_each_have_to_be_found(zone: ParkingZone, slot: ParkingSlot) -> None:
    bill = bill_of(zone)
    insert(bill)

    @transaction.atomic
    def write() -> None:
        with together():
            change_locked(Bill, bill.pk, when={"captured": Decimal(5)}, captured=Decimal(6))
            change_locked(ParkingSlot, slot.pk, when={"status": SlotStatus.FREE}, status=SlotStatus.OCCUPIED)
            insert_only(line("one"))

    with pytest.raises(RowNotFound, match="payments_bill"):
        write()
    slot.refresh_from_db()
    assert (slot.status, actions()) == (SlotStatus.FREE, [])


def test_a_locked_row_is_found_before_a_write_with_an_answer(zone: ParkingZone, slot: ParkingSlot) -> None:
    @transaction.atomic
    def write() -> None:
        with together():
            change_locked(ParkingSlot, slot.pk, when={"status": SlotStatus.BOOKED}, status=SlotStatus.OCCUPIED)
            insert(bill_of(zone))

    with pytest.raises(RowNotFound, match="facilities_parkingslot"):
        write()
    assert not Bill.objects.exists()


def new_session(zone: ParkingZone, slot: ParkingSlot) -> ParkingSession:
    vehicle = Vehicle.objects.create(match_key="DL01AB1234", vehicle_number="DL-01-AB-1234", created_at=START)
    return ParkingSession(
        uuid=uuid4(),
        qr_code="QR-TOGETHER",
        vehicle=vehicle,
        zone=zone,
        slot=slot,
        bill=bill_of(zone),
        terms={},
        offers={},
        booked_at=START,
        starts_at=START,
        enter_by=START,
    )


def test_two_new_rows_go_in_one_statement(zone: ParkingZone, slot: ParkingSlot) -> None:
    session = new_session(zone, slot)
    with CaptureQueriesContext(connection) as captured, together():
        occupy(slot)
        insert_with(session, "bill")
    assert len(captured) == (1 if IS_POSTGRESQL else 3)
    written = ParkingSession.objects.get()
    assert (written.pk, written.bill_id) == (session.pk, session.bill_id) == (session.pk, Bill.objects.get().pk)
    assert session.bill.pk == session.bill_id


@pytest.mark.parametrize("is_free", [True, False])
def test_a_row_is_written_only_if_another_changed(zone: ParkingZone, slot: ParkingSlot, is_free: bool) -> None:
    bill = bill_of(zone)
    before = SlotStatus.FREE if is_free else SlotStatus.BOOKED
    with CaptureQueriesContext(connection) as captured, together():
        insert_only(line("one"))
        found = insert_if_changed(bill, slot, when={"status": before}, changes={"status": SlotStatus.OCCUPIED})
    slot.refresh_from_db()
    assert len(captured) == (1 if IS_POSTGRESQL else 2 + is_free)
    assert found is is_free
    assert slot.status == (SlotStatus.OCCUPIED if is_free else SlotStatus.FREE)
    assert list(Bill.objects.values_list("pk", flat=True)) == ([bill.pk] if is_free else [])
    assert actions() == ["one"]
