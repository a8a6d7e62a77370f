"""A driver objects to a debt on a page, the office answers on another."""

from datetime import timedelta

import pytest
from django.test import Client

from parking.core import clock
from parking.payments.models import Debt
from tests.build import book, enter, terminate
from tests.invariants import nothing_changes
from tests.web.markup import one_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def debt(driver, staff, zone):
    start = clock.now() - timedelta(hours=3)
    session = enter(staff, book(driver, zone, "DL-01-AB-1234", start), start)
    terminate(staff, session)
    return Debt.objects.get()


def browser(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(answer):
    return one_line(answer.content.decode())


def test_a_driver_objects_and_reads_the_answer(driver, admin, debt):
    mine, office = browser(driver), browser(admin)
    address = f"/debts/{debt.pk}/objection/"
    assert f'href="{address}"' in text_of(mine.get("/debts/"))
    assert "No gate asks for this" in text_of(mine.post(address, {"objection": "Cash <b>"}, follow=True))
    listed = text_of(office.get("/office/debts/?objections=on"))
    assert "1 objection waits for an answer." in listed
    assert "The driver says: Cash &lt;b&gt;" in listed
    form = {"decision": "REFUSE", "answer": "The camera saw you"}
    question = office.post(f"/office/debts/{debt.pk}/objection/", form)
    assert "The gate asks DL 01 AB 1234 for ₹100 again." in text_of(question)
    assert office.post(f"/office/debts/{debt.pk}/objection/", {**form, "step": "go"}).status_code == 302
    assert "The camera saw you" in text_of(mine.get("/debts/"))
    assert address not in text_of(mine.get("/debts/"))
    assert "waits for an answer" not in text_of(office.get("/office/debts/"))


def test_an_upheld_objection_is_gone_from_what_is_owed(driver, admin, debt):
    browser(driver).post(f"/debts/{debt.pk}/objection/", {"objection": "Paid"})
    form = {"decision": "UPHOLD", "answer": "Yes", "step": "go"}
    browser(admin).post(f"/office/debts/{debt.pk}/objection/", form)
    shown = text_of(browser(driver).get("/debts/"))
    assert "Written off" in shown
    assert "The answer</strong>: Yes" in shown


def test_an_objection_needs_words(driver, debt):
    with nothing_changes():
        answer = browser(driver).post(f"/debts/{debt.pk}/objection/", {"objection": " "})
    assert "This field is required." in text_of(answer)
