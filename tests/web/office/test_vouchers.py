"""The office's page of vouchers."""

from datetime import timedelta

import pytest
from django.test import Client

from parking.accounts.models import User
from parking.core import clock
from parking.facilities.models import ParkingZone
from parking.offers.models import PromoCode

pytestmark = pytest.mark.django_db


def test_a_voucher_is_issued_shown_and_withdrawn(admin: User, zone: ParkingZone) -> None:
    browser = Client()
    browser.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    until = clock.today() + timedelta(days=30)
    body = {"amount": "30", "until": until.isoformat(), "reason": "Guest", "site": zone.site_id}
    assert browser.post("/office/vouchers/new/", body).headers["Location"] == "/office/vouchers/"
    voucher = PromoCode.objects.get()
    assert (voucher.is_voucher, voucher.uses, list(voucher.zones.all())) == (True, 1, [zone])
    assert voucher.code in browser.get("/office/vouchers/").content.decode()
    assert voucher.code not in browser.get("/office/promo-codes/").content.decode()
    browser.post(f"/office/vouchers/{voucher.pk}/withdraw/")
    voucher.refresh_from_db()
    assert voucher.is_active is False


@pytest.mark.parametrize(
    ("wrong", "field", "text"),
    [
        ({"amount": "0"}, "amount", "0.01 और 100000.00 के बीच।"),
        ({"amount": "-5"}, "amount", "यह 0 या उससे ज़्यादा होना चाहिए।"),
        ({"until": "2026-11-01"}, "until", "यह पहले दिन से पहले नहीं हो सकता।"),
    ],
)
def test_what_a_voucher_may_not_be_is_said_in_hindi_at_its_field(
    admin: User, zone: ParkingZone, wrong: dict[str, str], field: str, text: str
) -> None:
    browser = Client()
    browser.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    browser.cookies["django_language"] = "hi"
    until = clock.today() + timedelta(days=30)
    body = {"amount": "30", "until": until.isoformat(), "reason": "Guest", "site": zone.site_id}
    page = browser.post("/office/vouchers/new/", body | wrong)
    assert page.context["form"].errors == {field: [text]}
    assert not PromoCode.objects.exists()
