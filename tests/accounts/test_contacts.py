"""A stolen token does not become the account: contacts need the password, and their owner hears of each change."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from time_machine import travel

from parking.accounts.confirmation_tokens import new_confirmation_token
from parking.accounts.models import Role, User
from parking.accounts.queries import ids_of_reset
from parking.core import clock
from tests.accounts.mailing import send_queued_mails
from tests.accounts.people import PASSWORD, body_of, failure
from tests.build import make_user
from tests.client import ApiClient
from tests.moments import START, at

pytestmark = pytest.mark.django_db

ME = "/api/auth/me/"
CONFIRM = "/api/auth/email/confirm/"
NEW_ADDRESS = {"email": "new@example.org", "password": PASSWORD}
LINK = re.compile(r"^http://127\.0\.0\.1:8000/email/confirm/([^/]+)/$", re.MULTILINE)


@pytest.fixture
def as_asha(asha: User) -> ApiClient:
    return ApiClient(asha)


def mails() -> list[tuple[str, str]]:
    """Return address and subject of each mail that was queued, in the order of addresses."""
    mail.outbox.clear()
    send_queued_mails()
    return sorted((sent.to[0], str(sent.subject)) for sent in mail.outbox)


def link_in(sent: EmailMessage) -> str:
    found = LINK.search(str(sent.body))
    assert found
    return found[1]


# --- The password --------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"email": "new@example.org"}, {"phone": "98765-43210"}])
def test_another_contact_needs_the_password(as_asha: ApiClient, asha: User, change: dict[str, str]) -> None:
    assert failure(as_asha.patch(ME, change)) == (403, "password_needed")
    assert failure(as_asha.patch(ME, change | {"password": "wrong"})) == (400, "password_wrong")
    asha.refresh_from_db()
    assert (asha.email, asha.phone) == ("someone@example.org", "")
    assert as_asha.patch(ME, change | {"password": PASSWORD}).status_code == 200


def test_the_same_contact_again_needs_no_password(as_asha: ApiClient) -> None:
    same = {"email": "someone@EXAMPLE.org", "phone": "", "first_name": "Asha"}
    assert as_asha.patch(ME, same).status_code == 200
    assert mails() == []


def test_a_stolen_token_is_no_way_to_guess_the_password(as_asha: ApiClient) -> None:
    codes = [failure(as_asha.patch(ME, NEW_ADDRESS | {"password": "wrong"})) for _ in range(6)]
    assert codes == [(400, "password_wrong")] * 5 + [(429, "too_many_attempts")]


# --- What the owner is told ----------------------------------------------------------------------------


def test_the_old_and_the_new_address_hear_of_the_change(as_asha: ApiClient) -> None:
    as_asha.patch(ME, NEW_ADDRESS)
    changed = "The e-mail address of your account at Smart Parking was changed"
    assert mails() == [
        ("new@example.org", "Please confirm your e-mail address for Smart Parking"),
        ("new@example.org", changed),
        ("someone@example.org", changed),
    ]


def test_the_owner_hears_of_another_phone_number(as_asha: ApiClient) -> None:
    as_asha.patch(ME, {"phone": "98765-43210", "password": PASSWORD})
    assert mails() == [("someone@example.org", "The phone number of your account at Smart Parking was changed")]


def test_the_owner_hears_of_a_new_password_whoever_set_it(as_asha: ApiClient, as_admin: ApiClient, asha: User) -> None:
    changed = [("someone@example.org", "Your password for Smart Parking was changed")]
    as_asha.post("/api/auth/password/change/", {"old_password": PASSWORD, "new_password": "winter-2027"})
    assert mails() == changed
    as_admin.patch(f"/api/admin/users/{asha.pk}/", {"password": "summer-2028"})
    assert mails() == changed


def test_a_managers_change_of_an_address_is_told_to_both(as_admin: ApiClient, asha: User) -> None:
    as_admin.patch(f"/api/admin/users/{asha.pk}/", {"email": "new@example.org"})
    assert [address for address, _ in mails()] == ["new@example.org", "new@example.org", "someone@example.org"]


def test_a_notice_is_in_the_owners_language(as_asha: ApiClient, asha: User) -> None:
    User.objects.filter(pk=asha.pk).update(language="hi")
    as_asha.post("/api/auth/password/change/", {"old_password": PASSWORD, "new_password": "winter-2027"})
    ((_, subject),) = mails()
    assert re.search("[ऀ-ॿ]", subject)


# --- Proof of the address ------------------------------------------------------------------------------


def test_a_new_account_gets_a_link_that_confirms_its_address(anybody: ApiClient) -> None:
    new = {"username": "ravi", "password": "monsoon-2026", "email": "ravi@example.org"}
    assert body_of(anybody.post("/api/auth/register/", new))["data"]["email_confirmed_at"] is None
    assert mails() == [("ravi@example.org", "Please confirm your e-mail address for Smart Parking")]

    for _ in range(2):
        assert anybody.post(CONFIRM, {"token": link_in(mail.outbox[0])}).status_code == 200

    assert User.objects.get().email_confirmed_at is not None


def test_the_link_is_sent_again_until_the_address_is_confirmed(as_asha: ApiClient, asha: User) -> None:
    assert as_asha.post("/api/auth/email/confirmation/").status_code == 200
    assert len(mails()) == 1
    User.objects.update(email_confirmed_at=START)
    assert as_asha.post("/api/auth/email/confirmation/").status_code == 200
    assert mails() == []


def test_a_link_confirms_the_address_that_it_went_to_and_no_other(anybody: ApiClient, asha: User) -> None:
    token = new_confirmation_token(asha, now=clock.now())
    User.objects.update(email="new@example.org")
    assert failure(anybody.post(CONFIRM, {"token": token})) == (400, "confirmation_link_invalid")
    assert User.objects.get().email_confirmed_at is None


@pytest.mark.parametrize("token", ["x", "WzEsIngiLDFd:1u:x", "é" * 30, "...", "a:b:c"])
def test_a_forged_link_confirms_nothing(anybody: ApiClient, asha: User, token: str) -> None:
    assert failure(anybody.post(CONFIRM, {"token": token})) == (400, "confirmation_link_invalid")


def test_a_link_is_good_for_a_week(anybody: ApiClient, asha: User) -> None:
    token = new_confirmation_token(asha, now=START)
    with travel(at(7 * 24 * 60) + timedelta(seconds=1), tick=False):
        assert failure(anybody.post(CONFIRM, {"token": token})) == (400, "confirmation_link_invalid")
    with travel(at(7 * 24 * 60), tick=False):
        assert anybody.post(CONFIRM, {"token": token}).status_code == 200


def test_another_address_is_not_confirmed(as_asha: ApiClient, asha: User) -> None:
    User.objects.update(email_confirmed_at=START)
    assert body_of(as_asha.patch(ME, {"first_name": "Asha"}))["data"]["email_confirmed_at"] is not None
    assert body_of(as_asha.patch(ME, NEW_ADDRESS))["data"]["email_confirmed_at"] is None


def test_who_only_claims_a_confirmed_address_gets_no_link_for_it(asha: User) -> None:
    claims = make_user(Role.USER, "ravi")
    assert ids_of_reset("someone@example.org") == [asha.pk, claims.pk]
    User.objects.filter(pk=asha.pk).update(email_confirmed_at=START)
    assert ids_of_reset("Someone@example.org") == [asha.pk]
    assert ids_of_reset("ravi") == [claims.pk]


def test_one_mailbox_gets_three_links_a_minute_whoever_signs_up_with_it(anybody: ApiClient) -> None:
    for number in range(5):
        new = {"username": f"ravi{number}", "password": "monsoon-2026", "email": "ravi@example.org"}
        assert anybody.post("/api/auth/register/", new).status_code == 201
    with travel(START, tick=False):
        assert len(mails()) == 3
