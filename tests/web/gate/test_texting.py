"""Slips and receipts by SMS: to the driver's number or a typed one, and what is refused instead of not being sent."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout import slip_messages
from parking.core import clock
from parking.core.ids import Ref
from parking.core.plate_words import plate_text
from parking.facilities.models import ParkingZone
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel, Delivery, DeliveryState, Notice
from parking.stays.models import ParkingSession
from tests.build import actor, book, cancel, enter, leave, reloaded, take_ticket
from tests.gateways.peer import Peer, Say, running_peer
from tests.invariants import refused
from tests.web.gate.conftest import Gate

pytestmark = pytest.mark.django_db

PLATE = "DL-01-AB-1234"


@pytest.fixture(autouse=True)
def provider(settings: Any) -> Iterator[Peer]:
    with running_peer() as peer:
        peer.on("POST", "/sms", Say(200, {}))
        settings.SMS_URL = f"{peer.url}/sms"
        settings.SMS_TEMPLATE_IDS = {"slip_ticket.en": "1107", "slip_ticket.hi": "1108", "slip_receipt.en": "1109"}
        settings.SMS_PER_MONTH = 10
        yield peer


@pytest.fixture
def walk_in(staff: User, zone: ParkingZone) -> ParkingSession:
    return enter(staff, take_ticket(zone, PLATE))


def text(staff: User, session: ParkingSession, phone: str = "") -> str:
    return slip_messages.text_slip(actor=actor(staff), session=Ref(pk=session.pk), phone=phone, now=clock.now())


def sent(provider: Peer) -> list[dict[str, Any]]:
    """Let the worker send, and return what the provider got."""
    deliver(now=clock.now(), channel=Channel.SMS)
    return [call.json for call in provider.asked("/sms")]


def test_a_slip_goes_to_the_number_that_was_typed(staff: User, walk_in: ParkingSession, provider: Peer) -> None:
    assert text(staff, walk_in, "98765 43210") == "10"
    (sms,) = sent(provider)
    slot = reloaded(walk_in).slot_number
    assert (sms["to"], sms["template_id"]) == ("919876543210", "1107")
    assert sms["text"] == f"Parking of {plate_text(PLATE)}: Zone A, slot {slot}. Code at the exit: {walk_in.qr_code}"


def test_a_booked_slip_goes_to_the_driver_in_the_drivers_language(
    staff: User, driver: User, zone: ParkingZone, provider: Peer
) -> None:
    User.objects.filter(pk=driver.pk).update(phone="9876501234", language="hi")
    session = enter(staff, book(driver, zone, PLATE))
    assert text(staff, session) == "34"
    (sms,) = sent(provider)
    assert (sms["to"], sms["template_id"]) == ("919876501234", "1108")
    assert Notice.objects.get(kind="slip_ticket").person_id == driver.pk


def test_a_receipt_says_what_was_charged(staff: User, walk_in: ParkingSession, provider: Peer) -> None:
    leave(staff, walk_in)
    text(staff, walk_in, "9876543210")
    (sms,) = sent(provider)
    assert sms["template_id"] == "1109"
    assert f"The parking cost Rs 50. Code: {walk_in.qr_code}" in sms["text"]


def test_the_record_keeps_the_last_two_digits_alone(staff: User, walk_in: ParkingSession) -> None:
    text(staff, walk_in, "9876543210")
    line = AuditEntry.objects.get(action="session.slip_texted")
    assert (line.actor_id, line.subject_id) == (staff.pk, walk_in.pk)
    assert "10" in json.dumps(line.facts)
    assert "76543" not in json.dumps(line.facts)


def test_what_does_not_fit_the_registered_text_is_refused_at_once(
    staff: User, walk_in: ParkingSession, zone: ParkingZone
) -> None:
    ParkingZone.objects.filter(pk=zone.pk).update(name="Z" * 31)
    with refused("sms_does_not_fit"):
        text(staff, walk_in, "9876543210")


def test_nothing_above_the_months_sms_of_the_site(
    staff: User, walk_in: ParkingSession, settings: Any, provider: Peer
) -> None:
    settings.SMS_PER_MONTH = 1
    text(staff, walk_in, "9876543210")
    assert len(sent(provider)) == 1
    with refused("sms_budget_spent"):
        text(staff, walk_in, "9876543210")


def test_three_of_a_session_are_all(staff: User, walk_in: ParkingSession) -> None:
    for _ in range(3):
        text(staff, walk_in, "9876543210")
    with refused("slip_sms_used_up"):
        text(staff, walk_in, "9876543210")


@pytest.mark.parametrize(("phone", "code"), [("", "phone_unknown"), ("12345", "phone_incomplete")])
def test_a_number_is_needed(staff: User, walk_in: ParkingSession, phone: str, code: str) -> None:
    with refused(code):
        text(staff, walk_in, phone)


def test_a_cancelled_booking_has_no_slip(staff: User, driver: User, zone: ParkingZone) -> None:
    session = book(driver, zone, PLATE)
    cancel(driver, session)
    with refused("session_over"):
        text(staff, session, "9876543210")


@pytest.mark.parametrize("missing", [{"SMS_URL": ""}, {"SMS_TEMPLATE_IDS": {"booked.en": "1"}}])
def test_without_the_port_nothing_is_offered(
    staff: User, gate: Gate, walk_in: ParkingSession, settings: Any, missing: dict[str, Any]
) -> None:
    for name, value in missing.items():
        setattr(settings, name, value)
    with refused("sms_unavailable"):
        text(staff, walk_in, "9876543210")
    for page in (f"/gate/ticket/{walk_in.pk}/", f"/gate/stays/{walk_in.pk}/"):
        assert "Send by SMS" not in gate.client.get(page).content.decode()
    assert "No SMS can be sent from here." in gate.client.get(f"/gate/stays/{walk_in.pk}/sms/").content.decode()


def test_what_fails_later_is_reported_to_the_office(staff: User, walk_in: ParkingSession, provider: Peer) -> None:
    text(staff, walk_in, "9876543210")
    provider.on("POST", "/sms", Say(400, {}))
    deliver(now=clock.now(), channel=Channel.SMS)
    assert Delivery.objects.get().state == DeliveryState.FAILED
    assert AuditEntry.objects.filter(action="delivery.failed").count() == 1


def test_the_same_form_again_sends_nothing_more(gate: Gate, walk_in: ParkingSession) -> None:
    address = f"/gate/stays/{walk_in.pk}/sms/"
    assert f'href="{address}"' in gate.client.get(f"/gate/ticket/{walk_in.pk}/").content.decode()
    form = {"phone": "9876543210", "key": "a-key-of-this-form"}
    for _ in range(2):
        answer = gate.client.post(address, form, follow=True)
        assert "The SMS goes to the number that ends in 10." in answer.content.decode()
    assert Delivery.objects.count() == 1


def test_a_wrong_number_comes_back_with_the_form(gate: Gate, walk_in: ParkingSession) -> None:
    answer = gate.client.post(f"/gate/stays/{walk_in.pk}/sms/", {"phone": "123", "key": "a-key"}).content.decode()
    assert "Type all ten digits of the phone number." in answer
    assert 'value="123"' in answer
    assert Delivery.objects.count() == 0
