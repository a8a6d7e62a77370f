"""A UPI QR at the gate: PhonePe makes the link, and confirms by itself."""

from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django import Settings
from time_machine import Traveller

from parking.accounts.models import User
from parking.facilities.models import ParkingZone
from tests.api.reading import data_of, leave
from tests.build import enter, take_ticket
from tests.client import ApiClient
from tests.gateways.standin import Standin
from tests.invariants import assert_books_agree
from tests.moments import at

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[True, False])
def upi_qr(request: pytest.FixtureRequest, settings: Settings) -> bool:
    """Whether PhonePe lets this account make UPI links."""
    settings.PHONEPE_UPI_QR = bool(request.param)
    return bool(request.param)


def test_an_exit_through_phonepe_shows_a_link_where_the_account_has_it(
    clock_stands: Traveller, standin: Standin, upi_qr: bool, staff: User, zone: ParkingZone
) -> None:
    car = enter(staff, take_ticket(zone, now=at(0)), at(0))
    clock_stands.move_to(at(70))
    scan = {"qr_code": car.qr_code}
    gate = ApiClient(staff)
    waiting = data_of(leave(gate, scan, "ONLINE", gateway="PHONEPE", scan_id="out-1"))
    payment = waiting["payment"]
    assert (waiting["status"], payment["status"], bool(payment["upi_link"]), bool(payment["pay_url"])) == (
        "ACTIVE", "PENDING", upi_qr, not upi_qr,
    )  # fmt: skip
    if upi_qr:
        link = urlsplit(payment["upi_link"])
        assert (link.scheme, link.netloc, parse_qs(link.query)["am"]) == ("upi", "pay", ["100.00"])
    standin.pay(payment["order_id"])
    done = data_of(leave(gate, scan, "ONLINE", gateway="PHONEPE", scan_id="out-1"))
    assert (done["status"], done["amount_charged"], done["payment_method"]) == ("COMPLETED", 100.0, "ONLINE")
    assert_books_agree()
