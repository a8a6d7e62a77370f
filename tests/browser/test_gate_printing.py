"""Slips come out of a printer without a dialog: what it prints is a ticket that lets the car out."""

import base64
import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from parking.stays.models import ParkingSession
from tests.browser.conftest import NewPage, Scanner, SignIn
from tests.browser.paper import Printer
from tests.browser.waiting import until

# A port that keeps what is written to it, for the whole tab.
PORT = """
navigator.serial || Object.defineProperty(Navigator.prototype, "serial", { value: {}, configurable: true });
const port = {
  writable: null,
  async open() {
    port.writable = new WritableStream({
      write(bytes) { sessionStorage.sent = (sessionStorage.sent ?? "") + btoa(String.fromCharCode(...bytes)) + " "; },
    });
  },
  async close() { port.writable = null; },
};
Object.defineProperty(Navigator.prototype, "serial", {
  value: { getPorts: async () => [port], requestPort: async () => port }, configurable: true,
});
"""


def paper_of(page: Page, width: int) -> Printer:
    """Return the printer after it took everything that this page sent."""
    printer = Printer(width)
    until(page, "() => Boolean(sessionStorage.sent)")
    for part in page.evaluate("sessionStorage.sent").split():
        printer.take(base64.b64decode(part))
    return printer


@pytest.mark.parametrize(("paper", "dots"), [("80 mm", 576), ("58 mm", 384)])
def test_the_slip_of_a_walk_in_is_printed_by_itself_and_read_by_the_camera(
    new_page: NewPage, sign_in: SignIn, staff: User, zone: ParkingZone, scanner: Scanner,
    paper: str, dots: int,
) -> None:  # fmt: skip
    page = new_page("phone")
    page.add_init_script(PORT)
    sign_in(page, staff)
    page.goto("/gate/printer/")
    page.get_by_label(paper).check()
    page.get_by_role("button", name="Connect by cable").click()
    expect(page.get_by_role("button", name="Print a test")).to_be_visible()
    page.goto("/gate/ticket/")
    page.get_by_label("Plate").fill("dl01ab1234")
    page.get_by_role("button", name="Ticket and let in").click()
    expect(page.get_by_text("Printed.")).to_be_visible()
    printer = paper_of(page, dots)
    assert printer.cuts == 1
    keep = os.environ.get("SLIPS")
    if keep:
        Path(keep, f"slip-{dots}.png").write_bytes(printer.picture())
    session = ParkingSession.objects.get()
    out = scanner.new_page("desktop")
    sign_in(out, staff)
    out.goto("/gate/")
    out.locator("[data-place-choice]").get_by_role("button", name="Out").click()
    scanner.show(printer.picture())
    out.get_by_role("button", name="Camera").click()
    expect(out.locator("[data-verdict=quote]")).to_be_visible(timeout=20_000)
    assert session.qr_code in out.content()


def test_without_an_answer_of_the_printer_the_car_is_in_all_the_same(
    new_page: NewPage, sign_in: SignIn, staff: User, zone: ParkingZone
) -> None:
    page = new_page("phone")
    page.add_init_script(PORT + "port.open = async () => { throw new Error('off'); };")
    sign_in(page, staff)
    page.goto("/gate/printer/")
    page.get_by_role("button", name="Connect by cable").click()
    page.goto("/gate/ticket/")
    page.get_by_label("Plate").fill("dl01ab1234")
    page.get_by_role("button", name="Ticket and let in").click()
    expect(page.get_by_text("The printer does not answer.")).to_be_visible()
    assert ParkingSession.objects.get().status == "ACTIVE"
