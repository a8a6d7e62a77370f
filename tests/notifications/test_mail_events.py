"""What mail providers report later: addresses whose mails come back, and what becomes of them."""

import hashlib
import hmac
import json
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core import mail
from django.test import Client

from parking.accounts import notices
from parking.accounts.bouncing import note_bounce
from parking.accounts.confirmation_tokens import new_confirmation_token
from parking.accounts.confirming import confirm_email
from parking.accounts.mails import mail_confirmation_link, mail_reset_links
from parking.accounts.models import User
from parking.accounts.services import update_profile
from parking.audit.models import AuditEntry
from parking.core import clock
from parking.core.errors import Refused
from parking.facilities.models import ParkingZone
from parking.notifications.channels.mail_events import _VIEWS
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel, Delivery
from parking.notifications.noticing import take_events
from smart_parking import mail_settings
from smart_parking.environment import MailProvider
from tests.build import book, make_user
from tests.moments import START
from tests.notifications.test_calls import browser_of

pytestmark = pytest.mark.django_db

LOGIN = "reports:0123456789abcdef"
TO = "asha@example.org"
# After the proof of the fixture's address.
AT = datetime.fromisoformat("2026-11-20T00:00:00+00:00")
SECONDS = int(AT.timestamp())
MAILGUN = {"timestamp": str(SECONDS), "token": "t"}
SIGNED_MAILGUN = MAILGUN | {"signature": hmac.new(b"key", f"{SECONDS}t".encode(), hashlib.sha256).hexdigest()}
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
RSA_PUBLIC = b64encode(RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def brevo(event: str) -> Any:
    return {"event": event, "email": TO, "ts_epoch": SECONDS * 1000}


def mailersend(event: str) -> Any:
    email = {"recipient": {"email": TO}, "status": "rejected"}
    morph = {"object": "recipient_bounce" if "bounce" in event else "spam_complaint"}
    data = {"type": event, "created_at": AT.isoformat(), "email": email, "morph": morph}
    return {"type": f"activity.{event}", "created_at": AT.isoformat(), "data": data}


def mailgun(event: str, severity: str = "permanent") -> Any:
    data = {"event": event, "severity": severity, "reason": "bounce", "recipient": TO, "timestamp": SECONDS}
    return {"signature": SIGNED_MAILGUN, "event-data": data}


def mailjet(event: str, **more: Any) -> Any:
    return [{"event": event, "time": SECONDS, "email": TO, **more}]


def mailtrap(event: str) -> Any:
    return {"events": [{"event": event, "timestamp": SECONDS, "email": TO, "message_id": "1"}]}


def postal(payload: dict[str, Any]) -> Any:
    return {"timestamp": SECONDS, "payload": payload}


def postmark(record: str, kind: str) -> Any:
    return {"RecordType": record, "Type": kind, "Email": TO, "BouncedAt": AT.isoformat(), "MessageID": "1"}


def resend(event: str, kind: str) -> Any:
    bounce = {"message": "The recipient's email provider sent a hard bounce message", "type": kind}
    return {"type": event, "created_at": AT.isoformat(), "data": {"to": [TO], "bounce": bounce, "email_id": "1"}}


def sparkpost(event: str, number: str) -> Any:
    said = {"type": event, "bounce_class": number, "raw_rcpt_to": TO, "timestamp": str(SECONDS)}
    return [{"msys": {"message_event": said}}]


# By provider: an address that takes no mails, a complaint, and what may arrive another day or did.
SAID: dict[str, tuple[Any, Any, list[Any]]] = {
    "brevo": (brevo("hard_bounce"), brevo("spam"), [brevo("soft_bounce"), brevo("delivered"), brevo("blocked")]),
    "mailersend": (mailersend("hard_bounced"), mailersend("spam_complaint"), [mailersend("soft_bounced")]),
    "mailgun": (mailgun("failed"), mailgun("complained"), [mailgun("failed", "temporary"), mailgun("delivered")]),
    "mailjet": (
        mailjet("bounce", hard_bounce=True, error="user unknown"),
        mailjet("spam"),
        [mailjet("bounce", hard_bounce=False, error="quota exceeded"), mailjet("sent")],
    ),
    "mailtrap": (mailtrap("bounce"), mailtrap("spam"), [mailtrap("soft bounce"), mailtrap("delivery")]),
    "postal": (
        postal({"bounce": {"id": 1}, "original_message": {"id": 1, "to": TO}}),
        None,
        [postal({"status": "SoftFail", "message": {"id": 1, "to": TO}})],
    ),
    "postmark": (
        postmark("Bounce", "HardBounce"),
        postmark("SpamComplaint", "SpamComplaint"),
        [postmark("Bounce", "SoftBounce"), postmark("Bounce", "Transient"), postmark("Delivery", "")],
    ),
    "resend": (
        resend("email.bounced", "Permanent"),
        resend("email.complained", ""),
        [resend("email.bounced", "Transient"), resend("email.delivered", "")],
    ),
    "sparkpost": (
        sparkpost("bounce", "10"),
        sparkpost("spam_complaint", "0"),
        [sparkpost("bounce", "22"), sparkpost("delivery", "0")],
    ),
}


def use(settings: Any, provider: str) -> None:
    key = RSA_PUBLIC if provider == "postal" else "key" if provider in mail_settings._EVENT_KEY_NAMES else LOGIN
    settings.MAIL_PROVIDER, settings.MAIL_EVENTS_KEY = provider, key
    settings.ANYMAIL = {mail_settings._EVENT_KEY_NAMES.get(provider, "WEBHOOK_SECRET"): key}


def signed(provider: str, body: bytes) -> dict[str, str]:
    """Return the headers by which a provider proves itself."""
    digest = hmac.new(b"key", body, hashlib.sha256).hexdigest()
    return {
        "mailersend": {"Signature": digest},
        "mailgun": {},
        "mailtrap": {"Mailtrap-Signature": digest},
        "postal": {"X-Postal-Signature": b64encode(RSA.sign(body, padding.PKCS1v15(), hashes.SHA1())).decode()},
    }.get(provider, {"Authorization": f"Basic {b64encode(LOGIN.encode()).decode()}"})


def report(provider: str, said: Any, headers: dict[str, str] | None = None) -> Any:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    headers = signed(provider, body) if headers is None else headers
    return Client().post("/api/mail/events/", body, content_type="application/json", headers=headers)


# --- What providers say --------------------------------------------------------------------------------


def test_each_provider_but_one_is_tried() -> None:
    assert set(SAID) == set(_VIEWS) == set(MailProvider.__args__) - {"mandrill"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("provider", SAID)
def test_a_provider_says_that_mails_come_back(driver: User, settings: Any, provider: str) -> None:
    use(settings, provider)
    hard, complaint, others = SAID[provider]
    for said in others:
        answer = report(provider, said)
        assert (answer.status_code, answer.json()["data"]) == (200, {"marked": 0}), said
    for reason, said in (("bounced", hard), ("complained", complaint)):
        if said is None:
            continue
        User.objects.update(email_bounced_at=None, email_confirmed_at=AT - timedelta(days=1))
        # A report that comes again changes nothing.
        assert [report(provider, said).json()["data"]["marked"] for _ in range(2)] == [1, 0]
        assert AuditEntry.objects.filter(action="email.bounced").latest("pk").facts["reason"] == reason
    driver.refresh_from_db()
    assert (driver.email_confirmed_at, driver.email_bounced_at is None) == (None, False)


@pytest.mark.parametrize("provider", SAID)
def test_whoever_has_no_proof_changes_nothing(driver: User, settings: Any, provider: str) -> None:
    use(settings, provider)
    hard = SAID[provider][0]
    if provider == "mailgun":
        hard = hard | {"signature": SIGNED_MAILGUN | {"token": "other"}}
    forged: tuple[dict[str, str], ...] = ({}, dict.fromkeys(signed(provider, b""), "x"), signed(provider, b"other"))
    for headers in forged[: 3 if provider in {"mailersend", "mailtrap", "postal"} else 2]:
        answer = report(provider, hard, headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "webhook_forged")
    driver.refresh_from_db()
    assert driver.email_bounced_at is None


def test_without_a_key_there_is_nobody_to_believe(driver: User, settings: Any) -> None:
    use(settings, "postmark")
    settings.MAIL_EVENTS_KEY = ""
    assert report("postmark", SAID["postmark"][0]).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"x",
        b"\xff",
        b"null",
        b"[]",
        b"1",
        b"{" * 5000,
        json.dumps({"RecordType": "Inbound"}).encode(),
        json.dumps({"RecordType": []}).encode(),
    ],
)
def test_what_cannot_be_read_is_bad_input(driver: User, settings: Any, body: bytes) -> None:
    use(settings, "postmark")
    answer = report("postmark", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


@pytest.mark.parametrize(
    "address", [None, 1, [], "", "a\x00b@example.org", "\ud800@example.org", "x" * 5000, "nobody@example.org"]
)
def test_an_address_that_nobody_has_is_passed_over(driver: User, settings: Any, address: Any) -> None:
    use(settings, "postmark")
    User.objects.create(username="without", email="", date_joined=START)
    answer = report("postmark", SAID["postmark"][0] | {"Email": address})
    assert (answer.status_code, answer.json()["data"]) == (200, {"marked": 0})


def test_a_form_without_its_boundary_is_bad_input(settings: Any) -> None:
    use(settings, "mailgun")
    answer = Client().generic("POST", "/api/mail/events/", b"x", content_type="multipart/form-data")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize("at", [1e30, -1e30, "x", None])
def test_a_time_that_is_none_breaks_nothing(driver: User, settings: Any, at: Any) -> None:
    use(settings, "brevo")
    assert report("brevo", SAID["brevo"][0] | {"ts_epoch": at}).status_code in {200, 400}


# --- What becomes of it --------------------------------------------------------------------------------


def bounces(now: datetime = START) -> None:
    assert note_bounce(address=TO.upper(), reason="bounced", at=now, now=now) == 1


def test_all_accounts_of_the_address_are_marked_and_no_other(driver: User) -> None:
    other, stranger = make_user(), make_user()
    User.objects.filter(pk=other.pk).update(email="Asha@Example.org", email_confirmed_at=START)
    User.objects.filter(pk=stranger.pk).update(email="bela@example.org", email_confirmed_at=START)
    assert note_bounce(address=TO, reason="bounced", at=START + timedelta(1), now=START + timedelta(1)) == 2
    assert set(User.objects.exclude(email_bounced_at=None)) == {driver, other}


def test_an_address_that_nobody_proved_is_marked_too(driver: User) -> None:
    User.objects.filter(pk=driver.pk).update(email_confirmed_at=None)
    bounces()


def test_what_happened_before_the_proof_says_nothing(driver: User) -> None:
    assert driver.email_confirmed_at is not None
    assert note_bounce(address=TO, reason="bounced", at=driver.email_confirmed_at, now=START) == 0


def test_nothing_is_mailed_there_not_even_what_is_urgent_or_queued(driver: User, zone: ParkingZone) -> None:
    book(driver, zone, now=START)
    take_events(now=START)
    notices.password_changed(driver)
    bounces()
    book(driver, zone, now=START)
    take_events(now=START)
    notices.password_changed(User.objects.get(pk=driver.pk))
    deliver(now=clock.now(), channel=Channel.MAIL)
    assert mail.outbox == []
    assert set(Delivery.objects.values_list("error", flat=True)) == {"outdated"}
    # It stands in the list.
    assert driver.notices.count() == 4


def test_news_of_safety_still_go_to_a_former_address(driver: User) -> None:
    update_profile(user_id=driver.pk, changes={"email": "new@example.org"}, now=clock.now())
    assert note_bounce(address="new@example.org", reason="bounced", at=clock.now(), now=clock.now()) == 1
    Delivery.objects.all().delete()
    notices.contacts_changed(User.objects.get(pk=driver.pk), {"email"}, old_email=TO)
    deliver(now=clock.now(), channel=Channel.MAIL)
    assert [sent.to for sent in mail.outbox] == [[TO]]


def test_a_link_that_somebody_asks_for_goes_and_proves_the_address_again(driver: User, zone: ParkingZone) -> None:
    bounces(clock.now())
    assert mail_confirmation_link(driver.pk, now=clock.now()) and mail_reset_links([driver.pk], now=clock.now()) == 1
    deliver(now=clock.now(), channel=Channel.MAIL)
    assert len(mail.outbox) == 2
    driver.refresh_from_db()
    confirm_email(token=new_confirmation_token(driver, now=clock.now()), now=clock.now())
    mail.outbox.clear()
    book(driver, zone)
    take_events(now=clock.now())
    deliver(now=clock.now(), channel=Channel.MAIL)
    assert [sent.to for sent in mail.outbox] == [[TO]]


def test_a_link_from_before_mails_came_back_proves_nothing(driver: User) -> None:
    token = new_confirmation_token(driver, now=START - timedelta(hours=1))
    bounces()
    with pytest.raises(Refused) as caught:
        confirm_email(token=token, now=START)
    assert caught.value.code == "confirmation_link_invalid"


def test_another_address_begins_anew(driver: User) -> None:
    bounces()
    update_profile(user_id=driver.pk, changes={"email": "new@example.org"}, now=START)
    driver.refresh_from_db()
    assert driver.email_bounced_at is None


def test_the_person_and_the_office_see_it(driver: User, admin: User) -> None:
    pages = [(driver, "/profile/"), (driver, "/profile/notifications/"), (admin, f"/office/users/{driver.pk}/")]
    texts = ["Mails to this address come back", "Mails to your address come back", f"Mails to {driver.email} come back"]
    for (who, page), text in zip(pages, texts, strict=True):
        assert text not in browser_of(who).get(page).content.decode()
    bounces()
    for (who, page), text in zip(pages, texts, strict=True):
        assert text in browser_of(who).get(page).content.decode()


@pytest.mark.parametrize(
    ("provider", "key", "problems"),
    [
        ("postmark", LOGIN, 0),
        ("postmark", "reports:short", 1),
        ("postmark", "no-colon-but-long-enough", 1),
        ("mailgun", "key", 0),
        ("mandrill", LOGIN, 1),
        ("", LOGIN, 1),
        ("", "", 0),
    ],
)
def test_a_key_that_proves_nothing_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, provider: str, key: str, problems: int
) -> None:
    monkeypatch.setattr(mail_settings, "MAIL_PROVIDER", provider)
    monkeypatch.setattr(mail_settings, "MAIL_EVENTS_KEY", key)
    found = [text for text in mail_settings.mail_configuration_problems() if "MAIL_EVENTS_KEY" in text]
    assert len(found) == problems
