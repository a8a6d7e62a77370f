"""What each attendant let pass, from the record."""

from datetime import timedelta
from decimal import Decimal

import pytest

from parking.accounts.models import User
from parking.audit import services as audit
from parking.checkout import paying_later, ticket_answers
from parking.checkout.identifying import confirm_owner
from parking.checkout.ticket_answers import TicketAnswer
from parking.core import clock
from parking.core.ids import Ref
from parking.core.sites import ALL_SITES, Sites
from parking.facilities.models import ParkingZone
from parking.offers.events import SessionCodeGiven
from parking.reports.gate_counts import GateCounts, gate_counts
from parking.reports.periods import report_period
from parking.stays.events import PaperSlipEntered, SessionExempted, SessionLeftInEmergency, TokenGiven
from tests.build import actor, book, cancel, enter, give_ticket, leave, take_ticket

pytestmark = pytest.mark.django_db


def counted(sites: Sites = ALL_SITES) -> list[GateCounts]:
    return gate_counts(period=report_period(day=None, first=None, last=None, sites=ALL_SITES), sites=sites)


def test_each_attendant_is_counted_with_what_the_cars_owe(staff: User, admin: User, zone: ParkingZone) -> None:
    now = clock.now()
    past = now - timedelta(minutes=90)
    first, second = (enter(staff, take_ticket(zone, now=past), past) for _ in range(2))
    confirm_owner(actor=actor(staff), session=Ref(pk=first.pk), said="Asha", now=now)
    paying_later.let_out(actor=actor(staff), session=Ref(pk=first.pk), now=now)
    leave(admin, second)
    assert counted() == [
        GateCounts(staff.pk, staff.username, entries=2, exits=1, without_qr=1, pay_later=1, owed=Decimal("100.00")),
        GateCounts(admin.pk, admin.username, exits=1),
    ]
    assert counted(frozenset({zone.site_id + 1})) == []


def test_tickets_never_let_in_are_counted_for_who_said_so(staff: User, admin: User, zone: ParkingZone) -> None:
    """Who hides a car that is inside says that it has gone; a driver's own cancelling is nobody's word."""
    now = clock.now()
    first, second, third = (give_ticket(staff, zone, now=now) for _ in range(3))
    for said, session in ((TicketAnswer.GONE, first), (TicketAnswer.ENTERED, second)):
        ticket_answers.answer(actor=actor(staff), session=Ref(pk=session.pk), said=said, now=now)
    ticket_answers.answer(actor=actor(admin), session=Ref(pk=third.pk), said=TicketAnswer.GONE, now=now)
    of_staff, of_admin = sorted(counted(), key=lambda of: of.user_id)
    assert (of_staff.tickets_given, of_staff.tickets_entered, of_staff.tickets_gone) == (3, 1, 1)
    assert (of_admin.tickets_given, of_admin.tickets_gone) == (0, 1)


def test_a_booking_that_a_driver_cancels_is_no_ticket_never_let_in(driver: User, zone: ParkingZone) -> None:
    cancel(driver, book(driver, zone))
    assert [of.tickets_gone for of in counted()] in ([], [0])


def test_rare_ways_are_counted_for_who_was_at_work(staff: User, driver: User, zone: ParkingZone) -> None:
    now = clock.now()
    stay = enter(staff, take_ticket(zone, now=now), now)
    about = {"session_id": stay.pk}
    code = SessionCodeGiven(**about, code="SORRY100", instead_of="")
    for line in (
        SessionLeftInEmergency(**about, emergency_id=1, owed=Decimal("50.00")),
        TokenGiven(**about, token_id=1, number=17),
        PaperSlipEntered(**about, block="A", number=3, stated_entry="", stated_exit="", stated_cash=Decimal("50.00")),
        SessionExempted(**about, exempt_class_id=1, name="Ambulance", evidence_id=1),
        code,
    ):
        audit.record(actor(staff), line, now)
    audit.record(actor(driver), code, now)
    (of_staff,) = counted()
    assert of_staff == GateCounts(
        staff.pk, staff.username, entries=1, emergencies=1, tokens=1, paper_slips=1, codes=1, exempted=1
    )
