"""Documents by mail: asked for by call and page, sent by the worker, once for each wish."""

from datetime import timedelta
from io import BytesIO
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from pypdf import PdfReader
from time_machine import Traveller

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout import mailing
from parking.checkout.tasks import send_document_mail
from parking.core import clock
from parking.core.errors import NotFound, Refused, TooMany
from parking.facilities.models import ParkingSite, ParkingZone
from parking.invoices.models import DocumentMail, NumberSeries
from parking.invoices.rules import LARGEST
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel, Delivery, Notice
from parking.notifications.reasons import reason_in_words
from parking.notifications.retrying import retry
from parking.payments.models import Payment
from parking.stays.models import ParkingSession
from tests.build import actor, leave, make_user, take_ticket
from tests.build import enter as let_in
from tests.client import ApiClient
from tests.invoices.conftest import LATER
from tests.passes.build import buy, make_plan

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


def work(now=LATER) -> None:
    deliver(now=now, channel=Channel.MAIL)


def refuse_all(patch: pytest.MonkeyPatch, error: Exception) -> None:
    def refuse(_self: EmailMessage) -> int:
        raise error

    patch.setattr(EmailMessage, "send", refuse)


def state_of(wish: DocumentMail) -> tuple[str, object]:
    wish.refresh_from_db()
    return (wish.state, wish.ended_at)


# --- Sent ------------------------------------------------------------------------------------------


def test_the_worker_mails_the_document_as_pdf(payment: Payment, driver: User, stay: ParkingSession):
    wish = ask(driver, payment)
    assert (wish.state, mail.outbox) == ("WAITING", [])
    work()
    (message,) = mail.outbox
    plate = stay.vehicle.vehicle_number
    assert (message.to, message.subject) == (["asha@example.com"], f"Your receipt for {plate}")
    paragraphs = message.body.split("\n\n")
    assert paragraphs == [
        "As requested, here is the receipt for the payment of ₹50 on 22 Nov 2026, 10:00, "
        f"for {plate} at Main car park.",
        "The document is attached.",
        f"http://127.0.0.1:8000/receipts/{payment.pk}/",
        "You receive this mail because it was asked for.",
        "Smart Parking\n",
    ]
    assert "List-Unsubscribe" not in message.extra_headers
    html = str(message.alternatives[0][0])  # type: ignore[attr-defined]
    assert "You receive this mail because it was asked for." in html
    assert f'href="http://127.0.0.1:8000/receipts/{payment.pk}/"' in html
    ((name, content, media),) = message.attachments
    assert (name, media) == ("KA1-2627-0000001.pdf", "application/pdf")
    assert "KA1/2627/0000001" in PdfReader(BytesIO(content)).pages[0].extract_text()
    assert state_of(wish) == ("SENT", LATER)
    lines = AuditEntry.objects.filter(action__startswith="document.mail").order_by("pk")
    assert [(line.action, line.actor_id, line.subject_id) for line in lines] == [
        ("document.mail_asked", driver.pk, payment.bill_id),
        ("document.mailed", None, payment.bill_id),
    ]


def test_it_is_in_the_readers_language(payment: Payment, driver: User, stay: ParkingSession):
    User.objects.filter(pk=driver.pk).update(language="hi")
    ask(driver, payment)
    work()
    assert mail.outbox[0].subject == f"{stay.vehicle.vehicle_number} के लिए आपकी रसीद"


def test_what_an_earlier_version_queued_is_sent_once(payment: Payment, driver: User):
    wish = DocumentMail.objects.create(payment=payment, recipient=driver, asked_at=LATER)
    for _ in range(2):
        send_document_mail.call(wish.pk)
        work(clock.now())
    assert (len(mail.outbox), state_of(wish)[0]) == (1, "SENT")


def test_a_mail_that_waits_is_not_queued_twice(payment: Payment, driver: User, staff: User):
    assert ask(driver, payment) == ask(staff, payment)
    assert (Notice.objects.count(), Delivery.objects.count()) == (1, 1)


def test_what_the_mail_server_refuses_may_be_asked_for_again(payment: Payment, driver: User, monkeypatch):
    first = ask(driver, payment)
    with monkeypatch.context() as broken:
        refuse_all(broken, SMTPRecipientsRefused({"asha@example.com": (550, b"")}))
        work()
    assert state_of(first) == ("FAILED", LATER)
    second = ask(driver, payment)
    work()
    assert (second != first, state_of(second), state_of(first)) == (True, ("SENT", LATER), ("FAILED", LATER))


def test_without_an_answer_it_is_sent_again_four_times_and_then_waits_in_the_office(
    payment: Payment, driver: User, admin: User, monkeypatch
):
    wish, now = ask(driver, payment), LATER
    with monkeypatch.context() as broken:
        refuse_all(broken, SMTPServerDisconnected())
        for minutes in (0, 1, 5, 30, 120):
            assert state_of(wish) == ("WAITING", None)
            now += minutes * MINUTE
            work(now)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error, delivery.attempts) == ("FAILED", "SMTPServerDisconnected", 5)
    assert state_of(wish) == ("FAILED", now)
    retry(actor=actor(admin), delivery_id=delivery.pk, now=now + MINUTE)
    work(now + MINUTE)
    assert (len(mail.outbox), state_of(wish)) == (1, ("SENT", now + MINUTE))


def test_a_document_that_cannot_be_issued_waits_in_the_office(payment: Payment, registered: ParkingSite, driver: User):
    wish, now = ask(driver, payment), LATER
    NumberSeries.objects.create(site=registered, prefix="KA1", kind="TAX_INVOICE", year="2627", last=LARGEST)
    for minutes in (0, 1, 5, 30, 120):
        now += minutes * MINUTE
        work(now)
    delivery = Delivery.objects.get()
    assert (state_of(wish), delivery.state, mail.outbox) == (("FAILED", now), "FAILED", [])
    assert reason_in_words(delivery.error) == "All numbers of its series are given: the site needs another prefix"


def test_an_account_that_is_suspended_meanwhile_ends_the_wish(payment: Payment, driver: User):
    wish = ask(driver, payment)
    User.objects.filter(pk=driver.pk).update(is_active=False)
    work()
    assert (state_of(wish), mail.outbox) == (("FAILED", LATER), [])


def test_a_pass_is_named_by_its_number(driver: User, zone: ParkingZone):
    held = buy(driver, make_plan(zone), "DL-01-AB-1234").subscription
    ask(driver, Payment.objects.get())
    assert Notice.objects.get(kind="document").values["about"] == f"{held.number}, {held.plan.name}"


# --- Refused ---------------------------------------------------------------------------------------


def test_three_a_minute_go_to_one_account(payment: Payment, driver: User, staff: User):
    for _ in range(3):
        ask(driver, payment)
        work()
    with pytest.raises(TooMany):
        ask(staff, payment)
    assert ask(driver, payment, LATER + MINUTE).state == "WAITING"


@pytest.mark.parametrize("lacking", [{"email": ""}, {"is_active": False}])
def test_without_an_address_it_is_refused(payment: Payment, driver: User, staff: User, lacking: dict[str, object]):
    User.objects.filter(pk=driver.pk).update(**lacking)
    with pytest.raises(Refused) as refusal:
        ask(staff, payment)
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
    assert Notice.objects.filter(kind="document").count() == 1
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
    assert Notice.objects.filter(kind="document").count() == 1
    assert "The receipt is on its way" in browser.get(ticket).content.decode()
    User.objects.filter(pk=driver.pk).update(email="")
    browser.post(path, {"key": "a-key-of-this-page-0002"})
    assert "There is no e-mail address to send it to." in browser.get(ticket).content.decode()
