"""GET /api/payment/{id}/receipt.pdf: for whom, and for what."""

from datetime import timedelta

import pytest

from parking.facilities.models import ParkingSite
from parking.invoices.models import TaxDocument
from parking.payments.models import Payment
from parking.stays.models import ParkingSession
from tests.build import make_user
from tests.client import ApiClient
from tests.moments import START

pytestmark = pytest.mark.django_db


def path(payment_id: object) -> str:
    return f"/api/payment/{payment_id}/receipt.pdf"


@pytest.fixture
def payment(stay: ParkingSession) -> Payment:
    return Payment.objects.filter(bill=stay.bill).order_by("pk")[0]


@pytest.mark.parametrize("who", ["as_driver", "as_staff", "as_admin"])
def test_the_own_driver_and_staff_get_the_pdf(request, registered: ParkingSite, payment: Payment, who):
    answer = request.getfixturevalue(who).get(path(payment.pk))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    number = TaxDocument.objects.get().number
    assert answer["Content-Disposition"] == f'inline; filename="{number.replace("/", "-")}.pdf"'


def test_somebody_elses_payment_is_not_there(payment: Payment):
    answer = ApiClient(make_user()).get(path(payment.pk))
    assert (answer.status_code, answer.json()["code"]) == (404, "payment_not_found")
    assert not TaxDocument.objects.exists()


def test_without_a_token_nothing_is_told(anybody: ApiClient, payment: Payment):
    assert anybody.get(path(payment.pk)).status_code == 401


@pytest.mark.parametrize("wrong", [0, 999_999, 2**63, "9" * 40, "-1", "1.0", "abc", "%00", "१"])
def test_what_is_no_payment_is_not_there(as_admin: ApiClient, payment: Payment, wrong):
    answer = as_admin.get(path(wrong))
    assert (answer.status_code, answer.json()["success"]) == (404, False)


def test_the_paper_is_a4_or_a_roll(as_driver: ApiClient, payment: Payment):
    a4, roll = (as_driver.get(path(payment.pk), paper=paper) for paper in ("A4", "80mm"))
    assert (a4.status_code, roll.status_code) == (200, 200)
    assert a4.content != roll.content
    assert as_driver.get(path(payment.pk), paper="A5").status_code == 400


def test_the_description_has_the_pdf(anybody: ApiClient):
    call = anybody.get("/api/openapi.json").json()["paths"]["/api/payment/{payment_id}/receipt.pdf"]["get"]
    assert list(call["responses"]["200"]["content"]) == ["application/pdf"]


def test_asking_twice_writes_one_document(as_driver: ApiClient, payment: Payment):
    first, second = (as_driver.get(path(payment.pk)).content for _ in range(2))
    assert first == second
    assert TaxDocument.objects.get().issued_at > START - timedelta(days=1)


def test_the_page_shows_what_the_pdf_shows(as_driver: ApiClient, registered: ParkingSite, payment: Payment):
    answer = as_driver.get(f"/api/payment/{payment.pk}/receipt/")
    page, document = answer.content.decode(), TaxDocument.objects.get()
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    for text in (document.number, f"{document.total:.2f}", f"{document.cgst:.2f}", f"{document.taxable:.2f}"):
        assert text in page


def test_somebody_elses_page_is_not_there(payment: Payment):
    assert ApiClient(make_user()).get(f"/api/payment/{payment.pk}/receipt/").status_code == 404
