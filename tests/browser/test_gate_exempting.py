"""An attendant exempts an ambulance: one touch on its class, and a photo."""

from io import BytesIO

from PIL import Image
from playwright.sync_api import expect

from parking.core import clock
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.stays.exempt_classes import create_class
from parking.stays.models import ParkingSessionEvidence
from tests.browser.conftest import Axe, NewPage
from tests.browser.test_gate_scanning import OpenGate, open_gate, type_code, verdict
from tests.build import picture_of, reloaded, take_ticket

__all__ = ["open_gate"]


def test_one_touch_and_a_photo_exempt_a_car_that_was_let_in(
    open_gate: OpenGate, new_page: NewPage, zone: ParkingZone, axe: Axe
) -> None:
    create_class(actor=SYSTEM, site_id=zone.site_id, name="ambulance", now=clock.now())
    session = take_ticket(zone, "DL-01-AB-1234")
    page = open_gate(new_page("phone"), "In")
    type_code(page, session.qr_code)
    verdict(page, "LET IN")
    page.get_by_text("Other vehicle type, or exempt").click()
    axe(page)
    with page.expect_file_chooser() as camera:
        page.locator("[data-photo]").click()  # it lies over the word
    camera.value.set_files({"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture_of(2600, 1300)})
    expect(page.get_by_text("This car pays nothing: ambulance.")).to_be_visible()
    with Image.open(BytesIO(ParkingSessionEvidence.objects.get().jpeg)) as kept:
        assert kept.size == (2000, 1000)
    assert reloaded(session).offers == {"exempt": "ambulance"}
