"""The page that the code on a receipt opens."""

import pytest
from django.test import Client

from parking.audit.models import AuditEntry
from parking.stays.models import SessionNote
from tests.build import book, enter, leave, take_ticket
from tests.invariants import nothing_changes
from tests.moments import at
from tests.passes.build import bought, make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def left(driver, staff, zone):
    session = enter(staff, book(driver, zone, "DL-01-AB-1234"))
    return leave(staff, session, tendered="100").session


def page_of(left, **sent):
    client, address = Client(), f"/r/{left.qr_code}"
    answer = client.post(address, sent, follow=True) if sent else client.get(address)
    return " ".join(answer.content.decode().split())


def test_who_holds_a_receipt_sees_what_the_books_have_and_not_whose_car_it_is(left):
    text = page_of(left)
    for shown in (left.zone.site.name, "data-plate-end>1234<", "Zone A", "Car", ">₹50<", "Online"):
        assert shown in text
    for hidden in ("DL 01", "DL-01", "Asha", left.driver.username):
        assert hidden not in text


def test_a_code_in_lower_case_is_the_same_and_another_is_not_there(left):
    assert Client().get(f"/r/{left.qr_code.lower()}").status_code == 200
    assert Client().get("/r/QR-000000000000").status_code == 404


def test_the_code_of_a_pass_shows_no_receipt(driver, staff, zone):
    held = bought(driver, make_plan(zone), "DL-01-AB-1234")
    enter(staff, take_ticket(zone, "DL-01-AB-1234", at(1)), at(2))
    with nothing_changes():
        assert Client().get(f"/r/{held.pass_code}").status_code == 404
        assert Client().post(f"/r/{held.pass_code}", {"paid": "500"}).status_code == 404


def test_the_code_of_a_ticket_shows_the_bill_so_far_and_takes_no_doubt_before_money_came(staff, zone):
    inside = enter(staff, take_ticket(zone, "DL-01-AB-1234", at(1)), at(2))
    text = page_of(inside)
    assert "<h1>Bill so far</h1>" in text
    assert "Not what you paid?" not in text
    assert "Receipt check" not in text
    with nothing_changes():
        assert "Nothing was paid for this session yet." in page_of(inside, paid="500")
    gone = leave(staff, inside, tendered="100", now=at(10)).session
    assert "Not what you paid?" in page_of(gone)
    assert "Thank you." in page_of(gone, paid="500")


def test_another_sum_is_told_once_and_ticked_off_by_no_attendant(left, gate_of, staff, admin):
    assert "Thank you." in page_of(left, paid="500", words="Took 500")
    assert "that another sum was paid" in page_of(left)
    with nothing_changes():
        assert "that another sum was paid" in page_of(left, paid="600")
    note = SessionNote.objects.get()
    assert (note.kind, note.text, note.written_by) == ("PAYMENT", "₹500.00 ≠ ₹50.00 Took 500", None)
    assert AuditEntry.objects.get(action="session.receipt_doubted").facts == {
        "note_id": note.pk, "stated": "500.00", "kept": "50.00",
    }  # fmt: skip
    done = f"/gate/stays/{left.pk}/notes/{note.pk}/done/"
    assert "Took 500" in gate_of(staff).get("/gate/problems/").content.decode()
    assert gate_of(staff).post(done).status_code == 403
    assert gate_of(admin).post(done).status_code == 302


@pytest.fixture
def gate_of():
    def client(user):
        browser = Client()
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return client
