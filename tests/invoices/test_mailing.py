"""Documents by mail: asked for by call and page, sent by the worker, once for each wish."""

from datetime import timedelta
from io import BytesIO
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pypdf import PdfReader
from time_machine import Traveller

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout import mailing, sending
from parking.checkout.tasks import send_document_mail
from parking.core.errors import NotFound, Refused, TooMany
from parking.facilities.models import ParkingSite, ParkingZone
from parking.invoices.models import DocumentMail, NumberSeries
from parking.invoices.rules import LARGEST
from parking.payments.models import Payment
from parking.stays.models import ParkingSession
from tests.build import actor, leave, make_user, take_ticket
from tests.build import enter as let_in
from tests.client import ApiClient
from tests.invoices.conftest import LATER

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _with_address(driver: User) -> None:
    driver.email = "asha@example.com"
    driver.save()


@pytest.fixture
def payment(registered: ParkingSite, stay: ParkingSession) -> Payment:
    return Payment.objects.filter(bill=stay.bill).order_by("pk")[0]


def ask(user: User, payment: Payment, now=LATER) -> DocumentMail:
    return mailing.ask_for_mail(actor=actor(user), payment_id=payment.pk, now=now)


def queued() -> list[int]:
    rows = DBTaskResult.objects.filter(task_path=send_document_mail.module_path).order_by("enqueued_at")
    return [row.args_kwargs["args"][0] for row in rows]


def work(now=LATER) -> list[bool]:
    return [sending.send(mail_id=mail_id, now=now) for mail_id in queued()]


# --- Sent ------------------------------------------------------------------------------------------


def test_the_worker_mails_the_document_as_pdf(payment: Payment, driver: User):
    wish = ask(driver, payment)
    assert (wish.state, mail.outbox) == ("WAITING", [])
    assert work() == [True]
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["asha@example.com"], "Your parking receipt KA1/2627/0000001")
    ((name, content, media),) = message.attachments
    assert (name, media) == ("KA1-2627-0000001.pdf", "application/pdf")
    assert "KA1/2627/0000001" in PdfReader(BytesIO(content)).pages[0].extract_text()
    wish.refresh_from_db()
    assert (wish.state, wish.ended_at) == ("SENT", LATER)
    lines = AuditEntry.objects.filter(action__startswith="document.mail").order_by("pk")
    assert [(line.action, line.actor_id, line.subject_id) for line in lines] == [
        ("document.mail_asked", driver.pk, payment.bill_id),
        ("document.mailed", None, payment.bill_id),
    ]


def test_it_is_in_the_readers_language(payment: Payment, driver: User):
    User.objects.filter(pk=driver.pk).update(language="hi")
    ask(driver, payment)
    work()
    assert mail.outbox[0].subject == "आपकी पार्किंग रसीद KA1/2627/0000001"


def test_a_task_that_runs_twice_sends_once(payment: Payment, driver: User):
    ask(driver, payment)
    assert [*work(), *work()] == [True, False]
    assert len(mail.outbox) == 1


def test_a_mail_that_waits_is_not_queued_twice(payment: Payment, driver: User, staff: User):
    assert ask(driver, payment) == ask(staff, payment)
    assert len(queued()) == 1


def test_what_the_mail_server_refuses_may_be_asked_for_again(payment: Payment, driver: User, monkeypatch):
    def refuse(self: EmailMessage) -> int:
        raise SMTPRecipientsRefused({})

    first = ask(driver, payment)
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", refuse)
        assert work() == [False]
    first.refresh_from_db()
    assert first.state == "FAILED"
    assert ask(driver, payment) != first
    assert work() == [False, True]


def test_a_document_that_cannot_be_issued_ends_the_wish(payment: Payment, registered: ParkingSite, driver: User):
    wish = ask(driver, payment)
    NumberSeries.objects.create(site=registered, prefix="KA1", kind="TAX_INVOICE", year="2627", last=LARGEST)
    assert work() == [False]
    wish.refresh_from_db()
    assert (wish.state, mail.outbox) == ("FAILED", [])


# --- Refused ---------------------------------------------------------------------------------------


def test_three_a_minute_go_to_one_account(payment: Payment, driver: User, staff: User):
    for _ in range(3):
        ask(driver, payment)
        work()
    with pytest.raises(TooMany):
        ask(staff, payment)
    assert ask(driver, payment, LATER + MINUTE).state == "WAITING"


def test_without_an_address_it_is_refused(payment: Payment, driver: User):
    User.objects.filter(pk=driver.pk).update(email="")
    with pytest.raises(Refused) as refusal:
        ask(driver, payment)
    assert (refusal.value.code, DocumentMail.objects.count()) == ("mail_address_missing", 0)


def test_a_walk_in_has_no_address(staff: User, zone: ParkingZone):
    leave(staff, let_in(staff, take_ticket(zone, now=LATER), LATER), "CASH", LATER + MINUTE)
    with pytest.raises(Refused) as refusal:
        ask(staff, Payment.objects.get())
    assert refusal.value.code == "mail_address_missing"


def test_somebody_elses_payment_is_not_there(payment: Payment):
    with pytest.raises(NotFound):
        ask(make_user(), payment)


# --- Call and page -----------------------------------------------------------------------------------


def test_the_same_call_again_asks_once_also_after_it_was_sent(payment: Payment, driver: User, time_machine: Traveller):
    time_machine.move_to(LATER)
    client, path = ApiClient(driver), f"/api/payment/{payment.pk}/receipt/mail/"
    first = client.post(path, **{"Idempotency-Key": "one"})
    assert (first.status_code, first.json()["data"]["state"]) == (202, "WAITING")
    work()
    again = client.post(path, **{"Idempotency-Key": "one"})
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (202, "true")
    assert len(queued()) == 1
    assert ApiClient(make_user()).post(path).status_code == 404


def test_the_button_on_the_ticket_mails_once(payment: Payment, driver: User, stay: ParkingSession):
    browser = Client()
    browser.force_login(driver, backend="django.contrib.auth.backends.ModelBackend")
    ticket, path = f"/tickets/{stay.pk}/", f"/receipts/{payment.pk}/mail/"
    page = browser.get(ticket).content.decode()
    assert f'action="{path}"' in page
    assert page.count("Mail me the receipt") == 1
    form = {"key": "a-key-of-this-page-0001"}
    assert browser.post(path, form).headers["Location"] == ticket
    work()
    browser.post(path, form)
    assert len(queued()) == 1
    assert "The receipt is on its way" in browser.get(ticket).content.decode()
    User.objects.filter(pk=driver.pk).update(email="")
    browser.post(path, {"key": "a-key-of-this-page-0002"})
    assert "There is no e-mail address to send it to." in browser.get(ticket).content.decode()
